/** The arithmetic under the reader's thresholds, done once for each way in which the gates can stand. */
import { accumulate, flipPoints, passesGate, type FlipPoints } from '../../server/reward/arithmetic';
import type { Accumulation, Gate, ScoreTable } from '../../server/reward/types';

export type Thresholds = Readonly<Record<string, number>>;

interface Known {
  readonly points: readonly FlipPoints[];
  readonly byStand: Map<string, Accumulation>;
}
const tables = new WeakMap<ScoreTable, Known>();
/** Ways in which the gates can stand that are kept. One gate has two or three; only a table of many levels has more. */
const KEPT = 16;

const thresholdOf = (id: string, gate: Gate, thresholds: Thresholds): number =>
  (Object.hasOwn(thresholds, id) ? thresholds[id] : undefined) ?? gate.threshold;

/** Which gates are open for which outcome: between two flip points, nothing but the threshold itself changes. */
function standOf(table: ScoreTable, points: readonly FlipPoints[], thresholds: Thresholds): string {
  return points
    .map(({ level, id, op, points: values }) => {
      const gate = table.levels[level]?.gate;
      const threshold = gate ? thresholdOf(id, gate, thresholds) : 0;
      return values.filter((value) => passesGate(value, { threshold, op })).length;
    })
    .join(' ');
}

/**
 * What `accumulate` gives under these thresholds or under others between the same flip points: the same object for all of
 * them, so that what doesn't show the threshold itself isn't drawn again.
 */
export function fatesUnder(table: ScoreTable, thresholds: Thresholds): Accumulation {
  let known = tables.get(table);
  if (!known) tables.set(table, (known = { points: flipPoints(table), byStand: new Map() }));
  if (Object.values(thresholds).some((value) => typeof value !== 'number' || Number.isNaN(value))) return accumulate(table, { thresholds });
  const stand = standOf(table, known.points, thresholds);
  let result = known.byStand.get(stand);
  if (!result) {
    if (known.byStand.size >= KEPT) known.byStand.clear();
    known.byStand.set(stand, (result = accumulate(table, { thresholds })));
  }
  return result;
}

/** Fates with the thresholds as they are now: equal to `accumulate(table, { thresholds })`. */
export function withThresholds(fates: Accumulation, table: ScoreTable, thresholds: Thresholds): Accumulation {
  return {
    ...fates,
    levels: fates.levels.map((result, i) => {
      const gate = table.levels[i]?.gate;
      return result.gate && gate ? { ...result, gate: { ...result.gate, threshold: thresholdOf(result.id, gate, thresholds) } } : result;
    }),
  };
}

export interface NextFlip {
  /** Id of the gated level. */
  readonly level: string;
  /** The flip point: the level's own value. */
  readonly point: number;
  readonly op: Gate['op'];
  /** A threshold beyond it: the point itself where that shuts the gate (`>`), else the next hundredth. */
  readonly threshold: number;
  /** Turns that would be masked there. */
  readonly masked: number;
}

/** The least number of two decimals above a value. */
function beyond(value: number): number {
  const next = Number((Math.floor(value * 100) / 100 + 0.01).toFixed(2));
  return next > value ? next : value + Math.max(Math.abs(value) * 1e-9, Number.MIN_VALUE);
}

/** Where a gate would begin to mask, the highest level first; null where a shut gate changes nothing, or none can shut. */
export function nextFlip(table: ScoreTable, thresholds: Thresholds): NextFlip | null {
  for (const { id, level, op, points } of flipPoints(table)) {
    const gate = table.levels[level]?.gate;
    if (!gate) continue;
    const present = thresholdOf(id, gate, thresholds);
    for (const point of points.filter((value) => passesGate(value, { threshold: present, op }))) {
      const threshold = op === '>' ? point : beyond(point);
      const { masked } = fatesUnder(table, { ...thresholds, [id]: threshold });
      if (masked > 0) return { level: id, point, op, threshold, masked };
    }
  }
  return null;
}
