/** Commands that can't be run again: named before a container is made, and skipped in it. */
import type { RecordedCommand, RecordedTurn, Recording } from './types';

export interface Apart {
  /** What is run again, in order. */
  readonly commands: readonly RecordedCommand[];
  /** Why the others are not, each reason once; null: all are. */
  readonly reason: string | null;
  /** What follows may be in another state than the recorded run's. */
  readonly changesState: boolean;
}

export function apart({ commands }: RecordedTurn): Apart {
  const obstacles = commands.flatMap(({ obstacle }) => obstacle ?? []);
  return {
    commands: commands.filter(({ obstacle }) => obstacle === undefined),
    reason: obstacles.length === 0 ? null : [...new Set(obstacles.map(({ reason }) => reason))].join(' '),
    changesState: obstacles.some(({ changesState }) => changesState),
  };
}

export function obstaclesIn({ turns }: Recording): { readonly turn: number; readonly reason: string }[] {
  return turns.flatMap((turn) => {
    const { reason } = apart(turn);
    return turn.executed && reason !== null ? [{ turn: turn.index, reason }] : [];
  });
}
