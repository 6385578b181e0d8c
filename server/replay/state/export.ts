/** Brings the trees of a run out of its container, as packs, into the store. */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Container } from 'dockerode';
import { extract } from 'tar-stream';
import { PACKS, type TreeProbe } from '../tree';
import { Pack } from './pack';
import type { StateStore } from './store';
import { StateError } from './types';

const PACK_FILE = /^pack-[0-9a-f]{40}\.(?:pack|idx)$/;

export interface Source {
  readonly container: Container;
  readonly probe: TreeProbe;
}

/**
 * Packs `trees` without what `without` holds, and puts them into the store.
 *
 * Returns the names of the packs; empty: there was nothing new in them. Throws StateError.
 */
export async function exportTrees(
  { container, probe }: Source,
  store: StateStore,
  baseTree: string,
  trees: readonly string[],
  without: readonly string[],
): Promise<string[]> {
  if (!(await probe.pack(trees, without)))
    throw new StateError('The states of these turns are not kept: git in the container could not pack them.');
  const folder = await store.packFolder(baseTree);
  const incoming = join(folder, `incoming-${randomUUID()}`);
  await mkdir(incoming);
  try {
    const archive = (await container.getArchive({ path: PACKS })) as Readable;
    const names = await unpacked(archive, incoming, store.budgetBytes);
    for (const name of names) {
      // A container that lies is found out here, not when somebody looks at the state.
      const pack = await Pack.open(join(incoming, name));
      await pack.close();
    }
    for (const name of names)
      for (const ending of ['.pack', '.idx']) await rename(join(incoming, name + ending), join(folder, name + ending));
    return names;
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}

/** Takes packs out of an archive, and nothing else that it may hold. Returns their names without endings, each once. */
async function unpacked(archive: Readable, folder: string, limit: number): Promise<string[]> {
  const taken = new Set<string>();
  let left = limit;
  const files = extract();
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.length;
      if (left < 0) done(new StateError(`The states of this run take more than ${Math.floor(limit / 2 ** 20)} MB and are not kept.`));
      else done(null, chunk);
    },
  });
  files.on('entry', (header, entry, next) => {
    const file = basename(header.name);
    const wanted = header.type === 'file' && PACK_FILE.test(file) && !taken.has(file);
    if (!wanted) {
      entry.resume();
      entry.once('end', next);
      return;
    }
    taken.add(file);
    pipeline(entry, createWriteStream(join(folder, file), { flags: 'wx' })).then(() => {
      next();
    }, next);
  });
  await pipeline(archive, bounded, files);
  return [...taken].filter((file) => file.endsWith('.idx') && taken.has(file.replace(/idx$/, 'pack'))).map((file) => file.slice(0, -4));
}
