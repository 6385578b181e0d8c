/** A place in an episode, as a link says it. Turns and attempts in a link count from 1, as a person reads them. */
export interface Place {
  readonly path: string;
  /** Index of the rollout in its file, from 0; null: the one that counts. */
  readonly attempt: number | null;
  /** Index of the turn, from 0; null: where the reader last was. */
  readonly turn: number | null;
}

export const EXTENSION_ID = 'turnpike.turnpike';

/** `vscode://turnpike.turnpike/open?path=…&attempt=1&turn=17` */
export function deepLink(scheme: string, place: Place): string {
  const query = [`path=${encodeURIComponent(place.path)}`];
  if (place.attempt !== null) query.push(`attempt=${place.attempt + 1}`);
  if (place.turn !== null) query.push(`turn=${place.turn + 1}`);
  return `${scheme}://${EXTENSION_ID}/open?${query.join('&')}`;
}

const READABLE = /\.(traj|json|jsonl)$/i;

/** Reads a link's path and query; a sentence where it names no place. */
export function parseDeepLink(path: string, query: string): Place | { readonly problem: string } {
  if (path !== '/open') return { problem: `Turnpike has no link "${path}"; it knows /open?path=…&turn=….` };
  const q = new URLSearchParams(query);
  const file = q.get('path') ?? '';
  if (file === '') return { problem: 'The link names no file: it needs path=….' };
  if (!/^([/\\]|[A-Za-z]:[/\\])/.test(file)) return { problem: `The link’s path "${file}" is not absolute.` };
  if (!READABLE.test(file)) return { problem: `The link’s file "${file}" is no .traj, .json or .jsonl file.` };
  const count = (name: string): number | null | undefined => {
    const text = q.get(name);
    if (text === null || text === '') return null;
    const n = Number(text);
    return Number.isSafeInteger(n) && n >= 1 ? n - 1 : undefined;
  };
  const attempt = count('attempt');
  const turn = count('turn');
  if (attempt === undefined) return { problem: `The link’s attempt "${q.get('attempt') ?? ''}" is no whole number from 1.` };
  if (turn === undefined) return { problem: `The link’s turn "${q.get('turn') ?? ''}" is no whole number from 1.` };
  return { path: file, attempt, turn };
}
