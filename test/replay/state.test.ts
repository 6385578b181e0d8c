/** States of turns: kept, read without git, and opened in a container. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  openState,
  removeCheckpoints,
  replay,
  StateStore,
  toolFolders,
  type Connection,
  type OpenedState,
  type ReplayFacts,
  type ReplayOptions,
} from '../../server/replay/index';
import { exec } from '../../server/replay/shell/exec';
import { CORPUS, connectToTestEngine, marshmallow, recordingOfFile, testImage } from './support';

const FILE = join(CORPUS, 'swe-agent/mit__SWE-agent/demo__mm1867-function_calling__install-1__869aa18f.traj');

const options = (): ReplayOptions => ({
  image: testImage('installed'),
  repository: { directory: marshmallow(), commit: 'mm1867' },
  limits: {},
  until: null,
  runtime: null,
  tests: null,
});

/** What a command prints in the container. */
const printed = async ({ container, folder }: OpenedState, command: string): Promise<string> =>
  (await exec(container, { command: ['/bin/sh', '-c', command], cwd: folder, timeoutMs: 60_000, outputBytes: 1 << 20 })).stdout.text;

describe('the states of a real replay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-states-'));
  const store = new StateStore(folder);
  let connection: Connection;
  let facts: ReplayFacts;
  let trees: string[];
  const git = (...words: string[]): string =>
    execFileSync('git', ['--git-dir', join(folder, facts.baseTree!), ...words], { encoding: 'utf8', maxBuffer: 1 << 28 });

  beforeAll(async () => {
    connection = await connectToTestEngine();
    const recording = await recordingOfFile(FILE);
    facts = await replay(connection, { recording, options: options(), tools: toolFolders(), states: { store, run: 'first' } });
    trees = [...new Set([facts.baseTree!, ...facts.turns.map(({ tree }) => tree!)])];
  });

  afterAll(async () => {
    const images = (await store.runs()).flatMap(({ checkpoints }) => checkpoints.map(({ image }) => image));
    await removeCheckpoints(connection.docker, images);
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds the tree of every turn, the base and what the run added', async () => {
    const kept = (await store.run('first'))!;
    expect(facts.problems).toEqual([]);
    expect(kept).toMatchObject({ ended: true, facts: [], cwd: '/testbed', baseTree: facts.baseTree });
    expect(kept.turns.map(({ tree }) => tree)).toEqual([facts.baseTree, ...facts.turns.map(({ tree }) => tree)]);
    expect(kept.packs).toHaveLength(2);
    expect(trees.length).toBeGreaterThan(2);
    expect(await store.bytes()).toBeLessThan(400_000);
  });

  it('agrees with git on every folder and file of every tree', async () => {
    let files = 0;
    for (const tree of trees) {
      const listed = git('ls-tree', '-r', '-l', '-z', tree).split('\0').filter(Boolean);
      const walked: string[] = [];
      const walk = async (path: string): Promise<void> => {
        for (const { name, type, size } of (await store.list(tree, path))!) {
          const at = path === '' ? name : `${path}/${name}`;
          if (type === 'folder') await walk(at);
          else walked.push(`${at} ${type} ${size}`);
        }
      };
      await walk('');
      const expected = listed.map((line) => {
        const [, mode, size, path] = /^(\d+) \w+ \w+ +(\d+)\t(.*)$/.exec(line)!;
        return `${path} ${mode === '120000' ? 'link' : 'file'} ${size}`;
      });
      expect(walked.sort()).toEqual(expected.sort());
    }
    for (const path of git('ls-tree', '-r', '--name-only', '-z', trees.at(-1)!).split('\0').filter(Boolean)) {
      const { bytes } = (await store.file(trees.at(-1)!, path))!;
      expect(
        Buffer.from(bytes).equals(execFileSync('git', ['--git-dir', join(folder, facts.baseTree!), 'show', `${trees.at(-1)!}:${path}`])),
      ).toBe(true);
      files++;
    }
    expect(files).toBeGreaterThan(50);
  });

  it('says what changed between two turns as git does', async () => {
    for (const from of trees)
      for (const to of trees) {
        const parts = git('diff-tree', '-r', '-z', '--name-status', '--no-renames', from, to).split('\0').filter(Boolean);
        const expected = parts.flatMap((letter, at) => (at % 2 === 0 ? [`${letter} ${parts[at + 1]}`] : []));
        const letters = { added: 'A', deleted: 'D', modified: 'M' };
        expect((await store.changes(from, to)).map(({ path, status }) => `${letters[status]} ${path}`)).toEqual(
          expected.sort((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1)),
        );
      }
  });

  it('knows no path that leads out of the repository', async () => {
    for (const path of [
      '..',
      '../..',
      '/etc/passwd',
      '/',
      'src/../setup.py',
      './setup.py',
      'setup.py/',
      'src//marshmallow',
      'setup.py\0',
      '.git',
    ])
      expect([path, await store.file(trees[0]!, path), await store.list(trees[0]!, path)]).toEqual([path, null, null]);
    await expect(store.list('../'.padEnd(40, 'x'), '')).rejects.toThrow('is not known');
    await expect(store.list('0'.repeat(40), '')).rejects.toThrow('no longer kept');
    await expect(store.run('../first')).rejects.toThrow('letters, digits');
  });

  it('opens the state after any turn, and goes to any other', async () => {
    const opened = await openState(connection, { store, run: 'first', turn: 3 });
    try {
      expect(opened.uncovered.join(' ')).toContain('as they were before the first turn');
      const script = 'export GIT_INDEX_FILE=/tmp/check; rm -f /tmp/check; git add -A . && git write-tree';
      for (const turn of [3, 10, -1, 0, 7, 5, 9]) {
        await printed(opened, 'rm -rf src; echo mine > README.rst; echo new > mine.txt');
        await opened.goTo(turn);
        const tree = turn < 0 ? facts.baseTree : facts.turns[turn]!.tree;
        expect([turn, (await printed(opened, script)).trim()]).toEqual([turn, tree]);
      }
      // The agent's own index is not touched.
      expect(await printed(opened, 'git diff --cached --name-only')).toBe('');
      await expect(opened.goTo(99)).rejects.toThrow('Turn 100 was not replayed');
    } finally {
      await opened.close();
    }
    await expect(connection.docker.getContainer(opened.container.id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('opens a turn that has a checkpoint from there, with what git does not hold', async () => {
    const recording = await recordingOfFile(FILE);
    const states = { store, run: 'short', checkpoints: { everyMs: 1, share: Infinity } };
    await replay(connection, { recording, options: { ...options(), until: 1 }, tools: toolFolders(), states });
    const opened = await openState(connection, { store, run: 'short', turn: 1 });
    try {
      expect(opened.uncovered).toHaveLength(1);
      expect(opened.shell.exported).toContain('declare -x PATH="/root/tools/');
      expect(await printed(opened, 'ls /root/tools')).toContain('edit_linting');
    } finally {
      await opened.close();
    }
  });
});
