/** Trajectory files under a folder: a bounded walk, in the order of their paths. Symbolic links are not followed. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files shown at most … */
export const FILES_AT_MOST = 5000;
/** … and folder entries looked at. */
export const ENTRIES_AT_MOST = 200_000;

const NEVER = new Set(['node_modules', '.git', '__pycache__', '.venv', 'venv']);

/** By name: `.traj`, `.traj.json`, and Harbor's `trajectory.json`. Other JSON files are read when somebody opens them. */
export function namesTrajectory(name: string): boolean {
  return /\.traj(\.json)?$/i.test(name) || /^trajectory([._-][^/\\]*)?\.json$/i.test(name);
}

export interface Walk {
  readonly files: readonly string[];
  /** Trajectory files beyond the cap, as far as the walk went. */
  readonly leftOut: number;
  /** The walk ended early: there may be more. */
  readonly endedEarly: boolean;
}

export async function walk(folder: string, signal?: AbortSignal): Promise<Walk> {
  const files: string[] = [];
  let leftOut = 0;
  let entries = 0;
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    signal?.throwIfAborted();
    const found = await readdir(at, { withFileTypes: true }).catch(() => []);
    entries += found.length;
    if (entries > ENTRIES_AT_MOST) return { files, leftOut, endedEarly: true };
    found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    for (const entry of found) {
      if (!entry.isFile() || !namesTrajectory(entry.name)) continue;
      if (files.length < FILES_AT_MOST) files.push(join(at, entry.name));
      else leftOut++;
    }
    for (const entry of found.reverse()) if (entry.isDirectory() && !NEVER.has(entry.name)) pending.push(join(at, entry.name));
  }
  return { files: files.sort(), leftOut, endedEarly: false };
}
