/** Offsets between the bytes of a file and the UTF-16 units that editors count in. */
import type { Span } from '../../episode/index';

/** UTF-16 units in `[from, to)` of UTF-8 bytes. Right for cut sequences too: a sequence counts where it starts. */
export function unitsBetween(bytes: Uint8Array, from: number, to: number): number {
  let units = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0;
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

/** Line and character, both from 0, of a set of bytes of one file. */
export class Positions {
  constructor(
    private readonly bytes: Float64Array,
    private readonly lines: Uint32Array,
    private readonly characters: Uint32Array,
  ) {}

  /** The position of a byte that was asked for; of the next one asked for otherwise. */
  at(byte: number): { line: number; character: number } {
    let low = 0;
    let high = this.bytes.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.bytes[middle] ?? 0) < byte) low = middle + 1;
      else high = middle;
    }
    return { line: this.lines[low] ?? 0, character: this.characters[low] ?? 0 };
  }
}

const CHUNK = 4 << 20;
const NEWLINE = 10;

/**
 * Positions of many bytes in one pass, so that a file of one long line costs no more than one of many short ones.
 * @param read bytes of the file by range; shorter only where the file ends
 */
export async function positionsOf(
  read: (span: Span) => Promise<Uint8Array>,
  wanted: Iterable<number>,
  signal?: AbortSignal,
  chunkSize = CHUNK,
): Promise<Positions> {
  const bytes = Float64Array.from(new Set(wanted)).sort();
  const lines = new Uint32Array(bytes.length);
  const characters = new Uint32Array(bytes.length);
  const last = bytes[bytes.length - 1] ?? 0;
  let next = 0;
  let line = 0;
  let units = 0;
  for (let start = 0; next < bytes.length;) {
    signal?.throwIfAborted();
    const chunk = await read({ start, end: Math.min(start + chunkSize, last + 1) });
    // Editors hide a byte order mark.
    if (start === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) units = -1;
    let p = 0;
    let newline = chunk.indexOf(NEWLINE);
    const advance = (to: number): void => {
      for (; newline !== -1 && newline < to; newline = chunk.indexOf(NEWLINE, p)) {
        line += 1;
        units = 0;
        p = newline + 1;
      }
      units += unitsBetween(chunk, p, to);
      p = to;
    };
    const ended = chunk.length === 0;
    for (; next < bytes.length && (ended || (bytes[next] ?? 0) < start + chunk.length); next++) {
      if (!ended) advance((bytes[next] ?? 0) - start);
      lines[next] = line;
      characters[next] = Math.max(0, units);
    }
    advance(chunk.length);
    start += chunk.length;
  }
  return new Positions(bytes, lines, characters);
}
