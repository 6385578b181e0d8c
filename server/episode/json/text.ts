import type { Encoding } from '../types';

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/** A decoded text. `odd`: some of it is no valid JSON string or no UTF-8, and was decoded as well as it can be. */
export interface Decoded {
  readonly text: string;
  readonly odd: boolean;
}

/**
 * Decodes the bytes of a passage: for `string` as `JSON.parse` decodes the inside of a literal, for `json` as UTF-8.
 * Bytes that are no UTF-8 become U+FFFD, as everywhere in Node. Raw control characters stand for themselves; a
 * backslash that begins no escape stands for itself.
 */
export function decode(bytes: Uint8Array, encoding: Encoding): Decoded {
  const raw = asBuffer(bytes).toString('utf8');
  const broken = raw.includes('\ufffd') && !isUtf8(bytes);
  if (encoding === 'json' || !raw.includes('\\')) {
    return { text: raw, odd: broken || (encoding === 'string' && hasControl(raw)) };
  }
  try {
    return { text: JSON.parse(`"${raw}"`) as string, odd: broken };
  } catch {
    return { text: decodeLeniently(raw), odd: true };
  }
}

/** The text of a passage, see {@link decode}. */
export function decodePassage(bytes: Uint8Array, encoding: Encoding): string {
  return decode(bytes, encoding).text;
}

/**
 * At most `limit` UTF-16 units from the front of a passage, never half an escape, sequence or surrogate pair.
 * `bytes` may itself be cut anywhere behind.
 */
export function decodeHead(bytes: Uint8Array, encoding: Encoding, limit: number): string {
  let end = Math.min(bytes.length, limit * 6 + 12);
  if (end < bytes.length) end = wholeEnd(bytes, encoding, end);
  const { text } = decode(bytes.subarray(0, end), encoding);
  if (text.length <= limit) return text;
  const cut = isHighSurrogate(text.charCodeAt(limit - 1)) && isLowSurrogate(text.charCodeAt(limit)) ? limit - 1 : limit;
  return text.slice(0, cut);
}

/** Length of a passage's text in UTF-16 units, without decoding it. */
export function charLength(bytes: Uint8Array, encoding: Encoding): number {
  return advance(bytes, encoding, bytes.length, Infinity).char;
}

/**
 * Byte offset inside a passage of the UTF-16 unit `char` of its text. Where `char` is inside a four-byte sequence (the
 * second half of a pair), `edge` says which side of the sequence is meant. Beyond the text: its end.
 */
export function byteOfChar(bytes: Uint8Array, encoding: Encoding, char: number, edge: 'start' | 'end' = 'start'): number {
  const at = advance(bytes, encoding, bytes.length, char);
  if (edge === 'end' && at.char < char && at.byte < bytes.length) {
    return at.byte + unitAt(bytes, at.byte, encoding === 'string').bytes;
  }
  return at.byte;
}

/** UTF-16 offset of the character that the byte at `byte` belongs to. Beyond the passage: the text's length. */
export function charOfByte(bytes: Uint8Array, encoding: Encoding, byte: number): number {
  return advance(bytes, encoding, byte, Infinity).char;
}

interface Unit {
  /** Bytes that encode it. */
  bytes: number;
  /** UTF-16 units that it decodes to: 1, or 2 for a four-byte sequence. */
  chars: number;
}

const unit: Unit = { bytes: 1, chars: 1 };

/** The escape, sequence or byte at `i`. The answer is valid until the next call. */
function unitAt(b: Uint8Array, i: number, escaped: boolean): Unit {
  const c = b[i]!;
  unit.chars = 1;
  unit.bytes = 1;
  if (c === BACKSLASH && escaped) {
    unit.bytes = escapeLength(b, i);
  } else if (c >= 0x80) {
    sequenceAt(b, i, c);
  }
  return unit;
}

function escapeLength(b: Uint8Array, i: number): number {
  const c = b[i + 1];
  switch (c) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return 2;
    case LOWER_U:
      return isHex(b[i + 2]) && isHex(b[i + 3]) && isHex(b[i + 4]) && isHex(b[i + 5]) ? 6 : 1;
    default:
      return 1;
  }
}

function isHex(c: number | undefined): boolean {
  return c !== undefined && ((c >= 0x30 && c <= 0x39) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66));
}

/** The UTF-8 sequence at `i`; a broken one is its longest valid beginning and one U+FFFD (Unicode 15, table 3-8). */
function sequenceAt(b: Uint8Array, i: number, lead: number): void {
  let need = 0;
  let low = 0x80;
  let high = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) need = 1;
  else if (lead >= 0xe0 && lead <= 0xef) {
    need = 2;
    if (lead === 0xe0) low = 0xa0;
    if (lead === 0xed) high = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    need = 3;
    if (lead === 0xf0) low = 0x90;
    if (lead === 0xf4) high = 0x8f;
  }
  let length = 1;
  while (length <= need) {
    const c = b[i + length];
    if (c === undefined || c < low || c > high) break;
    low = 0x80;
    high = 0xbf;
    length++;
  }
  unit.bytes = length;
  unit.chars = need === 3 && length === 4 ? 2 : 1;
}

/** Walks whole units while they begin before `byteLimit` and end within `charLimit`. */
function advance(b: Uint8Array, encoding: Encoding, byteLimit: number, charLimit: number): { byte: number; char: number } {
  const escaped = encoding === 'string';
  const n = b.length;
  let i = 0;
  let char = 0;
  while (i < n && i < byteLimit && char < charLimit) {
    const c = b[i]!;
    if (c < 0x80 && c !== BACKSLASH) {
      i++;
      char++;
      continue;
    }
    const u = unitAt(b, i, escaped);
    if (char + u.chars > charLimit || i + u.bytes > byteLimit) break;
    i += u.bytes;
    char += u.chars;
  }
  return { byte: i, char };
}

/** The last unit border at or before `end`. */
function wholeEnd(b: Uint8Array, encoding: Encoding, end: number): number {
  if (encoding === 'string') {
    // An escape is at most six bytes; a run of backslashes decides by its parity.
    for (let i = Math.max(0, end - 6); i < end; i++) {
      if (b[i] !== BACKSLASH) continue;
      let k = i;
      while (k > 0 && b[k - 1] === BACKSLASH) k--;
      if (((i - k) & 1) === 1) continue;
      const length = escapeLength(b, i);
      if (i + length > end) return i;
      i += length - 1;
    }
  }
  for (let i = Math.max(0, end - 3); i < end; i++) {
    if (b[i]! < 0xc2) continue;
    const { bytes } = unitAt(b, i, false);
    if (i + bytes > end) return i;
  }
  return end;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function decodeLeniently(raw: string): string {
  return raw.replace(/\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))/g, (_, simple: string | undefined, hex: string | undefined) =>
    simple === undefined ? String.fromCharCode(Number.parseInt(hex!, 16)) : ESCAPES.get(simple)!,
  );
}

const strict = new TextDecoder('utf-8', { fatal: true });

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function hasControl(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- JSON forbids exactly these
  return /[\u0000-\u001f]/.test(text);
}

function isHighSurrogate(c: number): boolean {
  return c >= 0xd800 && c <= 0xdbff;
}

function isLowSurrogate(c: number): boolean {
  return c >= 0xdc00 && c <= 0xdfff;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
