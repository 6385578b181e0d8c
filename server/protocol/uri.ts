/**
 * Addresses of readable documents, the same on both sides: what the server writes in a diagnostic must equal, letter by
 * letter, what the editor calls the document.
 *
 *     turnpike:/home/me/runs/a.traj.turnpike-episode?attempt=0&page=2     (query percent-encoded when printed)
 *
 * The path is the trajectory's path and a suffix, so that an editor shows its name and picks the language by it;
 * `attempt` counts rollouts and `page` pages, both from 0. Without `attempt` the rollout that counts is meant.
 */
import { URI } from 'vscode-uri';

export const READABLE_SCHEME = 'turnpike';
export const READABLE_SUFFIX = '.turnpike-episode';
export const READABLE_LANGUAGE = 'turnpike-episode';

export interface ReadablePlace {
  /** The trajectory file. */
  readonly uri: string;
  /** Null: the rollout that counts. */
  readonly attempt: number | null;
  readonly page: number;
}

/** The address of a page of the readable document of a trajectory file. */
export function readableUri(place: ReadablePlace): string {
  const file = URI.parse(place.uri);
  const attempt = place.attempt === null ? '' : `attempt=${place.attempt}&`;
  return file
    .with({ scheme: READABLE_SCHEME, path: file.path + READABLE_SUFFIX, query: `${attempt}page=${place.page}`, fragment: '' })
    .toString();
}

/** What {@link readableUri} put together; null for any other address. */
export function parseReadableUri(text: string): ReadablePlace | null {
  let uri: URI;
  try {
    uri = URI.parse(text, true);
  } catch {
    return null;
  }
  if (uri.scheme !== READABLE_SCHEME || !uri.path.endsWith(READABLE_SUFFIX)) return null;
  const query = new URLSearchParams(uri.query);
  const attempt = count(query.get('attempt'));
  const page = count(query.get('page')) ?? 0;
  const file = uri.with({ scheme: 'file', path: uri.path.slice(0, -READABLE_SUFFIX.length), query: '', fragment: '' });
  return { uri: file.toString(), attempt, page };
}

/** The address of a file by its absolute path. */
export function fileUri(path: string): string {
  return URI.file(path).toString();
}

/** The path of a `file:` address; null for any other. */
export function pathOfUri(text: string): string | null {
  try {
    const uri = URI.parse(text, true);
    return uri.scheme === 'file' && uri.fsPath !== '' ? uri.fsPath : null;
  } catch {
    return null;
  }
}

function count(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
