/** The page's own find box: the server searches, the page walks the hits. */
import { batch } from '@preact/signals';
import { methods } from '../../server/protocol/index';
import { Cancelled, call } from '../rpc';
import { announce, select } from './navigate';
import { NO_FIND, attempt, find, findAt, turn, uri } from './store';
import { plural } from './format';

const LIMIT = 1000;
const TYPING_MS = 150;
let controller: AbortController | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

export function focusFind(): void {
  const box = document.querySelector<HTMLInputElement>('#find-box');
  box?.focus();
  box?.select();
}

async function search(query: string): Promise<void> {
  controller?.abort();
  controller = new AbortController();
  const file = uri.peek();
  if (file === null) return;
  find.value = { ...find.peek(), query, busy: true, error: null };
  try {
    const result = await call(methods.find, { uri: file, attempt: attempt.peek() ?? 0, query, limit: LIMIT }, controller.signal);
    batch(() => {
      find.value = { query, hits: result.hits, total: result.total, capped: result.capped, busy: false, error: null };
      const first = result.hits.findIndex((hit) => hit.turn >= turn.peek());
      findAt.value = result.hits.length === 0 ? -1 : Math.max(0, first);
    });
    const hit = find.peek().hits[findAt.peek()];
    if (hit) select(hit.turn);
    announce(result.total === 0 ? `No hits for ${query}.` : `${plural(result.total, 'hit')}.`);
  } catch (error) {
    if (error instanceof Cancelled) return;
    find.value = { ...NO_FIND, query, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Searches after a short pause in typing. An empty query clears the hits. */
export function setQuery(query: string): void {
  clearTimeout(timer);
  if (query.trim() === '') {
    controller?.abort();
    batch(() => {
      find.value = NO_FIND;
      findAt.value = -1;
    });
    return;
  }
  timer = setTimeout(() => void search(query), TYPING_MS);
}

export function moveHit(by: 1 | -1): void {
  const { hits } = find.peek();
  if (hits.length === 0) return;
  const at = (findAt.peek() + by + hits.length) % hits.length;
  findAt.value = at;
  const hit = hits[at];
  if (hit) select(hit.turn);
}
