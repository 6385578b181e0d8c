/** The corpus of real files, for tests: rows of its MANIFEST and the files themselves. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { decodePassage, readEpisode, type Passage, type ReadResult, type Rollout } from '../../../server/episode/index';

export const corpus = resolve(process.env['TURNPIKE_CORPUS'] ?? '../shared/corpus');

export interface Row {
  readonly format: string;
  readonly variant: string | null;
  readonly file: string;
  readonly turns: number | string;
  readonly outcome: string;
}

export function rows(...formats: readonly string[]): Row[] {
  const manifest = resolve(corpus, 'MANIFEST.jsonl');
  if (!existsSync(manifest)) throw new Error(`No corpus at ${corpus}. Set TURNPIKE_CORPUS to the folder that holds MANIFEST.jsonl.`);
  const all = readFileSync(manifest, 'utf8').trim().split('\n');
  return all.map((line) => JSON.parse(line) as Row).filter(({ format }) => formats.includes(format));
}

export const bytesOf = (row: Row): Buffer => readFileSync(resolve(corpus, row.file));

export function readBytes(bytes: Uint8Array): ReadResult {
  return readEpisode({ size: bytes.length, read: (start, end) => bytes.subarray(start, end) });
}

export function readText(text: string): ReadResult {
  return readBytes(Buffer.from(text, 'utf8'));
}

/** The rollout that counts; throws where the file is no episode. */
export function rolloutOf(result: ReadResult): Rollout {
  if (!('episode' in result)) throw new Error(`No episode: ${result.notEpisode.problems.map(({ message }) => message).join(' ')}`);
  const rollout = result.episode.rollouts[result.episode.best];
  if (rollout === undefined) throw new Error('No rollout.');
  return rollout;
}

/** Texts of passages, decoded from their own bytes alone. */
export function texts(bytes: Uint8Array, passages: readonly Passage[]): string[] {
  return passages.map(({ span, encoding }) => decodePassage(bytes.subarray(span.start, span.end), encoding));
}
