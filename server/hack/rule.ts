import type { Episode, Field, Rollout, Turn } from '../episode/index';
import { SCORED, type Accumulation, type Outcome } from '../reward/index';
import type { Evidence, Finding, Grade } from './types';

/** What the rules look at: one rollout with what was found out about it. */
export interface JudgeInput {
  readonly episode: Episode;
  readonly rollout: Rollout;
  readonly outcome: Outcome;
  /** Step rewards before the gate: a rule about farming asks what a turn would earn, not what the gate lets through. */
  readonly accumulation: Pick<Accumulation, 'raw' | 'rawState'>;
  /** Rule ids whose findings are shown as suppressed. */
  readonly muted: readonly string[];
}

/**
 * How a reward is exploited (proxy compression): C, the policy satisfies the letter of the objective; A, optimisation
 * amplifies a small leak (farming, loops); E, policy and evaluator drift together.
 */
export type Axis = 'C' | 'A' | 'E';

/** A hack rule: one file in `rules/` and one line in `registry.ts`. */
export interface HackRule {
  /** `H22`, … (rewards.md §3). */
  readonly id: string;
  readonly title: string;
  readonly axis: Axis;
  /** Where the pattern is described. */
  readonly source: string;
  /** Total and pure: no throw, no I/O, linear in the number of turns. */
  find(input: JudgeInput): readonly Suspicion[];
}

/** A finding before the machinery adds id, title and suppression. Turns ascend; at least one piece of evidence. */
export interface Suspicion extends Pick<Finding, 'message' | 'evidence' | 'turns'> {
  readonly grade: Exclude<Grade, 'proved'>;
}

/** The turn's raw step reward; null where it is not scored. */
export function rewardOf(input: JudgeInput, turn: Turn): number | null {
  return input.accumulation.rawState[turn.index] === SCORED ? (input.accumulation.raw[turn.index] ?? null) : null;
}

/** Evidence of the whole of a field: one span per passage. */
export function evidenceOf(turn: Turn, field: Field): Evidence[] {
  return turn[field]
    .filter(({ span }) => span.end > span.start)
    .map(({ span }) => ({ turn: turn.index, field, start: span.start, end: span.end }));
}

/** `+0.40`, with the true minus sign. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && text !== '0.00' ? `−${text}` : `+${text}`;
}

/** Turn numbers as people read them (from 1), ranges shortened: `3–5, 9`. At most eight ranges. */
export function turnList(indices: readonly number[]): string {
  const ranges: string[] = [];
  for (let i = 0; i < indices.length;) {
    let j = i;
    while (j + 1 < indices.length && indices[j + 1] === (indices[j] ?? 0) + 1) j++;
    const first = (indices[i] ?? 0) + 1;
    const last = (indices[j] ?? 0) + 1;
    ranges.push(first === last ? String(first) : `${String(first)}–${String(last)}`);
    i = j + 1;
  }
  return ranges.length <= 8 ? ranges.join(', ') : `${ranges.slice(0, 8).join(', ')} and ${String(ranges.length - 8)} more ranges`;
}
