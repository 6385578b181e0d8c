/**
 * Rollout groups: what the tests said of the last state of each replayed rollout of a task, over all files.
 *
 *     groups/<task and test command>/<file>-<rollout>.json.gz
 *
 * A later replay of a file's rollout takes the place of the earlier one. The same content under two names counts once.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { TestVector } from '../replay/index';

const [pack, unpack] = [promisify(gzip), promisify(gunzip)];

/** Members beyond it are left out, the oldest first. */
const MEMBERS = 256;
const FORMAT = 1;

export interface GroupKey {
  readonly instance: string;
  /** Only results of the same command can be held against each other. */
  readonly command: string;
}

export interface Member {
  readonly path: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly hash: string;
  readonly rollout: number;
}

interface Kept {
  readonly format: typeof FORMAT;
  readonly hash: string;
  readonly rollout: number;
  readonly vector: TestVector;
}

export class ReplayGroups {
  private readonly memory = new Map<string, Map<string, Kept>>();

  /** @param folder null: in memory only */
  constructor(private readonly folder: string | null) {}

  /** A group that can't be written is known until the process ends. */
  async join(key: GroupKey, { path, hash, rollout }: Member, vector: TestVector): Promise<void> {
    const [group, name] = [groupOf(key), nameOf(path, rollout)];
    const kept: Kept = { format: FORMAT, hash, rollout, vector };
    const members = this.memory.get(group) ?? new Map<string, Kept>();
    this.memory.set(group, members.set(name, kept));
    if (this.folder === null) return;
    const file = join(this.folder, group, name);
    const fresh = `${file}.${randomUUID()}`;
    try {
      await mkdir(join(this.folder, group), { recursive: true });
      await writeFile(fresh, await pack(JSON.stringify(kept)), { flush: true });
      await rename(fresh, file);
    } catch {
      await rm(fresh, { force: true }).catch(() => undefined);
    }
  }

  /** The others' last results; none where the rollout stands alone. */
  async others(key: GroupKey, { path, hash, rollout }: Member): Promise<readonly TestVector[]> {
    const group = groupOf(key);
    const members = new Map(await this.onDisk(group));
    for (const [name, kept] of this.memory.get(group) ?? []) members.set(name, kept);
    members.delete(nameOf(path, rollout));
    const contents = new Map([...members.values()].map((kept) => [`${kept.hash}-${kept.rollout}`, kept.vector]));
    contents.delete(`${hash}-${rollout}`);
    return [...contents.values()];
  }

  private async onDisk(group: string): Promise<readonly (readonly [string, Kept])[]> {
    if (this.folder === null) return [];
    const folder = join(this.folder, group);
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json.gz'));
    const dated = await Promise.all(
      names.map(async (name) => ({ name, at: (await stat(join(folder, name)).catch(() => null))?.mtimeMs ?? 0 })),
    );
    const newest = dated.sort((a, b) => b.at - a.at);
    for (const { name } of newest.slice(MEMBERS)) await rm(join(folder, name), { force: true }).catch(() => undefined);
    const read = await Promise.all(newest.slice(0, MEMBERS).map(async ({ name }) => [name, await memberIn(join(folder, name))] as const));
    return read.flatMap(([name, kept]) => (kept === null ? [] : [[name, kept] as const]));
  }
}

/** Null: damaged, or of another format; it is made again with the next replay. */
async function memberIn(file: string): Promise<Kept | null> {
  try {
    const kept = JSON.parse((await unpack(await readFile(file))).toString('utf8')) as Kept;
    return kept.format === FORMAT && typeof kept.vector.results === 'object' ? kept : null;
  } catch {
    return null;
  }
}

const digest = (...parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
const groupOf = ({ instance, command }: GroupKey): string => digest(instance, command);
const nameOf = (path: string, rollout: number): string => `${digest(resolve(path))}-${rollout}.json.gz`;
