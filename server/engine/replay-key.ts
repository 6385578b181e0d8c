/** The name of a result: a hash over all that it depends on, so that other inputs never share it. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../../package.json';
import type { Recording, ReplayOptions, ToolFolders } from '../replay/index';

/** Raised when the same inputs give another result without a new version of Turnpike. */
const GENERATION = 1;

export interface KeyInputs {
  readonly recording: Recording;
  readonly rollout: number;
  readonly options: ReplayOptions;
  readonly imageId: string;
  /** The commit that the repository's name for it means now; null: no repository of ours. */
  readonly commit: string | null;
  /** {@link hashTools} */
  readonly tools: string;
}

export function keyOf({ recording, rollout, options, imageId, commit, tools }: KeyInputs): string {
  const { hash, format, version: made, instance } = recording;
  const { repository, limits, until, runtime, tests } = options;
  return digest([
    [GENERATION, version, tools],
    [hash, rollout, format, made, instance],
    [imageId, runtime],
    [repository?.directory ?? null, commit],
    limits,
    until,
    tests,
  ]);
}

/** The same value has the same hash, whatever the order of its keys. */
function digest(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
  return createHash('sha256').update(text).digest('hex');
}

/** Names and contents of all files of the folders that tools come from. A folder that is not there is empty. */
export async function hashTools(folders: ToolFolders): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of [folders.bundles, folders.commands]) {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    for (const name of names.sort()) {
      // Folders are among the names.
      const content = await readFile(join(folder, name)).catch(() => null);
      if (content !== null) hash.update(`${name}\0${content.length}\0`).update(content);
    }
    hash.update('\0');
  }
  return hash.digest('hex');
}
