/** The lines of pytest that hold its log together: bars, the last line with the counts, node ids. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
  readonly xfailed: number;
  readonly xpassed: number;
}

export interface Final {
  readonly at: number;
  readonly counts: Counts;
}

/** Tests that came to an end. One that broke in its teardown is an error besides. */
export const counted = ({ passed, failed, skipped, xfailed, xpassed }: Counts): number => passed + failed + skipped + xfailed + xpassed;

const NOTHING: Counts = { passed: 0, failed: 0, errors: 0, skipped: 0, xfailed: 0, xpassed: 0 };
const FIELDS: Readonly<Record<string, keyof Counts>> = {
  passed: 'passed',
  failed: 'failed',
  error: 'errors',
  errors: 'errors',
  skipped: 'skipped',
  xfailed: 'xfailed',
  xpassed: 'xpassed',
};
const COUNT = /^(\d{1,9}) ([a-z]+(?: [a-z]+)?)$/;
const TIME = / in \d+(?:\.\d+)?(?:s| ?seconds)(?: \(.{1,30}\))?$/;
const PRETTY = /^Results \(\d+(?:\.\d+)?s\):$/;

/** `=== title ===`; null: any title. */
export function isBar(line: string, title: string | null): boolean {
  if (!line.startsWith('=') || !line.endsWith('=')) return false;
  const inner = unbarred(line);
  return title === null ? inner !== '' : inner === title;
}

function unbarred(line: string): string {
  let [start, end] = [0, line.length];
  while (line[start] === '=') start++;
  while (end > start && line[end - 1] === '=') end--;
  return line.slice(start, end).trim();
}

/** Where pytest said how many of what there were. */
export function finals(lines: readonly string[]): Final[] {
  const found: Final[] = [];
  for (const [at, line] of lines.entries()) {
    const counts = finalCounts(line) ?? (PRETTY.test(line) ? prettyCounts(lines, at + 1) : null);
    if (counts !== null) found.push({ at, counts });
  }
  return found;
}

/** `=== 1 failed, 3 passed in 0.12s ===`, the same without bars (`-q`), and `no tests ran`. */
export function finalCounts(line: string): Counts | null {
  if (line.length > 400 || !TIME.test(line.startsWith('=') ? unbarred(line) : line)) return null;
  const text = unbarred(line).replace(TIME, '');
  if (text === 'no tests ran' || text === 'no tests collected') return NOTHING;
  return countsOf(text.split(', '));
}

/** pytest-sugar and pytest-pretty: one count a line. */
function prettyCounts(lines: readonly string[], from: number): Counts | null {
  const parts: string[] = [];
  for (let at = from; COUNT.test((lines[at] ?? '').trim()); at++) parts.push((lines[at] ?? '').trim());
  return countsOf(parts);
}

function countsOf(parts: readonly string[]): Counts | null {
  const counts: Record<keyof Counts, number> = { ...NOTHING };
  for (const part of parts) {
    const [, number, word] = COUNT.exec(part) ?? [];
    if (number === undefined || word === undefined) return null;
    const field = Object.hasOwn(FIELDS, word) ? FIELDS[word] : undefined;
    if (field !== undefined) counts[field] += Number(number);
  }
  return parts.length === 0 ? null : counts;
}

/**
 * The node id of a line of the short summary: `path::test[a - b] - AssertionError: …`. A parameter may hold the dash that
 * parts the two, so that an id with a bracket ends at a bracket.
 */
export function nodeId(text: string): string {
  const line = text.trimEnd();
  const bracket = line.indexOf('[', Math.max(0, line.indexOf('::')));
  for (let at = line.indexOf(' - '); at >= 0; at = line.indexOf(' - ', at + 1)) {
    if (bracket < 0 || at < bracket || line[at - 1] === ']') return line.slice(0, at);
  }
  return line;
}

const WORDS = ['PASSED', 'FAILED', 'ERROR', 'SKIPPED', 'XFAIL', 'XPASS'] as const;
export type Word = (typeof WORDS)[number];
const PERCENT = /\s*\[ {0,2}\d{1,3}%\]$/;

export interface ProgressLine {
  /** Null: the result alone, of a test that was named before. */
  readonly name: string | null;
  readonly word: Word;
}

/** `path::test PASSED [ 10%]`, `path::test SKIPPED (why) [ 10%]`, `PASSED [ 10%]`; null: no such line. */
export function progressLine(line: string): ProgressLine | null {
  // Only the end can hold the share that is done: a pattern over the whole line would try every blank.
  const cut = Math.max(0, line.length - 80);
  const text = (line.slice(0, cut) + line.slice(cut).replace(PERCENT, '')).trimEnd();
  for (const word of WORDS) {
    if (text === word) return { name: null, word };
    if (text.endsWith(` ${word}`)) return named(text.slice(0, -word.length - 1), word);
    const reason = text.endsWith(')') ? text.indexOf(` ${word} (`) : -1;
    if (reason > 0) return named(text.slice(0, reason), word);
  }
  return null;
}

const named = (name: string, word: Word): ProgressLine | null => (name.includes('::') && !/^\s/.test(name) ? { name, word } : null);

/** `path.py::test` with nothing behind it: it runs, and what it prints comes next. */
export const startedTest = (line: string): string | null => (line.includes('.py::') && !/^\s/.test(line) ? line.trimEnd() : null);
