/** Episodes that fight their container. Each ends in its own turn, and the next turn runs. */
import { describe, expect, it } from 'vitest';
import { LABEL, replay, toolFolders, type Recording, type ReplayFacts } from '../../server/replay/index';
import { connectToTestEngine, marshmallow, testImage } from './support';

const recording = (format: string, version: string, actions: readonly string[]): Recording => ({
  hash: '',
  format,
  version,
  instance: null,
  configuration: {
    env: { repo: { repo_name: 'testbed' } },
    environment: { cwd: '/tmp', timeout: 8 },
    agent: { tools: { execution_timeout: 8 } },
  },
  problemStatement: null,
  submission: null,
  exitStatus: null,
  turns: actions.map((action, index) => ({
    index,
    executed: true,
    commands: [{ action, observation: null, clipped: false, exitCode: null, timedOut: false }],
    state: null,
  })),
});

// Not the shell's own: an attack may have renamed it, or lost the PATH.
const AFTER = '/bin/echo still here';
const run = async (format: string, version: string, actions: readonly string[]): Promise<ReplayFacts> =>
  replay(await connectToTestEngine(), {
    recording: recording(format, version, [...actions, AFTER]),
    options: {
      image: testImage('python'),
      repository: format === 'mini-swe-agent' ? null : { directory: marshmallow(), commit: 'mm1867' },
      limits: { memoryBytes: 256 * 2 ** 20, pids: 128, diskBytes: 64 * 2 ** 20, outputBytes: 2 ** 20, actionMs: 8_000 },
      until: null,
      runtime: null,
      tests: null,
    },
    tools: toolFolders(),
  });

const SCAFFOLDS = [
  ['mini-swe-agent', 'mini-swe-agent-1.1'],
  ['swe-agent', '1.1.0'],
  ['swe-agent', '0.7'],
] as const;

const ATTACKS: readonly (readonly [name: string, action: string])[] = [
  ['a fork bomb', ':(){ :|:& };:'],
  ['a memory hog', `python3 -c "x = bytearray(10**9)"`],
  ['a disk filler', 'head -c 300000000 /dev/zero > /tmp/fill'],
  ['output without end', 'yes'],
  ['the end of every process', 'kill -9 -1'],
  ['a closed standard input', 'exec 0<&-'],
  ['exit', 'exit 3'],
  ['another program in the shell’s place', 'exec sleep 1'],
  ['names of the shell’s own commands', 'echo() { :; }; printf() { :; }; eval() { :; }; export() { :; }'],
  ['no PATH', 'unset PATH'],
  ['traps', 'trap "" INT TERM HUP; trap "echo caught" EXIT; sleep 20'],
  ['a background job that holds the output', 'sleep 300 & echo started'],
  ['bytes that are no text', 'head -c 2000 /dev/urandom'],
  ['control sequences', String.raw`printf '\033[2J\033]0;title\007\033[999;999H'`],
];

describe.each(SCAFFOLDS)('%s %s', (format, version) => {
  it.each(ATTACKS)('outlives %s', async (_name, action) => {
    const facts = await run(format, version, [action]);
    expect(facts.turns).toHaveLength(2);
    expect(facts.turns[1]).toMatchObject({ executed: true, exitCode: 0 });
    // A bomb goes on in the background for a while, and the shell tells of it.
    expect(facts.turns[1]?.observation).toMatch(/^still here$/m);
    const { docker } = await connectToTestEngine();
    const left = await docker.listContainers({ all: true, filters: { label: [LABEL] } });
    expect(left.filter(({ Labels }) => Labels[LABEL]?.endsWith(`/${process.pid}`))).toEqual([]);
  });

  it('reaches nothing outside', async () => {
    const facts = await run(format, version, [
      'python3 -c "import socket; socket.create_connection((\'1.1.1.1\', 53), 2)"',
      'mount -t tmpfs none /mnt',
      'ls /var/run/docker.sock',
      'grep -c . /proc/net/dev',
    ]);
    expect(facts.turns.map(({ exitCode }) => exitCode === 0)).toEqual([false, false, false, true, true]);
    // Two lines of head, and the loopback.
    expect(facts.turns[3]?.observation?.trim()).toBe('3');
  });
});
