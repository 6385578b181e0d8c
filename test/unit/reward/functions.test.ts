import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Turn } from '../../../server/episode/index';
import {
  FUNCTIONS,
  accumulate,
  configHead,
  defaultConfig,
  failed,
  functionById,
  parseConfig,
  scored,
  scoreRollout,
  unscored,
  type Outcome,
  type OutcomeClass,
  type RewardConfig,
  type Score,
} from '../../../server/reward/index';
import { outcomeOf } from './tables';
import { episodeOf, rolloutOf, sideOf, turn } from './rollouts';
import { seriesScore } from '../../../server/reward/arithmetic/index';

const golden = JSON.parse(readFileSync(new URL('../../fixtures/rewards/gra_golden.json', import.meta.url), 'utf8')) as {
  'ONI r=1,N=1..4,beta=1': number[];
};

/** Scores of one turn function, as the score table holds them. */
function scoresOf(id: string, turns: readonly Turn[], options: Record<string, unknown> = {}): Score[] {
  const rollout = rolloutOf(turns);
  const config: RewardConfig = {
    discount: 1,
    levels: [{ id: 'one', gate: null, maskNegative: true, functions: [{ name: id, label: id, weight: 1, id, module: null, options }] }],
  };
  const { levels } = scoreRollout(
    { episode: episodeOf(rollout), rollout, outcome: outcomeOf('fails'), side: sideOf(), replay: null },
    config,
  );
  return turns.map((_, t) => seriesScore(levels[0]!.turns[0]!, t));
}
const scoreOf = (id: string, parts: Partial<Turn>, options?: Record<string, unknown>): Score => scoresOf(id, [turn(0, parts)], options)[0]!;

function episodeScoreOf(
  id: string,
  outcome: Outcome,
  rollout = rolloutOf([turn(0)]),
  options: Record<string, unknown> = {},
): readonly Score[] {
  const config: RewardConfig = {
    discount: 1,
    levels: [{ id: 'one', gate: null, maskNegative: true, functions: [{ name: id, label: id, weight: 1, id, module: null, options }] }],
  };
  return scoreRollout({ episode: episodeOf(rollout), rollout, outcome, side: sideOf(), replay: null }, config).levels[0]!.episode[0]!
    .members;
}
const notRun = { executed: false, observationHash: null } as const;

describe('the registry', () => {
  it('has one described function per id', () => {
    expect(new Set(FUNCTIONS.map((one) => one.id)).size).toBe(FUNCTIONS.length);
    for (const one of FUNCTIONS) {
      expect(one.id).toMatch(/^[a-z][a-z_]*$/);
      for (const text of [one.label, one.summary, one.formula, one.range, one.inputs, one.source]) expect(text.length).toBeGreaterThan(3);
      expect(one.options.safeParse({}).success).toBe(true);
      expect(one.options.safeParse({ no_such_option: 1 }).success).toBe(false);
    }
    expect(functionById('__proto__')).toBeNull();
  });

  it('gives no function a score for what the runner wrote', () => {
    for (const one of FUNCTIONS.filter((f) => f.scope === 'turn')) {
      expect(scoreOf(one.id, { ...notRun, kind: 'autosubmission', synthetic: true })).toEqual(
        unscored('written by the runner, not by the policy: earns nothing'),
      );
      expect(scoreOf(one.id, { ...notRun, kind: 'limit_exit', synthetic: true }).state).toBe('unscored');
    }
  });

  it('gives a turn that did not run its format score only', () => {
    for (const kind of ['unparsable', 'blocked', 'syntax_error'] as const) {
      const scoredBy = FUNCTIONS.filter((f) => f.scope === 'turn' && scoreOf(f.id, { ...notRun, kind }).state === 'scored');
      expect(scoredBy.map((f) => f.id)).toEqual(['action_format']);
    }
  });
});

describe('outcome', () => {
  it.each([
    ['no_submit', -1],
    ['empty_patch', -0.5],
    ['fails', 0],
    ['passes', 1],
  ] as const)('%s is %d', (one, expected) => {
    expect(episodeScoreOf('outcome', outcomeOf(one))).toEqual([scored(expected)]);
  });
  it('has a member for each possible class, and its own numbers', () => {
    expect(episodeScoreOf('outcome', outcomeOf('fails', 'passes'), undefined, { fails: 0.25 })).toEqual([scored(0.25), scored(1)]);
    expect(episodeScoreOf('outcome', outcomeOf('fails', 'passes'), undefined, { fails: 1 })).toEqual([scored(1)]);
  });
  it('waits for the end', () => {
    expect(episodeScoreOf('outcome', outcomeOf())).toEqual([unscored('the episode has not ended')]);
  });
});

describe('completion and modification', () => {
  const ended = (exitStatus: string | null, ...classes: OutcomeClass[]): Outcome => ({ classes, exitStatus, source: 'test' });
  it('count the agent’s own submit', () => {
    expect(episodeScoreOf('completion', ended('submitted', 'empty_patch'))).toEqual([scored(1)]);
    expect(episodeScoreOf('completion', ended('Submitted', 'fails', 'passes'))).toEqual([scored(1)]);
    expect(episodeScoreOf('completion', ended('exit_cost', 'no_submit'))).toEqual([scored(0)]);
    expect(episodeScoreOf('completion', ended('submitted (exit_cost)', 'fails', 'passes'))).toEqual([scored(0)]);
    expect(episodeScoreOf('completion', ended(null, 'fails'))).toEqual([
      unscored('the file does not tell whether the agent called submit'),
    ]);
    expect(episodeScoreOf('completion', ended(null, 'fails'), rolloutOf([turn(0, { submits: true })]))).toEqual([scored(1)]);
  });
  it('look for a diff that is not empty', () => {
    expect(episodeScoreOf('modification', ended('submitted', 'fails', 'passes'))).toEqual([scored(1)]);
    expect(episodeScoreOf('modification', ended('submitted', 'empty_patch'), rolloutOf([], { submissionKind: 'empty' }))).toEqual([
      scored(0),
    ]);
    expect(episodeScoreOf('modification', ended('exit_cost', 'no_submit'), rolloutOf([], { submissionKind: null }))).toEqual([scored(0)]);
    expect(episodeScoreOf('modification', ended('submitted', 'fails', 'passes'), rolloutOf([], { submissionKind: 'text' }))[0]!.state).toBe(
      'unscored',
    );
  });
});

describe('action_format', () => {
  it('pays what can be read and charges what can not', () => {
    expect(scoreOf('action_format', {})).toEqual(scored(1));
    expect(scoreOf('action_format', { kind: 'retry' })).toEqual(scored(1));
    expect(scoreOf('action_format', { kind: 'exit', executed: false })).toEqual(scored(1));
    expect(scoreOf('action_format', { ...notRun, kind: 'unparsable' })).toEqual(scored(-1));
    expect(scoreOf('action_format', { ...notRun, kind: 'syntax_error' })).toEqual(scored(-1));
    expect(scoreOf('action_format', { ...notRun, kind: 'blocked' })).toEqual(scored(0));
    expect(scoreOf('action_format', { ...notRun, kind: 'blocked' }, { blocked: -0.25 })).toEqual(scored(-0.25));
    expect(scoreOf('action_format', { ...notRun, kind: 'message' }).state).toBe('unscored');
  });
});

describe('scaffold_use', () => {
  it('pays accepted calls and charges refused ones', () => {
    expect(scoreOf('scaffold_use', {})).toEqual(scored(1));
    expect(scoreOf('scaffold_use', { tool: { name: 'edit', known: null, validArguments: null } })).toEqual(scored(1));
    expect(scoreOf('scaffold_use', { tool: { name: 'edit', known: false, validArguments: null } })).toEqual(scored(-1));
    expect(scoreOf('scaffold_use', { tool: { name: 'edit', known: true, validArguments: false } })).toEqual(scored(-1));
    expect(scoreOf('scaffold_use', { toolError: 'Your proposed edit has introduced new syntax error(s).' })).toEqual(scored(-1));
    expect(scoreOf('scaffold_use', { tool: null, toolError: 'usage: edit' })).toEqual(scored(-1));
    expect(scoreOf('scaffold_use', { tool: null })).toEqual(unscored('the file does not tell which tool was called'));
    expect(scoreOf('scaffold_use', { executed: false })).toEqual(unscored('nothing ran'));
  });
});

describe('execution_status', () => {
  it('reads the recorded return code or the timeout message, and nothing else', () => {
    expect(scoreOf('execution_status', { returnCode: 0 })).toEqual(scored(1));
    expect(scoreOf('execution_status', { returnCode: 127 })).toEqual(scored(-1));
    expect(scoreOf('execution_status', { timedOut: true, returnCode: 0 })).toEqual(scored(-1));
    expect(scoreOf('execution_status', { timedOut: true }, { timeout: -3 })).toEqual(scored(-3));
    expect(scoreOf('execution_status', {})).toEqual(unscored('no exit code recorded; replay gives it'));
    expect(scoreOf('execution_status', { executed: false, returnCode: 0 })).toEqual(unscored('nothing ran'));
  });
});

describe('novelty', () => {
  const again = (index: number, parts: Partial<Turn> = {}): Turn => turn(index, { actionText: 'cat a', observationHash: 42, ...parts });
  const values = (turns: readonly Turn[], options?: Record<string, unknown>): (number | string)[] =>
    scoresOf('novelty', turns, options).map((one) => (one.state === 'scored' ? one.value : one.state));
  it('is 1/N^β', () => {
    expect(values([again(0), again(1), again(2), again(3)])).toEqual(golden['ONI r=1,N=1..4,beta=1']);
    expect(values([again(0), again(1)], { beta: 2 })).toEqual([1, 0.25]);
    expect(values([again(0), again(1)], { beta: 0 })).toEqual([1, 1]);
  });
  it('counts action and observation together', () => {
    expect(values([again(0), again(1, { observationHash: 43 }), again(2, { actionText: 'cat b' }), again(3)])).toEqual([1, 1, 1, 0.5]);
    expect(
      values([
        again(0, { lengths: { thought: 0, action: 20_000, observation: 0 } }),
        again(1, { lengths: { thought: 0, action: 20_001, observation: 0 } }),
      ]),
    ).toEqual([1, 1]);
  });
  it('leaves out what has no observation', () => {
    expect(values([again(0), again(1, { observationHash: null }), again(2, { executed: false }), again(3)])).toEqual([
      1,
      'unscored',
      'unscored',
      0.5,
    ]);
  });
  it('starts anew with each rollout', () => {
    expect(values([again(0)])).toEqual([1]);
    expect(values([again(0)])).toEqual([1]);
  });
});

describe('scoreRollout', () => {
  const rollout = rolloutOf([
    turn(0),
    turn(1, { returnCode: 0 }),
    turn(2, { ...notRun, kind: 'unparsable', tool: null }),
    turn(3, { ...notRun, kind: 'autosubmission', synthetic: true }),
  ]);
  const input = { episode: episodeOf(rollout), rollout, outcome: outcomeOf('fails', 'passes'), side: sideOf(), replay: null };

  it('earns an ordinary turn between +0.10 and +0.20 by default', () => {
    const result = accumulate(scoreRollout(input, defaultConfig()));
    expect([...result.paid].map((one) => Number(one.toFixed(12)))).toEqual([0.15, 0.2, -0.1, 0]);
    expect([...result.leftOut]).toEqual([1, 0, 2, 3]);
    expect([...result.rawState]).toEqual([0, 0, 0, 1]);
  });

  it('keeps each reason once', () => {
    const series = scoreRollout(input, defaultConfig()).levels[1]!.turns[2]!;
    expect(series.reasons).toEqual([
      'no exit code recorded; replay gives it',
      'nothing ran',
      'written by the runner, not by the policy: earns nothing',
    ]);
    expect(series.reasonIndex).toEqual([0, -1, 1, 2]);
  });

  it('has no index of reasons where every turn is scored', () => {
    const whole = { ...input, rollout: { ...rollout, turns: rollout.turns.slice(0, 2) } };
    const series = scoreRollout(whole, defaultConfig()).levels[1]!.turns[0]!;
    expect(series).toMatchObject({ states: [0, 0], reasons: [], reasonIndex: [] });
  });

  it('takes what modules gave by their name, never for a turn that did not run', () => {
    const { config } = parseConfig(
      'version: 1\nlevels:\n  - id: own\n    functions: [{ module: ./a.mjs, label: a }, { module: ./b.mjs }, { module: ./c.mjs }]\n',
    );
    const table = scoreRollout(
      input,
      config!,
      new Map([
        ['a', { scope: 'turn', scores: [scored(1), failed('TypeError: x'), scored(1), scored(1)] }],
        ['./b.mjs', { scope: 'episode', score: scored(3) }],
      ]),
    );
    const [a, c] = table.levels[0]!.turns;
    expect([0, 1, 2, 3].map((t) => seriesScore(a!, t).state)).toEqual(['scored', 'failed', 'unscored', 'unscored']);
    expect(seriesScore(c!, 0)).toEqual(unscored('the module was not run'));
    expect(table.levels[0]!.episode[0]).toMatchObject({ function: './b.mjs', members: [scored(3)] });
  });

  it('leaves an episode score below the top out, with the reason, where there is no turn for it', () => {
    const { config } = parseConfig(
      'version: 1\nlevels:\n  - id: outcome\n    functions: [{ id: outcome }, { module: ./a.mjs }]\n  - id: low\n    functions: [{ id: completion }, { module: ./b.mjs }]\n',
    );
    const none = rolloutOf([]);
    const module = { scope: 'episode', score: scored(3) } as const;
    const table = scoreRollout(
      { ...input, rollout: none, episode: episodeOf(none), outcome: outcomeOf('passes') },
      config!,
      new Map([
        ['./a.mjs', module],
        ['./b.mjs', module],
      ]),
    );
    const why = unscored('the episode has no turn on which it could count');
    expect(table.levels.map((one) => one.episode.map(({ members }) => members))).toEqual([
      [[scored(1)], [scored(3)]],
      [[why], [why]],
    ]);
    const { levels, totals } = accumulate(table);
    expect(levels[1]).toMatchObject({ value: why, leftOut: 2 });
    expect(totals).toMatchObject({ dra: scored(4), gra: scored(4), leftOut: 2 });
  });

  it('is plain data that survives JSON', () => {
    const table = scoreRollout(input, defaultConfig());
    const back = JSON.parse(JSON.stringify(table)) as typeof table;
    expect(back).toEqual(table);
    expect(accumulate(back)).toEqual(accumulate(table));
  });
});

it('configHead shows every function with its unique name', () => {
  const head = configHead(defaultConfig(), 'default', []);
  expect(head.levels.map((one) => [one.id, one.gate, one.functions.map((f) => [f.id, f.scope, f.weight])])).toEqual([
    ['outcome', { threshold: 0, op: '>=' }, [['outcome', 'episode', 1]]],
    [
      'steps',
      null,
      [
        ['action_format', 'turn', 0.1],
        ['scaffold_use', 'turn', 0.05],
        ['execution_status', 'turn', 0.05],
      ],
    ],
  ]);
});
