import type { Turn } from '../../episode/index';
import { REAL, type ReplayFacts, type TestVector, type TurnFacts } from '../../replay/types';

/** Facts that a score may stand on, or why there are none, in words. */
export type Replayed = { readonly facts: TurnFacts } | { readonly why: string };

/** Why a replay's turn is not to be trusted, for a person who counts turns from 1; null: it is. */
export function distrust(replay: ReplayFacts, facts: TurnFacts): string | null {
  if (facts.trusted && (facts.divergence === null || !REAL.has(facts.divergence.class))) return null;
  if (replay.firstDivergence === facts.index) return 'the replay of this turn came out differently';
  return replay.firstDivergence === null
    ? (facts.problem ?? 'the replay of this turn is not to be trusted')
    : `the replay came out differently at turn ${replay.firstDivergence + 1}: later turns ran in another state`;
}

/** What a replay says of the turns of its rollout. A turn that is not trusted has no facts. */
export function replayedTurns(replay: ReplayFacts | null): (turn: Turn) => Replayed {
  if (replay === null) return () => ({ why: 'not replayed' });
  const byIndex = new Map(replay.turns.map((facts) => [facts.index, facts]));
  return (turn) => {
    if (!turn.executed) return { why: 'nothing ran' };
    const facts = byIndex.get(turn.index);
    if (facts === undefined) return { why: 'the replay ended before this turn' };
    const why = distrust(replay, facts);
    if (why !== null) return { why };
    return facts.executed ? { facts } : { why: facts.problem ?? 'the replay did not execute this turn' };
  };
}

/** The vector of a replay's last state; null: it is not that of the recorded run, or says nothing. */
export function lastVector(replay: ReplayFacts): TestVector | null {
  const last = replay.turns.findLast(({ executed }) => executed);
  return last === undefined || distrust(replay, last) !== null ? null : usable(last.tests);
}

export const usable = (vector: TestVector | null): TestVector | null => (vector !== null && isUsable(vector) ? vector : null);

/**
 * A vector that says which tests pass. That nothing was collected is such a fact (nothing passes); a log that is cut, killed,
 * not understood or at odds with itself is not.
 */
export const isUsable = (vector: TestVector): boolean =>
  vector.problem === null || (vector.collected === 0 && vector.parser !== null && !vector.timedOut);
