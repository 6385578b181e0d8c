/** What became of a turn when it was replayed, in a mark and in a few words. Pure. */
import type { ReplayFacts, TurnFacts } from '../../replay/index';
import { REAL, type DivergenceClass, type ReplayMark } from '../../protocol/index';

/** @param recorded whether the recorded run executed the turn */
export function markOf(facts: TurnFacts | undefined, recorded: boolean): ReplayMark {
  if (!recorded) return 'not_executed';
  if (facts === undefined || !facts.executed) return 'not_replayed';
  if (!facts.trusted) return 'untrusted';
  const name = facts.divergence?.class ?? 'unrecorded';
  return REAL.has(name) ? 'diverged' : name === 'noise' || name === 'unrecorded' ? name : 'equal';
}

/** Facts of a turn by its index: turns that were not replayed have none. */
export function factsOf(replay: ReplayFacts, turn: number): TurnFacts | undefined {
  const there = replay.turns[turn];
  return there?.index === turn ? there : replay.turns.find(({ index }) => index === turn);
}

/** `replay ✓`, `replay ~ noise`, `replay ≠ exit status`; null: the turn was not replayed. */
export function replayWords(facts: TurnFacts | undefined, recorded: boolean): string | null {
  switch (markOf(facts, recorded)) {
    case 'equal':
      return facts?.divergence?.class === 'truncated' ? 'replay ✓ as far as recorded' : 'replay ✓';
    case 'noise':
      return 'replay ~ noise';
    case 'diverged':
      return `replay ≠ ${className(facts?.divergence?.class ?? 'value')}`;
    case 'untrusted':
      return 'replay ? untrusted';
    case 'unrecorded':
      return 'replay – nothing recorded';
    case 'not_executed':
    case 'not_replayed':
      return null;
  }
}

export const className = (name: DivergenceClass): string => name.replace('_', ' ');

/** Turns that came out the same (or the same but for noise), of those that were replayed. */
export function share({ turns }: ReplayFacts): { readonly same: number; readonly of: number } {
  const ran = turns.filter(({ executed }) => executed);
  const same = ran.filter((turn) => ['equal', 'noise'].includes(markOf(turn, true)));
  return { same: same.length, of: ran.length };
}

/** `replay 16/17 equal · diverged at turn 5`. */
export function replayTitle(replay: ReplayFacts): string {
  const { same, of } = share(replay);
  const { firstDivergence } = replay;
  return `replay ${same}/${of} equal${firstDivergence === null ? '' : ` · diverged at turn ${firstDivergence + 1}`}`;
}
