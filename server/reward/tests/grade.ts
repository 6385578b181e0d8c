/**
 * What a test vector says of a task: SWE-bench's grading, what a turn turned, how many pass.
 *
 * Missing is not failed and not passed. SWE-bench counts a listed test that the log lacks as failed; both facts are kept.
 *
 * @source SWE-bench harness, grading (formats.md §3.3)
 */
import type { TestStatus, TestVector, TestWish } from '../../replay/types';
import { coveringError, statusOf } from './names';

/** Which tests count. Null lists: every test that the logs name. */
export type TestLists = Pick<TestWish, 'failToPass' | 'passToPass'>;

/** A listed test by what became of it. */
export interface Graded {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** Listed, and not in the log: SWE-bench counts them as failed. */
  readonly missing: readonly string[];
}

export interface Grade {
  readonly failToPass: Graded;
  readonly passToPass: Graded;
  /** SWE-bench's FULL, PARTIAL and NO: all pass; some of FAIL_TO_PASS and all of PASS_TO_PASS; else. */
  readonly resolved: 'full' | 'partial' | 'no';
}

const passes = (status: TestStatus | null): boolean => status === 'passed' || status === 'xfail';
const fails = (status: TestStatus | null): boolean => status === 'failed' || status === 'error';

/** Null: there are no lists to grade by. */
export function grade(vector: TestVector, { failToPass, passToPass }: TestLists): Grade | null {
  if (failToPass === null && passToPass === null) return null;
  const first = graded(vector, failToPass ?? [], passes);
  // A skipped test that had passed before is no regression.
  const second = graded(vector, passToPass ?? [], (status) => passes(status) || status === 'skipped');
  const share = ({ passed, failed, missing }: Graded): number =>
    passed.length + failed.length + missing.length === 0 ? 1 : passed.length / (passed.length + failed.length + missing.length);
  const whole = share(second) === 1;
  return {
    failToPass: first,
    passToPass: second,
    resolved: whole && share(first) === 1 ? 'full' : whole && share(first) > 0 ? 'partial' : 'no',
  };
}

function graded(vector: TestVector, names: readonly string[], good: (status: TestStatus) => boolean): Graded {
  const [passed, failed, missing]: [string[], string[], string[]] = [[], [], []];
  for (const name of names) {
    const status = statusOf(vector, name);
    (status === null ? missing : good(status) ? passed : failed).push(name);
  }
  return { passed, failed, missing };
}

/** The tests whose result differs between two states. */
export interface Turned {
  /** Did not pass before (failed, broke, could not be collected), pass after. */
  readonly green: readonly string[];
  /** Passed before, do not after. */
  readonly red: readonly string[];
  /** Named in one of the two only, and neither listed nor lost to an error of its file: the number of tests changed. */
  readonly appeared: readonly string[];
  readonly gone: readonly string[];
}

/**
 * What a turn turned. Of listed tests, one that is missing counts as failed, as SWE-bench counts it. Without lists a new test
 * that passes is not turned green, and a deleted one is not turned red, unless its file could not be loaded.
 */
export function turned(before: TestVector, after: TestVector, lists: TestLists): Turned {
  const result = { green: [] as string[], red: [] as string[], appeared: [] as string[], gone: [] as string[] };
  if (before === after) return result;
  const listed = lists.failToPass !== null || lists.passToPass !== null;
  const names = countingTests([before, after], lists);
  const regression = new Set(lists.passToPass);
  for (const name of names) {
    const [a, b] = [statusWithin(before, name), statusWithin(after, name)];
    const [good, bad] = [
      passes,
      (status: TestStatus | null) => fails(status) || (listed && (status === null || (status === 'skipped' && !regression.has(name)))),
    ];
    if (bad(a) && good(b)) result.green.push(name);
    else if (good(a) && bad(b)) result.red.push(name);
    else if (!listed && a === null && b !== null) result.appeared.push(name);
    else if (!listed && a !== null && b === null) result.gone.push(name);
  }
  return result;
}

/** The listed tests, or all that the vectors name. */
export function countingTests(vectors: readonly TestVector[], { failToPass, passToPass }: TestLists): ReadonlySet<string> {
  if (failToPass !== null || passToPass !== null) return new Set([...(failToPass ?? []), ...(passToPass ?? [])]);
  return new Set(vectors.flatMap(({ results }) => Object.keys(results)));
}

/** A test's status in a state; that of its file or class where an error there kept it from running. */
export const statusWithin = (vector: TestVector, name: string): TestStatus | null =>
  statusOf(vector, name) ?? (coveringError(vector, name) ? 'error' : null);

export const testPasses = (vector: TestVector, name: string): boolean => passes(statusOf(vector, name));

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Listed tests that the log lacks; 0 without lists. */
  readonly missing: number;
}

/** How the tests that count stand. `failed` has what failed and what broke, `passed` also what failed as expected. */
export function tally(vector: TestVector, lists: TestLists): Tally {
  const counts = { passed: 0, failed: 0, skipped: 0, missing: 0 };
  for (const name of countingTests([vector], lists)) {
    const status = statusOf(vector, name);
    counts[status === null ? 'missing' : passes(status) ? 'passed' : fails(status) ? 'failed' : 'skipped']++;
  }
  return counts;
}
