/** Reward functions and the outcome from what a replay showed. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Turn } from '../../../server/episode/index';
import type { ReplayFacts, TestStatus, TestVector } from '../../../server/replay/types';
import {
  classify,
  disagreement,
  lastVector,
  scored,
  scoreRollout,
  unscored,
  type FunctionInput,
  type RewardConfig,
  type Score,
} from '../../../server/reward/index';
import { seriesScore } from '../../../server/reward/arithmetic/index';
import { episodeOf, report, rolloutOf, sideOf, turn } from './rollouts';
import { outcomeOf } from './tables';
import { replayFacts, turnFacts, vector, wish } from './vectors';

const golden = JSON.parse(readFileSync(new URL('../../fixtures/rewards/gra_golden.json', import.meta.url), 'utf8')) as {
  'VeRPO rho': number[];
  'VeRPO dense': number[];
};

interface Parts {
  readonly replay: ReplayFacts | null;
  readonly group?: readonly ReplayFacts[];
  readonly options?: Record<string, unknown>;
}

function scoresOf(id: string, turns: readonly Turn[], { replay, group, options = {} }: Parts): Score[] {
  const rollout = rolloutOf(turns);
  const config: RewardConfig = {
    discount: 1,
    levels: [{ id: 'one', gate: null, maskNegative: true, functions: [{ name: id, label: id, weight: 1, id, module: null, options }] }],
  };
  const input: FunctionInput = { episode: episodeOf(rollout), rollout, outcome: outcomeOf('fails'), side: sideOf(), replay };
  const { levels } = scoreRollout(group === undefined ? input : { ...input, group: group.flatMap((one) => lastVector(one) ?? []) }, config);
  return turns.map((_, t) => seriesScore(levels[0]!.turns[0]!, t));
}

const diverged = { divergence: { class: 'value', noise: [], first: null, reason: null } } as const;
const edit = (index: number): Turn => turn(index, { edits: true });
const LATER = unscored('the replay came out differently at turn 2: later turns ran in another state');
const HERE = unscored('the replay of this turn came out differently');

describe('execution_status', () => {
  it('takes the replayed exit code where none is recorded, and only from a turn that is trusted', () => {
    const turns = [turn(0), turn(1), turn(2), turn(3, { returnCode: 0 }), turn(4, { executed: false })];
    const replay = replayFacts(
      [
        turnFacts(0, { exitCode: 1 }),
        turnFacts(1, diverged),
        turnFacts(2, { trusted: false }),
        turnFacts(3, { trusted: false, exitCode: 1 }),
      ],
      { firstDivergence: 1 },
    );
    expect(scoresOf('execution_status', turns, { replay })).toEqual([
      scored(-1),
      unscored('no exit code recorded; the replay of this turn came out differently'),
      unscored('no exit code recorded; the replay came out differently at turn 2: later turns ran in another state'),
      scored(1),
      unscored('nothing ran'),
    ]);
    expect(scoresOf('execution_status', [turn(0), turn(1)], { replay: replayFacts([turnFacts(0, { exitCode: null })]) })).toEqual([
      unscored('no exit code recorded, and none replayed'),
      unscored('no exit code recorded; the replay ended before this turn'),
    ]);
    expect(scoresOf('execution_status', [turn(0)], { replay: null })).toEqual([unscored('no exit code recorded; replay gives it')]);
  });
});

describe('no_change_turn', () => {
  it('charges an edit that left the tree as it was', () => {
    const trees = ['base', 'a', 'a', 'a', null, 'b', 'base'];
    const turns = [edit(0), edit(1), turn(2), edit(3), edit(4), edit(5), edit(6)];
    const replay = replayFacts(trees.map((tree, index) => turnFacts(index, { tree })));
    expect(scoresOf('no_change_turn', turns, { replay })).toEqual([
      scored(-1),
      scored(0),
      unscored('the turn was not meant to change a file'),
      scored(-1),
      unscored('the replay does not know the repository’s state'),
      unscored('the replay does not know the repository’s state'),
      scored(0),
    ]);
    expect(scoresOf('no_change_turn', [edit(0)], { replay: null })).toEqual([unscored('not replayed')]);
    expect(scoresOf('no_change_turn', [edit(0)], { replay, options: { unchanged: -3 } })).toEqual([scored(-3)]);
  });
  it('says nothing of turns that are not trusted', () => {
    const replay = replayFacts([turnFacts(0), turnFacts(1, diverged), turnFacts(2, { trusted: false })], { firstDivergence: 1 });
    expect(scoresOf('no_change_turn', [edit(0), edit(1), edit(2)], { replay })).toEqual([scored(0), HERE, LATER]);
  });
});

const tests = (results: Record<string, TestStatus>, parts: Partial<TestVector> = {}): { readonly tests: TestVector } => ({
  tests: vector(results, parts),
});

describe('tests_turned_green', () => {
  const score = (turns: number, parts: Parts): Score[] =>
    scoresOf(
      'tests_turned_green',
      Array.from({ length: turns }, (_, i) => turn(i)),
      parts,
    );

  it('is the share of the tests that the turn turned, for one rollout', () => {
    const replay = replayFacts(
      [
        turnFacts(0, tests({ a: 'passed', b: 'failed', c: 'passed', d: 'failed' })),
        turnFacts(1, tests({ a: 'passed', b: 'failed', c: 'passed', d: 'failed' })),
        turnFacts(2, tests({ a: 'passed', b: 'passed', c: 'failed', d: 'passed' })),
      ],
      { tests: wish(), baseTests: vector({ a: 'failed', b: 'failed', c: 'passed', d: 'failed' }) },
    );
    expect(score(3, { replay })).toEqual([scored(0.25), scored(0), scored(0.25)]);
    expect(score(3, { replay, options: { regression: 0 } })).toEqual([scored(0.25), scored(0), scored(0.5)]);
  });

  it('goes by the lists where there are lists', () => {
    const replay = replayFacts(
      [
        turnFacts(0, tests({ f1: 'passed', p1: 'passed', p2: 'passed', p3: 'passed', p4: 'passed', other: 'passed' })),
        turnFacts(1, tests({ f1: 'passed', f2: 'xfail', p1: 'failed', p2: 'passed', p3: 'passed', p4: 'skipped' })),
      ],
      {
        tests: wish({ failToPass: ['f1', 'f2'], passToPass: ['p1', 'p2', 'p3', 'p4'] }),
        baseTests: vector({ f1: 'failed', p1: 'passed', p2: 'passed', p3: 'passed', p4: 'passed', other: 'failed' }),
      },
    );
    expect(score(2, { replay })).toEqual([scored(0.5), scored(0.5 - 0.25)]);
  });

  // ρ = [1, .75, .25, 0]: all pass the first, three the second, one the third, none the last.
  it('weighs by difficulty in a rollout group: VeRPO’s worked numbers', () => {
    const names = ['t1', 't2', 't3', 't4'];
    const passed = [2, 1, 3, 2];
    const none: Record<string, TestStatus> = Object.fromEntries(names.map((name) => [name, 'failed'] as const));
    const replays = passed.map((many) =>
      replayFacts([turnFacts(0, tests(Object.fromEntries(names.map((name, i) => [name, i < many ? 'passed' : 'failed']))))], {
        tests: wish(),
        baseTests: vector(none),
      }),
    );
    expect(names.map((_, i) => passed.filter((many) => i < many).length / 4)).toEqual(golden['VeRPO rho']);
    const dense = replays.map((replay) => score(1, { replay, group: replays.filter((other) => other !== replay) })[0]);
    expect(dense).toEqual(golden['VeRPO dense'].map(scored));
    const rest = replays.slice(1).map((replay) => ({ ...replay, turns: [turnFacts(0, { ...diverged, tests: null })], firstDivergence: 0 }));
    expect(score(1, { replay: replays[0]!, group: rest })).toEqual([scored(0.5)]);
    const solved = replayFacts([turnFacts(0, tests({ t1: 'passed', t2: 'passed' }))], {
      tests: wish(),
      baseTests: vector({ t1: 'passed', t2: 'failed' }),
    });
    expect(score(1, { replay: solved, group: [solved] })).toEqual([scored(0.5)]);
  });

  it('leaves out, with the reason, what it can’t know', () => {
    const base = vector({ a: 'failed', b: 'failed' });
    const good = tests({ a: 'passed', b: 'failed' });
    expect(score(1, { replay: null })).toEqual([unscored('not replayed')]);
    expect(score(1, { replay: replayFacts([turnFacts(0)]) })).toEqual([unscored('replayed without tests')]);
    const asked = { tests: wish(), baseTests: base };
    expect(
      score(3, { replay: replayFacts([turnFacts(0, { ...diverged, ...good }), turnFacts(1, good), turnFacts(2, good)], asked) })[0],
    ).toEqual(unscored('the replay of this turn is not to be trusted'));
    expect(
      score(3, {
        replay: replayFacts([turnFacts(0, good), turnFacts(1, { ...diverged, ...good }), turnFacts(2, { ...good, trusted: false })], {
          ...asked,
          firstDivergence: 1,
        }),
      }),
    ).toEqual([scored(0.5), HERE, LATER]);
    // A killed run says nothing of any test; the next state is compared with the last that is known.
    const killed = tests({}, { problem: 'The tests ran longer than 3 s and were ended.', timedOut: true, collected: null });
    expect(score(2, { replay: replayFacts([turnFacts(0, killed), turnFacts(1, good)], asked) })).toEqual([
      unscored('The tests ran longer than 3 s and were ended.'),
      scored(0.5),
    ]);
    // Nothing collected is known: nothing passes.
    const empty = vector({}, { collected: 0, problem: 'No test was collected.', exitCode: 2 });
    const lists = { tests: wish({ failToPass: ['a'] }), baseTests: empty };
    expect(score(1, { replay: replayFacts([turnFacts(0, good)], lists) })).toEqual([scored(1)]);
    expect(score(1, { replay: replayFacts([turnFacts(0, good)], { tests: wish() }) })).toEqual([
      unscored('no state before this one has a test result'),
    ]);
  });

  const status = fc.constantFrom<TestStatus>('passed', 'failed', 'error', 'xfail');
  const state = fc.record({ a: status, b: status, c: status, ['__proto__x']: status });
  it('adds up to the last state less the first, however the turns went', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 2, maxLength: 8 }), (states) => {
        const vectors = states.map((one) => vector(one));
        const replay = replayFacts(
          vectors.slice(1).map((one, index) => turnFacts(index, { tests: one })),
          { tests: wish(), baseTests: vectors[0]! },
        );
        const values = score(states.length - 1, { replay }).map((one) => (one.state === 'scored' ? one.value : NaN));
        const share = (one: Record<string, TestStatus>): number =>
          Object.values(one).filter((s) => s === 'passed' || s === 'xfail').length / Object.keys(one).length;
        expect(values.reduce((sum, one) => sum + one, 0)).toBeCloseTo(share(states.at(-1)!) - share(states[0]!), 9);
        for (const value of values) expect(Math.abs(value)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the outcome', () => {
  const rollout = rolloutOf([turn(0), turn(1), turn(2, { executed: false })]);
  const episode = episodeOf(rollout);
  const ended = (results: Record<string, TestStatus>, parts: Partial<ReplayFacts> = {}, test: Partial<TestVector> = {}): ReplayFacts =>
    replayFacts([turnFacts(0, tests({ x: 'failed' })), turnFacts(1, tests(results, test)), turnFacts(2, { executed: false })], {
      tests: wish({ command: 'pytest -q' }),
      ...parts,
    });
  const of = (replay: ReplayFacts | null, side = sideOf()): string => {
    const outcome = classify(episode, rollout, side, replay);
    return `${outcome.classes.join('|')} by ${outcome.source}`;
  };
  const OPEN = 'fails|passes by exit status';
  const lists = { tests: wish({ command: 'pytest -q', failToPass: ['f'], passToPass: ['p'] }) };

  it('is settled by the tests on the last state', () => {
    expect(of(ended({ x: 'passed' }))).toBe('passes by replayed tests: pytest -q');
    expect(of(ended({ x: 'failed' }))).toBe('fails by replayed tests: pytest -q');
    expect(of(ended({ f: 'passed', p: 'passed', other: 'failed' }, lists))).toBe('passes by replayed tests: pytest -q');
    expect(of(ended({ f: 'passed' }, lists))).toBe('fails by replayed tests: pytest -q');
    expect(of(ended({}, lists, { collected: 0, problem: 'No test was collected.', exitCode: 5 }))).toBe(
      'fails by replayed tests: pytest -q',
    );
  });

  it.each<[string, ReplayFacts | null]>([
    ['no replay', null],
    ['no tests', ended({ x: 'passed' }, { tests: null })],
    ['another submission', ended({ x: 'passed' }, { submission: 'different' })],
    ['no submission', ended({ x: 'passed' }, { submission: 'none' })],
    ['a divergence', ended({ x: 'passed' }, { firstDivergence: 0 })],
    ['a replay that stopped before the end', replayFacts([turnFacts(0, tests({ x: 'passed' }))], { tests: wish() })],
    ['no test collected', ended({}, {}, { collected: 0, problem: 'No test was collected.', exitCode: 0 })],
    ['a run that was ended', ended({ x: 'passed' }, {}, { timedOut: true, exitCode: null, problem: 'The tests ran longer than 3 s.' })],
    ['a log that can’t be', ended({ x: 'passed' }, {}, { exitCode: 1, problem: 'The command ended with exit code 1, though …' })],
    ['empty lists, and no exit code', ended({ x: 'passed' }, { tests: wish({ failToPass: [], passToPass: [] }) }, { exitCode: null })],
  ])('stays open with %s', (_name, replay) => {
    expect(of(replay)).toBe(OPEN);
  });

  it('is the report’s or the verifier’s where there is one, and says where the two disagree', () => {
    const replay = ended({ x: 'failed' });
    const side = sideOf({ report: report(true) });
    expect(of(replay, side)).toBe('passes by logs/report.json');
    expect(disagreement(classify(episode, rollout, side, replay), rollout, replay)).toBe(
      'By logs/report.json this episode passes its tests, by the replayed tests: pytest -q it fails its tests. The former counts. Was the same image used, and are these the tests of the task?',
    );
    const verified = sideOf({ reward: { value: 0, source: 'verifier/reward.txt' } });
    expect(of(ended({ x: 'passed' }), verified)).toBe('fails by verifier/reward.txt');
    expect(disagreement(classify(episode, rollout, verified, replay), rollout, replay)).toBeNull();
    expect(disagreement(classify(episode, rollout, sideOf(), replay), rollout, replay)).toBeNull();
  });

  it('never comes from tests where the agent submitted nothing, or has not ended', () => {
    for (const parts of [
      { exitStatus: 'submitted', submissionKind: 'empty' },
      { exitStatus: 'exit_cost', submissionKind: null },
      { exitStatus: null, submissionKind: null },
    ] as const) {
      const other = rolloutOf(rollout.turns, parts);
      expect(classify(episodeOf(other), other, sideOf(), ended({ x: 'passed' }))).toEqual(classify(episodeOf(other), other, sideOf()));
    }
  });
});
