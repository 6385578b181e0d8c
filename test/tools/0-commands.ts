/** Our 0.x commands, installed into a folder as the runtime installs them into a container. */
import { spawnSync } from 'node:child_process';
import { chmod, copyFile, cp, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installation, type CommandSet } from '../../server/replay/runtime/commands-0';

const OURS = 'server/replay/tools/commands';
/** All that the commands and the cases call. No flake8: what finds errors is ours. */
const PROGRAMS = `awk basename bash cat chmod cp cut env find git grep head ln ls mkdir mktemp mv od printf pwd realpath rm
  sed sh sort tail tee touch tr uniq wc`.split(/\s+/);

export interface Installed {
  readonly folder: string;
  readonly source: readonly string[];
}

export async function installed(set: CommandSet): Promise<Installed> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'commands-0-')));
  await cp(OURS, folder, { recursive: true });
  const { source, programs } = installation(set, true);
  for (const [from, to] of programs) {
    await copyFile(join(folder, from), join(folder, to));
    await chmod(join(folder, to), 0o755);
  }
  return { folder, source };
}

/** A folder with nothing but the programs that the commands need. */
export async function plainPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'path-0-'));
  for (const name of PROGRAMS) {
    // The recorded outputs hold messages of mawk, which Debian and SWE-agent's image have as awk.
    const wanted = name === 'awk' ? 'mawk || command -v awk' : name;
    const found = spawnSync('sh', ['-c', `command -v ${wanted}`], { encoding: 'utf8' }).stdout.trim();
    if (found.startsWith('/')) await symlink(await realpath(found), join(folder, name));
    else if (name !== 'printf' && name !== 'pwd') throw new Error(`These tests need ${name} on PATH.`);
  }
  // Where python3 is a launcher that asks its surroundings for a version, the version is settled here.
  const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout.trim();
  await writeFile(join(folder, 'python3'), `#!/bin/sh\nexec '${python}' "$@"\n`, { mode: 0o755 });
  return folder;
}
