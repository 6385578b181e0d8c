import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodePassage, type Episode, type Passage, type Turn } from '../../../server/episode/index';
import { encode, episodeOf, readBytes } from './helpers';

const FIXTURES = join(import.meta.dirname, '../../fixtures/swe-agent');

function derived(name: string): { bytes: Buffer; episode: Episode; turns: readonly Turn[] } {
  const bytes = readFileSync(join(FIXTURES, `${name}.DERIVED.traj`));
  const { episode } = readBytes(bytes);
  if (episode === undefined) throw new Error(`${name} is no episode`);
  return { bytes, episode, turns: episode.rollouts[episode.best]!.turns };
}

function read(bytes: Uint8Array, passage: Passage): string {
  return decodePassage(bytes.subarray(passage.span.start, passage.span.end), passage.encoding);
}

const kinds = (turns: readonly Turn[]): string[] =>
  turns.map(({ kind, executed, synthetic }) => `${kind}${executed ? ' ran' : ''}${synthetic ? ' synthetic' : ''}`);
const ran = (count: number): string[] => Array.from({ length: count }, () => 'action ran');

describe('0.x exit statuses', () => {
  it.each(['exit_cost', 'exit_context', 'exit_format', 'exit_error', 'exit_api'])(
    '%s: the pseudo-action is the runner’s, and never ran',
    (status) => {
      const { episode, turns } = derived(`0.x-${status}`);
      expect(kinds(turns)).toEqual([...ran(3), 'limit_exit synthetic']);
      expect(episode.rollouts[0]).toMatchObject({ exitStatus: status, submission: null, submissionKind: null });
      expect(episode.finished).toBe(true);
      expect(turns[3]).toMatchObject({ edits: false, tests: false, submits: false, tool: null });
    },
  );

  it('submitted (exit_cost): the patch is the runner’s submission', () => {
    const { episode, turns } = derived('0.x-submitted-exit_cost');
    expect(kinds(turns)).toEqual([...ran(3), 'limit_exit synthetic']);
    expect(episode.rollouts[0]).toMatchObject({ exitStatus: 'submitted (exit_cost)', submissionKind: 'diff' });
  });

  it('exit_forfeit is the policy’s own word, but no command', () => {
    expect(kinds(derived('0.x-exit_forfeit').turns)).toEqual([...ran(3), 'exit']);
  });

  it('skip is the runner’s; early_exit adds no step', () => {
    expect(kinds(derived('0.x-skipped').turns)).toEqual([...ran(3), 'limit_exit synthetic']);
    expect(kinds(derived('0.x-early_exit').turns)).toEqual(ran(3));
  });

  it('a null observation is none recorded, an empty one is a text', () => {
    const { turns } = derived('0.x-exit_api');
    expect(turns[3]!.observationHash).toBeNull();
    const [turn] = episodeOf({
      trajectory: [{ action: 'true', observation: '', response: '', thought: '', state: '{"a": 1}\n' }],
      history: [],
      info: {},
    }).rollouts[0]!.turns;
    expect(turn!.observationHash).not.toBeNull();
    expect(turn!.observation).toEqual([]);
  });
});

describe('versions', () => {
  it.each([
    ['0.x-exit_cost', '0.2-0.6', true],
    ['0.7-submitted', '0.7', true],
    ['1.0.1-exit_context', '1.0.1', false],
    ['1.1.0-exit_api', '1.1.0', false],
  ])('%s is %s', (name, version, versionInferred) => {
    expect(derived(name).episode).toMatchObject({ format: 'swe-agent', version, versionInferred });
  });

  it('are told by the layout where none is recorded', () => {
    const version = (step: object, info: object = {}): string =>
      episodeOf({ trajectory: [{ action: 'ls', response: '', ...step }], history: [], info }).version;
    expect(version({ messages: [] })).toBe('1.0');
    expect(version({ query: [] })).toBe('1.1');
    expect(version({ state: {} })).toBe('1.0-dev');
    expect(version({ state: '{}', execution_time: 1 })).toBe('0.7');
    expect(version({ state: '{}' }, { edited_files30: '' })).toBe('0.7-pre');
    expect(version({ state: '{}' })).toBe('0.2-0.6');
  });

  it('0.7 has its seconds', () => {
    const { episode, turns } = derived('0.7-submitted');
    expect(turns.map(({ seconds }) => seconds)).toEqual([0.5, 1.5, 2.5, 3.5, 4.5]);
    expect(episode.rollouts[0]!.seconds).toBe(12.5);
  });
});

describe('1.x steps', () => {
  it('are told apart as formats.md §1.4 states', () => {
    const { episode, turns } = derived('1.1.0-exit_command-all-kinds');
    expect(kinds(turns)).toEqual([
      'action ran',
      'unparsable',
      'blocked',
      'syntax_error',
      'action ran',
      'retry ran',
      'action ran',
      'action ran',
      'exit',
    ]);
    expect(episode.rollouts[0]!.exitStatus).toBe('exit_command');
    expect(turns[2]!.tool).toEqual({ name: 'bash', known: null, validArguments: null });
    expect(turns[3]).toMatchObject({ edits: false, tests: false, submits: false });
  });

  it('end with the runner’s step when a limit is reached', () => {
    const submitted = derived('1.0.1-submitted-exit_cost');
    expect(kinds(submitted.turns)).toEqual([...ran(3), 'autosubmission synthetic']);
    expect(submitted.episode.rollouts[0]).toMatchObject({ exitStatus: 'submitted (exit_cost)', submissionKind: 'diff' });
    const bare = derived('1.0.1-exit_context');
    expect(kinds(bare.turns)).toEqual([...ran(3), 'limit_exit synthetic']);
    expect(bare.episode.rollouts[0]).toMatchObject({ exitStatus: 'exit_context', submission: null });
  });

  it.each(['exit_api', 'exit_command_timeout', 'exit_environment_error', 'exit_total_execution_time'])('%s', (status) => {
    const { episode, turns } = derived(`1.1.0-${status}`);
    expect(kinds(turns)).toEqual([...ran(2), 'limit_exit synthetic']);
    expect(episode.rollouts[0]!.exitStatus).toBe(status);
  });

  it('show reasoning after the thought, and the raw answer where nothing was parsed out of it', () => {
    const step = { action: '', observation: '', response: 'raw\nanswer', execution_time: 0, state: {} };
    const bytes = encode(
      JSON.stringify({
        trajectory: [
          { ...step, thought: '' },
          { ...step, action: 'ls', thought: 'look', reasoning_content: 'because', execution_time: 1 },
        ],
        history: [],
        info: {},
      }),
    );
    const { turns } = readBytes(bytes).episode!.rollouts[0]!;
    const shown = turns.map(({ thought }) => thought.map((passage) => [passage.label, read(bytes, passage)]));
    expect(shown).toEqual([
      [['response', 'raw\nanswer']],
      [
        [undefined, 'look'],
        ['reasoning', 'because'],
      ],
    ]);
    expect(turns.map(({ thoughtHead, lengths }) => [thoughtHead, lengths.thought])).toEqual([
      ['raw', 10],
      ['look', 12],
    ]);
  });

  it('an environment that died, with what it had of a patch', () => {
    const dead = {
      action: '',
      observation: 'Environment died unexpectedly. Exited (autosubmitted)',
      response: 'Exit due to environment error: x',
      thought: 'x',
      execution_time: 0,
      state: {},
      query: [{}],
    };
    const episode = episodeOf({ trajectory: [dead], history: [], info: { exit_status: 'submitted (exit_environment_error)' } });
    expect(kinds(episode.rollouts[0]!.turns)).toEqual(['autosubmission synthetic']);
  });

  it('keep unknown exit statuses as they stand', () => {
    const run = { trajectory: [], history: [], info: { exit_status: 'exit_of_tomorrow' } };
    expect(episodeOf(run).rollouts[0]!.exitStatus).toBe('exit_of_tomorrow');
  });

  it('of a running file: no exit status, a timeout told by its message', () => {
    const { episode, turns } = derived('1.1.0-running-after-timeout');
    expect(episode.finished).toBe(false);
    expect(turns.map(({ timedOut }) => timedOut)).toEqual([false, true, false]);
    expect(turns[1]).toMatchObject({ toolError: null, executed: true, kind: 'action' });
  });

  it('give the input of a turn: query of the step, messages of the step before', () => {
    const later = derived('1.1.0-exit_api');
    expect(JSON.parse(later.bytes.toString('utf8', later.turns[1]!.query!.start, later.turns[1]!.query!.end))).toMatchObject([
      { content: '(1)' },
      {},
      {},
    ]);
    const earlier = derived('1.0.1-exit_context');
    expect(earlier.turns[0]!.query).toBeNull();
    expect(JSON.parse(earlier.bytes.toString('utf8', earlier.turns[2]!.query!.start, earlier.turns[2]!.query!.end))).toMatchObject([
      { content: '(1)' },
      {},
      {},
      {},
      {},
      {},
    ]);
  });
});

describe('what is around the turns', () => {
  it.each(['1.0.1-exit_context', '1.1.0-exit_api', '0.x-exit_cost'])('%s has the task as the agent was given it', (name) => {
    const { bytes, episode } = derived(name);
    const statement = read(bytes, episode.rollouts[0]!.problemStatement!);
    const { history } = JSON.parse(bytes.toString('utf8')) as {
      history: { role: string; is_demo?: boolean; content: string | { text: string }[] }[];
    };
    const first = history.find(({ role, is_demo }) => role === 'user' && is_demo !== true)!.content;
    expect(typeof first === 'string' ? first : first[0]!.text).toContain(statement);
    expect(statement.length).toBeGreaterThan(50);
    expect(statement).not.toMatch(/^(<uploaded_files>|We're currently solving)/);
  });

  it('the instance is the statement’s id, else the environment unless it is main', () => {
    expect(derived('1.1.0-exit_api').episode.instance).toBe('django__django-10999');
    const named = (environment: string): string | null => episodeOf({ environment, trajectory: [], history: [], info: {} }).instance;
    expect(named('astropy__astropy-1')).toBe('astropy__astropy-1');
    expect(named('swe_main')).toBeNull();
    expect(named('main')).toBeNull();
  });

  it('the configured model is no evidence of the model', () => {
    const { bytes, episode } = derived('1.1.0-exit_api');
    expect(episode.rollouts[0]!.model).toBeNull();
    expect(JSON.parse(read(bytes, episode.rollouts[0]!.configuration!))).toHaveProperty('agent.model.name');
  });

  it('a submission is a diff, empty, or another text', () => {
    const kind = (submission: unknown): unknown =>
      episodeOf({ trajectory: [], history: [], info: { exit_status: 'submitted', submission } }).rollouts[0]!.submissionKind;
    expect(kind('diff --git a/x b/x\n')).toBe('diff');
    expect(kind('\r\ndiff --git a/x b/x\r\n')).toBe('diff');
    expect(kind(' \n')).toBe('empty');
    expect(kind('flag{x}')).toBe('text');
    expect(kind(null)).toBeNull();
    expect(kind(undefined)).toBeNull();
    expect(kind(7)).toBe('text');
  });
});

describe('RetryAgent', () => {
  it('while running has attempts only, and the last one counts', () => {
    const { episode } = derived('1.1.0-retry-running');
    expect(episode).toMatchObject({ best: 0, finished: false });
    expect(episode.rollouts).toMatchObject([{ attempt: 0, exitStatus: 'submitted', review: 0.25 }]);
  });

  it('finished: the chosen attempt counts, with its own cost, not the total', () => {
    const { episode, turns } = derived('1.1.0-retry-finished');
    expect(episode).toMatchObject({ best: 0, finished: true, instance: 'django__django-10999' });
    expect(episode.rollouts.map(({ review }) => review)).toEqual([0.75, 0.25]);
    expect(turns).toHaveLength(3);
    expect(episode.rollouts[0]!.cost).not.toBe(9);
    expect(episode.rollouts[1]!.configuration).not.toBeNull();
  });

  it('with a best attempt that does not exist takes the last', () => {
    const run = { trajectory: [], history: [], info: {} };
    expect(episodeOf({ attempts: [run, run], ...run, info: { best_attempt_idx: 7 } }).best).toBe(1);
    expect(episodeOf({ attempts: [run, run], ...run, info: { best_attempt_idx: '0' } }).best).toBe(1);
    expect(episodeOf({ attempts: [] }).rollouts).toHaveLength(1);
  });

  it.each([[7], ['0'], [undefined]])('whose best attempt is %j takes the one that the run at the top equals, and says so', (index) => {
    const attempt = (action: string): object => ({
      trajectory: [{ action, observation: 'o', response: '', state: { a: 1 }, execution_time: 1 }],
      history: [],
      info: { exit_status: 'submitted', submission: `diff --git a/${action} b/${action}\n` },
    });
    const top = (name: string): object => {
      const run = attempt(name) as { info: object };
      return { ...run, info: { ...run.info, best_attempt_idx: index } };
    };
    const attempts = [attempt('a'), attempt('b')];
    const equal = episodeOf({ attempts, ...top('a') });
    expect(equal).toMatchObject({ best: 0, problems: [{ severity: 'warning' }] });
    expect(equal.problems[0]!.message).toMatch(/Attempt 1 is shown as the chosen one: the run at the top equals it\.$/);
    const none = episodeOf({ attempts, ...top('c') });
    expect(none.best).toBe(1);
    expect(none.problems[0]!.message).toMatch(/no attempt equals the run at the top, so the last one is taken\.$/);
  });
});

describe('recognition', () => {
  const step = { action: 'ls', observation: 'o', response: '', state: { a: 1 }, execution_time: 1 };
  const run = { history: [], info: { exit_status: 'submitted', submission: 'diff --git a/x b/x\n' } };

  it('goes by trajectory, history and info, whatever the first step lacks', () => {
    expect(kinds(episodeOf({ trajectory: [{ observation: 'x', thought: 't' }, step], ...run }).rollouts[0]!.turns)).toEqual([
      'message',
      'action ran',
    ]);
    expect(kinds(episodeOf({ trajectory: [{ Action: 'x' }], ...run }).rollouts[0]!.turns)).toEqual(['message']);
  });

  it('goes by attempts, whatever the first one is', () => {
    const episode = episodeOf({ attempts: [null, 5, { trajectory: [step], ...run }] });
    expect(episode.rollouts.map(({ turns }) => turns.length)).toEqual([0, 0, 1]);
    expect(episode.problems.map(({ message }) => message.replace(/^Line \d+: /, ''))).toEqual([
      'Attempt 1 is no object but null; it has no turns.',
      'Attempt 2 is no object but a number; it has no turns.',
    ]);
  });

  it('goes by history alone, whatever its first item lacks', () => {
    const history = [{ content: 'no role' }, { role: 'assistant', content: 'c', action: 'ls' }];
    expect(kinds(episodeOf({ history }).rollouts[0]!.turns)).toEqual(['action']);
  });
});

describe('demonstrations', () => {
  const item = (role: string, content: unknown, more: object = {}): object => ({ role, content, agent: 'main', ...more });

  it('skip in-history demonstrations, and join the observations of a turn', () => {
    const bytes = encode(
      JSON.stringify({
        history: [
          item('system', 'You are …'),
          item('user', 'Demo', { is_demo: true }),
          item('assistant', 'x', { thought: 'demo', action: 'demo', is_demo: true }),
          item('user', [{ type: 'text', text: 'Task:\nISSUE:\nIt breaks.\n\nINSTRUCTIONS:\nGo.' }]),
          item('assistant', 'look\nls', { thought: 'look', action: 'ls' }),
          item('tool', [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ]),
          item('user', 'c'),
          item('assistant', 'I am done.'),
        ],
      }),
    );
    const { episode } = readBytes(bytes);
    const { turns, problemStatement } = episode!.rollouts[0]!;
    expect(kinds(turns)).toEqual(['action ran', 'message']);
    expect(turns[0]!.observation.map((passage) => read(bytes, passage))).toEqual(['a', 'b', 'c']);
    expect(turns[0]!.lengths.observation).toBe(5);
    expect(read(bytes, turns[1]!.thought[0]!)).toBe('I am done.');
    expect(read(bytes, problemStatement!)).toBe('It breaks.');
    expect(episode!.finished).toBe(false);
  });

  it('are not taken for other files that have a history', () => {
    expect(readBytes(encode(JSON.stringify({ history: [item('user', 'x')], mistake_step: 3 }))).episode).toBeUndefined();
    expect(readBytes(encode(JSON.stringify({ history: [{ kind: 'MessageEvent' }], instance_id: 'x' }))).episode).toBeUndefined();
    expect(
      readBytes(encode('{"trajectory": [{"role": "user", "text": "x"}], "instance_id": "y"}\n{"trajectory": []}')).episode,
    ).toBeUndefined();
  });
});
