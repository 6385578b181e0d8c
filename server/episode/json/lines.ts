import type { ByteSource } from '../types';
import { CHUNK } from './outline';

const NEWLINE = 0x0a;

/** 1-based lines of byte offsets, in one pass up to the last of them. */
export function linesAt(source: ByteSource, offsets: readonly number[]): Map<number, number> {
  const wanted = [...new Set(offsets)].sort((a, b) => a - b);
  const lines = new Map<number, number>();
  let line = 1;
  let at = 0;
  for (const target of wanted) {
    while (at < target) {
      const bytes = source.read(at, Math.min(target, at + CHUNK));
      if (bytes.length === 0) break;
      line += countNewlines(bytes);
      at += bytes.length;
    }
    lines.set(target, line);
  }
  return lines;
}

/** Bytes before an offset that are looked at for its line's start. */
const LINE_LIMIT = 16 << 20;

/** 1-based line and 0-based UTF-16 column of a byte offset, as an editor counts them. */
export function positionAt(source: ByteSource, byte: number): { readonly line: number; readonly character: number } {
  const target = Math.max(0, Math.min(byte, source.size));
  const line = linesAt(source, [target]).get(target) ?? 1;
  const from = Math.max(0, target - LINE_LIMIT);
  const bytes = source.read(from, target);
  const before = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = before.lastIndexOf(NEWLINE) + 1;
  let text = before.toString('utf8', start);
  if (from + start === 0 && text.startsWith('\ufeff')) text = text.slice(1);
  return { line, character: text.length };
}

/** Four bytes at a time: a damaged file of 2 GB is still told its line within a second or two. */
function countNewlines(bytes: Uint8Array): number {
  const n = bytes.length;
  const head = n < 8 ? n : (4 - (bytes.byteOffset & 3)) & 3;
  const words = n === head ? new Int32Array(0) : new Int32Array(bytes.buffer, bytes.byteOffset + head, (n - head) >> 2);
  let count = 0;
  for (let i = 0; i < words.length;) {
    // One counter per byte lane, folded before it can overflow.
    const stop = Math.min(words.length, i + 255);
    let lanes = 0;
    for (; i < stop; i++) {
      const x = words[i]! ^ 0x0a0a0a0a;
      lanes += (~(((x & 0x7f7f7f7f) + 0x7f7f7f7f) | x | 0x7f7f7f7f) >>> 7) & 0x01010101;
    }
    count += (lanes & 0xff) + ((lanes >>> 8) & 0xff) + ((lanes >>> 16) & 0xff) + (lanes >>> 24);
  }
  for (let i = 0; i < head; i++) if (bytes[i] === NEWLINE) count++;
  for (let i = head + words.length * 4; i < n; i++) if (bytes[i] === NEWLINE) count++;
  return count;
}
