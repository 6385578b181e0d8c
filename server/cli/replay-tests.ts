/** `turnpike replay --tests`: what is asked for, and how what came out is printed. */
import { readFile } from 'node:fs/promises';
import type { Report } from '../episode/index';
import type { ReplayFacts, TestVector, TestWish } from '../replay/index';
import { grade, testsOfTurns, tally, type TurnTests } from '../reward/index';
import type { Paint } from './paint';
import type { ReplayJson } from './replay-schema';
import { clean } from './report';

export interface TestFlags {
  readonly tests?: string;
  readonly failToPass?: string;
  readonly passToPass?: string;
  readonly testsTimeout?: number;
}

/** As long as SWE-bench gives the tests of a task. */
const TIMEOUT_S = 1_800;

/** A list of tests can't be read, in a sentence. */
export class TestListError extends Error {}

/** Null: no tests are asked for. Lists that the flags don't give are those of the report beside the file. */
export async function testWish(flags: TestFlags, report: Report | null): Promise<TestWish | null> {
  const { tests: command, failToPass, passToPass, testsTimeout } = flags;
  if (command === undefined) {
    if (failToPass !== undefined || passToPass !== undefined)
      throw new TestListError('--fail-to-pass and --pass-to-pass say which tests count; --tests says how to run them.');
    return null;
  }
  return {
    command,
    parser: null,
    failToPass: failToPass === undefined ? (report?.lists?.failToPass ?? null) : await listOf('--fail-to-pass', failToPass),
    passToPass: passToPass === undefined ? (report?.lists?.passToPass ?? null) : await listOf('--pass-to-pass', passToPass),
    timeoutMs: (testsTimeout ?? TIMEOUT_S) * 1000,
  };
}

async function listOf(flag: string, value: string): Promise<string[]> {
  const inline = value.trimStart().startsWith('[');
  const text = inline ? value : await readFile(value, 'utf8').catch((error: unknown) => fail(flag, value, (error as Error).message));
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    fail(flag, inline ? 'the list' : value, (error as Error).message);
  }
  if (!Array.isArray(list) || !list.every((name) => typeof name === 'string'))
    fail(flag, inline ? 'the list' : value, 'it should be a JSON list of test names');
  return list;
}

function fail(flag: string, what: string, why: string): never {
  throw new TestListError(`${flag}: ${what} can't be used: ${why}.`);
}

export function baseTestsJson({ tests, baseTests }: ReplayFacts): ReplayJson['tests'] {
  if (tests === null) return null;
  const { command, failToPass, passToPass } = tests;
  const lists = { failToPass: failToPass === null ? null : [...failToPass], passToPass: passToPass === null ? null : [...passToPass] };
  return { command, ...lists, base: baseTests === null ? null : vectorJson(baseTests, tally(baseTests, tests)) };
}

/** One for each turn of the replay. */
export const turnTestsJson = (facts: ReplayFacts): ReplayJson['turns'][number]['tests'][] =>
  testsOfTurns(facts).map((one) => {
    if (one === null) return null;
    const { green = [], red = [], appeared = [], gone = [] } = one.turned ?? {};
    const names = { green: [...green], red: [...red], appeared: [...appeared], gone: [...gone] };
    return { ...vectorJson(one.vector, one.tally), turned: one.turned === null ? null : names };
  });

type Vector = NonNullable<NonNullable<ReplayJson['tests']>['base']>;

const vectorJson = ({ collected, parser, exitCode, timedOut, durationMs, problem }: TestVector, counts: TurnTests['tally']): Vector => ({
  collected,
  ...counts,
  parser,
  exitCode,
  timedOut,
  durationMs,
  problem,
});

/** SWE-bench's grade of the last state, by the lists; null: no tests, or no lists. */
export function gradeOf(facts: ReplayFacts): 'full' | 'partial' | 'no' | null {
  const last = facts.turns.findLast(({ tests }) => tests !== null)?.tests ?? null;
  return last === null || facts.tests === null ? null : (grade(last, facts.tests)?.resolved ?? null);
}

const NAMES = 5;

/** Which turns turned tests, and how the last state stands; empty: no tests were asked for. */
export function testLines(facts: ReplayFacts, paint: Paint): string[] {
  const { tests: wish, baseTests } = facts;
  if (wish === null) return [];
  const turns = testsOfTurns(facts);
  const lines = ['', `tests  ${clean(wish.command)}`];
  if (baseTests !== null) lines.push(`   0  ${standing(baseTests, tally(baseTests, wish), paint)}`);
  let shown: TestVector | null = baseTests;
  for (const [at, one] of turns.entries()) {
    const index = facts.turns[at]!.index;
    const { green = [], red = [] } = one?.turned ?? {};
    if (one === null || (green.length + red.length === 0 && one.vector.problem === shown?.problem)) continue;
    shown = one.vector;
    const change = [
      green.length === 0 ? null : paint('green', `+${green.length}`),
      red.length === 0 ? null : paint('red', `−${red.length}`),
    ].filter((part) => part !== null);
    const doubt = facts.turns[at]!.trusted ? '' : paint('yellow', '  not trusted');
    lines.push(
      `${String(index + 1).padStart(4)}  ${change.length === 0 ? '' : `${change.join(' ')} tests  `}${standing(one.vector, one.tally, paint)}${doubt}`,
      ...named(green, 'green', '+', paint),
      ...named(red, 'red', '−', paint),
    );
  }
  const last = turns.findLast((one) => one !== null);
  if (last !== undefined && last !== null) lines.push(`after the last turn: ${standing(last.vector, last.tally, paint)}${verdict(facts)}`);
  return lines;
}

function standing({ collected, problem }: TestVector, { passed, failed, skipped, missing }: TurnTests['tally'], paint: Paint): string {
  const parts = [
    `${passed} pass`,
    failed === 0 ? null : `${failed} fail`,
    skipped === 0 ? null : `${skipped} skipped`,
    missing === 0 ? null : `${missing} missing`,
    collected === null ? 'number collected not known' : `${collected} collected`,
  ];
  const text = parts.filter((part) => part !== null).join(' · ');
  return problem === null ? text : `${text}\n      ${paint('yellow', clean(problem))}`;
}

function named(names: readonly string[], colour: 'green' | 'red', sign: string, paint: Paint): string[] {
  const rest = names.length - NAMES;
  return [
    ...names.slice(0, NAMES).map((name) => `      ${paint(colour, `${sign} ${clean(name).slice(0, 160)}`)}`),
    ...(rest > 0 ? [`      ${paint('dim', `and ${rest} more; --json has all`)}`] : []),
  ];
}

function verdict(facts: ReplayFacts): string {
  const resolved = gradeOf(facts);
  const words = { full: 'resolved', partial: 'partly resolved', no: 'not resolved' };
  return resolved === null ? '' : ` · ${words[resolved]} by FAIL_TO_PASS and PASS_TO_PASS`;
}
