/** Whether a replay's last state passes the tests. */
import type { Rollout } from '../episode/index';
import type { ReplayFacts, TestVector } from '../replay/types';
import { distrust, isUsable } from './functions/replayed';
import { grade } from './tests/grade';

export interface ReplayedOutcome {
  readonly classes: readonly ['passes' | 'fails'];
  /** `replayed tests: COMMAND`. */
  readonly source: string;
}

/**
 * Fails or passes, from the tests on the last state of a replay that came out as recorded, to the submission: with lists, all
 * of FAIL_TO_PASS and PASS_TO_PASS pass; without, the command ended with exit code 0 and collected at least one test.
 *
 * Null where it can't be said: no tests, another run than the recorded one, a vector that is not to be trusted.
 */
export function replayedOutcome(rollout: Rollout, replay: ReplayFacts | null): ReplayedOutcome | null {
  if (replay === null || replay.tests === null || replay.firstDivergence !== null || replay.submission !== 'equal') return null;
  const last = replay.turns.findLast(({ executed }) => executed);
  const end = rollout.turns.findLast(({ executed }) => executed);
  if (last === undefined || last.index !== end?.index || distrust(replay, last) !== null) return null;
  const { tests } = last;
  if (tests === null || !isUsable(tests)) return null;
  const passes = passing(tests, replay);
  return passes === null ? null : { classes: [passes ? 'passes' : 'fails'], source: `replayed tests: ${replay.tests.command}` };
}

function passing(vector: TestVector, { tests }: ReplayFacts): boolean | null {
  const listed = (tests?.failToPass?.length ?? 0) + (tests?.passToPass?.length ?? 0);
  if (tests !== null && listed > 0) return grade(vector, tests)?.resolved === 'full';
  // Without lists nothing says which tests were meant: no test is no verdict.
  if (vector.exitCode === null || (vector.collected ?? 0) < 1) return null;
  return vector.exitCode === 0;
}
