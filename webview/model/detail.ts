/** Texts of the current turn, and of what the model saw, read on demand. */
import { useEffect, useState } from 'preact/hooks';
import type { Request } from '../../server/protocol/index';
import { Cancelled, call } from '../rpc';
import { view } from './store';

const KEPT = 40;
const PATIENCE_MS = 300;
/** Answers by request, newest last. Keys hold the revision, so a changed file never shows an old answer. */
const kept = new Map<string, unknown>();

export interface Loaded<R> {
  readonly value: R | null;
  readonly error: string | null;
  /** Nothing is here yet and it takes long enough to say so. */
  readonly slow: boolean;
  readonly retry: () => void;
}

function remember(key: string, value: unknown): void {
  kept.delete(key);
  kept.set(key, value);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value as string);
}

/** Asks the server, keeps the last answers, gives up the request when its parameters change. Null asks nothing. */
export function useAnswer<P, R>(request: Request<P, R>, params: P | null): Loaded<R> {
  const revision = view.value?.revision ?? 0;
  const key = params === null ? null : `${revision} ${request.method} ${JSON.stringify(params)}`;
  const [state, setState] = useState<{ key: string | null; value: R | null; error: string | null; slow: boolean }>({
    key: null,
    value: null,
    error: null,
    slow: false,
  });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (key === null || params === null || kept.has(key)) return;
    const controller = new AbortController();
    const timer = setTimeout(() => setState({ key, value: null, error: null, slow: true }), PATIENCE_MS);
    call(request, params, controller.signal)
      .then(
        (value) => {
          remember(key, value);
          setState({ key, value, error: null, slow: false });
        },
        (error: unknown) => {
          if (error instanceof Cancelled) return;
          setState({ key, value: null, error: error instanceof Error ? error.message : String(error), slow: false });
        },
      )
      .finally(() => clearTimeout(timer));
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key, tries]);
  const retry = (): void => setTries((n) => n + 1);
  if (key !== null && kept.has(key)) return { value: kept.get(key) as R, error: null, slow: false, retry };
  return state.key === key ? { ...state, retry } : { value: null, error: null, slow: false, retry };
}
