/** The signs of a replay and of its tests, drawn so that no font has to have them. */
import type { ReplayMark } from '../../server/protocol/index';
import type { TestTurn } from '../model/replay';

/** From harmless to telling; what was not replayed has no mark. The last is what a bin shows. */
export const MARK_ORDER = ['unrecorded', 'equal', 'noise', 'untrusted', 'diverged'] as const satisfies readonly ReplayMark[];
export type DrawnMark = (typeof MARK_ORDER)[number];

export const isDrawn = (mark: ReplayMark | null | undefined): mark is DrawnMark => (MARK_ORDER as readonly unknown[]).includes(mark);

/** 0: no mark. */
export const markRank = (mark: ReplayMark | undefined): number => (isDrawn(mark) ? MARK_ORDER.indexOf(mark) + 1 : 0);

/** = equal, ~ noise, ≠ diverged, ? untrusted, · nothing to compare. */
export function replayPath(mark: DrawnMark, x: number, y: number): string {
  switch (mark) {
    case 'equal':
      return `M${x - 3.5} ${y - 1.8}H${x + 3.5}M${x - 3.5} ${y + 1.8}H${x + 3.5}`;
    case 'noise':
      return `M${x - 4} ${y + 1.2}C${x - 2.6} ${y - 3.4} ${x - 1.2} ${y - 1.6} ${x} ${y}S${x + 2.6} ${y + 3.4} ${x + 4} ${y - 1.2}`;
    case 'diverged':
      return `M${x - 4} ${y - 1.8}H${x + 4}M${x - 4} ${y + 1.8}H${x + 4}M${x - 2.4} ${y + 5}L${x + 2.4} ${y - 5}`;
    case 'untrusted':
      return `M${x - 2.4} ${y - 2.2}C${x - 2.4} ${y - 5.4} ${x + 2.6} ${y - 5.4} ${x + 2.6} ${y - 2.2}C${x + 2.6} ${y - 0.4} ${x} ${y - 0.2} ${x} ${y + 1.8}M${x} ${y + 3.6}V${y + 5}`;
    case 'unrecorded':
      return `M${x} ${y}h0.01`;
  }
}

/** Where tests turned: 1 green, 2 red, 3 both; 0: none did. */
export const testRank = (turn: TestTurn | null): number => (turn === null ? 0 : (turn.green > 0 ? 1 : 0) + (turn.red > 0 ? 2 : 0));
export const TEST_CLASS = ['', 'tests-green', 'tests-red', 'tests-red'] as const;

/** ⌃ turned green, ⌄ turned red. */
export const testPath = (rank: number, x: number, y: number): string =>
  rank === 1 ? `M${x - 3.6} ${y + 2}L${x} ${y - 2.4}L${x + 3.6} ${y + 2}` : `M${x - 3.6} ${y - 2}L${x} ${y + 2.4}L${x + 3.6} ${y - 2}`;
