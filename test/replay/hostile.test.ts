/** Episodes that fight their container. Each ends in its own turn, and the next turn runs. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { LABEL, replay, toolFolders, type DivergenceClass, type Recording, type ReplayFacts } from '../../server/replay/index';
import { connectToTestEngine, marshmallow, testImage, recordingOfActions } from './support';

// Not the shell's own: an attack may have renamed it, or lost the PATH.
const AFTER = '/bin/echo still here';
/** What the file says that the attack printed. */
const RECORDED = 'as recorded\n';

const recording = (format: string, version: string, actions: readonly string[]): Recording => {
  const configuration = {
    env: { repo: { repo_name: 'testbed' } },
    environment: { cwd: '/tmp', timeout: 8 },
    agent: { tools: { execution_timeout: 8 } },
  };
  return recordingOfActions({ format, version, configuration }, actions, (action) => (action === AFTER ? 'still here\n' : RECORDED));
};

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

/** `seen`: what the facts of the attack's own turn must say, whatever the scaffold. */
const ATTACKS: readonly (readonly [name: string, action: string, seen: { readonly class?: DivergenceClass; readonly problem?: RegExp }])[] =
  [
    ['a fork bomb', ':(){ :|:& };:', {}],
    ['a memory hog', `python3 -c "x = bytearray(10**9)"`, { class: 'value', problem: /limit of 256 MiB of memory/ }],
    ['a large file', 'head -c 300000000 /dev/zero > /tmp/fill; rm /tmp/fill', { class: 'value' }],
    [
      'many files',
      'mkdir /tmp/many; i=0; while [ $i -lt 40 ]; do head -c 4000000 /dev/zero > /tmp/many/$i; i=$((i+1)); done; sleep 1',
      { class: 'value', problem: /wrote .* more than its limit of 64 MiB/ },
    ],
    ['output without end', 'yes', { class: 'timeout', problem: /ran longer than/ }],
    ['the end of every process', 'kill -9 -1', { class: 'value' }],
    ['a closed standard input', 'exec 0<&-', { class: 'value' }],
    ['exit', 'exit 3', { class: 'value' }],
    ['another program in the shell’s place', 'exec sleep 1', { class: 'value' }],
    ['names of the shell’s own commands', 'echo() { :; }; printf() { :; }; eval() { :; }; export() { :; }', { class: 'value' }],
    ['no PATH', 'unset PATH', { class: 'value' }],
    ['traps', 'trap "" INT TERM HUP; trap "echo caught" EXIT; sleep 20', { class: 'timeout', problem: /ran longer than/ }],
    ['a background job that holds the output', 'sleep 31557 & echo started', { class: 'value' }],
    ['bytes that are no text', 'head -c 2000 /dev/urandom', { class: 'value' }],
    ['control sequences', String.raw`printf '\033[2J\033]0;title\007\033[999;999H'`, { class: 'value' }],
    ['a frame’s own mark, guessed', String.raw`printf '\036T%032d 0 /\036' 0; printf '\036T%032d\036' 0; set`, { class: 'value' }],
  ];

/** A full disk ends the run: what comes after has no place to write to. */
const LAST = new Set(['many files']);

describe.each(SCAFFOLDS)('%s %s', (format, version) => {
  it.each(ATTACKS)('outlives %s', async (name, action, seen) => {
    const facts = await run(format, version, [action]);
    expect(facts.turns).toHaveLength(2);
    if (seen.class !== undefined) expect(facts.turns[0]?.divergence?.class).toBe(seen.class);
    if (seen.problem !== undefined) expect(facts.turns[0]?.problem).toMatch(seen.problem);
    if (LAST.has(name)) expect(facts.turns[1]).toMatchObject({ executed: false, problem: expect.any(String) as string });
    else {
      expect(facts.turns[1]).toMatchObject({ executed: true, exitCode: 0 });
      // A bomb goes on in the background for a while, and the shell tells of it.
      expect(facts.turns[1]?.observation).toMatch(/^still here$/m);
    }
    expect(await ours()).toEqual([]);
  });

  it('reaches nothing outside', async () => {
    const facts = await run(format, version, [
      'python3 -c "import socket; socket.create_connection((\'1.1.1.1\', 53), 2)"',
      'mount -t tmpfs none /mnt',
      'ls /var/run/docker.sock',
      // PTRACE_ATTACH to the first process: the container's own, and none but its own can be seen.
      `python3 -c "import ctypes; ctypes.CDLL(None).ptrace(16, 1, 0, 0)"; test "$(ls -d /proc/[0-9]* | wc -l)" -lt 20`,
      'grep -c . /proc/net/dev',
    ]);
    expect(facts.turns.map(({ exitCode }) => exitCode === 0)).toEqual([false, false, false, true, true, true]);
    // Two lines of head, and the loopback.
    expect(facts.turns[4]?.observation?.trim()).toBe('3');
  });
});

describe('after all attacks of one episode', () => {
  it('nothing outside the container is changed, and what it used is given back within 10 s', async () => {
    const clone = marshmallow();
    const { docker } = await connectToTestEngine();
    const { DockerRootDir: root } = (await docker.info()) as { readonly DockerRootDir: string };
    const used = (): { readonly memory: number; readonly disk: number } => {
      const { bfree, bsize } = statfsSync(root);
      return { memory: freemem(), disk: bfree * bsize };
    };
    const files = contentOf(clone);
    const before = used();
    const actions = ATTACKS.filter(([name]) => !LAST.has(name)).map(([, action]) => action);
    const facts = await run('mini-swe-agent', 'mini-swe-agent-1.1', [...actions, 'head -c 50000000 /dev/zero > /tmp/kept']);
    expect(facts.turns.every(({ executed }) => executed)).toBe(true);
    expect(await ours()).toEqual([]);
    expect(leftRunning()).toEqual([]);
    expect(contentOf(clone)).toBe(files);
    expect(String(await docker.ping())).toBe('OK');
    await expect
      .poll(
        () => {
          const now = used();
          // Other work of the machine takes its share too.
          return now.memory > before.memory - 512 * 2 ** 20 && now.disk > before.disk - 32 * 2 ** 20;
        },
        { timeout: 10_000, interval: 250 },
      )
      .toBe(true);
  });
});

/** Containers that this process made and did not remove. */
async function ours(): Promise<string[]> {
  const { docker } = await connectToTestEngine();
  const left = await docker.listContainers({ all: true, filters: { label: [LABEL] } });
  return left.filter(({ Labels }) => Labels[LABEL]?.endsWith(`/${process.pid}`)).map(({ Id }) => Id);
}

/** Commands of processes on this machine that only an attack starts. */
function leftRunning(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()];
      } catch {
        return []; // It ended meanwhile.
      }
    })
    .filter((command) => /^sleep 31557$/.test(command));
}

/** A hash over every file's path, size and content. */
function contentOf(folder: string): string {
  const listed = execFileSync('find', [folder, '-type', 'f', '-exec', 'sha256sum', '{}', '+'], { maxBuffer: 64 * 2 ** 20 });
  return createHash('sha256').update(listed.toString().split('\n').sort().join('\n')).digest('hex');
}
