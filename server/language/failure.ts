/** Errors of requests, and the way cancellation crosses from LSP to the stages below. */
import { ErrorCodes, LSPErrorCodes, ResponseError, type CancellationToken } from 'vscode-languageserver/node';
import type { z } from 'zod';

/** The request can't be answered as it was asked. */
export class BadRequest extends Error {}

/** Parameters by their schema, or a sentence that names the first place that is wrong. */
export function checked<T extends z.ZodType>(schema: T, params: unknown): z.infer<T> {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? 'the parameters' : issue.path.map(String).join('.');
  throw new BadRequest(`The request can’t be read: ${place}: ${issue?.message ?? 'not as expected'}.`);
}

/** An LSP token as an AbortSignal, with what releases the listener. */
function signalOf(token: CancellationToken): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const listener = token.onCancellationRequested(() => controller.abort());
  return { signal: controller.signal, release: () => listener.dispose() };
}

/** Resolves as the work does, or rejects when the signal aborts; the work goes on for whoever else waits for it. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let listener = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    listener = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', listener, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', listener);
  }
}

/** The file was rewritten, or its descriptor was closed because it was read again. */
const isStale = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'StaleFileError' || ('code' in error && error.code === 'EBADF'));
/** A request whose file changes under it is asked again this often. */
const STALE_TRIES = 3;

/**
 * Runs a request's work: bad parameters, cancellation and changed files become the LSP errors that say so; anything
 * else is an internal error with its sentence, and the server lives on.
 */
export async function answer<R>(token: CancellationToken, work: (signal: AbortSignal) => Promise<R> | R): Promise<R | ResponseError<void>> {
  const { signal, release } = signalOf(token);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(signal);
      } catch (error) {
        if (!isStale(error) || attempt >= STALE_TRIES) throw error;
      }
    }
  } catch (error) {
    if (signal.aborted) return new ResponseError(LSPErrorCodes.RequestCancelled, 'Cancelled.');
    if (isStale(error)) return new ResponseError(LSPErrorCodes.ContentModified, (error as Error).message);
    if (error instanceof BadRequest || error instanceof RangeError) return new ResponseError(ErrorCodes.InvalidParams, error.message);
    return new ResponseError(ErrorCodes.InternalError, error instanceof Error ? error.message : String(error));
  } finally {
    release();
  }
}
