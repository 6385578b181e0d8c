/** Containers whose maker died: nothing else would ever remove them. */
import { hostname } from 'node:os';
import type Docker from 'dockerode';
import { LABEL, removeContainer } from './container';

/** The label of this process's containers. */
export const owner = (): string => `${hostname()}/${process.pid}`;

/**
 * Removes the containers that processes of this machine made and left: killed, or out of power. Those of a living process and
 * of other machines (an engine may be shared) stay. Returns how many went.
 */
export async function reap(docker: Docker): Promise<number> {
  const ours = await docker.listContainers({ all: true, filters: { label: [LABEL] } });
  const left = ours.filter(({ Labels }) => abandoned(Labels[LABEL] ?? ''));
  await Promise.all(left.map(({ Id }) => removeContainer(docker.getContainer(Id))));
  return left.length;
}

function abandoned(label: string): boolean {
  const cut = label.lastIndexOf('/');
  const pid = Number(label.slice(cut + 1));
  if (label.slice(0, cut) !== hostname() || !Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // A process of another user lives too.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
