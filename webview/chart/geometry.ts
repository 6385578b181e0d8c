/** Where things stand in the chart, in CSS pixels. */
import { extent, scaleLinear, type ScaleLinear } from 'd3';

export const LANE_HEIGHT = 14;
const LANES = ['gate', 'findings', 'kinds'] as const;
/** Lanes that are there only where a replay is. */
const REPLAY_LANES = ['replay', 'tests'] as const;
export type LaneName = (typeof LANES)[number] | (typeof REPLAY_LANES)[number];
export const LEFT = 56;
export const RIGHT = 46;
export const TOP = 8;
export const BOTTOM = 4;

export interface Heights {
  /** The part with bars and sums. */
  readonly plot: number;
  readonly lanes: readonly LaneName[];
  /** Everything: plot, lanes, and the numbers of the turns. */
  readonly chart: number;
}
const AXIS_HEIGHT = 16;
const withLanes = (plot: number, lanes: readonly LaneName[] = LANES): Heights => ({
  plot,
  lanes,
  chart: plot + lanes.length * LANE_HEIGHT + AXIS_HEIGHT,
});
/** `low` is for windows in which the full one would push list and detail out; `folded` keeps what the gate did. */
export const HEIGHTS = {
  full: withLanes(160),
  low: withLanes(88),
  folded: { plot: 2, lanes: ['gate'], chart: 2 + LANE_HEIGHT + 4 },
} as const satisfies Record<string, Heights>;
export type ChartSize = keyof typeof HEIGHTS;

const replayed = REPLAY_LANES.map((_, i) => {
  const lanes = [...LANES, ...REPLAY_LANES.slice(0, i + 1)];
  return { full: withLanes(HEIGHTS.full.plot, lanes), low: withLanes(HEIGHTS.low.plot, lanes), folded: HEIGHTS.folded };
});
/** With the lane of a replay, and that of its tests. The same object for the same answer. */
export const heightsOf = (size: ChartSize, replay: 'none' | 'replay' | 'tests'): Heights =>
  (replay === 'none' ? HEIGHTS : (replayed[replay === 'tests' ? 1 : 0] ?? HEIGHTS))[size];

/** A bar narrower than this stands for several turns. */
export const MIN_STEP = 3;
const MAX_BAR = 28;

/** Maps turns to pixels: turn `t` takes `[x(t), x(t + 1))`. */
export interface Frame {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  /** Pixels per turn. */
  readonly step: number;
  /** Turns per bar; 1: each turn has its own. */
  readonly perBin: number;
  readonly barWidth: number;
  readonly heights: Heights;
}

export function frameOf(from: number, to: number, width: number, heights: Heights = HEIGHTS.full): Frame {
  const turns = Math.max(1, to - from);
  const step = Math.max(0.0001, (width - LEFT - RIGHT) / turns);
  const perBin = step >= MIN_STEP ? 1 : Math.ceil(MIN_STEP / step);
  const room = step * perBin;
  return { from, to, width, step, perBin, barWidth: Math.max(1, Math.min(MAX_BAR, room * 0.78)), heights };
}

export const sameFrame = (a: Frame, b: Frame): boolean =>
  a.from === b.from && a.to === b.to && a.width === b.width && a.heights === b.heights;

export const xOf = (frame: Frame, turn: number): number => LEFT + (turn - frame.from) * frame.step;
export const centreOf = (frame: Frame, turn: number): number => xOf(frame, turn + 0.5);

/** The turn at a pixel, within the window. */
export function turnAtX(frame: Frame, x: number): number {
  const t = frame.from + Math.floor((x - LEFT) / frame.step);
  return Math.max(frame.from, Math.min(frame.to - 1, t));
}

export const laneTop = ({ heights }: Frame, lane: LaneName): number => heights.plot + heights.lanes.indexOf(lane) * LANE_HEIGHT;

export type YScale = ScaleLinear<number, number>;

/** Scales for the bars (left) and the running sums (right) that share their zero line. */
export function yScales(bars: readonly number[], sums: readonly number[], plot: number): { readonly bar: YScale; readonly sum: YScale } {
  const [b0, b1] = spread(bars);
  const [s0, s1] = spread(sums);
  const below = Math.min(0.97, Math.max(-b0 / (b1 - b0), -s0 / (s1 - s0)));
  return { bar: aligned(b0, b1, below, plot), sum: aligned(s0, s1, below, plot) };
}

function spread(values: readonly number[]): readonly [number, number] {
  const [low = 0, high = 0] = extent(values);
  const min = Math.min(0, low);
  const max = Math.max(0, high);
  return max - min < 1e-9 ? [-0.1, 0.1] : [min, max];
}

/** Widens a domain so that `below` of its height lies under zero. */
function aligned(min: number, max: number, below: number, plot: number): YScale {
  const up = below > 0 ? Math.max(max, (-min / below) * (1 - below)) : max;
  const down = (up / (1 - below)) * below;
  return scaleLinear([-down, up], [plot - BOTTOM - 4, TOP]);
}
