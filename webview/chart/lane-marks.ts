/** The lanes under the chart: what the gate did, what smells, what kind of turn it was. */
import { UNDECIDED, type Accumulation, type LevelResult } from '../../server/reward/types';
import { turnGate, type GateWord, type TurnGate } from '../model/turn-facts';
import type { KindSets } from '../model/store';
import { LEFT, RIGHT, xOf, type Frame } from './geometry';

export interface GateRun {
  readonly from: number;
  readonly to: number;
  readonly word: GateWord;
  readonly level: LevelResult | null;
  readonly reason: string | null;
}

/** Runs of turns with the same gate over `[from, to)`. */
export function gateRuns(acc: Accumulation, from: number, to: number): readonly GateRun[] {
  const runs: GateRun[] = [];
  const key = (t: number): number => (acc.blockedBy[t] ?? -1) * 4 + (acc.paidState[t] === UNDECIDED ? 1 : 0);
  const gates = new Map<number, TurnGate>();
  for (let t = from; t < to;) {
    let end = t + 1;
    while (end < to && key(end) === key(t)) end++;
    const gate = gates.get(key(t)) ?? turnGate(acc, t);
    gates.set(key(t), gate);
    const last = runs.at(-1);
    if (last && last.word === gate.word && last.level === gate.level) runs[runs.length - 1] = { ...last, to: end };
    else runs.push({ from: t, to: end, ...gate });
    t = end;
  }
  return runs;
}

/** Gate runs as pixels; a stretch of many short runs is cut to what can be seen, the worst word of each pixel kept. */
export function visibleRuns(runs: readonly GateRun[], frame: Frame): readonly (GateRun & { readonly x: number; readonly w: number })[] {
  if (runs.length <= 400) return runs.map((run) => ({ ...run, x: xOf(frame, run.from), w: (run.to - run.from) * frame.step }));
  const rank: Record<GateWord, number> = { none: 0, open: 1, pending: 2, unknown: 3, shut: 4 };
  const cells = new Map<number, GateRun>();
  for (const run of runs) {
    const last = Math.floor(xOf(frame, run.to - 0.001) / 3);
    for (let cell = Math.floor(xOf(frame, run.from) / 3); cell <= last; cell++) {
      const before = cells.get(cell);
      if (!before || rank[run.word] > rank[before.word]) cells.set(cell, run);
    }
  }
  return [...cells].map(([cell, run]) => ({ ...run, x: cell * 3, w: 3 }));
}

export interface LaneMark {
  readonly x: number;
  /** Turns that the mark stands for. */
  readonly turns: readonly number[];
  /** Rank of the worst of them: findings 1 weak, 2 strong, 3 proved; kinds 1 edit, 2 submit, 3 error; replay as in `MARK_ORDER`. */
  readonly rank: number;
}

const CELL = 10;

/** One mark per cell of a lane; where turns crowd, the worst mark of the cell stands for all. */
export function laneMarks(ranks: Iterable<readonly [number, number]>, frame: Frame): readonly LaneMark[] {
  const roomy = frame.step >= CELL;
  const cells = new Map<number, { x: number; turns: number[]; rank: number }>();
  for (const [turn, rank] of ranks) {
    if (turn < frame.from || turn >= frame.to || rank === 0) continue;
    const x = xOf(frame, turn + 0.5);
    const cell = roomy ? turn : Math.floor((x - LEFT) / CELL);
    const known = cells.get(cell);
    if (known) {
      known.turns.push(turn);
      known.rank = Math.max(known.rank, rank);
    } else cells.set(cell, { x: roomy ? x : Math.min(LEFT + (cell + 0.5) * CELL, frame.width - RIGHT - CELL / 2), turns: [turn], rank });
  }
  return [...cells.values()];
}

export const KIND_WORD = ['', 'edit', 'submit', 'error'] as const;

export function kindRanks(kinds: KindSets): ReadonlyMap<number, number> {
  const ranks = new Map<number, number>();
  for (const t of kinds.edits) ranks.set(t, 1);
  for (const t of kinds.submits) ranks.set(t, 2);
  for (const t of kinds.errors) ranks.set(t, 3);
  return ranks;
}
