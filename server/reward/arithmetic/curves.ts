/** What the threshold slider and the chart need. */
import type { Accumulation, Gate, ScoreTable } from '../types';
import { prepared } from './sums';

export interface FlipPoints {
  /** Index of the gated level. */
  readonly level: number;
  readonly id: string;
  readonly op: Gate['op'];
  /** Distinct values of the level, ascending: the gate is open for thresholds at or below (`>`: below) them. */
  readonly points: readonly number[];
}

/** The exact thresholds at which each gate flips: the level's value, for each outcome that is still possible. */
export function flipPoints(table: ScoreTable): FlipPoints[] {
  const sums = prepared(table);
  return table.levels.flatMap((level, i) => {
    if (!level.gate) return [];
    const values = table.pending ? [] : sums.levels[i]!.values.filter((value): value is number => value !== null);
    return [{ level: i, id: level.id, op: level.gate.op, points: [...new Set(values)].sort((a, b) => a - b) }];
  });
}

export interface Cumulative {
  /** Σ raw up to and with each turn; the outcome stands on the last one where it is known. */
  readonly dra: Float64Array;
  /** Σ paid, likewise. */
  readonly gra: Float64Array;
  /** The outcome is in the last entry. */
  readonly withOutcome: boolean;
}

/** Running sums for the chart: D-RA against G-RA. */
export function cumulative(accumulation: Accumulation): Cumulative {
  const running = (values: Float64Array): Float64Array => {
    let sum = 0;
    return values.map((value) => (sum += value));
  };
  const dra = running(accumulation.raw);
  const gra = running(accumulation.paid);
  const { outcome } = accumulation;
  const withOutcome = outcome.state === 'scored' && dra.length > 0;
  if (outcome.state === 'scored' && dra.length > 0) {
    dra[dra.length - 1] = dra.at(-1)! + outcome.value;
    gra[gra.length - 1] = gra.at(-1)! + outcome.value;
  }
  return { dra, gra, withOutcome };
}
