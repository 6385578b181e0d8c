import type { Container } from 'dockerode';
import { CannotReplay } from '../../errors';
import { exec } from '../../shell/exec';

/** Throws CannotReplay where the image has no such folder. */
export async function mustHave(container: Container, folder: string): Promise<void> {
  const { exitCode } = await exec(container, {
    command: ['/bin/sh', '-c', 'cd -- "$1"', 'sh', folder],
    timeoutMs: 10_000,
    outputBytes: 1024,
  });
  if (exitCode !== 0)
    throw new CannotReplay(
      `The episode worked in ${folder}, which the image does not have: name its own image, or a clone of its repository.`,
    );
}
