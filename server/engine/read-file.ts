import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { readNow, refused, sentenceOf, type FileReadResult } from './read-now';

export type { FileRead, FileReadResult } from './read-now';

export interface ReadFileOptions {
  /** Ends the read at once; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The bundled worker; null reads on this thread. Default: `read-worker.cjs` beside the running bundle, if it is there. */
  readonly worker?: string | null;
  /** Longest time, in milliseconds. */
  readonly timeout?: number;
}

/** Bad input ends within 10 s; a large good file on a slow disk may take longer. */
const TIMEOUT = 120_000;

/** Heap of the worker, in MB: a bound for hostile files, far above what 100,000 turns need. */
const HEAP = 3072;

/**
 * Reads a trajectory file in a worker thread of its own, so that the caller stays responsive and a file too large for
 * memory costs only the worker. Whatever the path or the file holds gives a result with sentences.
 *
 * @throws the reason of `signal`, nothing else
 */
export async function readFileEpisode(path: string, options: ReadFileOptions = {}): Promise<FileReadResult> {
  const { signal } = options;
  signal?.throwIfAborted();
  const script = options.worker === undefined ? bundledWorker() : options.worker;
  if (script === null) return readNow(path);
  return new Promise<FileReadResult>((resolve, reject) => {
    const began = performance.now();
    const worker = new Worker(script, { workerData: path, resourceLimits: { maxOldGenerationSizeMb: HEAP } });
    let settled = false;
    const settle = (then: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      void worker.terminate();
      then();
    };
    const refuse = (sentence: string): void => {
      settle(() => {
        resolve({ ...refused(sentence), size: 0, mtimeMs: 0, ms: performance.now() - began, peak: 0 });
      });
    };
    const aborted = (): void => {
      settle(() => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the caller's own reason
        reject(signal!.reason);
      });
    };
    const timer = setTimeout(() => {
      refuse(
        `Reading took longer than ${(options.timeout ?? TIMEOUT) / 1000} s and was stopped. The disk may be slow; copy the file to a local one.`,
      );
    }, options.timeout ?? TIMEOUT);
    signal?.addEventListener('abort', aborted);
    worker.once('message', (result: FileReadResult) => {
      settle(() => {
        resolve(result);
      });
    });
    worker.once('error', (error) => {
      refuse(sentenceOf(error));
    });
    worker.once('exit', (code) => {
      refuse(`The reader stopped early (code ${code}). Open the file again.`);
    });
  });
}

let found: string | null | undefined;

function bundledWorker(): string | null {
  if (found === undefined) {
    const beside = join(dirname(fileURLToPath(import.meta.url)), 'read-worker.cjs');
    found = existsSync(beside) ? beside : null;
  }
  return found;
}
