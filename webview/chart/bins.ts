/** Turns gathered into bars: one bar per turn, or min, max and mean of several. */
import { FAILED, SCORED, UNSCORED, type Accumulation } from '../../server/reward/types';
import { fateAt, type Series } from '../model/series';

export interface Segment {
  readonly slot: number;
  readonly fate: 'paid' | 'masked' | 'undecided';
  /** Signed height in reward units: the weighted score, or its mean over the bin's scored turns. */
  readonly value: number;
}

export interface Bin {
  /** Turns `[from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly segments: readonly Segment[];
  /** Extremes of the turns' raw sums; equal for a single turn. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly scored: number;
  readonly failed: number;
  readonly unscored: number;
}

export function binsOf(series: readonly Series[], acc: Accumulation, from: number, to: number, perBin: number): readonly Bin[] {
  const bins: Bin[] = [];
  // Bins stand on multiples of their size, so that panning does not shuffle turns between them.
  for (let start = from - (from % perBin); start < to; start += perBin) {
    const end = Math.min(start + perBin, acc.raw.length);
    if (end > start) bins.push(perBin === 1 ? single(series, acc, start) : gathered(series, acc, start, end));
  }
  return bins;
}

function single(series: readonly Series[], acc: Accumulation, t: number): Bin {
  const segments: Segment[] = [];
  let failedHere = 0;
  for (const one of series) {
    const score = one.score(t);
    if (score?.state === 'scored') segments.push({ slot: one.slot, fate: fateAt(one, t, acc.levels), value: one.weighted[t] ?? 0 });
    else if (score?.state === 'failed') failedHere++;
  }
  const raw = acc.raw[t] ?? 0;
  const state = acc.rawState[t] ?? UNSCORED;
  return {
    from: t,
    to: t + 1,
    segments,
    min: raw,
    max: raw,
    mean: raw,
    scored: state === SCORED ? 1 : 0,
    failed: failedHere > 0 || state === FAILED ? 1 : 0,
    unscored: state === UNSCORED ? 1 : 0,
  };
}

const FATES = ['paid', 'masked', 'undecided'] as const;

function gathered(series: readonly Series[], acc: Accumulation, from: number, to: number): Bin {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let scored = 0;
  let failed = 0;
  let unscored = 0;
  for (let t = from; t < to; t++) {
    const state = acc.rawState[t];
    if (state === SCORED) {
      const raw = acc.raw[t] ?? 0;
      if (raw < min) min = raw;
      if (raw > max) max = raw;
      sum += raw;
      scored++;
    } else if (state === FAILED) failed++;
    else unscored++;
  }
  const segments: Segment[] = [];
  if (scored > 0) {
    for (const one of series) {
      // [fate][sign]: a mean that lets a plus and a minus cancel would hide both.
      const sums = [0, 0, 0, 0, 0, 0];
      for (let t = from; t < to; t++) {
        const value = one.weighted[t] ?? 0;
        if (value === 0) continue;
        const at = FATES.indexOf(fateAt(one, t, acc.levels)) * 2 + (value < 0 ? 1 : 0);
        sums[at] = (sums[at] ?? 0) + value;
      }
      sums.forEach((value, at) => {
        if (value !== 0) segments.push({ slot: one.slot, fate: FATES[at >> 1] ?? 'paid', value: value / scored });
      });
    }
  }
  return {
    from,
    to,
    segments,
    min: scored > 0 ? min : 0,
    max: scored > 0 ? max : 0,
    mean: scored > 0 ? sum / scored : 0,
    scored,
    failed,
    unscored,
  };
}

/** Lowest and highest point that a bin's bar or whisker reaches. */
export function reachOf(bin: Bin): readonly [number, number] {
  let up = 0;
  let down = 0;
  for (const { value } of bin.segments) {
    if (value > 0) up += value;
    else down += value;
  }
  return [Math.min(down, bin.min), Math.max(up, bin.max)];
}

/** A running sum thinned to what a pixel can show: first, extremes and last of each bin, in order. */
export function thin(values: Float64Array, from: number, to: number, perBin: number): readonly (readonly [number, number])[] {
  const points: (readonly [number, number])[] = [];
  for (let start = from; start < to; start += perBin) {
    const end = Math.min(start + perBin, to);
    let low = start;
    let high = start;
    for (let t = start; t < end; t++) {
      if ((values[t] ?? 0) < (values[low] ?? 0)) low = t;
      if ((values[t] ?? 0) > (values[high] ?? 0)) high = t;
    }
    for (const t of [...new Set([start, Math.min(low, high), Math.max(low, high), end - 1])]) points.push([t, values[t] ?? 0]);
  }
  return points;
}
