/** Files into a container, and out of it. */
import type { Container } from 'dockerode';
import tar from 'tar-fs';
import { exec } from './exec';

/** A folder with all it holds, as `target` in the container; owned by root, as what an image holds is. */
export async function putFolder(container: Container, folder: string, target: string): Promise<void> {
  await exec(container, { command: ['/bin/sh', '-c', 'mkdir -p -- "$1"', 'sh', target], timeoutMs: 60_000, outputBytes: 4096 });
  const packed = tar.pack(folder, { dereference: true, map: (header) => ({ ...header, uid: 0, gid: 0, uname: '', gname: '' }) });
  await container.putArchive(packed, { path: target });
}

export async function writeFile(container: Container, path: string, text: string): Promise<void> {
  await exec(container, {
    command: ['/bin/sh', '-c', 'cat > "$1"', 'sh', path],
    stdin: Buffer.from(text),
    timeoutMs: 60_000,
    outputBytes: 4096,
  });
}

/** The text of a file; null: it can't be read. */
export async function readFile(container: Container, path: string, limit: number): Promise<string | null> {
  const { stdout, exitCode } = await exec(container, {
    command: ['/bin/sh', '-c', 'exec cat -- "$1"', 'sh', path],
    timeoutMs: 60_000,
    outputBytes: limit,
  });
  return exitCode === 0 ? stdout.text : null;
}
