/** What became of a turn when it was replayed, in a mark and in a few words. Pure. */
import type { ReplayFacts, TurnFacts } from '../../replay/index';
import { REAL, type DivergenceClass, type ReplayMark } from '../../protocol/index';
import { shorten } from '../words';

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
  return there?.index === turn ? there : undefined;
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

/** Turns that came out the same (or the same but for noise), of those that were replayed and have something to compare with. */
export function share({ turns }: ReplayFacts): { readonly same: number; readonly of: number } {
  const marks = turns.filter(({ executed }) => executed).map((turn) => markOf(turn, true));
  const same = marks.filter((mark) => mark === 'equal' || mark === 'noise');
  return { same: same.length, of: marks.filter((mark) => mark !== 'unrecorded').length };
}

/** `replay 16/17 equal · diverged at turn 5`. */
export function replayTitle(replay: ReplayFacts): string {
  const { same, of } = share(replay);
  const { firstDivergence } = replay;
  return `replay ${same}/${of} equal${firstDivergence === null ? '' : ` · diverged at turn ${firstDivergence + 1}`}`;
}

/** Longest line of a difference that is quoted, in UTF-16 units. */
const QUOTED = 160;

/** What replaying a turn showed, in a sentence or two; null: it was not replayed. May hold hostile text. */
export function replayText(replay: ReplayFacts, turn: number, recorded: boolean): string | null {
  const facts = factsOf(replay, turn);
  const mark = markOf(facts, recorded);
  if (facts === undefined || mark === 'not_executed' || mark === 'not_replayed') return null;
  const parts = [`Replay: ${says(facts, mark, replay.firstDivergence)}`];
  const { divergence, exitCode, durationMs, problem } = facts;
  if (divergence?.reason != null) parts.push(divergence.reason);
  if (divergence?.first != null) {
    const { line, recorded: before, replayed: after } = divergence.first;
    const quoted = (text: string | null): string => (text === null ? 'nothing' : `“${shorten(text, QUOTED)}”`);
    parts.push(`Line ${line} differs: recorded ${quoted(before)}, replayed ${quoted(after)}.`);
  }
  if (problem !== null) parts.push(problem);
  const ran = [exitCode === null ? null : `exit ${exitCode}`, durationMs === null ? null : `${(durationMs / 1000).toFixed(2)} s`];
  return `${parts.join(' ')} (${ran.filter((part) => part !== null).join(', ') || 'nothing else is known'})`;
}

function says({ divergence }: TurnFacts, mark: ReplayMark, diverged: number | null): string {
  const name = divergence === null ? 'nothing to compare' : className(divergence.class);
  switch (mark) {
    case 'noise':
      return `the same but for ${divergence?.noise.join(', ') ?? 'noise'}.`;
    case 'diverged':
      return `it came out otherwise (${name}).`;
    case 'untrusted':
      return diverged === null
        ? `${name}, but something before it could not be run again, so the state was another.`
        : `${name}, but turn ${diverged + 1} had diverged before, so the state was another.`;
    case 'unrecorded':
      return 'it ran, and the file holds nothing to compare with.';
    default:
      return divergence?.class === 'truncated' ? 'the same as far as the recording goes.' : 'the same observation.';
  }
}
