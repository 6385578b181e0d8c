/**
 * Addresses of the repository as it was after a turn, and of a turn's recorded and replayed text.
 *
 *     turnpike-state://turn-7/src/a.py?file=file%3A%2F%2F%2Fruns%2Fa.traj&attempt=0      `start`: before the first turn
 *     turnpike-replay://turn-7/recorded?file=…&attempt=0
 *
 * The turn is no part of the path: VS Code takes a diff between two paths for a renaming.
 * Paths come from containers that a hostile episode ran in: they are names to ask the server for, never places on disk.
 */
import { URI } from 'vscode-uri';
import { OBSERVATION_SCHEME, STATE_SCHEME } from '../defaults';

export interface EpisodePlace {
  /** The trajectory file. */
  readonly uri: string;
  /** Null: the rollout that counts. */
  readonly attempt: number | null;
}

export interface StatePlace extends EpisodePlace {
  /** From 0; −1: before the first turn. */
  readonly turn: number;
  /** Path in the repository, `/` between its parts; empty: its folder. */
  readonly path: string;
}

export interface ObservationPlace extends EpisodePlace {
  readonly turn: number;
  readonly side: 'recorded' | 'replayed';
}

const queryOf = ({ uri, attempt }: EpisodePlace): string =>
  `file=${encodeURIComponent(uri)}${attempt === null ? '' : `&attempt=${attempt}`}`;

function placeOf(query: string): EpisodePlace | null {
  const given = new URLSearchParams(query);
  const uri = given.get('file');
  if (uri === null || !uri.startsWith('file:')) return null;
  return { uri, attempt: index(given.get('attempt')) };
}

const index = (text: string | null | undefined): number | null =>
  typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : null;

const turnName = (turn: number): string => (turn < 0 ? 'start' : `turn-${turn + 1}`);
function turnOf(name: string): number | null {
  if (name === 'start') return -1;
  const turn = index(/^turn-(\d+)$/.exec(name)?.[1]);
  return turn === null || turn === 0 ? null : turn - 1;
}

/** A name that stands for an entry of a folder, and for nothing else. */
export const isName = (name: string): boolean => name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);

export function stateUri(place: StatePlace): string {
  return URI.from({ scheme: STATE_SCHEME, authority: turnName(place.turn), path: `/${place.path}`, query: queryOf(place) }).toString();
}

/** What {@link stateUri} put together; null for any other address, and for one that leaves its repository. */
export function parseStateUri(text: string): StatePlace | null {
  const uri = parsed(text, STATE_SCHEME);
  const place = uri && placeOf(uri.query);
  if (!uri || !place) return null;
  const turn = turnOf(uri.authority);
  const path = uri.path.slice(1).replace(/\/$/, '');
  const names = path === '' ? [] : path.split('/');
  if (turn === null || !names.every(isName)) return null;
  return { ...place, turn, path: names.join('/') };
}

export function observationUri(place: ObservationPlace): string {
  return URI.from({
    scheme: OBSERVATION_SCHEME,
    authority: turnName(place.turn),
    path: `/${place.side}`,
    query: queryOf(place),
  }).toString();
}

export function parseObservationUri(text: string): ObservationPlace | null {
  const uri = parsed(text, OBSERVATION_SCHEME);
  const place = uri && placeOf(uri.query);
  if (!uri || !place) return null;
  const side = uri.path.slice(1);
  const turn = turnOf(uri.authority);
  if (turn === null || turn < 0 || (side !== 'recorded' && side !== 'replayed')) return null;
  return { ...place, turn, side };
}

function parsed(text: string, scheme: string): URI | null {
  try {
    const uri = URI.parse(text, true);
    return uri.scheme === scheme ? uri : null;
  } catch {
    return null;
  }
}

/** What a state is called. */
export const stateName = (turn: number): string => (turn < 0 ? 'before the first turn' : `turn ${turn + 1}`);
