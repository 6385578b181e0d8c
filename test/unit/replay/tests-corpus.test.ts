/** Every test log of the corpus, against the counts that its runner printed and the verdicts that SWE-bench's harness gave. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTestLog } from '../../../server/replay/tests/read-log';
import type { TestVector } from '../../../server/replay/types';
import { grade } from '../../../server/reward/index';

const LOGS = join(resolve(process.env['TURNPIKE_CORPUS'] ?? '../shared/corpus'), 'swe-bench');
const files = readdirSync(LOGS, { recursive: true, encoding: 'utf8' })
  .filter((name) => /test_output.*\.txt$/.test(name))
  .sort();
const textOf = (name: string): string => readFileSync(join(LOGS, name), 'utf8');
const read = (name: string): TestVector =>
  readTestLog({ text: textOf(name), truncated: false, exitCode: null, timedOut: false, durationMs: 0 }, '', null);

/** Where the harness's own reading is the odd one: the test, and why. */
const ODD: Readonly<Record<string, string>> = {
  'test_settings_to_cmd_args_env (backends.base.test_client.SimpleDatabaseClientTests)':
    'it stands on the line of a test whose subtests failed, where the harness does not see it',
  '[100%]': 'the harness took the end of a progress line of pytest for a test',
};
/** Logs that name no test that passed: `pytest` without `-r` or `-v`. */
const UNNAMED = ['sphinx-doc__sphinx'];
/** Logs that hold no test, and why. */
const EMPTY: readonly (readonly [part: string, why: string])[] = [
  ['pvlib__pvlib', 'pip could not be run, so nothing was'],
  ['django-13363', 'the patch broke the import'],
  ['pylint-8898', 'the patch broke the import'],
];

/** The runner's own last count of passed tests. */
function counted(text: string): number | null {
  const pytest = [...text.matchAll(/^=+ (.*) in [\d.]+(?:s| seconds).*=+$/gm)].at(-1)?.[1];
  const pretty = /^Results \([\d.]+s\):\n +(\d+) passed$/m.exec(text)?.[1];
  const sympy = /tests finished: (\d+) passed/.exec(text)?.[1];
  const unittest = /^Ran (\d+) tests? in .*\n\n(OK|FAILED)(?: \((.*)\))?$/m.exec(text);
  if (sympy !== undefined || pretty !== undefined) return Number(sympy ?? pretty);
  if (pytest === undefined && unittest !== null) {
    const others = [...(unittest[3] ?? '').matchAll(/(?:failures|errors|skipped|expected failures)=(\d+)/g)];
    return Number(unittest[1]) - others.reduce((sum, [, count]) => sum + Number(count), 0);
  }
  if (pytest === undefined) return null;
  const of = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(pytest)?.[1] ?? 0);
  return of('passed') + of('xpassed');
}

describe('the test logs of the corpus', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(81);
  });

  it.each(files)('%s is read as its runner counted', (name) => {
    const vector = read(name);
    const empty = EMPTY.find(([part]) => name.includes(part) && Object.keys(vector.results).length === 0);
    if (empty !== undefined) {
      expect(vector).toMatchObject({ parser: null, collected: null, results: {} });
      return;
    }
    expect(vector.parser).toBe(/sympy/.test(name) ? 'sympy' : /django/.test(name) ? 'unittest' : 'pytest');
    expect(vector.collected).not.toBeNull();
    const passed = Object.values(vector.results).filter((status) => status === 'passed').length;
    const own = counted(textOf(name));
    // A test that passes and breaks in its teardown is an error.
    if (own !== null) expect(passed).toBeLessThanOrEqual(own);
    if (own !== null && !Object.values(vector.results).includes('error') && !UNNAMED.some((part) => name.includes(part)))
      expect(own - passed).toBeLessThanOrEqual(own * 0.05);
    expect(vector.problem).toBe(vector.collected === 0 ? 'No test was collected.' : null);
  });

  const reported = files.filter((name) => existsSync(reportOf(name)));
  it('have reports', () => {
    expect(reported.length).toBeGreaterThanOrEqual(60);
  });
  it.each(reported)('%s gets the harness’s verdict on every listed test', (name) => {
    const vector = read(name);
    const report = Object.values(JSON.parse(readFileSync(reportOf(name), 'utf8')) as Record<string, HarnessReport>)[0]!;
    const { FAIL_TO_PASS: f = NO_LIST, PASS_TO_PASS: p = NO_LIST } = report.tests_status ?? {};
    const mine = grade(vector, { failToPass: all(f), passToPass: all(p) })!;
    const wrong = [
      ...f.success.filter((test) => !mine.failToPass.passed.includes(test)),
      ...p.success.filter((test) => !mine.passToPass.passed.includes(test)),
      ...f.failure.filter((test) => mine.failToPass.passed.includes(test)),
      ...p.failure.filter((test) => mine.passToPass.passed.includes(test)),
    ];
    expect(wrong.filter((test) => !(test in ODD))).toEqual([]);
    if (wrong.length === 0) expect(mine.resolved === 'full').toBe(report.resolved);
  });
});

interface List {
  readonly success: readonly string[];
  readonly failure: readonly string[];
}
interface HarnessReport {
  readonly resolved: boolean;
  readonly tests_status?: { readonly FAIL_TO_PASS?: List; readonly PASS_TO_PASS?: List };
}
const NO_LIST: List = { success: [], failure: [] };
const all = ({ success, failure }: List): string[] => [...success, ...failure];
function reportOf(name: string): string {
  const beside = join(LOGS, name.replace('test_output.txt', 'report.json'));
  return beside.endsWith('.json') ? beside : join(LOGS, 'none');
}
