/**
 * Keeps the repository's states on disk, and reads them without git.
 *
 * One folder per repository, named by the tree that the runs started from, in the shape of a bare git repository:
 *
 *     <base tree>/objects/pack/pack-….pack, .idx    the base's once, then what each run added
 *     <base tree>/runs/<key>.json                   {@link RunStates}: which packs it needs
 *
 * A run is the unit of removal: the one that was not looked at for longest goes first, with the packs that no other needs.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangedFile } from '../types';
import { Objects } from './objects';
import { StateError, type RunStates, type StateEntry, type StateFile } from './types';

/** Bytes that all states together may take. */
export const DEFAULT_BUDGET = 2 * 2 ** 30;
/** For runs in folders that are no git repositories: they have checkpoints only. */
const NO_TREE = 'none';
const TREE = /^[0-9a-f]{40}$/;
/** Files that belong to nothing are left alone for this long. */
const ORPHAN_MS = 3_600_000;
const RUN = /^[\w.-]{1,128}$/;

export class StateStore {
  private readonly repositories = new Map<string, Objects>();
  /** Folder by tree. */
  private readonly homes = new Map<string, string>();

  constructor(
    /** Made where it is missing. */
    readonly folder: string,
    readonly budgetBytes = DEFAULT_BUDGET,
  ) {}

  /** Marks what this store's runs left with an engine. */
  get id(): string {
    return createHash('sha256').update(this.folder).digest('hex').slice(0, 16);
  }

  /** A folder of the repository, by its path from the root (`''`: the root itself); null: there is none. Throws StateError. */
  async list(tree: string, path: string): Promise<StateEntry[] | null> {
    return (await this.objectsOf(tree)).list(tree, path);
  }

  /** Null: there is no such file. Throws StateError, also where it is too large to show. */
  async file(tree: string, path: string): Promise<StateFile | null> {
    return (await this.objectsOf(tree)).file(tree, path);
  }

  /** What differs between two trees, by path. Throws StateError. */
  async changes(from: string, to: string): Promise<ChangedFile[]> {
    if (from === to) return [];
    const [before, after] = [await this.objectsOf(from), await this.objectsOf(to)];
    return after.changes(before, from, to);
  }

  /** What is kept of a run; null: nothing. */
  async run(run: string): Promise<RunStates | null> {
    checkRun(run);
    for (const base of await this.bases()) {
      const path = join(this.folder, base, 'runs', `${run}.json`);
      const found = await readRun(path);
      if (found === null) continue;
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
      return found;
    }
    return null;
  }

  /** Every run that is kept. */
  async runs(): Promise<RunStates[]> {
    const found = await Promise.all((await this.files()).map(({ path }) => readRun(path)));
    return found.filter((run) => run !== null);
  }

  /** Writes what is known of a run. A process that is killed in the middle leaves what was there before. */
  async save(states: RunStates): Promise<void> {
    checkRun(states.run);
    const folder = join(this.folder, states.baseTree ?? NO_TREE, 'runs');
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${states.run}.json`);
    const fresh = `${path}.${randomUUID()}`;
    await writeFile(fresh, JSON.stringify(states));
    await rename(fresh, path);
    this.homes.clear();
  }

  /** Forgets a run, with the packs that no other needs. */
  async remove(run: string): Promise<void> {
    checkRun(run);
    for (const base of await this.bases()) await this.forget(base, join(this.folder, base, 'runs', `${run}.json`));
    this.homes.clear();
  }

  /** Where packs of runs from this tree go. */
  async packFolder(baseTree: string): Promise<string> {
    const folder = join(this.folder, baseTree, 'objects/pack');
    await mkdir(folder, { recursive: true });
    // Makes it a repository that git itself can read, too.
    await mkdir(join(this.folder, baseTree, 'refs'), { recursive: true });
    await writeFile(join(this.folder, baseTree, 'HEAD'), 'ref: refs/heads/main\n', { flag: 'wx' }).catch(() => undefined);
    return folder;
  }

  /** The pack of the base itself; null: it was not kept yet. */
  async basePack(baseTree: string): Promise<string | null> {
    for (const { packs } of await this.runsOf(baseTree)) {
      const [name] = packs;
      if (name !== undefined && (await exists(join(this.folder, baseTree, 'objects/pack', `${name}.idx`)))) return name;
    }
    return null;
  }

  /** Packs of a run from the same base that has all of these trees; null: there is none. */
  async packsWith(baseTree: string, trees: ReadonlySet<string>): Promise<readonly string[] | null> {
    for (const { turns, packs, ended } of await this.runsOf(baseTree)) {
      const kept = new Set(turns.map(({ tree }) => tree));
      if (ended && packs.length > 0 && [...trees].every((tree) => kept.has(tree))) return packs;
    }
    return null;
  }

  /**
   * Removes the runs that were used longest ago until all fits the budget; never `spare`. Returns how many went.
   */
  async trim(spare: string): Promise<number> {
    const files = (await this.files()).sort((a, b) => a.usedMs - b.usedMs);
    let removed = 0;
    for (const { base, path, run } of files) {
      if ((await this.bytes()) <= this.budgetBytes) break;
      if (run === spare) continue;
      await this.forget(base, path);
      removed++;
    }
    if (removed > 0) this.homes.clear();
    return removed;
  }

  /** Bytes on disk. */
  async bytes(): Promise<number> {
    let sum = 0;
    for (const base of await this.bases())
      for (const part of ['objects/pack', 'runs'])
        for (const name of await names(join(this.folder, base, part))) sum += await sizeOf(join(this.folder, base, part, name));
    return sum;
  }

  async close(): Promise<void> {
    await Promise.all([...this.repositories.values()].map((objects) => objects.close()));
    this.repositories.clear();
  }

  private async objectsOf(tree: string): Promise<Objects> {
    if (!TREE.test(tree))
      throw new StateError('The state of this turn is not known: its folder is no git repository, or its git uses SHA-256.');
    if (!this.homes.has(tree))
      for (const { baseTree, turns } of await this.runs())
        for (const turn of turns) if (turn.tree !== null) this.homes.set(turn.tree, baseTree ?? NO_TREE);
    const home = this.homes.get(tree);
    if (home === undefined) throw new StateError('The state of this turn is no longer kept. Replay the episode again.');
    const known = this.repositories.get(home) ?? new Objects(join(this.folder, home));
    this.repositories.set(home, known);
    return known;
  }

  private async bases(): Promise<string[]> {
    return (await names(this.folder)).filter((name) => TREE.test(name) || name === NO_TREE);
  }

  private async files(): Promise<{ readonly base: string; readonly run: string; readonly path: string; readonly usedMs: number }[]> {
    const found = [];
    for (const base of await this.bases())
      for (const name of await names(join(this.folder, base, 'runs'))) {
        if (!name.endsWith('.json')) continue;
        const path = join(this.folder, base, 'runs', name);
        const info = await stat(path).catch(() => null);
        if (info !== null) found.push({ base, run: name.slice(0, -5), path, usedMs: info.mtimeMs });
      }
    return found;
  }

  private async runsOf(base: string): Promise<RunStates[]> {
    const paths = (await names(join(this.folder, base, 'runs'))).filter((name) => name.endsWith('.json'));
    const found = await Promise.all(paths.map((name) => readRun(join(this.folder, base, 'runs', name))));
    return found.filter((run) => run !== null);
  }

  /** Removes a run, the packs that only it needed, and with its last run all of a base. */
  private async forget(base: string, path: string): Promise<void> {
    const gone = await readRun(path);
    await rm(path, { force: true });
    const runs = await this.runsOf(base);
    if (runs.length === 0) {
      const open = this.repositories.get(base);
      this.repositories.delete(base);
      await open?.close();
      await rm(join(this.folder, base), { recursive: true, force: true });
      return;
    }
    const needed = new Set(runs.flatMap(({ packs }) => packs));
    const folder = join(this.folder, base, 'objects/pack');
    for (const name of await names(folder)) {
      const pack = name.replace(/\.(?:idx|pack)$/, '');
      if (needed.has(pack)) continue;
      const path = join(folder, name);
      // One that no run names may be of a run that is about to say so.
      if (gone?.packs.includes(pack) === true || (await ageOf(path)) > ORPHAN_MS) await rm(path, { force: true });
    }
  }
}

function checkRun(run: string): void {
  if (!RUN.test(run) || /^\.+$/.test(run)) throw new StateError('The name of a run is letters, digits, dots and dashes.');
}

/** Null: not there, or half of it. */
async function readRun(path: string): Promise<RunStates | null> {
  try {
    const found = JSON.parse(await readFile(path, 'utf8')) as RunStates;
    return typeof found.run === 'string' && Array.isArray(found.turns) && Array.isArray(found.packs) ? found : null;
  } catch {
    return null;
  }
}

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
const ageOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
