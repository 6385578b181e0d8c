/** Kept states without an engine: packs that git made, read without it; damaged and hostile ones; the budget of disk. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf, Objects } from '../../../server/replay/state/objects';
import { StateStore } from '../../../server/replay/state/store';
import { StateError, type RunStates } from '../../../server/replay/state/types';

const root = mkdtempSync(join(tmpdir(), 'turnpike-states-'));
const work = join(root, 'work');
const git = (...words: string[]): string =>
  execFileSync('git', ['-C', work, '-c', 'user.name=t', '-c', 'user.email=t@t', ...words], { encoding: 'utf8' }).trim();
const trees: string[] = [];
const text = Array.from({ length: 4000 }, (_, n) => `line ${n} ${(n * 7919) % 1009}\n`).join('');

const states = (run: string, packs: readonly string[], turns: readonly string[], baseTree = trees[0]!): RunStates => ({
  run,
  cwd: '/testbed',
  image: 'sha256:0',
  baseTree,
  turns: turns.map((tree, at) => ({ index: at - 1, tree, cwd: null, exported: null })),
  exports: [],
  checkpoints: [],
  ended: true,
  facts: [],
  submission: null,
  packs,
});

/** Packs trees as a container's git does. */
function pack(folder: string, wanted: readonly string[], without: readonly string[], ...more: string[]): string {
  mkdirSync(folder, { recursive: true });
  const input = [...wanted, ...without.map((tree) => `^${tree}`)].join('\n');
  const hash = execFileSync('git', ['-C', work, 'pack-objects', '-q', '--revs', '--threads=1', ...more, join(folder, 'pack')], {
    input,
    encoding: 'utf8',
  }).trim();
  return `pack-${hash}`;
}

beforeAll(() => {
  mkdirSync(work);
  git('init', '-q', '-b', 'main');
  const keep = (): void => {
    git('add', '-A');
    trees.push(git('write-tree'));
  };
  mkdirSync(join(work, 'src/deep'), { recursive: true });
  writeFileSync(join(work, 'src/long.txt'), text);
  writeFileSync(join(work, 'src/deep/bytes.bin'), Buffer.from([0, 255, 10, 13, 0]));
  writeFileSync(join(work, 'empty'), '');
  writeFileSync(join(work, 'na me\n“é”.txt'), 'x');
  symlinkSync('/etc/passwd', join(work, 'link'));
  keep();
  writeFileSync(join(work, 'src/long.txt'), text.replace('line 2000 ', 'another line '));
  keep();
  rmSync(join(work, 'src/deep'), { recursive: true });
  writeFileSync(join(work, 'src/deep'), 'a file where a folder was');
  writeFileSync(join(work, '__proto__'), 'new');
  git('add', '-A');
  git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},inner`);
  trees.push(git('write-tree'));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('a store of states', () => {
  const folder = join(root, 'store');
  const store = new StateStore(folder);
  const packs: string[] = [];

  beforeAll(async () => {
    const to = await store.packFolder(trees[0]!);
    packs.push(pack(to, [trees[0]!], []), pack(to, trees.slice(1), [trees[0]!], '--delta-base-offset'));
    // Deltas by name, against objects of the same pack.
    pack(to, trees, [], '--no-reuse-object', '--depth=50', '--window=50');
    await store.save(states('one', packs, trees));
  });
  afterAll(() => store.close());

  it('lists a folder with sizes; a link is a link, a repository inside is an empty folder', async () => {
    expect(await store.list(trees[0]!, '')).toEqual([
      { name: 'empty', type: 'file', size: 0 },
      { name: 'link', type: 'link', size: 11 },
      { name: 'na me\n“é”.txt', type: 'file', size: 1 },
      { name: 'src', type: 'folder', size: 0 },
    ]);
    expect(await store.list(trees[1]!, 'src')).toEqual([
      { name: 'deep', type: 'folder', size: 0 },
      { name: 'long.txt', type: 'file', size: text.length + 3 },
    ]);
    expect(await store.list(trees[2]!, 'inner')).toEqual([]);
    expect(await store.file(trees[2]!, 'inner')).toBeNull();
    expect(await store.list(trees[0]!, 'link/..')).toBeNull();
    expect(await store.list(trees[0]!, 'empty')).toBeNull();
  });

  it('reads files as they were, through deltas', async () => {
    expect(Buffer.from((await store.file(trees[0]!, 'src/long.txt'))!.bytes).toString()).toBe(text);
    expect(Buffer.from((await store.file(trees[1]!, 'src/long.txt'))!.bytes).toString()).toContain('another line ');
    expect([...(await store.file(trees[1]!, 'src/deep/bytes.bin'))!.bytes]).toEqual([0, 255, 10, 13, 0]);
    expect(await store.file(trees[0]!, 'link')).toEqual({ type: 'link', bytes: Buffer.from('/etc/passwd') });
    expect(await store.file(trees[0]!, 'src')).toBeNull();
  });

  it('says what changed, a file in the place of a folder included', async () => {
    expect(await store.changes(trees[0]!, trees[1]!)).toEqual([{ path: 'src/long.txt', status: 'modified' }]);
    expect(await store.changes(trees[1]!, trees[2]!)).toEqual([
      { path: '__proto__', status: 'added' },
      { path: 'inner', status: 'added' },
      { path: 'src/deep', status: 'added' },
      { path: 'src/deep/bytes.bin', status: 'deleted' },
    ]);
    expect(await store.changes(trees[1]!, trees[1]!)).toEqual([]);
  });

  it('survives a restart, and half a file of a run', async () => {
    const later = new StateStore(folder);
    writeFileSync(join(folder, trees[0]!, 'runs/broken.json'), '{"run": "bro');
    expect((await later.run('one'))?.packs).toEqual(packs);
    expect(await later.run('broken')).toBeNull();
    expect(await later.list(trees[2]!, '')).toHaveLength(6);
    await later.close();
  });

  it('removes the run that was used longest ago, with what only it needs', async () => {
    const small = new StateStore(join(root, 'small'), 30_000);
    const to = await small.packFolder(trees[0]!);
    const [base, first, second] = [pack(to, [trees[0]!], []), pack(to, [trees[1]!], [trees[0]!]), pack(to, [trees[2]!], [trees[0]!])];
    await small.save(states('old', [base, first], [trees[0]!, trees[1]!]));
    await small.save(states('young', [base, second], [trees[0]!, trees[2]!]));
    utimesSync(join(root, 'small', trees[0]!, 'runs/old.json'), 1, 1);
    expect(await small.bytes()).toBeGreaterThan(30_000);
    expect(await small.trim('young')).toBe(1);
    expect(await small.run('old')).toBeNull();
    await expect(small.list(trees[1]!, '')).rejects.toThrow('no longer kept. Replay the episode again.');
    expect(readdirSync(to).sort()).toEqual([`${base}.idx`, `${base}.pack`, `${second}.idx`, `${second}.pack`].sort());
    expect(await small.file(trees[2]!, 'src/deep')).not.toBeNull();
    await small.remove('young');
    expect(existsSync(join(root, 'small', trees[0]!))).toBe(false);
    await small.close();
  });
});

describe('a pack that is not to be trusted', () => {
  it('is refused with a sentence or read right, whichever byte is another one', async () => {
    const folder = join(root, 'hostile');
    const to = join(folder, 'objects/pack');
    const name = pack(to, trees, []);
    const [packBytes, indexBytes] = [readFileSync(join(to, `${name}.pack`)), readFileSync(join(to, `${name}.idx`))];
    execFileSync('chmod', ['-R', 'u+w', to]);
    let refused = 0;
    let seed = 12345;
    const random = (below: number): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
    for (let round = 0; round < 300; round++) {
      const [bytes, ending] = round % 2 === 0 ? [packBytes, 'pack'] : [indexBytes, 'idx'];
      const changed = Buffer.from(bytes);
      const at = random(changed.length);
      changed[at] = (changed[at]! + 1 + random(255)) % 256;
      writeFileSync(join(to, `${name}.${ending}`), round % 10 === 9 ? changed.subarray(0, at) : changed);
      const objects = new Objects(folder);
      try {
        const file = await objects.file(trees[1]!, 'src/long.txt');
        expect(Buffer.from(file!.bytes).toString()).toBe(text.replace('line 2000 ', 'another line '));
        for (const { name: entry } of (await objects.list(trees[0]!, ''))!) expect(entry).not.toMatch(/^\.\.?$|\//);
      } catch (error) {
        expect(error).toBeInstanceOf(StateError);
        refused++;
      }
      await objects.close();
      writeFileSync(join(to, `${name}.${ending}`), bytes);
    }
    expect(refused).toBeGreaterThan(20);
  });

  it('can not make a folder lead out of itself', () => {
    const entry = (name: string): Buffer => Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.alloc(20, 1)]);
    expect(entriesOf(Buffer.concat(['..', '.', 'a/b', '', 'fine'].map(entry))).map(({ name }) => name)).toEqual(['fine']);
    expect(() => entriesOf(Buffer.from('100644 cut\x0012'))).toThrow(StateError);
  });

  it('does not fill the memory: a file that is too large is known before it is inflated', async () => {
    const folder = join(root, 'bomb');
    writeFileSync(join(work, 'bomb'), Buffer.alloc(65 * 2 ** 20));
    git('add', 'bomb');
    const tree = git('write-tree');
    pack(join(folder, 'objects/pack'), [tree], []);
    const objects = new Objects(folder);
    expect((await objects.list(tree, ''))!.find(({ name }) => name === 'bomb')!.size).toBe(65 * 2 ** 20);
    const before = process.memoryUsage().arrayBuffers;
    await expect(objects.file(tree, 'bomb')).rejects.toThrow('The file has 65 MB; files of up to 64 MB are shown.');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20);
    await objects.close();
  });
});
