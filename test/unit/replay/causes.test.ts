import { describe, expect, it } from 'vitest';
import { causesOf } from '../../../server/replay/causes/index';
import { environmentChanges } from '../../../server/replay/environment';
import type { Cause, DivergenceClass, Recording, ReplayFacts, TurnFacts } from '../../../server/replay/index';

interface Said {
  readonly action: string;
  readonly recorded: string;
  readonly replayed?: string;
  readonly class?: DivergenceClass;
  readonly reason?: string;
  readonly timedOut?: boolean;
  readonly state?: Record<string, unknown>;
  readonly cwd?: string;
}

const recordingOf = (said: readonly Said[], over: Partial<Recording> = {}): Recording => ({
  hash: '0'.repeat(64),
  format: 'swe-agent',
  version: '1.1',
  instance: null,
  configuration: null,
  systemPrompt: null,
  problemStatement: null,
  submission: null,
  exitStatus: null,
  turns: said.map(({ action, recorded, state }, index) => ({
    index,
    executed: true,
    commands: [{ action, observation: recorded, clipped: false, exitCode: null, timedOut: false }],
    state: state ?? null,
  })),
  ...over,
});

function factsOf(said: readonly Said[], over: Partial<ReplayFacts> = {}): Omit<ReplayFacts, 'causes'> {
  const first = said.findIndex((one) => one.class !== undefined);
  return {
    image: { name: 'project:latest', id: 'sha256:0123456789abcdef', source: 'named' },
    engine: { name: 'Docker', version: '20.10' },
    turns: said.map((one, index): TurnFacts => ({
      index,
      executed: true,
      observation: one.replayed ?? one.recorded,
      printed: 0,
      exitCode: 0,
      durationMs: 1,
      cwd: one.cwd ?? '/testbed',
      timedOut: one.timedOut ?? false,
      tree: null,
      changedFiles: [],
      environment: [],
      tests: null,
      divergence: { class: one.class ?? 'equal', noise: [], first: null, reason: one.reason ?? null },
      trusted: first < 0 || index <= first,
      problem: null,
    })),
    firstDivergence: first < 0 ? null : first,
    submission: 'equal',
    cwd: '/testbed',
    baseTree: null,
    baseTests: null,
    tests: null,
    problems: [],
    ...over,
  };
}

const causes = (said: readonly Said[], recording: Partial<Recording> = {}, facts: Partial<ReplayFacts> = {}): readonly Cause[] =>
  causesOf(recordingOf(said, recording), factsOf(said, facts));

describe('causes of a divergence', () => {
  it('are none where nothing diverged', () => {
    expect(causes([{ action: 'python --version', recorded: 'Python 3.9.1', replayed: 'Python 3.9.2' }])).toEqual([]);
  });

  it('name the network that a command asked for', () => {
    const [cause] = causes([
      { action: 'ls', recorded: 'a' },
      {
        action: 'pip install -e .[dev]',
        recorded: 'Successfully installed x-1.0',
        replayed: 'ERROR: Could not find a version that satisfies the requirement x',
        class: 'value',
      },
    ]);
    expect(cause).toEqual({ kind: 'network', turn: 1, sentence: '`pip install` in turn 2 asks for a network, which a replay has not.' });
  });

  it('name a network error that only the replay shows', () => {
    const said = { action: 'python fetch.py', recorded: 'ok', class: 'value' as const };
    expect(causes([{ ...said, replayed: 'socket.gaierror: [Errno -3] Temporary failure in name resolution' }])[0]?.kind).toBe('network');
    const both = 'Temporary failure in name resolution';
    expect(causes([{ ...said, recorded: `${both} a`, replayed: `${both} b` }])).toEqual([]);
  });

  it('name other versions that outputs of trusted turns show', () => {
    const found = causes([
      { action: 'python -V', recorded: 'Python 3.9.19', replayed: 'Python 3.11.2' },
      {
        action: 'pytest',
        recorded: 'platform linux -- Python 3.9.19, pytest-7.4.0, pluggy-1.2.0',
        replayed: 'platform linux -- Python 3.11.2, pytest-8.0.0, pluggy-1.2.0',
        class: 'value',
      },
      { action: 'pip list', recorded: 'Django    4.1.3', replayed: 'Django    5.0.1', class: 'value' },
    ]);
    expect(found.map(({ turn, sentence }) => [turn, sentence])).toEqual([
      [0, 'The recorded run had python 3.9.19, the replay 3.11.2 (turn 1).'],
      [1, 'The recorded run had pytest 7.4.0, the replay 8.0.0 (turn 2).'],
    ]);
  });

  it('name the number of processors', () => {
    const line = (count: number): string => `Testing against Django installed in '/testbed' with up to ${count} processes`;
    const [cause] = causes([{ action: 'tests', recorded: line(8), replayed: line(2), class: 'value' }]);
    expect(cause).toMatchObject({ kind: 'environment', turn: 0 });
    expect(cause?.sentence).toContain('the recorded machine had 8 of them, this one has 2');
  });

  it('name time, tabs and what an image lacks', () => {
    expect(causes([{ action: 'make', recorded: 'ok', class: 'timeout', timedOut: true }])[0]).toMatchObject({ kind: 'time', turn: 0 });
    const tabs = causes([
      { action: "printf '\tx' > f", recorded: '' },
      { action: 'cat f', recorded: 'x', replayed: '\tx', class: 'value' },
    ]);
    expect(tabs.map(({ kind, turn }) => [kind, turn])).toEqual([['tools', 0]]);
    const configuration = { env: { deployment: { image: 'theirs:1' } } };
    const [lacks] = causes([{ action: 'rg x', recorded: 'a', class: 'missing', reason: 'The replay finds no rg.' }], { configuration });
    expect(lacks).toMatchObject({ kind: 'image', turn: 0 });
    expect(lacks?.sentence).toBe(
      'The replay finds no rg. The replay ran in project:latest (sha256:0123456789ab), the episode in theirs:1.',
    );
  });

  it('name what ran and was never recorded, where only the end differs', () => {
    const end = { submission: 'different' as const };
    const found = causes([{ action: 'ls', recorded: 'a' }], { exitStatus: 'submitted (exit_command_timeout)' }, end);
    expect(found).toEqual([
      {
        kind: 'unrecorded_command',
        turn: null,
        sentence: 'The third command in a row that ran out of time ended the episode, and SWE-agent does not record it.',
      },
    ]);
    const configuration = { agent: { tools: { bundles: [{ path: 'tools/windowed_edit_replace' }] } } };
    expect(causes([{ action: 'ls', recorded: 'a' }], { configuration }, end)[0]?.kind).toBe('unrecorded_command');
    expect(causes([{ action: 'ls', recorded: 'a' }], { configuration })).toEqual([]);
  });

  it('name a shell that stood elsewhere: after the action in 1.x, before it in 0.x', () => {
    const said: Said[] = [
      { action: 'ls', recorded: 'a', state: { working_dir: '/testbed' } },
      { action: 'pwd', recorded: 'b', state: { working_dir: '/testbed/src' } },
      { action: 'cat x', recorded: 'c', class: 'value', state: { working_dir: '/testbed/src' } },
    ];
    expect(causes(said)[0]).toMatchObject({ kind: 'unrecorded_command', turn: 1 });
    expect(causes(said)[0]?.sentence).toBe('After turn 2 the recorded shell stood in /testbed/src, the replayed one in /testbed.');
    expect(causes(said, { version: '0.7' })[0]?.sentence).toMatch(/^Before turn 2 /);
  });
});

describe('changes of the environment', () => {
  const before = 'declare -x A="1"\ndeclare -x B="two\nlines \\"quoted\\""\ndeclare -x PWD="/"\ndeclare -x GONE\n';

  it('are variables set, changed and unset, without those that every command sets', () => {
    const after =
      'declare -x A="2"\ndeclare -x B="two\nlines \\"quoted\\""\ndeclare -x NEW="\\$HOME \\`x\\` \\\\"\ndeclare -x PWD="/src"\n';
    expect(environmentChanges(before, after)).toEqual([
      { name: 'A', value: '2' },
      { name: 'GONE', value: null },
      { name: 'NEW', value: '$HOME `x` \\' },
    ]);
  });

  it('are none where it is not known or the same', () => {
    expect(environmentChanges(null, before)).toEqual([]);
    expect(environmentChanges(before, before)).toEqual([]);
  });
});
