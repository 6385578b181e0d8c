/** Follows the places where reports, predictions and other side files of an open episode may appear. */
import { statSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

/** A harness writes its reports one after the other: changes that come closer together than this are one. */
const DEBOUNCE_MS = 400;
/** Folders watched for one episode, nearest first: a batch may have hundreds, and the system's watches are few. */
const FOLDERS_AT_MOST = 32;
/** What runs write all the time and no side file is named like. */
const NOISE = /\.(traj|traj\.json|labels\.jsonl|log|tmp|swp|lock)$|^\.|rewards\.ya?ml$|~$/i;

/** Calls `changed` when a file that may be a side file came, changed or went. A folder that is missing is waited for. */
export class SideWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly changed: () => void) {}

  /** Watches these folders and no others. What can't be watched is seen at the next reading. */
  follow(folders: Iterable<string>): void {
    const wanted = new Set<string>();
    for (const folder of folders) {
      if (wanted.size >= FOLDERS_AT_MOST) break;
      wanted.add(existing(folder));
    }
    for (const [folder, watcher] of this.watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.watchers.has(folder)) this.add(folder);
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  private add(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || !NOISE.test(name)) this.soon();
      });
      watcher.on('error', () => {
        watcher.close();
        this.watchers.delete(folder);
      });
      this.watchers.set(folder, watcher);
    } catch {
      // Out of watches, or gone in between: seen at the next reading.
    }
  }

  private soon(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.changed();
    }, DEBOUNCE_MS);
    this.timer.unref();
  }
}

/** The folder, or the nearest one above it that is there. */
function existing(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (at === dirname(at) || statSync(at, { throwIfNoEntry: false })?.isDirectory() === true) return at;
  }
}
