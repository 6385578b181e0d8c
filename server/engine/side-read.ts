/** Reads side files: bounded, cached, never throwing for what a file holds. */
import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parsePredictions, patchHash, type Parsed, type Problem } from '../episode/index';

const MEBI = 1024 * 1024;
/** Larger side files are not read, and a warning says so. Predictions of 500 instances take about 2 MB. */
const SIZE_LIMIT = {
  predictions: 64 * MEBI,
  report: 32 * MEBI,
  statuses: 16 * MEBI,
  args: 4 * MEBI,
  patch: 32 * MEBI,
  trial: 16 * MEBI,
  reward: 64 * 1024,
} as const;

export type SideKind = keyof typeof SIZE_LIMIT;

export const PREDICTION_FILES = ['preds.json', 'all_preds.jsonl', 'predictions.jsonl', 'predictions.json'] as const;

/** A predicted patch: its hash, null for the empty one. */
export interface PatchFact {
  readonly hash: number | null;
  readonly model: string | null;
}

/** Parsed side files, shared by the episodes of a folder: a batch of 500 reads its `preds.json` once. */
const CACHE_ENTRIES = 16;
const cache = new Map<string, { readonly stamp: string; readonly value: Parsed<unknown> }>();

/** Reads for one episode, and keeps what there was to complain about. Every method rejects only when the signal aborts. */
export class SideReader {
  readonly problems: Problem[] = [];
  private readonly complained = new Set<string>();

  /** @param consulted gets each folder that was looked into, there or not */
  constructor(
    private readonly signal: AbortSignal | undefined,
    private readonly consulted: Set<string> = new Set(),
  ) {}

  /** Predicted patches by instance. `quiet`: a file that can't be read is passed over in silence. */
  predictions(path: string, quiet = false): Promise<ReadonlyMap<string, PatchFact> | null> {
    const parse = (text: string): Parsed<ReadonlyMap<string, PatchFact>> => {
      const all = parsePredictions(text);
      if (all.facts === null) return { facts: null, complaint: all.complaint };
      return { facts: new Map([...all.facts].map(([id, { model, patch }]) => [id, { model, hash: hashOf(patch) }])), complaint: null };
    };
    return this.readCached('predictions', path, parse, quiet);
  }

  /** As {@link read}, kept while the file stays the same. */
  async readCached<Facts>(kind: SideKind, path: string, parse: (text: string) => Parsed<Facts>, quiet = false): Promise<Facts | null> {
    this.signal?.throwIfAborted();
    this.consulted.add(dirname(path));
    const stats = await stat(path).catch(() => null);
    if (stats === null) return null;
    const key = `${kind}:${path}`;
    const stamp = `${String(stats.mtimeMs)}:${String(stats.size)}`;
    const hit = cache.get(key);
    let value: Parsed<Facts>;
    if (hit?.stamp === stamp) {
      value = hit.value as Parsed<Facts>;
      cache.delete(key);
    } else {
      value = await this.parseFile(kind, path, parse);
    }
    cache.set(key, { stamp, value });
    for (const oldest of cache.keys()) {
      if (cache.size <= CACHE_ENTRIES) break;
      cache.delete(oldest);
    }
    return quiet ? value.facts : this.accept(path, value);
  }

  async read<Facts>(kind: SideKind, path: string, parse: (text: string) => Parsed<Facts>): Promise<Facts | null> {
    this.signal?.throwIfAborted();
    this.consulted.add(dirname(path));
    return this.accept(path, await this.parseFile(kind, path, parse));
  }

  private accept<Facts>(path: string, value: Parsed<Facts>): Facts | null {
    if (value.complaint !== null) this.warnOnce(path, `${path} is not used: ${value.complaint}.`);
    return value.facts;
  }

  private async parseFile<Facts>(kind: SideKind, path: string, parse: (text: string) => Parsed<Facts>): Promise<Parsed<Facts>> {
    const text = await readText(path, SIZE_LIMIT[kind]);
    if (text === null) return { facts: null, complaint: null };
    return 'complaint' in text ? { facts: null, complaint: text.complaint } : parse(text.text);
  }

  /** Entries by name; none where the folder can't be read. */
  async list(folder: string): Promise<Dirent[]> {
    this.signal?.throwIfAborted();
    this.consulted.add(folder);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  warnOnce(key: string, message: string): void {
    if (this.complained.has(key)) return;
    this.complained.add(key);
    this.warn(message);
  }

  warn(message: string): void {
    this.problems.push({ message, byte: null, line: null, turn: null, severity: 'warning' });
  }

  /** A sentence about this file was given. */
  complainedOf(path: string): boolean {
    return this.complained.has(path);
  }
}

/** Hash of a patch; null: it is empty. */
export function hashOf(patch: string): number | null {
  return patch.trim() === '' ? null : patchHash(patch);
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** A regular file's text; null where there is none; a clause where it can't be read. */
async function readText(path: string, limit: number): Promise<{ readonly text: string } | { readonly complaint: string } | null> {
  let file;
  try {
    // A pipe of this name would block an open for reading for ever.
    if (!(await stat(path)).isFile()) return null;
    file = await open(path, 'r');
    const stats = await file.stat();
    if (stats.size > limit) return { complaint: `it has ${megabytes(stats.size)}, more than the ${megabytes(limit)} that are read` };
    return { text: await file.readFile('utf8') };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null;
    return {
      complaint:
        code === 'EACCES' || code === 'EPERM' ? 'there is no permission to read it' : `it could not be read (${code ?? 'unknown error'})`,
    };
  } finally {
    await file?.close().catch(() => undefined);
  }
}

const megabytes = (bytes: number): string =>
  bytes < MEBI ? `${Math.ceil(bytes / 1024).toLocaleString('en')} KB` : `${Math.ceil(bytes / MEBI).toLocaleString('en')} MB`;
