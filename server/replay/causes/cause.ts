/** What a finder of causes is: it looks at a recording and its replay, and says what may have led them apart. */
import type { Cause, Recording, ReplayFacts } from '../types';

export interface Evidence {
  readonly recording: Recording;
  readonly facts: Omit<ReplayFacts, 'causes'>;
  /** Turns that ran, with both texts, in order. `trusted`: nothing had really diverged before. */
  readonly turns: readonly EvidenceTurn[];
}

export interface EvidenceTurn {
  readonly index: number;
  readonly action: string;
  readonly recorded: string | null;
  readonly replayed: string;
  readonly trusted: boolean;
  /** The first turn that really diverged. */
  readonly first: boolean;
}

export type FindCauses = (evidence: Evidence) => readonly Cause[];

/** The turn that the replay first left the recording at; undefined: no turn, only the end differs. */
export const firstOf = ({ turns }: Evidence): EvidenceTurn | undefined => turns.find(({ first }) => first);

/** Turns as people count them. */
export const turnName = (index: number): string => `turn ${index + 1}`;
