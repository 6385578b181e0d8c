import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileSource } from '../../../server/engine/file-source';
import { readFileEpisode } from '../../../server/engine/read-file';
import { readNow, sentenceOf, type FileReadResult } from '../../../server/engine/read-now';

let folder = '';
let worker = '';

const run = (count: number, status = 'submitted'): string =>
  JSON.stringify(
    {
      trajectory: Array.from({ length: count }, (_, i) => ({
        action: `echo ${i}`,
        observation: `${i}`,
        response: '',
        thought: `t${i}`,
        execution_time: 1,
        state: { a: i },
      })),
      history: [],
      info: { exit_status: status },
    },
    null,
    2,
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-read-'));
  worker = join(folder, 'read-worker.cjs');
  await build({
    entryPoints: ['server/engine/read-worker.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: worker,
    logLevel: 'silent',
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function sentence(result: FileReadResult): string {
  if (!('notEpisode' in result)) throw new Error('an episode');
  return result.notEpisode.problems[0]!.message;
}

function turnCount(result: FileReadResult): number {
  if (!('episode' in result)) throw new Error(sentence(result));
  return result.episode.rollouts[result.episode.best]!.turns.length;
}

describe('reading in a worker thread', () => {
  it('gives what reading on this thread gives, with size, time and peak memory', async () => {
    const path = file('a.traj', run(500));
    const there = await readFileEpisode(path, { worker });
    const here = await readFileEpisode(path, { worker: null });
    expect('episode' in there && there.episode).toEqual('episode' in here && here.episode);
    expect(turnCount(there)).toBe(500);
    expect(there.size).toBe(run(500).length);
    expect(there.mtimeMs).toBe(here.mtimeMs);
    expect(there.peak).toBeGreaterThan(1 << 20);
    expect(there.ms).toBeGreaterThan(0);
  });

  it('works without a bundle beside the sources', async () => {
    expect(turnCount(await readFileEpisode(file('b.traj', run(2))))).toBe(2);
  });

  it('ends at once when its signal aborts, with the signal’s reason', async () => {
    const path = file(
      'big.traj',
      `{"trajectory": [${Array.from({ length: 60_000 }, (_, i) => `{"action": "${'x'.repeat(200)}${i}", "observation": "o"}`).join(',')}]}`,
    );
    const stop = new AbortController();
    const reading = readFileEpisode(path, { worker, signal: stop.signal });
    setTimeout(() => {
      stop.abort(new Error('closed'));
    }, 20);
    await expect(reading).rejects.toThrow('closed');
    await expect(readFileEpisode(path, { worker, signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });

  it('says so when it takes too long, and when the worker dies', async () => {
    const path = file('c.traj', run(1));
    const hung = file('hung.cjs', 'setInterval(() => {}, 1000)');
    expect(sentence(await readFileEpisode(path, { worker: hung, timeout: 50 }))).toMatch(/^Reading took longer than 0.05 s/);
    const dead = file('dead.cjs', 'process.exit(3)');
    expect(sentence(await readFileEpisode(path, { worker: dead }))).toBe('The reader stopped early (code 3). Open the file again.');
    const throwing = file('throws.cjs', 'throw new Error("broken")');
    expect(sentence(await readFileEpisode(path, { worker: throwing }))).toBe("The file can't be read: broken");
  });

  it('has a sentence for a file that needs more memory than a worker gets', () => {
    expect(sentenceOf(Object.assign(new Error(), { code: 'ERR_WORKER_OUT_OF_MEMORY' }))).toMatch(/more memory than Turnpike takes/);
  });
});

describe('a path that is no readable file', () => {
  it('gives a sentence', async () => {
    expect(sentence(await readFileEpisode(join(folder, 'nope.traj'), { worker }))).toMatch(/^There is no such file\./);
    expect(sentence(await readFileEpisode(join(file('d.traj', ''), 'below'), { worker }))).toMatch(/^There is no such file\./);
    mkdirSync(join(folder, 'dir.traj'));
    expect(sentence(await readFileEpisode(join(folder, 'dir.traj'), { worker }))).toMatch(/^This is a directory, not a file\./);
    symlinkSync(join(folder, 'loop.traj'), join(folder, 'loop.traj'));
    expect(sentence(await readFileEpisode(join(folder, 'loop.traj'), { worker }))).toMatch(/circle of symbolic links/);
    expect(sentence(readNow(join(folder, 'x'.repeat(5000))))).toMatch(/longer than the file system allows/);
    expect(sentence(await readFileEpisode(file('empty.traj', ''), { worker }))).toMatch(/^The file is empty/);
  });

  it('a named pipe is refused, not waited for', async () => {
    const pipe = join(folder, 'pipe.traj');
    execFileSync('mkfifo', [pipe]);
    expect(sentence(await readFileEpisode(pipe, { worker }))).toMatch(/^This is a pipe, socket or device/);
  });

  it('a file without permission says how to get it', () => {
    const path = file('secret.traj', run(1));
    chmodSync(path, 0o000);
    const script = `new (require('worker_threads').Worker)(${JSON.stringify(worker)}, { workerData: ${JSON.stringify(path)} }).on('message', (m) => console.log(JSON.stringify(m)))`;
    chmodSync(folder, 0o755);
    chmodSync(worker, 0o644);
    // Root reads everything, so as root the read is done by another user.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const said = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', cwd: '/', ...user });
    expect(said).toContain('There is no permission to read this file.');
  });
});

describe('a file that changes while it is read', () => {
  it('is read once more', () => {
    const path = file('growing.traj', run(2));
    let told = 0;
    const result = readNow(path, () => {
      if (told++ === 0) {
        writeFileSync(`${path}.new`, run(3));
        renameSync(`${path}.new`, path);
      }
    });
    expect(turnCount(result)).toBe(3);
    expect(result.size).toBe(run(3).length);
    expect('episode' in result && result.episode.problems).toEqual([]);
  });

  it('says so when it goes on changing', () => {
    const path = file('restless.traj', run(2));
    const result = readNow(path, () => {
      appendFileSync(path, ' ');
    });
    expect(turnCount(result)).toBe(2);
    expect('episode' in result && result.episode.problems.at(-1)!.message).toMatch(/^The file changed while it was read, twice\./);
  });
});

describe('a byte source over a file', () => {
  it('gives the bytes of any range, large and small, forward and back', () => {
    const bytes = Buffer.from(Array.from({ length: 1_200_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
    const source = new FileSource(file('bytes', bytes));
    const ranges: [number, number][] = [
      [0, 10],
      [1_199_990, 1_300_000],
      [5, 700_000],
      [65_530, 65_540],
      [262_140, 262_150],
      [300_000, 300_000],
      [0, 1_200_000],
      [100, 200],
      [2_000_000, 2_000_010],
    ];
    for (const [start, end] of ranges)
      expect(Buffer.from(source.read(start, end)).equals(bytes.subarray(start, end)), `${start}–${end}`).toBe(true);
    expect(source.unchanged()).toBe(true);
    source.close();
  });
});
