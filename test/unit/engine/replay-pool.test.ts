import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { matches, optionsOf } from '../../../server/engine/replay-choice';
import { Pool } from '../../../server/engine/replay-pool';
import { RunningMark } from '../../../server/engine/replay-running';

const never = new AbortController().signal;
const soon = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

describe('the pool', () => {
  test('lets in as many as it may, the others in the order in which they came', async () => {
    const pool = new Pool(2);
    const entered: number[] = [];
    const moved: string[] = [];
    const leaves = new Map<number, () => void>();
    for (const i of [0, 1, 2, 3, 4])
      void pool
        .enter(never, (ahead) => moved.push(`${i}:${ahead}`))
        .then((leave) => {
          entered.push(i);
          leaves.set(i, leave);
        });
    await soon();
    expect(entered).toEqual([0, 1]);
    expect(moved).toEqual(['2:0', '3:1', '4:2']);
    leaves.get(1)!();
    leaves.get(1)!();
    await soon();
    expect(entered).toEqual([0, 1, 2]);
    expect(moved.slice(3)).toEqual(['3:0', '4:1']);
    leaves.get(0)!();
    leaves.get(2)!();
    await soon();
    expect(entered).toEqual([0, 1, 2, 3, 4]);
  });

  test('whoever waits may leave; the place goes to the next', async () => {
    const pool = new Pool(1);
    const leave = await pool.enter(never);
    const cancel = new AbortController();
    const left = pool.enter(cancel.signal);
    const moved: number[] = [];
    const next = pool.enter(never, (ahead) => moved.push(ahead));
    cancel.abort(new Error('enough'));
    await expect(left).rejects.toThrow('enough');
    expect(moved).toEqual([1, 0]);
    leave();
    (await next)();
    await expect(pool.enter(cancel.signal)).rejects.toThrow('enough');
    (await pool.enter(never))();
  });

  test('grows at once and shrinks as places come free', async () => {
    const pool = new Pool(1);
    const first = await pool.enter(never);
    let second: (() => void) | null = null;
    void pool.enter(never).then((leave) => (second = leave));
    await soon();
    expect(second).toBeNull();
    pool.resize(2);
    await soon();
    expect(second).not.toBeNull();
    pool.resize(1);
    let third = false;
    void pool.enter(never).then(() => (third = true));
    first();
    await soon();
    expect(third).toBe(false);
    second!();
    await soon();
    expect(third).toBe(true);
  });
});

test.each([
  ['*', 'a__b-1', true],
  ['*', '', true],
  ['a__b-1', 'a__b-1', true],
  ['a__b-1', 'a__b-12', false],
  ['django__*', 'django__django-1', true],
  ['django__*', 'xdjango__django-1', false],
  ['*-1', 'a__b-1', true],
  ['*-1', 'a__b-12', false],
  ['a*b*c', 'aXbYc', true],
  ['a*b*c', 'acb', false],
  ['aa*aa', 'aaa', false],
  ['a.c', 'abc', false],
  ['*a*a*a*a*a*a*a*a*a*b', 'a'.repeat(50_000), false],
])('the pattern %s over %s', (pattern, text, expected) => {
  expect(matches(pattern, text)).toBe(expected);
});

test('what is chosen wins over the settings, the first pattern over the others', () => {
  const settings = {
    images: { 'a__*': 'one', '*': 'two' },
    repositories: { 'a__b-1': { directory: '/clone', commit: 'main' } },
    tests: { '*': 'pytest' },
    limits: { pids: 3 },
    runtime: '',
  };
  expect(optionsOf({}, settings, 'a__b-1', null)).toMatchObject({
    image: 'one',
    repository: { directory: '/clone', commit: 'main' },
    tests: { command: 'pytest' },
    limits: { pids: 3 },
    runtime: null,
    until: null,
  });
  expect(optionsOf({}, settings, null, null)).toMatchObject({ image: 'two', repository: null });
  expect(optionsOf({ image: 'mine', tests: '', until: 4 }, settings, 'a__b-1', null)).toMatchObject({
    image: 'mine',
    tests: null,
    until: 4,
  });
  const lists = { failToPass: ['a'], passToPass: ['b', 'c'] };
  const report = { resolved: false, source: 'report.json', failToPass: null, passToPass: null, lists };
  expect(optionsOf({}, settings, null, report)).toMatchObject({ tests: { command: 'pytest', ...lists } });
  expect(optionsOf({}, { runtime: 'runsc' }, null, null)).toMatchObject({ image: null, tests: null, runtime: 'runsc', limits: {} });
});

describe('the mark of a process with containers', () => {
  test('is there while one runs, and is looked at when its process is dead', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'turnpike-running-'));
    const mark = new RunningMark(folder);
    const [one, two] = [await mark.begin(), await mark.begin()];
    expect(readdirSync(folder)).toEqual([String(process.pid)]);
    await one();
    expect(readdirSync(folder)).toHaveLength(1);
    await two();
    expect(readdirSync(folder)).toEqual([]);
    let cleared = 0;
    const clear = (): Promise<void> => {
      cleared++;
      return Promise.resolve();
    };
    await mark.afterDead(clear);
    expect(cleared).toBe(0);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    mkdirSync(folder, { recursive: true });
    for (const name of [pid, process.ppid]) writeFileSync(join(folder, String(name)), '');
    await expect(mark.afterDead(() => Promise.reject(new Error('no engine')))).rejects.toThrow('no engine');
    await mark.afterDead(clear);
    await mark.afterDead(clear);
    expect(cleared).toBe(1);
    expect(readdirSync(folder)).toEqual([String(process.ppid)]);
    rmSync(folder, { recursive: true });
  });
});
