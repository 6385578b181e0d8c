/** Requests to the server, over the editor's message channel. */
import type { Request, ToPage } from '../server/protocol/index';
import { post } from './host';

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The request was given up by this page: nothing to show. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

const waiting = new Map<number, Waiting>();
let nextId = 1;

/**
 * Calls a method of the server. Rejects with {@link Cancelled} when `signal` aborts (the server is told), and with an
 * `Error` whose message is a sentence to show when the server could not answer.
 */
export function call<P, R>(request: Request<P, R>, params: P, signal?: AbortSignal): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    if (signal?.aborted) {
      reject(new Cancelled());
      return;
    }
    const id = nextId++;
    const abort = (): void => {
      if (!waiting.delete(id)) return;
      post({ t: 'cancel', id });
      reject(new Cancelled());
    };
    const settle = (then: () => void): void => {
      signal?.removeEventListener('abort', abort);
      then();
    };
    waiting.set(id, {
      resolve: (result) => settle(() => resolve(result as R)),
      reject: (error) => settle(() => reject(error)),
    });
    signal?.addEventListener('abort', abort, { once: true });
    post({ t: 'request', id, method: request.method, params });
  });
}

/** Takes an answer; false when the message is no answer. */
export function answer(message: ToPage): boolean {
  if (message.t !== 'result' && message.t !== 'error') return false;
  const entry = waiting.get(message.id);
  if (!entry) return true;
  waiting.delete(message.id);
  if (message.t === 'result') entry.resolve(message.result);
  else entry.reject(new Error(message.message));
  return true;
}
