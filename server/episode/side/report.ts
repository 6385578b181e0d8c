/**
 * Test reports: which instances' submissions passed their tests.
 *
 * - SWE-bench harness `report.json`: `{<iid>: {patch_is_None, resolved, tests_status, …}}`
 * - the inner object alone, as SWE-smith and some result repositories write it
 * - run-level lists: sb-cli's `results.json` and the harness's `<model>.<run id>.json` (`resolved_ids`, `completed_ids`,
 *   …), SWE-smith's (`ids_resolved`, `ids_unresolved`), the leaderboard's of 2024 (`resolved`, `applied`, `no_logs`, …)
 *
 * @source formats.md §1.8, §3.4, §3.5
 */
import { members, otherKind, parseJson, parsed, strings, type Parsed } from './result';

/** The verdict on one instance. */
export interface Verdict {
  readonly resolved: boolean;
  /** The harness graded no patch at all. */
  readonly patchIsNone: boolean;
  readonly failToPass: { readonly passed: number; readonly total: number } | null;
  readonly passToPass: { readonly passed: number; readonly total: number } | null;
  /** The tests that were graded, by name; absent: the report names none. */
  readonly lists?: TestNames;
}

/** SWE-bench's lists of a task. */
export interface TestNames {
  readonly failToPass: readonly string[];
  readonly passToPass: readonly string[];
}

export interface ReportFile {
  /**
   * - `instance`: the verdict of one instance, id not in the file
   * - `instances`: verdicts by id
   * - `run`: verdicts from a run's lists of ids
   */
  readonly kind: 'instance' | 'instances' | 'run';
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** The verdict of an `instance` file. */
  readonly single: Verdict | null;
}

/** Reads any of the shapes above; other JSON is passed over in silence. */
export function parseReport(text: string): Parsed<ReportFile> {
  const json = parseJson(text);
  if (json.facts === null) return { facts: null, complaint: json.complaint };
  const top = members(json.facts.value);
  const single = verdictOf(json.facts.value);
  if (single !== null) return parsed({ kind: 'instance', verdicts: new Map(), single });
  const run = runVerdicts(top);
  if (run !== null) return parsed({ kind: 'run', verdicts: run, single: null });
  const verdicts = new Map<string, Verdict>();
  for (const [instance, entry] of top) {
    const verdict = verdictOf(entry);
    if (verdict !== null) verdicts.set(instance, verdict);
  }
  return verdicts.size > 0 ? parsed({ kind: 'instances', verdicts, single: null }) : otherKind;
}

/** The verdict of a file on an instance; null: it says nothing about it. */
export function verdictOn(report: ReportFile, instances: readonly string[]): Verdict | null {
  if (report.single !== null) return report.single;
  for (const instance of instances) {
    const verdict = report.verdicts.get(instance);
    if (verdict !== undefined) return verdict;
  }
  return null;
}

function verdictOf(value: unknown): Verdict | null {
  const fields = members(value);
  const resolved = fields.get('resolved');
  const isReport = fields.has('patch_successfully_applied') || fields.has('patch_is_None') || fields.has('tests_status');
  if (typeof resolved !== 'boolean' || !isReport) return null;
  // An infrastructure failure is no verdict on the patch.
  if (fields.get('infra_failure') === true) return null;
  const tests = members(fields.get('tests_status'));
  const lists = { failToPass: names(tests.get('FAIL_TO_PASS')), passToPass: names(tests.get('PASS_TO_PASS')) };
  return {
    resolved,
    patchIsNone: fields.get('patch_is_None') === true,
    failToPass: tally(tests.get('FAIL_TO_PASS')),
    passToPass: tally(tests.get('PASS_TO_PASS')),
    ...(lists.failToPass.length + lists.passToPass.length > 0 && { lists }),
  };
}

const names = (value: unknown): string[] => {
  const fields = members(value);
  return [...strings(fields.get('success')), ...strings(fields.get('failure'))];
};

function tally(value: unknown): { passed: number; total: number } | null {
  const fields = members(value);
  const success = fields.get('success');
  const failure = fields.get('failure');
  if (!Array.isArray(success) || !Array.isArray(failure)) return null;
  return { passed: success.length, total: success.length + failure.length };
}

/** Lists whose members were graded and did not resolve, unless they are in a resolved list too. */
const GRADED = ['unresolved_ids', 'ids_unresolved', 'completed_ids', 'applied', 'with_logs'] as const;
const RESOLVED = ['resolved_ids', 'ids_resolved', 'resolved'] as const;
/** Lists whose members got no verdict, whatever other list they are in. */
const UNGRADED = [
  'error_ids',
  'incomplete_ids',
  'no_logs',
  'no_generation',
  'not_generated',
  'empty_patch_ids',
  'install_fail',
  'reset_failed',
  'test_errored',
  'test_timeout',
] as const;

function runVerdicts(top: ReadonlyMap<string, unknown>): Map<string, Verdict> | null {
  const resolvedLists = RESOLVED.filter((key) => Array.isArray(top.get(key)));
  if (resolvedLists.length === 0) return null;
  const verdicts = new Map<string, Verdict>();
  const add = (id: string, resolved: boolean): void =>
    void verdicts.set(id, { resolved, patchIsNone: false, failToPass: null, passToPass: null });
  for (const key of GRADED) for (const id of strings(top.get(key))) add(id, false);
  for (const key of UNGRADED) for (const id of strings(top.get(key))) verdicts.delete(id);
  for (const key of resolvedLists) for (const id of strings(top.get(key))) add(id, true);
  return verdicts;
}
