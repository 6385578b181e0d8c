/**
 * Results of replays, kept by a hash over all that they depend on: in memory, and in a folder where there is one.
 *
 *     results/<key>.json.gz           one result; its time is when it was last asked for
 *     last/<size>-<hash>-<rollout>    the key of a rollout's last result; size and hash of the episode's file
 *
 * A file is written beside its place and renamed. One that can't be read, or is not what its name says, counts as absent
 * and goes. What was not asked for the longest goes when the folder grows beyond its budget.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { ReplayFacts } from '../replay/index';
import type { Content } from './content';
import { replayFromText, replayToText, type KeptReplay } from './replay-text';

const [pack, unpack] = [promisify(gzip), promisify(gunzip)];

export type { KeptReplay };

const MEMORY_CHARACTERS = 64 << 20;
/** A temporary file that is older was left by a process that died. */
const LEFT_MS = 3_600_000;
const TEMPORARY = /\.[\da-f-]{36}$/;

const byFacts = new WeakMap<ReplayFacts, KeptReplay>();
/** The kept result that facts belong to; null: they were made elsewhere. */
export const keptOf = (facts: ReplayFacts): KeptReplay | null => byFacts.get(facts) ?? null;

export class ReplayStore {
  /** In the order in which they were last asked for. */
  private readonly memory = new Map<string, { readonly kept: KeptReplay; readonly characters: number }>();
  private readonly pointers = new Map<string, string>();
  /** Sizes of the files of which results are kept, as of a state of the folder. */
  private sizes: { readonly stamp: string; readonly of: ReadonlySet<number> } | null = null;
  private swept: Promise<void> | null = null;

  /** @param folder null: in memory only */
  constructor(
    readonly folder: string | null,
    private readonly budgetBytes: number,
  ) {}

  async get(key: string): Promise<KeptReplay | null> {
    const known = this.memory.get(key);
    if (known !== undefined) {
      this.memory.delete(key);
      this.memory.set(key, known);
      return known.kept;
    }
    const path = this.place('results', `${key}.json.gz`);
    if (path === null) return null;
    const packed = await readFile(path).catch(() => null);
    if (packed === null) return null;
    try {
      const text = (await unpack(packed)).toString('utf8');
      const kept = replayFromText(text, key);
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
      this.hold(kept, text.length);
      return kept;
    } catch {
      await rm(path, { force: true }).catch(() => undefined);
      return null;
    }
  }

  /** Keeps a result. A folder that can't be written leaves it in memory; the sentence says so. */
  async put(kept: KeptReplay): Promise<string | null> {
    const text = replayToText(kept);
    this.hold(kept, text.length);
    const path = this.place('results', `${kept.key}.json.gz`);
    if (path === null) return null;
    return this.written(async () => {
      await this.write(path, await pack(text, { level: 3 }));
      await this.evict(path);
    });
  }

  /** Says which result is the last of a rollout of a file. */
  async point(content: Content, rollout: number, key: string): Promise<string | null> {
    const name = pointerOf(content, rollout);
    this.pointers.set(name, key);
    const path = this.place('last', name);
    return path === null ? null : this.written(() => this.write(path, key));
  }

  /** The last result of a rollout of a file of this content. */
  async last(content: Content, rollout: number): Promise<KeptReplay | null> {
    const name = pointerOf(content, rollout);
    const path = this.place('last', name);
    const key = path === null ? this.pointers.get(name) : await readFile(path, 'utf8').catch(() => this.pointers.get(name));
    if (key === undefined || !/^[\da-f]{64}$/.test(key)) return null;
    const kept = await this.get(key);
    if (kept === null && path !== null) await rm(path, { force: true }).catch(() => undefined);
    return kept;
  }

  /** Whether a result is kept of some file of this size: only then is it worth to read the file for its hash. */
  async mayKnow(size: number): Promise<boolean> {
    for (const name of this.pointers.keys()) if (name.startsWith(`${size}-`)) return true;
    const folder = this.place('last', '');
    if (folder === null) return false;
    const now = await stat(folder).catch(() => null);
    if (now === null) return false;
    const stamp = `${now.mtimeMs}:${now.ino}`;
    if (this.sizes?.stamp !== stamp) {
      const names = await readdir(folder).catch(() => []);
      this.sizes = { stamp, of: new Set(names.map((name) => Number(name.split('-', 1)[0]))) };
    }
    return this.sizes.of.has(size);
  }

  private place(kind: 'results' | 'last', name: string): string | null {
    return this.folder === null ? null : join(this.folder, kind, name);
  }

  private hold(kept: KeptReplay, characters: number): void {
    byFacts.set(kept.facts, kept);
    this.memory.delete(kept.key);
    this.memory.set(kept.key, { kept, characters });
    let all = [...this.memory.values()].reduce((sum, item) => sum + item.characters, 0);
    // Without a folder nothing could be read again.
    if (this.folder === null) return;
    for (const [key, { characters: freed }] of this.memory) {
      if (all <= MEMORY_CHARACTERS || key === kept.key) break;
      this.memory.delete(key);
      all -= freed;
    }
  }

  private async write(path: string, content: Buffer | string): Promise<void> {
    await mkdir(join(path, '..'), { recursive: true });
    const fresh = `${path}.${randomUUID()}`;
    try {
      await writeFile(fresh, content, { flush: true });
      await rename(fresh, path);
    } catch (error) {
      await rm(fresh, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  private async written(work: () => Promise<void>): Promise<string | null> {
    try {
      await work();
      return null;
    } catch (error) {
      return `The result is kept until Turnpike ends, not longer: ${error instanceof Error ? error.message : String(error)}.`;
    }
  }

  /** Makes room, oldest first; what was just written stays. */
  private async evict(newest: string): Promise<void> {
    const folder = join(newest, '..');
    this.swept ??= this.sweep();
    await this.swept;
    const files = await Promise.all(
      (await readdir(folder)).map(async (name) => {
        const path = join(folder, name);
        const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
        return { path, size, mtimeMs };
      }),
    );
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (bytes <= this.budgetBytes) return;
      if (path === newest || TEMPORARY.test(path)) continue;
      await rm(path, { force: true });
      bytes -= size;
    }
  }

  /** Removes what writers that died left. */
  private async sweep(): Promise<void> {
    for (const kind of ['results', 'last'] as const) {
      const folder = this.place(kind, '');
      if (folder === null) return;
      for (const name of await readdir(folder).catch(() => [])) {
        if (!TEMPORARY.test(name)) continue;
        const path = join(folder, name);
        const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
        if (Date.now() - mtimeMs > LEFT_MS) await rm(path, { force: true }).catch(() => undefined);
      }
    }
  }
}

const pointerOf = ({ size, hash }: Content, rollout: number): string => `${size}-${hash}-${rollout}`;
