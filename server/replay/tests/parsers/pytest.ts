import type { TestStatus } from '../../types';
import { Results, tooMany, type LogParser, type ParsedLog } from '../parser';
import { counted, finals, isBar, nodeId, progressLine, startedTest, type Counts, type Final, type Word } from './pytest-lines';

const STATUS: Readonly<Record<Word, TestStatus>> = {
  PASSED: 'passed',
  FAILED: 'failed',
  ERROR: 'error',
  SKIPPED: 'skipped',
  XFAIL: 'xfail',
  // A strict one is FAILED; this one does not fail the run.
  XPASS: 'passed',
};

/** `[gw0] [ 10%] PASSED path::test`: the same from xdist. */
const WORKER = /^\[gw\d+\](?: \[ *\d+%\])? (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS) (\S.*)$/;
const SUMMARY = /^(PASSED|FAILED|ERROR|XFAIL|XPASS) (\S.*)$/;
const COLLECTED = /^(?:collecting .{0,200}?)?collected (\d+) items?(.{0,200})$/;
/** xdist: `gw0 [10] / gw1 [10]` and `2 workers [10 items]`. */
const WORKERS = /^(?:gw\d+ \[(\d+)\](?: \/ gw\d+ \[\d+\])*|\d+ workers? \[(\d+) items?\])$/;

/** Sections that come after the tests ran; what they hold was printed by tests, or is the summary. */
const SECTIONS = ['FAILURES', 'ERRORS', 'PASSES', 'XFAILURES', 'XPASSES', 'warnings summary', 'short test summary info'];

interface Session {
  readonly parsed: ParsedLog;
  /** The log's own numbers agree. */
  readonly sound: boolean;
}

/**
 * pytest, with any of `-v`, `-q`, `-rA` and xdist.
 *
 * Names come from the short summary and, before it, from the lines of `-v`; what tests printed is shown in sections between
 * the two and is not read. A log may hold several sessions, one after the other or (tests of pytest plugins) printed by a
 * test: of those one after the other each has its own end before the next one starts.
 */
export const pytest: LogParser = {
  id: 'pytest',
  name: 'pytest',
  parse(lines) {
    const starts = lines.flatMap((line, at) => (isBar(line, 'test session starts') ? [at] : []));
    const ends = finals(lines);
    if (starts.length === 0 && ends.length === 0) return null;
    return inTurn(lines, starts, ends) ?? session(lines, starts[0] ?? 0, ends.at(-1) ?? null).parsed;
  },
};

/** Sessions one after the other; null: the log is not made like that. */
function inTurn(lines: readonly string[], starts: readonly number[], ends: readonly Final[]): ParsedLog | null {
  if (ends.length < 2) return null;
  const bounds = starts.length > 0 ? starts : [0, ...ends.slice(0, -1).map(({ at }) => at + 1)];
  if (bounds.length !== ends.length) return null;
  if (bounds.some((start, i) => start > ends[i]!.at || ends[i]!.at >= (bounds[i + 1] ?? Infinity))) return null;
  const sessions = bounds.map((start, i) => session(lines, start, ends[i]!));
  if (sessions.some(({ sound }) => !sound)) return null;
  const all = new Results();
  for (const { parsed } of sessions) {
    for (const [name, status] of parsed.results) all.add(name, status);
    for (const [alias, names] of parsed.aliases) for (const name of names) all.alias(alias, name);
  }
  const numbers = sessions.map(({ parsed }) => parsed.collected);
  return {
    results: all.results,
    aliases: all.aliases,
    collected: numbers.includes(null) ? null : numbers.reduce<number>((sum, one) => sum + (one ?? 0), 0),
    // Without headers nothing tells a second run from a test that prints a summary.
    problems: starts.length > 0 ? [] : [`The log holds ${ends.length} summaries of pytest; their tests are counted together.`],
  };
}

function session(lines: readonly string[], start: number, final: Final | null): Session {
  const end = final?.at ?? lines.length;
  const found = new Results();
  const progress = readProgress(lines, start, end, found);
  let summary = end - 1;
  while (summary > start && !isBar(lines[summary] ?? '', 'short test summary info')) summary--;
  if (summary > start) for (let at = summary + 1; at < end; at++) readSummary(lines[at] ?? '', found);
  if (final === null)
    return {
      parsed: {
        results: found.results,
        aliases: found.aliases,
        collected: progress,
        problems: ['pytest did not come to its summary: it was ended, or something ended it.'],
      },
      sound: false,
    };
  const { counts } = final;
  const problems = excess(found, counts);
  return {
    parsed: { results: found.results, aliases: found.aliases, collected: progress ?? fromCounts(found, counts), problems },
    sound: problems.length === 0 && (progress === null || (counted(counts) <= progress && progress <= counted(counts) + counts.errors)),
  };
}

/** Reads the lines of `-v` up to the first section. @returns the number of collected tests, null: not said */
function readProgress(lines: readonly string[], start: number, end: number, found: Results): number | null {
  let collected: number | null = null;
  let running: string | null = null;
  for (let at = start + 1; at < end; at++) {
    const line = lines[at] ?? '';
    if (SECTIONS.some((title) => isBar(line, title))) break;
    const heading = COLLECTED.exec(line);
    const workers = heading === null ? WORKERS.exec(line) : null;
    if (heading !== null) collected ??= Number(/ \/ (\d+) selected/.exec(heading[2] ?? '')?.[1] ?? heading[1]);
    else if (workers !== null) collected ??= Number(workers[1] ?? workers[2]);
    const worker = WORKER.exec(line);
    const result = worker === null ? progressLine(line) : { name: worker[2]!.trimEnd(), word: worker[1] as Word };
    if (result === null) running = startedTest(line) ?? running;
    else {
      const name = result.name ?? running;
      if (name !== null) found.add(name, STATUS[result.word]);
      running = null;
    }
  }
  return collected;
}

function readSummary(line: string, found: Results): void {
  const [, status, rest] = SUMMARY.exec(line) ?? [];
  if (status === undefined || rest === undefined || rest.startsWith('[')) return;
  const name = nodeId(rest);
  found.add(name, STATUS[status as Word]);
  // SWE-bench keeps of a path in a parameter its last part only.
  const [, head, path] = /^([^[]*\[)(\/[^*]*)\]$/.exec(name) ?? [];
  if (head !== undefined && path !== undefined && !path.startsWith('//')) found.alias(`${head}${path.slice(path.lastIndexOf('/'))}]`, name);
}

function excess(found: Results, counts: Counts): string[] {
  const named = [
    ['passed tests', found.count('passed'), counts.passed + counts.xpassed],
    ['failed tests', found.count('failed'), counts.failed],
    ['errors', found.count('error'), counts.errors],
  ] as const;
  return named.flatMap(([what, many, own]) => (many > own ? [tooMany(what, many, own, 'pytest')] : []));
}

/** Without a header (`-q`): tests that ended, and those that could not start; null: not all of these are named. */
function fromCounts(found: Results, counts: Counts): number | null {
  if (counts.errors === 0) return counted(counts);
  const broken = [...found.results].filter(([, status]) => status === 'error');
  return broken.length < counts.errors ? null : counted(counts) + broken.filter(([name]) => name.includes('::')).length;
}
