import type { Field, Span } from '../episode/index';

/** proved: a container (or a rescoring) showed it. strong: direct evidence in diff or command. weak: text or statistics. */
export type Grade = 'proved' | 'strong' | 'weak';

/** The exact bytes a finding rests on. */
export interface Evidence extends Span {
  readonly turn: number;
  readonly field: Field;
}

export interface Finding {
  /** Stable within a file version: rule, first turn, last turn. */
  readonly id: string;
  /** `H22`, … (rewards.md §3). */
  readonly rule: string;
  readonly title: string;
  /** One sentence: what was seen, with numbers. */
  readonly message: string;
  readonly grade: Grade;
  readonly turns: readonly number[];
  readonly evidence: readonly Evidence[];
  readonly suppressed: boolean;
}
