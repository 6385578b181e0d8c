/** Containers whose maker died: nothing else would ever remove them. */
import { hostname } from 'node:os';
import { dirname } from 'node:path/posix';
import type { Container } from 'dockerode';
import type Docker from 'dockerode';
import { exec } from '../shell/exec';
import { writeFile } from '../shell/files';
import { restoring } from '../shell/restore';
import type { ShellState } from '../state/types';
import { LABEL, removeContainer } from './container';

/** Containers of this name are kept on purpose, see {@link keptName}. */
const KEPT = 'turnpike-kept-';

/** The label of this process's containers. */
export const owner = (): string => `${hostname()}/${process.pid}`;

/** What a container is renamed to so that it outlives its maker. Labels can't be changed once it is made. */
export const keptName = (id: string): string => `${KEPT}${id.slice(0, 12)}`;

export const isKept = (names: readonly string[]): boolean => names.some((name) => name.replace(/^\//, '').startsWith(KEPT));

/**
 * Removes the containers that processes of this machine made and left: killed, or out of power. Those of a living process, of
 * other machines (an engine may be shared) and those that somebody asked to keep stay. Returns how many went.
 */
export async function reap(docker: Docker): Promise<number> {
  const ours = await docker.listContainers({ all: true, filters: { label: [LABEL] } });
  const left = ours.filter(({ Labels, Names }) => !isKept(Names) && !ownerLives(Labels[LABEL] ?? ''));
  await Promise.all(left.map(({ Id }) => removeContainer(docker.getContainer(Id))));
  return left.length;
}

/** Whether the process of a label lives; one of another machine is taken to. */
export function ownerLives(label: string): boolean {
  const cut = label.lastIndexOf('/');
  const pid = Number(label.slice(cut + 1));
  if (label.slice(0, cut) !== hostname() || !Number.isInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user lives too.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** In a kept container: puts a new shell of bash where the episode's stood. */
export const SHELL_STATE = '/run/turnpike/shell';

/** Lets the container outlive this process. Returns the name that it has from now on. */
export async function keepContainer(container: Container, shell: ShellState): Promise<string> {
  await exec(container, { command: ['mkdir', '-p', dirname(SHELL_STATE)], timeoutMs: 60_000, outputBytes: 1024 });
  await writeFile(container, SHELL_STATE, `${restoring(shell)}\n`);
  const name = keptName(container.id);
  await container.rename({ name });
  return name;
}
