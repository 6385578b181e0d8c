/** What the tests say of each turn of a replay. */
import type { ReplayFacts, TestVector } from '../../replay/types';
import { tally, turned, type Tally, type TestLists, type Turned } from './grade';

export interface TurnTests {
  readonly vector: TestVector;
  /** How the tests that count stand after the turn. */
  readonly tally: Tally;
  /** Against the state before the turn; null: that one was not tested. */
  readonly turned: Turned | null;
}

const EVERY: TestLists = { failToPass: null, passToPass: null };

/** One entry for each entry of `replay.turns`; null: no tests ran on its state, or it was not executed. */
export function testsOfTurns(replay: ReplayFacts): (TurnTests | null)[] {
  const lists = replay.tests ?? EVERY;
  let before = replay.baseTests;
  return replay.turns.map(({ tests }) => {
    if (tests === null) return null;
    const previous = before;
    before = tests;
    return { vector: tests, tally: tally(tests, lists), turned: previous === null ? null : turned(previous, tests, lists) };
  });
}
