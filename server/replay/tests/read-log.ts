/** What a test command printed, as a test vector. */
import { cleaned } from '../shell/clean';
import type { TestVector } from '../types';
import { LONGEST_LINE, type LogParser, type ParsedLog } from './parser';
import { logParsers } from './registry';

export interface TestRun {
  /** stdout and stderr, as they came. */
  readonly text: string;
  /** Not all of what was printed was kept. */
  readonly truncated: boolean;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
  /** What the run's limits did, in a sentence. */
  readonly problem?: string | null;
}

/** Of a log that is not understood, its end is quoted: characters. */
const LAST_WORDS = 200;

/** Runners that a command may name; what then lacks their structure was printed by something else. */
const NAMES: readonly (readonly [pattern: RegExp, id: string])[] = [
  [/\bpy\.?test\b/, 'pytest'],
  [/\bunittest\b|\bruntests\.py\b|\bmanage\.py test\b/, 'unittest'],
];

/**
 * @param command what was run: a log without the structure of the runner that it names is said to be one
 * @param wanted log parser by id; null: the first one that knows the log
 * @throws RangeError for an id that there is none of
 */
export function readTestLog(run: TestRun, command: string, wanted: string | null): TestVector {
  const lines = linesOf(run.text);
  const tried = wanted === null ? logParsers : [parserById(wanted)];
  const expected = wanted ?? NAMES.find(([pattern]) => pattern.test(command))?.[1] ?? null;
  let found: { readonly parser: LogParser; readonly log: ParsedLog } | null = null;
  for (const parser of tried) {
    const log = parser.parse(lines);
    if (log === null) continue;
    found = { parser, log };
    break;
  }
  const results = Object.fromEntries(found?.log.results ?? []);
  const aliases = Object.fromEntries([...(found?.log.aliases ?? [])].map(([alias, names]) => [alias, [...names]]));
  const named = found?.log.results.size ?? 0;
  const collected = found === null ? null : (found.log.collected ?? (named > 0 ? named : null));
  const sentences = problemsOf(run, found?.log ?? null, collected, tried);
  if (found !== null && expected !== null && found.parser.id !== expected)
    sentences.push(`The command names ${expected}, and its log lacks the summary of ${expected}: it is read as ${found.parser.name}.`);
  return {
    results,
    aliases,
    collected,
    parser: found?.parser.id ?? null,
    exitCode: run.exitCode,
    timedOut: run.timedOut,
    durationMs: run.durationMs,
    problem: sentences.length === 0 ? null : sentences.join(' '),
  };
}

export const parserIds = (): string[] => logParsers.map(({ id }) => id);

function parserById(id: string): LogParser {
  const parser = logParsers.find((one) => one.id === id);
  if (parser === undefined) throw new RangeError(`There is no log parser “${id}”; there are ${parserIds().join(', ')}.`);
  return parser;
}

function linesOf(text: string): string[] {
  return cleaned(text)
    .split(/\r?\n|\r/)
    .filter((line) => line.length <= LONGEST_LINE);
}

function problemsOf(run: TestRun, log: ParsedLog | null, collected: number | null, tried: readonly LogParser[]): string[] {
  const problems: string[] = [];
  if (run.problem != null) problems.push(run.problem);
  if (run.truncated) problems.push('The tests printed more than is kept; what came later is not read.');
  if (log === null) {
    const tries = tried.map(({ id }) => id).join(', ');
    const code = run.exitCode === null ? '' : `; its exit code is ${run.exitCode}`;
    const last =
      cleaned(run.text.slice(-4 * LAST_WORDS))
        .trim()
        .split(/\r?\n|\r/)
        .at(-1)
        ?.trim()
        .slice(0, LAST_WORDS) ?? '';
    problems.push(
      last === ''
        ? `The test command printed nothing${code}.`
        : `No test is found in what the command printed (tried: ${tries})${code}. It ends with “${last}”.`,
    );
    return problems;
  }
  problems.push(...log.problems);
  if (collected === 0) problems.push('No test was collected.');
  if (collected === null) problems.push('The log does not say how many tests were collected.');
  // SWE-bench calls such a log not graded: whoever can print can print “passed”.
  const bad = [...log.results.values()].some((status) => status === 'failed' || status === 'error');
  if (!bad && run.exitCode !== null && run.exitCode !== 0 && collected !== 0)
    problems.push(`The command ended with exit code ${run.exitCode}, though its log shows no test that failed.`);
  return problems;
}
