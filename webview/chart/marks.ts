/** What is drawn, as plain marks in pixels. The SVG and the canvas painter draw the same list. */
import { cumulative } from '../../server/reward/arithmetic';
import { UNDECIDED, type Accumulation } from '../../server/reward/types';
import type { Series } from '../model/series';
import { binsOf, reachOf, thin, type Bin } from './bins';
import { centreOf, yScales, type Frame, type YScale } from './geometry';

export type Mark =
  | {
      readonly kind: 'bar';
      readonly x: number;
      readonly y: number;
      readonly w: number;
      readonly h: number;
      readonly slot: number;
      readonly fate: 'paid' | 'masked' | 'undecided';
    }
  | { readonly kind: 'zero'; readonly x: number; readonly y: number; readonly w: number; readonly slot: number }
  | { readonly kind: 'ring'; readonly x: number; readonly y: number; readonly failed: boolean }
  | { readonly kind: 'whisker'; readonly x: number; readonly y0: number; readonly y1: number };

export interface Line {
  readonly name: 'gra' | 'dra';
  readonly points: readonly (readonly [number, number])[];
}

/** Where the running sums may end while the outcome is a set, in pixels. */
export interface BoundsMark {
  readonly x: number;
  readonly fails: number;
  readonly passes: number;
}

export interface Picture {
  readonly frame: Frame;
  readonly bins: readonly Bin[];
  readonly marks: readonly Mark[];
  readonly lines: readonly Line[];
  readonly bounds: BoundsMark | null;
  readonly bar: YScale;
  readonly sum: YScale;
}

const RING = 3.2;
export const RING_RADIUS = RING;

interface Drawn {
  readonly series: readonly Series[];
  readonly frame: Frame;
  readonly picture: Picture;
}
const drawn = new WeakMap<Accumulation, Drawn>();

/** {@link pictureOf}, remembered for the frame that it was last asked for. */
export function rememberedPicture(series: readonly Series[], acc: Accumulation, frame: Frame): Picture {
  const known = drawn.get(acc);
  if (known?.series === series && known.frame === frame) return known.picture;
  const picture = pictureOf(series, acc, frame);
  drawn.set(acc, { series, frame, picture });
  return picture;
}

export function pictureOf(series: readonly Series[], acc: Accumulation, frame: Frame): Picture {
  const { from, to } = frame;
  const bins = binsOf(series, acc, from, to, frame.perBin);
  const running = cumulative(acc);
  const atEnd = to === acc.raw.length && to > from;
  const bounds = atEnd ? acc.totals.bounds : null;
  // What a gate has not decided is not zero: the line ends where that begins.
  const undecided = acc.undecided > 0 ? acc.paidState.indexOf(UNDECIDED) : -1;
  const gra = thin(running.gra, from, undecided < 0 ? to : Math.min(to, undecided), frame.perBin);
  const dra = thin(running.dra, from, to, frame.perBin);
  const sums = [...gra, ...dra].map(([, value]) => value);
  const { bar, sum } = yScales(bins.flatMap(reachOf), bounds ? [...sums, ...bounds.gra] : sums, frame.heights.plot);
  const at = ([t, value]: readonly [number, number]): readonly [number, number] => [centreOf(frame, t), sum(value)];
  return {
    frame,
    bins,
    marks: bins.flatMap((bin) => marksOf(bin, frame, bar)),
    lines: [
      { name: 'dra', points: dra.map(at) },
      { name: 'gra', points: gra.map(at) },
    ],
    bounds: bounds ? { x: centreOf(frame, to - 1), fails: sum(bounds.gra[0]), passes: sum(bounds.gra[1]) } : null,
    bar,
    sum,
  };
}

function marksOf(bin: Bin, frame: Frame, y: YScale): readonly Mark[] {
  const marks: Mark[] = [];
  const x = centreOf(frame, (bin.from + bin.to - 1) / 2);
  const left = x - frame.barWidth / 2;
  const zero = y(0);
  if (frame.perBin === 1) {
    const nothing = bin.segments.filter((s) => s.value === 0);
    if (nothing[0] && nothing.length === bin.segments.length)
      marks.push({ kind: 'zero', x: left, y: zero, w: frame.barWidth, slot: nothing[0].slot });
  } else if (bin.scored > 0 && bin.segments.length === 0) marks.push({ kind: 'zero', x: left, y: zero, w: frame.barWidth, slot: 0 });
  let up = 0;
  let down = 0;
  for (const { slot, fate, value } of bin.segments) {
    if (value === 0) continue;
    const base = value > 0 ? up : down;
    const a = y(base);
    const b = y(base + value);
    if (value > 0) up += value;
    else down += value;
    marks.push({ kind: 'bar', x: left, y: Math.min(a, b), w: frame.barWidth, h: Math.max(1, Math.abs(a - b)), slot, fate });
  }
  if (frame.perBin > 1 && bin.scored > 0) marks.push({ kind: 'whisker', x, y0: y(bin.min), y1: y(bin.max) });
  if (bin.failed > 0) marks.push({ kind: 'ring', x, y: zero, failed: true });
  else if (bin.unscored > 0 && bin.scored === 0) marks.push({ kind: 'ring', x, y: zero, failed: false });
  return marks;
}
