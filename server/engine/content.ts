/** A file's content by its hash. A file that stays as it is is read once. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

export interface Content {
  /** SHA-256 of the bytes, hex. */
  readonly hash: string;
  readonly size: number;
}

/** Files whose hashes are remembered. */
const KEPT = 256;
const known = new Map<string, { readonly stamp: string; readonly content: Promise<Content> }>();

/** @throws where the file can't be read */
export async function contentOf(path: string): Promise<Content> {
  const { size, mtimeMs, ino } = await stat(path);
  const stamp = `${size}:${mtimeMs}:${ino}`;
  const before = known.get(path);
  if (before?.stamp === stamp) return before.content;
  const content = hashOf(path);
  known.delete(path);
  known.set(path, { stamp, content });
  content.catch(() => known.delete(path));
  for (const oldest of known.keys()) {
    if (known.size <= KEPT) break;
    known.delete(oldest);
  }
  return content;
}

function hashOf(path: string): Promise<Content> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    let size = 0;
    createReadStream(path)
      .on('data', (chunk) => {
        hash.update(chunk);
        size += chunk.length;
      })
      .on('end', () => {
        resolve({ hash: hash.digest('hex'), size });
      })
      .on('error', reject);
  });
}
