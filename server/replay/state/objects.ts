/** The git objects of one repository, over all its packs: trees, files, and what differs between two trees. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangedFile } from '../types';
import { Pack, type PackedObject } from './pack';
import { StateError, type StateEntry, type StateFile } from './types';

/** A file that an editor would not open either. */
export const LARGEST_FILE = 64 * 2 ** 20;
/** A folder of half a million entries. */
const LARGEST_TREE = 32 * 2 ** 20;
export const PACK = /^pack-[0-9a-f]{40}$/;

interface TreeEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'repository';
  readonly mode: string;
  readonly hash: string;
}

export class Objects {
  private readonly packs = new Map<string, Promise<Pack>>();
  private closed = false;

  /** `folder`: of a bare repository. */
  constructor(private readonly folder: string) {}

  /** A folder's entries; null: there is no such folder. */
  async list(tree: string, path: string): Promise<StateEntry[] | null> {
    const found = await this.find(tree, path);
    if (found?.kind === 'repository') return [];
    if (found?.kind !== 'folder') return null;
    return Promise.all(
      (await this.tree(found.hash)).map(async ({ name, kind, hash }): Promise<StateEntry> => {
        if (kind === 'folder' || kind === 'repository') return { name, type: 'folder', size: 0 };
        return { name, type: kind, size: await this.size(hash) };
      }),
    );
  }

  /** Null: there is no such file. Throws StateError where it has more than {@link LARGEST_FILE} bytes. */
  async file(tree: string, path: string): Promise<StateFile | null> {
    const found = await this.find(tree, path);
    if (found === null || found.kind === 'folder' || found.kind === 'repository') return null;
    const { bytes } = await this.object(found.hash, 'blob', LARGEST_FILE);
    return { type: found.kind, bytes };
  }

  /** Sorted by path. */
  async changes(before: Objects, from: string, to: string): Promise<ChangedFile[]> {
    const changed: ChangedFile[] = [];
    await compareTrees({ objects: before, hash: from }, { objects: this, hash: to }, '', changed);
    return changed.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }

  async has(hash: string): Promise<boolean> {
    for (const pack of await this.opened()) if (pack.has(hash)) return true;
    return false;
  }

  async close(): Promise<void> {
    this.closed = true;
    const packs = await Promise.allSettled([...this.packs.values()]);
    this.packs.clear();
    for (const pack of packs) if (pack.status === 'fulfilled') await pack.value.close();
  }

  async tree(hash: string): Promise<TreeEntry[]> {
    return entriesOf((await this.object(hash, 'tree', LARGEST_TREE)).bytes);
  }

  private async find(tree: string, path: string): Promise<Pick<TreeEntry, 'kind' | 'hash'> | null> {
    let at: Pick<TreeEntry, 'kind' | 'hash'> = { kind: 'folder', hash: tree };
    // Names are looked up in trees, never in a file system: `..` and the like are only names that no tree has.
    for (const part of path === '' ? [] : path.split('/')) {
      if (at.kind !== 'folder') return null;
      const entry = (await this.tree(at.hash)).find(({ name }) => name === part);
      if (entry === undefined) return null;
      at = entry;
    }
    return at;
  }

  private async object(hash: string, type: PackedObject['type'], limit: number): Promise<PackedObject> {
    const found = await this.any(hash, limit);
    if (found === null) throw new StateError(`The object ${hash.slice(0, 12)} of this state is no longer kept. Replay the episode again.`);
    if (found.type !== type) throw new StateError(`The object ${hash.slice(0, 12)} of this state is a ${found.type}, not a ${type}.`);
    return found;
  }

  private async any(hash: string, limit: number): Promise<PackedObject | null> {
    for (const pack of await this.opened()) {
      const found = await pack.read(hash, limit, (base, most) => this.any(base, most));
      if (found !== null) return found;
    }
    return null;
  }

  private async size(hash: string): Promise<number> {
    for (const pack of await this.opened()) {
      const size = await pack.size(hash);
      if (size !== null) return size;
    }
    return 0;
  }

  /** Packs come while a replay goes on, so the folder is looked at each time; one that was removed stays readable while open. */
  private async opened(): Promise<Pack[]> {
    const folder = join(this.folder, 'objects/pack');
    const names = await readdir(folder).catch(() => []);
    if (this.closed) throw new StateError('The state was closed while it was read. Ask for it again.');
    for (const name of names) {
      const pack = name.replace(/\.idx$/, '');
      if (name.endsWith('.idx') && PACK.test(pack) && !this.packs.has(pack)) this.packs.set(pack, Pack.open(join(folder, pack)));
    }
    return Promise.all(this.packs.values());
  }
}

/** `<mode> <name>NUL<20 bytes>`, again and again. Names that no folder can hold are left out: only a forged tree has them. */
export function entriesOf(bytes: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    const [space, end] = [bytes.indexOf(0x20, at), bytes.indexOf(0, at)];
    if (space < at || end < space || end + 21 > bytes.length)
      throw new StateError('A folder of this state is damaged. Replay the episode again.');
    const mode = bytes.toString('latin1', at, space);
    const name = bytes.toString('utf8', space + 1, end);
    const hash = bytes.toString('hex', end + 1, end + 21);
    at = end + 21;
    if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) continue;
    const kind = ({ '40000': 'folder', '120000': 'link', '160000': 'repository' } as const)[mode] ?? 'file';
    entries.push({ name, kind, mode, hash });
  }
  return entries;
}

interface Side {
  readonly objects: Objects;
  readonly hash: string;
}

async function compareTrees(from: Side | null, to: Side | null, folder: string, changed: ChangedFile[]): Promise<void> {
  const read = async (side: Side | null): Promise<Map<string, TreeEntry>> =>
    new Map(side === null ? [] : (await side.objects.tree(side.hash)).map((entry) => [entry.name, entry]));
  const [before, after] = await Promise.all([read(from), read(to)]);
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(name), after.get(name)];
    if (old?.hash === now?.hash && old?.mode === now?.mode) continue;
    const path = `${folder}${name}`;
    const [oldFolder, newFolder] = [old?.kind === 'folder', now?.kind === 'folder'];
    if (oldFolder || newFolder) {
      await compareTrees(
        oldFolder ? { objects: from!.objects, hash: old!.hash } : null,
        newFolder ? { objects: to!.objects, hash: now!.hash } : null,
        `${path}/`,
        changed,
      );
    }
    const [oldFile, newFile] = [old !== undefined && !oldFolder, now !== undefined && !newFolder];
    if (oldFile || newFile) changed.push({ path, status: !oldFile ? 'added' : !newFile ? 'deleted' : 'modified' });
  }
}
