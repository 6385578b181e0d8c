/** Follows a file that a run may still be writing. */
import { watch as watchFolder, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** Changes that come closer together than this are one change. */
const DEBOUNCE_MS = 150;
/** Network file systems send no events: look at the clock too. */
const POLL_MS = 2000;

/**
 * Calls `changed` after the file's size or time changed and then rested for a moment.
 * SWE-agent rewrites the whole file after each step, so the folder is watched (a replaced file keeps its name, not its inode).
 */
export function watchFile(path: string, changed: () => void): () => void {
  let last = '';
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  let watcher: FSWatcher | null = null;

  const look = async (): Promise<void> => {
    const seen = await stat(path).then(
      (s) => `${s.size}:${s.mtimeMs}:${s.ino}`,
      () => 'gone',
    );
    if (closed || seen === last) return;
    const first = last === '';
    last = seen;
    if (!first) changed();
  };
  const soon = (): void => {
    if (closed) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void look(), DEBOUNCE_MS);
  };
  void look();
  try {
    watcher = watchFolder(dirname(path), (_event, name) => {
      if (name === null || name === basename(path)) soon();
    });
    watcher.on('error', () => watcher?.close());
  } catch {
    watcher = null;
  }
  const poll = setInterval(() => void look(), POLL_MS);
  poll.unref();
  return () => {
    closed = true;
    if (timer !== null) clearTimeout(timer);
    clearInterval(poll);
    watcher?.close();
  };
}
