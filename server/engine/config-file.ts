/** Which reward configuration applies to an episode, and its text. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

export const CONFIG_NAME = 'turnpike.rewards.yaml';

/** A reward configuration larger than this is refused: it is written by hand. */
const CONFIG_LIMIT = 1_000_000;

export interface ConfigText {
  /** Path of the file, or null: the default applies. */
  readonly path: string | null;
  readonly text: string | null;
  /** Why the file that was asked for can't be used. */
  readonly problem: string | null;
}

/**
 * The file named by the user, else the nearest `turnpike.rewards.yaml` upward from the episode to the workspace root
 * (or the git root, whichever comes first), else none.
 * @param unsaved text of open editors by path; wins over the disk
 */
export async function findConfig(
  episodePath: string,
  named: string | null,
  roots: readonly string[],
  unsaved: ReadonlyMap<string, string>,
): Promise<ConfigText> {
  if (named !== null) {
    const path = resolve(named);
    const found = await readConfig(path, unsaved);
    if (found === null) {
      return {
        path,
        text: null,
        problem: `The reward configuration ${path} does not exist. The default applies; name another with --rewards or turnpike.rewards.file.`,
      };
    }
    return found;
  }
  const stops = new Set(roots.map((root) => resolve(root)));
  for (let folder = dirname(resolve(episodePath)); ; folder = dirname(folder)) {
    const found = await readConfig(join(folder, CONFIG_NAME), unsaved);
    if (found !== null) return found;
    if (stops.has(folder) || dirname(folder) === folder || (await exists(join(folder, '.git'))))
      return { path: null, text: null, problem: null };
  }
}

async function readConfig(path: string, unsaved: ReadonlyMap<string, string>): Promise<ConfigText | null> {
  const edited = unsaved.get(path);
  if (edited !== undefined) return { path, text: edited, problem: null };
  try {
    const info = await stat(path);
    if (!info.isFile()) return { path, text: null, problem: `The reward configuration ${path} is no file. The default applies.` };
    if (info.size > CONFIG_LIMIT)
      return { path, text: null, problem: `The reward configuration ${path} is larger than 1 MB. The default applies.` };
    return { path, text: await readFile(path, 'utf8'), problem: null };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    return {
      path,
      text: null,
      problem: `The reward configuration ${path} can't be read (${codeOf(error) ?? 'unknown error'}). The default applies.`,
    };
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The `code` of a Node system error. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
