/** Marks, words and times of a replay, and the settings that it takes. */
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../../server/language/client';
import { secondsLeft } from '../../../server/language/replays/estimate';
import { markOf, replayText, replayTitle, replayWords } from '../../../server/language/replays/marks';
import { changed, replayView } from '../../../server/language/replays/view';
import type { Divergence, DivergenceClass, ReplayFacts, TestStatus, TestVector, TurnFacts } from '../../../server/replay/index';
import { model } from './open';

const divergence = (name: DivergenceClass, more: Partial<Divergence> = {}): Divergence => ({
  class: name,
  noise: [],
  first: null,
  reason: null,
  ...more,
});
const ran = (index: number, more: Partial<TurnFacts> = {}): TurnFacts => ({
  index,
  executed: true,
  observation: 'out',
  printed: 3,
  exitCode: 0,
  durationMs: 420,
  cwd: '/testbed',
  timedOut: false,
  tree: null,
  changedFiles: [],
  environment: [],
  tests: null,
  divergence: divergence('equal'),
  trusted: true,
  problem: null,
  ...more,
});
const facts = (turns: readonly TurnFacts[], more: Partial<ReplayFacts> = {}): ReplayFacts => ({
  image: { name: 'i', id: 'sha256:1', source: 'asked for' },
  engine: { name: 'Docker', version: '1' },
  turns,
  firstDivergence: null,
  submission: 'equal',
  cwd: '/testbed',
  baseTree: null,
  baseTests: null,
  tests: null,
  causes: [],
  problems: [],
  ...more,
});
const vector = (results: Record<string, TestStatus>): TestVector => ({
  results,
  aliases: {},
  collected: Object.keys(results).length,
  parser: 'pytest',
  exitCode: 0,
  timedOut: false,
  durationMs: 1,
  problem: null,
});

describe('marks', () => {
  test.each<[string, TurnFacts | undefined, boolean, string, string | null]>([
    ['the same', ran(0), true, 'equal', 'replay ✓'],
    ['but for noise', ran(0, { divergence: divergence('noise') }), true, 'noise', 'replay ~ noise'],
    ['another value', ran(0, { divergence: divergence('value') }), true, 'diverged', 'replay ≠ value'],
    ['another exit status', ran(0, { divergence: divergence('exit_status') }), true, 'diverged', 'replay ≠ exit status'],
    ['a timeout', ran(0, { divergence: divergence('timeout') }), true, 'diverged', 'replay ≠ timeout'],
    ['a missing tool', ran(0, { divergence: divergence('missing') }), true, 'diverged', 'replay ≠ missing'],
    ['cut', ran(0, { divergence: divergence('truncated') }), true, 'equal', 'replay ✓ as far as recorded'],
    ['nothing to compare with', ran(0, { divergence: divergence('unrecorded') }), true, 'unrecorded', 'replay – nothing recorded'],
    ['after a divergence', ran(0, { trusted: false }), true, 'untrusted', 'replay ? untrusted'],
    ['not run when recorded', ran(0, { executed: false, divergence: null }), false, 'not_executed', null],
    ['past the limit of the replay', ran(0, { executed: false, divergence: null, trusted: false }), true, 'not_replayed', null],
    ['past the turn that was asked for', undefined, true, 'not_replayed', null],
  ])('%s', (_, turn, recorded, mark, words) => {
    expect(markOf(turn, recorded)).toBe(mark);
    expect(replayWords(turn, recorded)).toBe(words);
  });

  test('sum up', () => {
    expect(replayTitle(facts([ran(0), ran(1, { divergence: divergence('noise') })]))).toBe('replay 2/2 equal');
    const turns = [ran(0), ran(1, { divergence: divergence('value') }), ran(2, { trusted: false })];
    expect(replayTitle(facts(turns, { firstDivergence: 1 }))).toBe('replay 1/3 equal · diverged at turn 2');
  });

  test('say what differs', () => {
    const first = { line: 3, recorded: 'passed <b>', replayed: null };
    const turns = [
      ran(0, { divergence: divergence('noise', { noise: ['duration', 'address'] }) }),
      ran(1, { divergence: divergence('value', { first }), exitCode: 1 }),
      ran(2, { trusted: false, divergence: divergence('equal'), problem: 'Killed for memory.' }),
    ];
    const all = facts(turns, { firstDivergence: 1 });
    expect([0, 1, 2, 3].map((turn) => replayText(all, turn, true))).toEqual([
      'Replay: the same but for duration, address. (exit 0, 0.42 s)',
      'Replay: it came out otherwise (value). Line 3 differs: recorded “passed <b>”, replayed nothing. (exit 1, 0.42 s)',
      'Replay: equal, but turn 2 had diverged before, so the state was another. Killed for memory. (exit 0, 0.42 s)',
      null,
    ]);
  });
});

test('the view has a mark for every turn, and tests against the turn before', async () => {
  const { turns } = await model();
  const tests = [vector({ a: 'failed', b: 'passed' }), vector({ a: 'passed', b: 'passed', c: 'xfail' }), vector({ a: 'failed' })];
  const view = replayView(
    facts(
      tests.map((of, i) => ran(i, { tests: of })),
      {
        baseTests: vector({ a: 'failed', b: 'passed' }),
        tests: { command: 'pytest', parser: null, failToPass: null, passToPass: null, timeoutMs: 1 },
      },
    ),
    turns,
  );
  expect(view.marks).toEqual([...Array<string>(3).fill('equal'), ...Array<string>(turns.length - 3).fill('not_replayed')]);
  expect(view.counts).toEqual({ equal: 3 });
  expect(view.tests).toEqual([
    { green: 0, red: 0, passed: 1, collected: 2 },
    { green: 1, red: 0, passed: 3, collected: 3 },
    { green: 0, red: 1, passed: 0, collected: 1 },
    ...Array<null>(turns.length - 3).fill(null),
  ]);
  expect(replayView(facts([]), turns).tests).toBeNull();
  expect(changed(tests[0]!, tests[1]!)).toEqual([
    { name: 'a', before: 'failed', after: 'passed' },
    { name: 'c', before: null, after: 'xfail' },
  ]);
});

test('time left goes by the recorded seconds, as the turns so far went against theirs', () => {
  expect(secondsLeft([1, 2, 3], 0, 0)).toBe(6);
  expect(secondsLeft([1, 2, 3], 1, 2)).toBe(10);
  expect(secondsLeft([1, null, 3], 1, 1)).toBe(5);
  expect(secondsLeft([null, null, null, null], 0, 0)).toBeNull();
  expect(secondsLeft([null, null, null, null], 1, 3)).toBe(9);
  expect(secondsLeft([0, 0, 4], 2, 7)).toBe(4);
  expect(secondsLeft([0, 0], 1, 1)).toBe(0);
  expect(secondsLeft([1, 2], 2, 9)).toBe(0);
  expect(secondsLeft([], 0, 0)).toBe(0);
});

describe('settings', () => {
  const others = { rewardsFile: '', mutedRules: [], trusted: true, allowedModules: [] };
  const replay = {
    images: { '*': 'an/image' },
    repositories: { 'a__*': { directory: '/clone', commit: 'main' } },
    limits: { cpus: 1.5, actionMs: 1000 },
    runtime: 'runsc',
    tests: { '*': 'pytest' },
    sweAgentTools: '/swe-agent',
    active: 4,
    storage: '/storage',
  };

  test('are taken as they are', () => {
    expect(readSettings({ ...others, replay }).replay).toEqual(replay);
    expect(readSettings(others)).not.toHaveProperty('replay');
  });

  test('what is malformed keeps its default, and the rest holds', () => {
    const odd = { ...replay, images: { '*': 3 }, active: 0, limits: { cpus: -1, pids: 7, odd: 1 }, repositories: [], runtime: null };
    expect(readSettings({ ...others, replay: odd }).replay).toEqual({
      limits: { pids: 7 },
      tests: { '*': 'pytest' },
      sweAgentTools: '/swe-agent',
      storage: '/storage',
    });
    expect(readSettings({ ...others, replay: 7 })).not.toHaveProperty('replay');
  });
});
