/** Where two lines differ, cut to what can be read. */

export interface LineParts {
  readonly before: string;
  /** What the other line has not; may be empty. */
  readonly middle: string;
  readonly after: string;
  /** The two have enough in common for the difference to be worth pointing at. */
  readonly alike: boolean;
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

/** Characters of a line that are shown around its difference, and of the difference itself. */
const AROUND = 80;
const MIDDLE = 400;

const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/** What `line` has in common with `other` at both ends, and what lies between. */
export function differing(line: string, other: string): LineParts {
  const most = Math.min(line.length, other.length);
  let start = 0;
  while (start < most && line[start] === other[start]) start++;
  // Never inside a surrogate pair.
  if (start > 0 && isLow(line, start)) start--;
  let end = 0;
  while (end < most - start && line[line.length - 1 - end] === other[other.length - 1 - end]) end++;
  if (end > 0 && isLow(line, line.length - end)) end--;
  const before = line.slice(0, start);
  const middle = line.slice(start, line.length - end);
  const after = line.slice(line.length - end);
  const long = middle.length > MIDDLE;
  return {
    before: before.length > AROUND ? before.slice(-AROUND).replace(/^[\udc00-\udfff]/, '') : before,
    middle: long ? middle.slice(0, MIDDLE).replace(/[\ud800-\udbff]$/, '') : middle,
    after: long ? '' : after.slice(0, AROUND).replace(/[\ud800-\udbff]$/, ''),
    alike: (start + end) * 4 >= Math.max(line.length, other.length),
    cutBefore: before.length > AROUND,
    cutAfter: long || after.length > AROUND,
  };
}

/** Up to `wanted` lines that stand before line `line` (from 1), where that line is `expected`; else none. */
export function linesBefore(text: string | null, line: number, expected: string | null, wanted: number): readonly string[] {
  if (text === null) return [];
  const lines = text.replace(/\r\n?/g, '\n').split('\n', line);
  if (expected !== null && lines[line - 1] !== expected) return [];
  return lines.slice(Math.max(0, line - 1 - wanted), line - 1).map((one) => (one.length > MIDDLE ? `${one.slice(0, MIDDLE)}…` : one));
}
