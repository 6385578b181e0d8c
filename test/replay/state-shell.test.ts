/** `turnpike shell`, kept containers, and what is left of checkpoints: the command line on a real engine. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connect, keptContainers, reap, reapCheckpoints, StateStore, type Connection } from '../../server/replay/index';
import { CHECKPOINT } from '../../server/replay/state/checkpoints';
import { CORPUS, connectToTestEngine, marshmallow, testImage } from './support';

const FILE = join(CORPUS, 'swe-agent/mit__SWE-agent/demo__mm1867-function_calling__install-1__869aa18f.traj');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly complaint: string;
}

const env = (): NodeJS.ProcessEnv => ({ ...process.env, DOCKER_HOST: inject('engine').host, TERM: 'xterm-256color' });
const cli = resolve('dist/turnpike.cjs');

function ran(program: string, words: readonly string[], input: string): Promise<Ended> {
  const child = spawn(program, words, { env: env(), stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, complaint] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  child.stdin.end(input);
  return new Promise((done) => {
    child.on('close', (code) => {
      done({ code, out, complaint });
    });
  });
}

const turnpike = (words: readonly string[], input = ''): Promise<Ended> => ran(process.execPath, [cli, ...words], input);

describe('turnpike shell', () => {
  const storage = mkdtempSync(join(tmpdir(), 'turnpike-shell-'));
  const place = (): string[] => ['--image', testImage('installed'), '--repo', marshmallow(), '--base', 'mm1867'];
  let connection: Connection;
  const checkpoints = async (): Promise<string[]> => {
    const all = await connection.docker.listImages({ all: true, filters: { label: [CHECKPOINT] } });
    const store = new StateStore(join(storage, 'states'));
    return all.filter(({ Labels }) => Labels['dev.turnpike.store'] === store.id).map(({ Id }) => Id);
  };

  beforeAll(async () => {
    connection = await connect({ DOCKER_HOST: inject('engine').host });
  });
  afterAll(() => {
    rmSync(storage, { recursive: true, force: true });
  });

  it('replays where nothing is kept, then opens any turn from what is', async () => {
    const commands = 'pwd; git status --short; echo "window $WINDOW"; echo gone > src/marshmallow/fields.py; exit 7';
    const first = await turnpike(['shell', FILE, '--turn', '3', '--storage', storage, ...place()], commands);
    expect(first.out).toBe('/testbed\n?? reproduce.py\nwindow 100\n');
    expect(first.complaint).toContain('Replayed 11 of 11 turns.');
    expect(first.complaint).toContain('as they were before the first turn');
    expect(first.code).toBe(7);
    const second = await turnpike(['shell', FILE, '--turn', '8', '--storage', storage], 'git diff --stat | tail -1; cat missing');
    expect(second.out).toContain('1 file changed');
    expect(second.complaint).not.toContain('Replayed');
    expect(second.code).toBe(1);
    const { docker } = await connectToTestEngine();
    const left = await docker.listContainers({ all: true, filters: { ancestor: await checkpoints() } });
    expect(left).toEqual([]);
  });

  it('gives a terminal its size, its prompt and its exit code', async () => {
    // A terminal for a test: Python's pty, since Node has none.
    const script = [
      'import os, pty, signal, sys, fcntl, termios, struct, time',
      'signal.alarm(120)',
      'pid, fd = pty.fork()',
      'if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])',
      'fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 101, 0, 0))',
      'seen, sent = b"", 0',
      'typed = [(b"turn 5 /testbed # ", b"stty size; echo $TERM\\r"), (b"xterm-256color\\r", b"exit 5\\r")]',
      'try:',
      '    while True:',
      '        seen += os.read(fd, 4096)',
      '        if sent < len(typed) and typed[sent][0] in seen:',
      '            time.sleep(0.3); os.write(fd, typed[sent][1]); sent += 1',
      'except OSError: pass',
      'sys.stdout.buffer.write(seen)',
      'sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))',
    ].join('\n');
    const { out, code } = await ran(
      'python3',
      ['-c', script, process.execPath, cli, 'shell', FILE, '--turn', '5', '--storage', storage],
      '',
    );
    expect(out).toContain('33 101');
    expect(code).toBe(5);
  });

  it('says in a sentence what it can not open', async () => {
    const said = async (...words: string[]): Promise<[number | null, string]> => {
      const { code, complaint } = await turnpike(['shell', ...words, '--storage', storage]);
      return [code, complaint.trim()];
    };
    expect(await said(FILE, '--turn', '88')).toEqual([2, 'The episode has 11 turns: there is no turn 88.']);
    expect(await said(FILE, '--turn', '1', '--attempt', '2')).toEqual([2, 'The episode has 1 attempts: there is no attempt 2.']);
    expect(await said('--container', 'turnpike-kept-none')).toEqual([
      2,
      'There is no kept container turnpike-kept-none. turnpike shell --list names those that there are.',
    ]);
    expect((await said(FILE))[0]).toBe(64);
  });

  it('keeps a container when asked, past its maker and past reaping, until it is removed', async () => {
    const { complaint, code } = await turnpike(['replay', FILE, '--turn', '2', '--keep', '--storage', storage, ...place()]);
    expect(code).toBe(0);
    const name = /kept as (turnpike-kept-\w+)/.exec(complaint)![1]!;
    await reap(connection.docker);
    expect((await keptContainers(connection)).map((kept) => kept.name)).toContain(name);
    await connection.docker.getContainer(name).stop({ t: 0 });
    expect((await turnpike(['shell', '--container', name], 'pwd; cat reproduce.py | wc -l')).out).toMatch(/^\/testbed\n\d+\n$/);
    expect((await turnpike(['shell', '--list'])).out).toContain(name);
    expect((await turnpike(['shell', '--remove', name])).out).toBe(`${name} is removed.\n`);
    expect((await keptContainers(connection)).map((kept) => kept.name)).not.toContain(name);
  });

  it('leaves no checkpoint that no run knows, and no more than the budget', async () => {
    const store = new StateStore(join(storage, 'states'));
    const known = (await store.runs()).flatMap((run) => run.checkpoints.map(({ image }) => image));
    expect(known.length).toBeGreaterThanOrEqual(2);
    expect((await checkpoints()).sort()).toEqual([...new Set(known)].sort());
    const [gone] = await store.runs();
    await store.remove(gone!.run);
    expect(await reapCheckpoints(connection.docker, store)).toBe(gone!.checkpoints.length);
    for (const run of await store.runs()) await store.remove(run.run);
    await reapCheckpoints(connection.docker, store);
    expect(await checkpoints()).toEqual([]);
  });
});
