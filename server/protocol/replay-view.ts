/** What the inspector shows of a replay at once; a turn's own facts are asked for. */
import type { Cause, DivergenceClass, ReplayFacts } from '../replay/types';

/** What became of a turn, see {@link ReplayView.marks}. */
export type ReplayMark = 'equal' | 'noise' | 'diverged' | 'untrusted' | 'unrecorded' | 'not_executed' | 'not_replayed';

/** What is known of an episode's replay, for the inspector. */
export interface ReplayView {
  /** One mark per turn of the episode. */
  readonly marks: readonly ReplayMark[];
  readonly counts: Readonly<Partial<Record<DivergenceClass, number>>>;
  readonly firstDivergence: number | null;
  readonly submission: ReplayFacts['submission'];
  readonly image: ReplayFacts['image'];
  readonly engine: ReplayFacts['engine'];
  readonly causes: readonly Cause[];
  readonly problems: readonly string[];
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Per turn, against the turn before: tests turned green and red; null: no tests ran. */
  readonly tests:
    readonly ({ readonly green: number; readonly red: number; readonly passed: number; readonly collected: number | null } | null)[] | null;
}
