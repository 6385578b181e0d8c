import type { TestStatus } from '../../types';
import { Results, type LogParser } from '../parser';

const STATUS: Readonly<Record<string, TestStatus>> = {
  ok: 'passed',
  pass: 'passed',
  passed: 'passed',
  fail: 'failed',
  failed: 'failed',
  error: 'error',
  skip: 'skipped',
  skipped: 'skipped',
  ignored: 'skipped',
  xfail: 'xfail',
};
/** Cargo's `test module::name ... ok`, and any `name … status`. */
const DOTTED = /^(?:test )?(\S.{0,1000}?) ?(?:\.{3}|…) ?(ok|pass|passed|fail|failed|error|skip|skipped|ignored|xfail)(?:, .{1,200})?$/i;
/** `name PASSED`, `name: FAILED`. */
const TRAILING = /^(\S{1,1000}?):? (PASS|PASSED|FAIL|FAILED|ERROR|SKIP|SKIPPED|XFAIL)$/;
const RUNNING = /^running (\d{1,9}) tests?$/;

/** One test a line: `name … status` or `name STATUS`, cargo's among them. */
export const dotted: LogParser = {
  id: 'name-status',
  name: '“name … status”',
  parse(lines) {
    const found = new Results();
    let running: number | null = null;
    for (const line of lines) {
      const [, name, word] = DOTTED.exec(line) ?? TRAILING.exec(line) ?? [];
      if (name !== undefined && word !== undefined) found.add(name, STATUS[word.toLowerCase()]!);
      const told = RUNNING.exec(line);
      if (told !== null) running = (running ?? 0) + Number(told[1]);
    }
    if (found.results.size === 0) return null;
    const problems =
      running !== null && found.results.size > running
        ? [`The log names ${found.results.size} tests, the runner announced ${running}.`]
        : [];
    return { results: found.results, aliases: found.aliases, collected: running, problems };
  },
};
