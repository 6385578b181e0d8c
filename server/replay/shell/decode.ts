/** How scaffolds made text of the bytes that a command printed: Python's two ways with what is no UTF-8. */
import { isUtf8 } from 'node:buffer';

/**
 * - `replace`: U+FFFD for each maximal part of a broken sequence, as Python and browsers agree
 * - `backslashes`: `\xNN` for each byte
 */
export type Undecodable = 'replace' | 'backslashes';

export function decoded(bytes: Buffer, undecodable: Undecodable): string {
  if (undecodable === 'replace' || isUtf8(bytes)) return bytes.toString('utf8');
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length;) {
    const length = sequenceAt(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    parts.push(bytes.toString('utf8', from, at), String.raw`\x${bytes[at]!.toString(16).padStart(2, '0')}`);
    from = ++at;
  }
  parts.push(bytes.toString('utf8', from));
  return parts.join('');
}

/** Without the start of a sequence that a limit cut at the end. */
export function withoutCutEnd(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) return lengthOf(byte) > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

const lengthOf = (lead: number): number => (lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0);

/** Bytes of the whole, shortest-form sequence that begins there; 0: there is none. */
function sequenceAt(bytes: Buffer, at: number): number {
  const length = lengthOf(bytes[at]!);
  return length <= 1 ? length : isUtf8(bytes.subarray(at, at + length)) && at + length <= bytes.length ? length : 0;
}
