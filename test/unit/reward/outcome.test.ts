import { describe, expect, it } from 'vitest';
import type { Rollout, SideFacts } from '../../../server/episode/index';
import { classify, completed, modified, resolved } from '../../../server/reward/index';
import { episodeOf, report, rolloutOf, sideOf, turn } from './rollouts';

type Parts = Partial<Pick<Rollout, 'exitStatus' | 'submissionKind'>>;
const classesOf = (parts: Parts, side: Partial<SideFacts> = {}, episode: Parameters<typeof episodeOf>[1] = {}): string => {
  const rollout = rolloutOf([turn(0)], parts);
  return classify(episodeOf(rollout, episode), rollout, sideOf(side)).classes.join('|');
};
const SET = 'fails|passes';

describe('SWE-agent', () => {
  it.each<[string, Parts, string]>([
    ['a diff without tests', { exitStatus: 'submitted', submissionKind: 'diff' }, SET],
    ['a submission that is no diff', { exitStatus: 'submitted', submissionKind: 'text' }, SET],
    ['an empty submission', { exitStatus: 'submitted', submissionKind: 'empty' }, 'empty_patch'],
    ['no submission after submit', { exitStatus: 'submitted', submissionKind: null }, 'empty_patch'],
    ['an autosubmitted patch', { exitStatus: 'submitted (exit_cost)', submissionKind: 'diff' }, SET],
    ['a limit with nothing to submit', { exitStatus: 'exit_context', submissionKind: null }, 'no_submit'],
    ['a limit with an empty submission', { exitStatus: 'exit_cost', submissionKind: 'empty' }, 'no_submit'],
    ['a limit with a patch all the same', { exitStatus: 'exit_cost', submissionKind: 'diff' }, SET],
    ['early_exit', { exitStatus: 'early_exit', submissionKind: null }, 'no_submit'],
    ['an unknown status', { exitStatus: 'something new', submissionKind: null }, 'no_submit'],
    ['a skipped instance that had submitted', { exitStatus: 'skipped (submitted)', submissionKind: 'diff' }, SET],
    ['a skipped instance that had not', { exitStatus: 'skipped (exit_cost)', submissionKind: null }, 'no_submit'],
    ['no exit status', { exitStatus: null, submissionKind: null }, ''],
    ['no exit status, though something was submitted', { exitStatus: null, submissionKind: 'diff' }, ''],
  ])('%s', (_name, parts, expected) => {
    expect(classesOf(parts)).toBe(expected);
  });
});

it.each<[string, string]>([
  ['Submitted', SET],
  ['LimitsExceeded', 'no_submit'],
  ['TimeExceeded', 'no_submit'],
  ['RepeatedFormatError', 'no_submit'],
  ['InternalServerError', 'no_submit'],
  ['Timeout', 'no_submit'],
])('mini-swe-agent: %s is %s', (exitStatus, expected) => {
  expect(classesOf({ exitStatus, submissionKind: exitStatus === 'Submitted' ? 'diff' : 'empty' }, {}, { format: 'mini-swe-agent' })).toBe(
    expected,
  );
});

describe('files beside the trajectory', () => {
  it('decide with a report of this submission', () => {
    expect(classesOf({ exitStatus: 'submitted', submissionKind: 'diff' }, { report: report(true) })).toBe('passes');
    expect(classesOf({ exitStatus: 'submitted', submissionKind: 'diff' }, { report: report(false) })).toBe('fails');
    expect(classesOf({ exitStatus: null, submissionKind: 'diff' }, { report: report(false) })).toBe('fails');
    expect(classesOf({ exitStatus: 'submitted', submissionKind: 'empty' }, { report: report(false) })).toBe('empty_patch');
  });
  it('name the source', () => {
    const rollout = rolloutOf([]);
    expect(classify(episodeOf(rollout), rollout, sideOf({ report: report(true) }))).toEqual({
      classes: ['passes'],
      exitStatus: 'submitted',
      source: 'logs/report.json',
    });
    expect(classify(episodeOf(rollout), rollout, sideOf()).source).toBe('exit status');
  });
  it('give an exit status where the file has none', () => {
    const status = { status: 'submitted', source: 'run_batch_exit_statuses.yaml' };
    expect(classesOf({ exitStatus: null, submissionKind: 'empty' }, { exitStatus: status })).toBe('empty_patch');
    expect(classesOf({ exitStatus: null, submissionKind: 'diff' }, { exitStatus: status })).toBe(SET);
    expect(classesOf({ exitStatus: null, submissionKind: null }, { exitStatus: { ...status, status: 'exit_cost' } })).toBe('no_submit');
    expect(classesOf({ exitStatus: 'exit_cost', submissionKind: null }, { exitStatus: status })).toBe('no_submit');
  });
  it('say whether anything was submitted, where only the batch says that the agent submitted', () => {
    const exitStatus = { status: 'submitted', source: 'run_batch_exit_statuses.yaml' };
    const of = (side: Partial<SideFacts>): string => classesOf({ exitStatus: null, submissionKind: null }, { exitStatus, ...side });
    expect(of({})).toBe('empty_patch');
    expect(of({ predicted: 'empty' })).toBe('empty_patch');
    expect(of({ predicted: 'patch' })).toBe(SET);
    expect(of({ report: report(false) })).toBe('fails');
    expect(classesOf({ exitStatus: 'submitted', submissionKind: null }, { predicted: 'patch' })).toBe('empty_patch');
  });
  it('speak of the rollout that counts, not of the other attempts', () => {
    const first = rolloutOf([], { attempt: 0 });
    const second = rolloutOf([], { attempt: 1 });
    const episode = episodeOf(first, { rollouts: [first, second], best: 1 });
    const side = sideOf({ report: report(true) });
    expect(classify(episode, first, side).classes).toEqual(['fails', 'passes']);
    expect(classify(episode, second, side).classes).toEqual(['passes']);
  });
  it('speak of every attempt with the patch that the report graded', () => {
    const attempts = [7, 8, null, 7].map((submissionHash, attempt) => rolloutOf([], { attempt, submissionHash }));
    const episode = episodeOf(attempts[0]!, { rollouts: attempts, best: 0 });
    const of = (patchHash: number | null): string[] =>
      attempts.map((one) => classify(episode, one, sideOf({ report: { ...report(false), patchHash } })).classes.join('|'));
    expect(of(7)).toEqual(['fails', SET, SET, 'fails']);
    expect(of(null)).toEqual(['fails', SET, SET, SET]);
  });
});

describe('a RetryAgent that has not chosen', () => {
  const attempts = [0, 1].map((attempt) => rolloutOf([], { attempt }));
  const episode = episodeOf(attempts[1]!, { rollouts: attempts, best: 1, finished: false });
  const of = (side: Partial<SideFacts> = {}): unknown[] => attempts.map((one) => classify(episode, one, sideOf(side)).classes);
  it('is pending, though its attempts ended', () => {
    expect(of()).toEqual([['fails', 'passes'], []]);
    expect(classify(episode, attempts[1]!, sideOf())).toEqual({ classes: [], exitStatus: null, source: 'no attempt is chosen yet' });
    const only = episodeOf(attempts[0]!, { finished: false });
    expect(classify(only, attempts[0]!, sideOf()).classes).toEqual([]);
  });
  it('has ended where files beside it say so', () => {
    expect(of({ exitStatus: { status: 'submitted', source: 'y' } })[1]).toEqual(['fails', 'passes']);
    expect(of({ report: report(true) })[1]).toEqual(['passes']);
  });
});

describe('ATIF', () => {
  const atif = (side: Partial<SideFacts>, finished = true): string =>
    classesOf({ exitStatus: null, submissionKind: null }, side, { format: 'atif', finished });
  it('goes by the verifier’s reward', () => {
    expect(atif({ reward: { value: 1, source: 'verifier/reward.txt' } })).toBe('passes');
    expect(atif({ reward: { value: 0, source: 'verifier/reward.txt' } })).toBe('fails');
    expect(atif({ reward: { value: 0.5, source: 'verifier/reward.json' } })).toBe('fails');
  });
  it('needs tests once it ended, and is pending before', () => {
    expect(atif({})).toBe(SET);
    expect(atif({}, false)).toBe('');
  });
});

describe('terms of CR, MR and RR', () => {
  const of = (parts: Parts, side: Partial<SideFacts> = {}): (boolean | null)[] => {
    const rollout = rolloutOf([turn(0)], parts);
    const outcome = classify(episodeOf(rollout), rollout, sideOf(side));
    return [completed(rollout, outcome), modified(rollout, outcome), resolved(outcome)];
  };
  it('are known as far as the files tell', () => {
    expect(of({ exitStatus: 'submitted', submissionKind: 'diff' })).toEqual([true, true, null]);
    expect(of({ exitStatus: 'submitted', submissionKind: 'diff' }, { report: report(true) })).toEqual([true, true, true]);
    expect(of({ exitStatus: 'submitted', submissionKind: 'empty' })).toEqual([true, false, false]);
    expect(of({ exitStatus: 'submitted (exit_cost)', submissionKind: 'diff' })).toEqual([false, true, null]);
    expect(of({ exitStatus: 'exit_cost', submissionKind: null })).toEqual([false, false, false]);
    expect(of({ exitStatus: null, submissionKind: null })).toEqual([null, null, null]);
  });
});
