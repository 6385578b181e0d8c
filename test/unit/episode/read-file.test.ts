import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
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

describe('a large damaged file', () => {
  const step = (i: number, length: number): string =>
    JSON.stringify({
      action: `echo ${i}`,
      observation: 'line\n'.repeat(length),
      response: '',
      thought: '',
      execution_time: 1,
      state: { a: i },
    });

  it('of 2 GB, a hole after two turns, ends at the hole with both', () => {
    const path = file('hole.traj', `{"trajectory": [${step(0, 4)},\n${step(1, 4)},\n{"action": "cut`);
    truncateSync(path, 2_000_000_000);
    const result = readNow(path);
    console.info(`2 GB with a hole: ${Math.round(result.ms)} ms, peak ${Math.round(result.peak / 1e6)} MB`);
    expect(turnCount(result)).toBe(2);
    expect('episode' in result && result.episode.problems[0]!.message).toMatch(
      /^Line 3, byte 4,194,304: from here on the file holds NUL bytes.*The 2 whole turns before it are shown/,
    );
    expect(result.ms).toBeLessThan(10_000);
  });

  it('half-written, ends when its time is over, with the turns so far', () => {
    const body = Array.from({ length: 24 }, (_, i) => step(i, 200_000)).join(',\n');
    const path = file('cut.traj', `{"trajectory": [${body},\n{"action": "cut`);
    const result = readNow(path, undefined, -1);
    console.info(`24 MB half-written: ${Math.round(result.ms)} ms, peak ${Math.round(result.peak / 1e6)} MB`);
    expect('notEpisode' in result && result.notEpisode.problems[0]!.message).toMatch(/^Line 1, byte 0: the file has no end/);
    const began = performance.now();
    let chunks = 0;
    const slow = (): void => {
      if (++chunks < 4) return;
      while (performance.now() - began < 1100);
    };
    const later = readNow(path, slow, 1000);
    const told = 'episode' in later ? later.episode.problems[0]!.message : '';
    expect(turnCount(later)).toBeGreaterThan(0);
    expect(turnCount(later)).toBeLessThan(24);
    expect(told).toMatch(/its scan was stopped after 1 s, so what follows can’t be read\. The .*whole turns? before/);
    expect(turnCount(readNow(path))).toBe(24);
  });

  it('that is whole is read to its end, whatever the time', () => {
    const body = Array.from({ length: 24 }, (_, i) => step(i, 200_000)).join(',\n');
    const result = readNow(file('whole.traj', `{"trajectory": [${body}], "history": [], "info": {}}\n`), undefined, -1);
    console.info(`24 MB whole: ${Math.round(result.ms)} ms, peak ${Math.round(result.peak / 1e6)} MB`);
    expect(turnCount(result)).toBe(24);
    expect('episode' in result && result.episode.problems).toEqual([]);
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
