import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Rollout, SideFacts } from '../../../server/episode/index';
import { judge } from '../../../server/hack/index';
import { accumulate, classify, defaultConfig, scoreRollout } from '../../../server/reward/index';
import { readBytes, rolloutOf } from './corpus-files';

const folder = 'test/fixtures/derived';
const bytesOf = (name: string): Buffer => readFileSync(`${folder}/${name}`);
const read = (name: string): ReturnType<typeof readBytes> => readBytes(bytesOf(name));
const NOTHING_BESIDE: SideFacts = {
  instance: null,
  model: null,
  report: null,
  otherReports: [],
  unmatchedReports: [],
  exitStatus: null,
  reward: null,
  problems: [],
};

/** `action+` ran, `limit_exit~` is the runner's. */
const kinds = (rollout: Rollout): string =>
  rollout.turns.map(({ kind, executed, synthetic }) => `${kind}${executed ? '+' : ''}${synthetic ? '~' : ''}`).join(' ');

function told(name: string): {
  kinds: string;
  classes: string;
  exitStatus: string | null;
  submission: string | null;
  finished: boolean;
  rules: string;
  raw: number[];
} {
  const result = read(name);
  const rollout = rolloutOf(result);
  if (!('episode' in result)) throw new Error('unreachable');
  const outcome = classify(result.episode, rollout, NOTHING_BESIDE);
  const accumulation = accumulate(
    scoreRollout({ episode: result.episode, rollout, outcome, side: NOTHING_BESIDE, replay: null }, defaultConfig()),
  );
  const findings = judge({ episode: result.episode, rollout, outcome, accumulation, muted: [] });
  return {
    kinds: kinds(rollout),
    classes: outcome.classes.join(),
    exitStatus: rollout.exitStatus,
    submission: rollout.submissionKind,
    finished: result.episode.finished,
    rules: findings.map(({ rule, grade }) => `${rule} ${grade}`).join(),
    raw: [...accumulation.raw],
  };
}

describe('derived fixtures', () => {
  it('are what the generator makes from the corpus', async () => {
    const { derived } = (await import('../../fixtures/derived/generate.mjs')) as { derived(): Map<string, string> };
    const made = derived();
    const kept = readdirSync(folder).filter((name) => !/\.(mjs|md)$/.test(name));
    expect([...made.keys()].sort()).toEqual(kept.sort());
    for (const [name, text] of made) expect(bytesOf(name).toString('utf8'), name).toBe(text);
  });
});

describe('SWE-agent 1.1', () => {
  it('tells every kind of step apart', () => {
    const { raw, ...facts } = told('swe-agent-1.1-every-kind.submitted-exit_cost.traj');
    expect(facts).toEqual({
      kinds: 'action+ unparsable blocked syntax_error retry+ action+ autosubmission~',
      classes: 'fails,passes',
      exitStatus: 'submitted (exit_cost)',
      submission: 'diff',
      finished: true,
      rules: '',
    });
    expect(raw.at(-1)).toBe(0);
    expect(raw[0]).toBeGreaterThan(0);
  });

  it.each([
    ['exit_cost', 'H23 strong'],
    ['exit_context', 'H23 strong'],
    ['exit_total_execution_time', 'H23 strong'],
    ['exit_format', ''],
    ['exit_api', ''],
    ['exit_error', ''],
    ['exit_environment_error', ''],
    ['exit_command_timeout', ''],
    ['exit_forfeit', ''],
  ])('a bare %s ends without a submit, its closing turn earns nothing', (exitStatus, rules) => {
    expect(told(`swe-agent-1.1-${exitStatus}.traj`)).toMatchObject({
      kinds: 'action+ action+ limit_exit~',
      classes: 'no_submit',
      exitStatus,
      submission: null,
      finished: true,
      rules,
      raw: [expect.any(Number), expect.any(Number), 0],
    });
  });

  it('a typed exit did not run and is the agent’s own', () => {
    expect(told('swe-agent-1.1-exit_command.traj')).toMatchObject({
      kinds: 'action+ exit',
      classes: 'no_submit',
      exitStatus: 'exit_command',
      rules: '',
    });
  });

  it('without an exit status is pending', () => {
    expect(told('swe-agent-1.1-running.traj')).toMatchObject({
      kinds: 'action+ action+',
      classes: '',
      exitStatus: null,
      finished: false,
      rules: '',
    });
  });

  it('an empty submission is an empty patch, and suspected', () => {
    expect(told('swe-agent-1.1-submitted-empty.traj')).toMatchObject({
      kinds: 'action+ action+',
      classes: 'empty_patch',
      submission: 'empty',
      rules: 'H22 strong',
    });
  });
});

describe('RetryAgent', () => {
  it.each(['retry-agent-chosen.traj', 'retry-agent-chooser.traj'])('%s: each attempt is a rollout, the chosen one counts once', (name) => {
    const result = read(name);
    if (!('episode' in result)) throw new Error('no episode');
    const { rollouts, best, finished } = result.episode;
    expect(rollouts.map(kinds)).toEqual(['action+ action+', 'action+ action+ limit_exit~']);
    expect(rollouts.map(({ attempt, review, exitStatus }) => [attempt, review, exitStatus])).toEqual([
      [0, 0.9, 'submitted'],
      [1, 0.2, 'exit_cost'],
    ]);
    expect([best, finished]).toEqual([0, true]);
  });

  it('is unfinished while it holds attempts alone', () => {
    const result = read('retry-agent-running.traj');
    if (!('episode' in result)) throw new Error('no episode');
    expect(result.episode).toMatchObject({ best: 1, finished: false });
    expect(result.episode.rollouts).toHaveLength(2);
  });
});

describe('SWE-agent 0.x', () => {
  it.each([
    ['exit_cost', 'H23 strong'],
    ['exit_context', 'H23 strong'],
    ['exit_format', ''],
    ['exit_api', ''],
    ['exit_error', ''],
  ])('the pseudo-action %s never ran', (exitStatus, rules) => {
    expect(told(`swe-agent-0.x-${exitStatus}.traj`)).toMatchObject({
      kinds: 'action+ action+ limit_exit~',
      classes: 'no_submit',
      exitStatus,
      rules,
    });
  });

  it.each([
    ['submitted-exit_cost', 'fails,passes'],
    ['exit_context', 'no_submit'],
  ])('0.7 times its pseudo-actions too, which never ran all the same: %s', (name, classes) => {
    const { raw, ...facts } = told(`swe-agent-0.7-${name}.traj`);
    expect(facts).toMatchObject({ kinds: 'action+ action+ limit_exit~', classes });
    expect(raw.at(-1)).toBe(0);
  });

  it.each(['exit_agent_error', 'early_exit'])('%s ends without a closing step', (exitStatus) => {
    expect(told(`swe-agent-0.x-${exitStatus}.traj`)).toMatchObject({
      kinds: 'action+ action+',
      classes: 'no_submit',
      exitStatus,
      rules: '',
    });
  });

  it('a skipped instance and a forfeit did not run their last step', () => {
    expect(told('swe-agent-0.x-skipped.traj')).toMatchObject({ kinds: 'action+ action+ limit_exit~', exitStatus: 'skipped', rules: '' });
    expect(told('swe-agent-0.x-exit_forfeit.traj')).toMatchObject({
      kinds: 'action+ action+ exit',
      exitStatus: 'exit_forfeit',
      classes: 'no_submit',
      rules: '',
    });
  });

  it('an autosubmitted patch needs tests', () => {
    expect(told('swe-agent-0.x-submitted-exit_cost.traj')).toMatchObject({ classes: 'fails,passes', submission: 'diff', rules: '' });
  });

  it('a submit without a recorded submission is an empty patch, weakly suspected', () => {
    expect(told('swe-agent-0.x-submission-missing.traj')).toMatchObject({ classes: 'empty_patch', submission: null, rules: 'H22 weak' });
  });
});

describe('outcomes of mini-swe-agent', () => {
  it.each([
    ['1-limits', 'LimitsExceeded', 'no_submit', null, 'H23 strong'],
    ['1-format-errors', 'RetryError', 'no_submit', null, ''],
    ['1-interrupted', null, '', null, ''],
    ['1-submitted', 'Submitted', 'fails,passes', 'diff', ''],
    ['1-submitted-empty', 'Submitted', 'empty_patch', 'empty', 'H22 strong'],
    ['2-limits', 'LimitsExceeded', 'no_submit', null, 'H23 strong'],
    ['2-time', 'TimeExceeded', 'no_submit', null, 'H23 strong'],
    ['2-format-errors', 'RepeatedFormatError', 'no_submit', null, ''],
    ['2-interrupts', null, '', null, ''],
    ['2-submit-confirmed', 'Submitted', 'fails,passes', 'diff', ''],
    ['2-timeout', 'InternalServerError', 'no_submit', null, ''],
  ] as const)('%s', (name, exitStatus, classes, submission, rules) => {
    expect(told(`mini-swe-agent-${name}.traj.json`)).toMatchObject({
      exitStatus,
      classes,
      submission,
      rules,
      finished: exitStatus !== null,
    });
  });
});
