/** Copies of a container as images, each for one run of the tests. A copy that its maker's death left behind is reaped. */
import type { Container } from 'dockerode';
import type Docker from 'dockerode';
import { owner, ownerLives } from '../docker/reap';

/** Marks the images as ours, with the process that answers for them. */
const COPY = 'dev.turnpike.tests';

/** @returns the image's id. The container stands still for a moment, and goes on. */
export async function copyOf(container: Container): Promise<string> {
  const { Id } = (await container.commit({ pause: true, changes: [`LABEL ${COPY}=${owner()}`] })) as { readonly Id: string };
  return Id;
}

export async function removeCopy(docker: Docker, image: string): Promise<void> {
  await docker
    .getImage(image)
    .remove({ force: true })
    .catch(() => undefined);
}

/** Removes the copies that dead processes of this machine left. Returns how many went. */
export async function reapCopies(docker: Docker): Promise<number> {
  const images = await docker.listImages({ filters: { label: [COPY] } });
  const left = images.filter(({ Labels }) => !ownerLives((Labels as Record<string, string> | null)?.[COPY] ?? ''));
  await Promise.all(left.map(({ Id }) => removeCopy(docker, Id)));
  return left.length;
}
