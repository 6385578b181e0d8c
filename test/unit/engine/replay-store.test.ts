/** Results of replays on disk: what comes back, what is made again, what goes. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyOf, hashTools } from '../../../server/engine/replay-key';
import { keptOf, ReplayStore, type KeptReplay } from '../../../server/engine/replay-store';
import { replayFromText, replayToText } from '../../../server/engine/replay-text';
import type { Recording, ReplayFacts, ReplayOptions, TestVector, TurnFacts } from '../../../server/replay/index';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-results-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const key = (name: string): string => createHash('sha256').update(name).digest('hex');
const facts = (note: string): ReplayFacts => ({
  image: { name: 'i', id: 'sha256:1', source: 'asked for' },
  engine: { name: 'Docker', version: '1' },
  turns: [],
  firstDivergence: null,
  submission: 'equal',
  cwd: '/testbed',
  baseTree: null,
  baseTests: null,
  tests: null,
  causes: [],
  problems: [note],
});
const kept = (name: string, note = name): KeptReplay => ({ facts: facts(note), key: key(name), at: 5 });
const store = (budget = 1 << 20): ReplayStore => new ReplayStore(folder, budget);
const fileOf = (name: string): string => join(folder, 'results', `${key(name)}.json.gz`);
const A = { hash: key('file a'), size: 1000 };

describe('a kept result', () => {
  test('comes back after a restart, with when it was made', async () => {
    const before = store();
    expect(await before.put(kept('a'))).toBeNull();
    await before.point(A, 0, key('a'));
    const after = store();
    expect(await after.get(key('a'))).toEqual(kept('a'));
    const last = await after.last(A, 0);
    expect(last).toEqual(kept('a'));
    expect(keptOf(last!.facts)).toBe(last);
    expect(await after.last(A, 1)).toBeNull();
    expect(await after.last({ ...A, hash: key('file b') }, 0)).toBeNull();
  });

  test('is the last one that was asked for', async () => {
    const one = store();
    for (const name of ['a', 'b']) {
      await one.put(kept(name));
      await one.point(A, 0, key(name));
    }
    expect((await store().last(A, 0))?.key).toBe(key('b'));
    await one.point(A, 0, key('a'));
    expect((await store().last(A, 0))?.key).toBe(key('a'));
  });

  test('without a folder lasts as long as the process', async () => {
    const memory = new ReplayStore(null, 1);
    await memory.put(kept('a'));
    await memory.put(kept('b'));
    await memory.point(A, 0, key('a'));
    expect(await memory.mayKnow(1000)).toBe(true);
    expect(await memory.last(A, 0)).toEqual(kept('a'));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the text of a result', () => {
  const vector = (status: 'passed' | 'failed'): TestVector => ({
    results: { 'tests/a.py::test_only': status },
    aliases: {},
    collected: 1,
    parser: 'pytest',
    exitCode: 0,
    timedOut: false,
    durationMs: 5,
    problem: null,
  });
  const turn = (index: number, tests: TestVector | null): TurnFacts => ({
    index,
    executed: tests !== null,
    observation: '',
    printed: 0,
    exitCode: 0,
    durationMs: 1,
    cwd: '/testbed',
    timedOut: false,
    tree: null,
    changedFiles: [],
    environment: [],
    tests,
    divergence: null,
    trusted: true,
    problem: null,
  });
  const result = (turns: readonly TurnFacts[]): KeptReplay => ({
    key: key('a'),
    at: 5,
    facts: { ...facts('a'), turns, baseTests: vector('failed') },
  });

  test('holds each test vector once, and comes back whole', () => {
    const before = result([turn(0, vector('failed')), turn(1, null), turn(2, vector('passed')), turn(3, vector('passed'))]);
    const text = replayToText(before);
    expect(text.split('test_only')).toHaveLength(3);
    expect(replayFromText(text, key('a'))).toEqual(before);
  });

  test('that names a vector it does not hold is no result', () => {
    const text = replayToText(result([turn(0, vector('passed'))]));
    expect(() => replayFromText(text.replace('"tests":0', '"tests":7'), key('a'))).toThrow('missing');
  });
});

describe('what can’t be trusted is made again', () => {
  const whole = (name: string): Buffer => gzipSync(replayToText(kept(name)));

  test.each<[string, (path: string) => void]>([
    ['half written', (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ['empty', (path) => truncateSync(path, 0)],
    [
      'a flipped byte',
      (path) => {
        const bytes = readFileSync(path);
        bytes[bytes.length >> 1]! ^= 0xff;
        writeFileSync(path, bytes);
      },
    ],
    ['no archive', (path) => writeFileSync(path, '{}')],
    ['of other inputs', (path) => writeFileSync(path, whole('b'))],
    ['of an older shape', (path) => writeFileSync(path, gzipSync(JSON.stringify({ facts: {}, key: key('a') })))],
    ['null', (path) => writeFileSync(path, gzipSync('null'))],
  ])('%s', async (_, damage) => {
    await store().put(kept('a'));
    await store().point(A, 0, key('a'));
    damage(fileOf('a'));
    expect(await store().last(A, 0)).toBeNull();
    expect(existsSync(fileOf('a'))).toBe(false);
    await store().put(kept('a', 'anew'));
    expect((await store().get(key('a')))?.facts.problems).toEqual(['anew']);
  });

  test.each(['', '../../etc/passwd', 'x'.repeat(64)])('a pointer that says %j', async (said) => {
    const one = store();
    await one.put(kept('a'));
    await one.point(A, 0, key('a'));
    const [name] = readdirSync(join(folder, 'last'));
    writeFileSync(join(folder, 'last', name!), said);
    expect(await store().last(A, 0)).toBeNull();
  });

  test('a temporary file of a writer that died goes, one that is being written stays', async () => {
    mkdirSync(join(folder, 'results'), { recursive: true });
    const [old, fresh] = ['1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed', '2b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed'].map(
      (id) => `${fileOf('z')}.${id}`,
    );
    for (const path of [old!, fresh!]) writeFileSync(path, 'half');
    utimesSync(old!, 1, 1);
    await store().put(kept('a'));
    expect([existsSync(old!), existsSync(fresh!)]).toEqual([false, true]);
  });
});

describe('the budget', () => {
  const large = (name: string): KeptReplay => kept(name, name + [...Array(3000).keys()].map((i) => key(name + i)).join(''));

  test('what was not asked for the longest goes first, what was just made stays', async () => {
    const one = store();
    await one.put(large('a'));
    const { size } = statSync(fileOf('a'));
    const limited = (): ReplayStore => store(size * 2.5);
    await limited().put(large('b'));
    utimesSync(fileOf('a'), 100, 100);
    utimesSync(fileOf('b'), 200, 200);
    expect(await limited().get(key('a'))).not.toBeNull();
    await limited().put(large('c'));
    expect(['a', 'b', 'c'].map((name) => existsSync(fileOf(name)))).toEqual([true, false, true]);
    await store(1).put(large('d'));
    expect(readdirSync(join(folder, 'results'))).toEqual([`${key('d')}.json.gz`]);
  });

  test('a folder that can’t be written leaves the result in memory, and a sentence', async () => {
    writeFileSync(join(folder, 'results'), 'in the way');
    const one = store();
    expect(await one.put(kept('a'))).toMatch(/^The result is kept until Turnpike ends, not longer: /);
    expect(await one.get(key('a'))).toEqual(kept('a'));
  });
});

test('only a file of a size that is kept is worth reading, also when another process kept it', async () => {
  const reader = store();
  expect(await reader.mayKnow(1000)).toBe(false);
  const writer = store();
  await writer.put(kept('a'));
  await writer.point(A, 0, key('a'));
  expect(await reader.mayKnow(1000)).toBe(true);
  expect(await reader.mayKnow(1001)).toBe(false);
});

describe('the key', () => {
  const recording: Recording = {
    hash: 'h',
    format: 'swe-agent',
    version: '1.1',
    instance: 'a__b-1',
    configuration: null,
    problemStatement: null,
    submission: null,
    exitStatus: null,
    turns: [],
  };
  const options: ReplayOptions = { image: null, repository: null, limits: { cpus: 1, pids: 5 }, until: null, runtime: null, tests: null };
  const base = { recording, rollout: 0, options, imageId: 'sha256:1', commit: null, tools: 't' };
  const wish = { command: 'pytest', parser: null, failToPass: null, passToPass: null, timeoutMs: 1 };
  const repository = { directory: '/a', commit: 'main' };

  test('differs wherever an input does', () => {
    const others = [
      base,
      { ...base, recording: { ...recording, hash: 'i' } },
      { ...base, recording: { ...recording, instance: 'a__b-2' } },
      { ...base, rollout: 1 },
      { ...base, imageId: 'sha256:2' },
      { ...base, tools: 'u' },
      { ...base, options: { ...options, limits: { cpus: 2, pids: 5 } } },
      { ...base, options: { ...options, until: 3 } },
      { ...base, options: { ...options, runtime: 'runsc' } },
      { ...base, options: { ...options, tests: wish } },
      { ...base, options: { ...options, tests: { ...wish, command: 'pytest -x' } } },
      { ...base, options: { ...options, repository }, commit: 'c1' },
      { ...base, options: { ...options, repository }, commit: 'c2' },
      { ...base, options: { ...options, repository: { ...repository, directory: '/b' } }, commit: 'c1' },
    ];
    expect(new Set(others.map(keyOf)).size).toBe(others.length);
  });

  test('is the same for the same inputs, however they are written', () => {
    const same = { ...base, options: { ...options, limits: { pids: 5, cpus: 1 } } };
    expect(keyOf(same)).toBe(keyOf(base));
    // The image's name does not count, what it holds does.
    expect(keyOf({ ...base, options: { ...options, image: 'x' } })).toBe(keyOf(base));
  });

  test('of tools goes by names and contents', async () => {
    const folders = { bundles: join(folder, 'bundles'), commands: join(folder, 'commands') };
    const empty = await hashTools(folders);
    mkdirSync(join(folders.bundles, 'x/bin'), { recursive: true });
    writeFileSync(join(folders.bundles, 'x/bin/open'), 'one');
    const one = await hashTools(folders);
    writeFileSync(join(folders.bundles, 'x/bin/open'), 'two');
    const two = await hashTools(folders);
    writeFileSync(join(folders.bundles, 'x/bin/goto'), '');
    expect(new Set([empty, one, two, await hashTools(folders)]).size).toBe(4);
    rmSync(join(folders.bundles, 'x/bin/goto'));
    writeFileSync(join(folders.bundles, 'x/bin/open'), 'one');
    expect(await hashTools(folders)).toBe(one);
  });
});
