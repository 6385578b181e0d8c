/**
 * What a reader sees of a recorded text: ANSI escapes gone, CRLF and lone CR as LF. Remembers what was taken out, so
 * that a place in the shown text is a place in the recorded one and back, and which of it the escapes coloured.
 */
import { Pen, type Ink } from './ink';

/** The recorded text lacks nothing but the pieces listed here. Offsets are UTF-16 units. */
export interface Cuts {
  /** Offset in the shown text at which something was taken out, ascending. */
  readonly at: Uint32Array;
  /** How much was taken out up to and including this cut. */
  readonly removed: Uint32Array;
}

export interface Shown {
  readonly text: string;
  readonly cuts: Cuts;
  /** What was coloured, ascending, apart. */
  readonly inks: readonly Ink[];
}

const NONE: Cuts = { at: new Uint32Array(0), removed: new Uint32Array(0) };

/**
 * Control sequences of ECMA-48 (CSI, OSC and the other strings, two-character escapes, charset choice), then line ends.
 * A run of CRs before an LF is one line end: terminals write `\r\r\n`.
 */
const TAKEN =
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]+[0-~]|[0-~])|\u009b[0-?]*[ -/]*[@-~]|\r+(?=\n)|\r/g;
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const SUSPECT = /[\u001b\u009b\r]/;

/** The text as shown. A lone CR becomes LF, one for one, because editors break lines at it. */
export function clean(recorded: string): Shown {
  if (!SUSPECT.test(recorded)) return { text: recorded, cuts: NONE, inks: [] };
  const parts: string[] = [];
  const at: number[] = [];
  const removed: number[] = [];
  let from = 0;
  let shown = 0;
  let gone = 0;
  const pen = new Pen();
  TAKEN.lastIndex = 0;
  for (let match = TAKEN.exec(recorded); match !== null; match = TAKEN.exec(recorded)) {
    const found = match[0];
    parts.push(recorded.slice(from, match.index));
    shown += match.index - from;
    from = match.index + found.length;
    if (found === '\r' && recorded[from] !== '\n') {
      parts.push('\n');
      shown += 1;
      continue;
    }
    gone += found.length;
    pen.take(found, shown);
    if (at[at.length - 1] === shown) removed[removed.length - 1] = gone;
    else {
      at.push(shown);
      removed.push(gone);
    }
  }
  parts.push(recorded.slice(from));
  const cuts = { at: Uint32Array.from(at), removed: Uint32Array.from(removed) };
  return { text: parts.join(''), cuts, inks: pen.end(shown + recorded.length - from) };
}

/** Number of entries of an ascending array that are below `value` (or at most it, with `inclusive`). */
function below(sorted: Uint32Array, value: number, inclusive: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = sorted[middle] ?? 0;
    if (entry < value || (inclusive && entry === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where a recorded offset is shown; an offset inside something taken out is shown where it was. */
export function shownOffset(cuts: Cuts, recorded: number): number {
  let low = 0;
  let high = cuts.at.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = (cuts.at[middle] ?? 0) + (middle === 0 ? 0 : (cuts.removed[middle - 1] ?? 0));
    if (start <= recorded) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return recorded;
  const at = cuts.at[low - 1] ?? 0;
  return Math.max(at, recorded - (cuts.removed[low - 1] ?? 0));
}

/**
 * The recorded offset of a shown one.
 * @param side what to do with pieces taken out exactly here: `after` skips them (for a start), `before` does not (for an end)
 */
export function recordedOffset(cuts: Cuts, shown: number, side: 'before' | 'after'): number {
  const n = below(cuts.at, shown, side === 'after');
  return shown + (n === 0 ? 0 : (cuts.removed[n - 1] ?? 0));
}
