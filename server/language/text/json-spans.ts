/** Where values stand in JSON text, without parsing them. Tolerates what is no JSON by ending early; never throws. */
import type { Span } from '../../episode/index';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

const isSpace = (c: number | undefined): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
const opens = (c: number | undefined): boolean => c === 0x7b || c === 0x5b;
const closes = (c: number | undefined): boolean => c === 0x7d || c === 0x5d;

function skipSpace(b: Uint8Array, i: number): number {
  while (i < b.length && isSpace(b[i])) i++;
  return i;
}

/** One past the closing quote of the string that begins at `i`. */
function stringEnd(b: Uint8Array, i: number): number {
  for (let quote = b.indexOf(QUOTE, i + 1); quote !== -1; quote = b.indexOf(QUOTE, quote + 1)) {
    // An even number of backslashes before it: none of them escapes the quote.
    let k = quote;
    while (k - 1 > i && b[k - 1] === BACKSLASH) k--;
    if (((quote - k) & 1) === 0) return quote + 1;
  }
  return b.length;
}

/** One past the value that begins at `i`. Depth is counted, not recursed. */
export function valueEnd(b: Uint8Array, i: number): number {
  let depth = 0;
  while (i < b.length) {
    const c = b[i];
    if (c === QUOTE) {
      i = stringEnd(b, i);
      if (depth === 0) return i;
    } else if (opens(c)) {
      depth++;
      i++;
    } else if (closes(c)) {
      if (depth === 0) return i;
      i++;
      if (--depth === 0) return i;
    } else if (depth === 0 && (c === COMMA || isSpace(c))) return i;
    else i++;
  }
  return i;
}

/** Spans of the elements of the array that `bytes` holds, counted from the start of `bytes`. */
export function elementSpans(bytes: Uint8Array): Span[] {
  const spans: Span[] = [];
  let i = skipSpace(bytes, 0);
  if (bytes[i] !== 0x5b) return spans;
  i = skipSpace(bytes, i + 1);
  while (i < bytes.length && !closes(bytes[i])) {
    const end = valueEnd(bytes, i);
    if (end === i) break;
    spans.push({ start: i, end });
    i = skipSpace(bytes, end);
    if (bytes[i] === COMMA) i = skipSpace(bytes, i + 1);
  }
  return spans;
}

/** Span of a member's value in the object that `bytes` holds; the last one of that name, as `JSON.parse` takes. */
export function memberSpan(bytes: Uint8Array, name: string): Span | null {
  const key = new TextEncoder().encode(JSON.stringify(name));
  let found: Span | null = null;
  let i = skipSpace(bytes, 0);
  if (bytes[i] !== 0x7b) return null;
  i = skipSpace(bytes, i + 1);
  while (bytes[i] === QUOTE) {
    const start = i;
    i = stringEnd(bytes, i);
    const hit = i - start === key.length && key.every((c, k) => bytes[start + k] === c);
    i = skipSpace(bytes, i);
    if (bytes[i] !== COLON) break;
    i = skipSpace(bytes, i + 1);
    const end = valueEnd(bytes, i);
    if (hit) found = { start: i, end };
    i = skipSpace(bytes, end);
    if (bytes[i] === COMMA) i = skipSpace(bytes, i + 1);
  }
  return found;
}
