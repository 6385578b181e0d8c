import type { Episode, Passage, Problem, ReadableFormat, Span } from '../types';
import type { Shape } from '../json/shape';

/** A node of a {@link Doc}'s outline; {@link NONE} where there is no such node. */
export type NodeId = number;

/** "No such node." Every method of {@link Doc} takes it and answers null, `none` or an empty list, so lookups chain. */
export const NONE: NodeId = -1;

/** `none`: no such node. `number` includes Python's `NaN` and `Infinity`. */
export type NodeKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null' | 'none';

/**
 * What a format reader sees of a file: an outline of its JSON (the nodes of {@link FILE_SHAPE}) and the texts of the
 * nodes, read when asked for. Offsets are bytes of the file. Nothing here throws on what a file holds: wrong types
 * answer null, and damage inside a text is decoded as well as it can be, with a warning in {@link problems}.
 */
export interface Doc {
  /** Bytes of the file. */
  readonly size: number;
  /** The first value of the file; NONE where there is none. In a {@link sub} document, the nested value. */
  readonly root: NodeId;
  /** The start of a second value: the file is JSON Lines. NONE in a JSON file. Nothing after it is outlined. */
  readonly secondRoot: NodeId;
  /** What is wrong so far, in order of discovery; readers pass them on in {@link Episode.problems}. */
  readonly problems: readonly Problem[];
  /** The scan ended before the end of the value: half-written or damaged. Nodes after the damage are missing. */
  readonly damaged: boolean;

  kind(node: NodeId): NodeKind;
  /** First byte of the value; a string's opening quote. */
  start(node: NodeId): number;
  /** Byte after the value; after a string's closing quote. Of an incomplete value: where the scan ended. */
  end(node: NodeId): number;
  span(node: NodeId): Span;
  /** Whether the value was seen to its end. */
  complete(node: NodeId): boolean;
  /** The member's name; null for an element or a root. */
  key(node: NodeId): string | null;
  parent(node: NodeId): NodeId;
  /** The member of an object by name (the last one where it is repeated, as in `JSON.parse`). */
  child(node: NodeId, key: string): NodeId;
  /** Whether an object has the member with a value that was seen, null included. */
  has(node: NodeId, key: string): boolean;
  /** Members or elements of an entered container, in file order; of a leaf: empty, use {@link sub}. */
  children(node: NodeId): NodeId[];
  /** Number of members or elements of an entered container; 0 for everything else. */
  count(node: NodeId): number;

  /**
   * The decoded text of a whole string, exactly as `JSON.parse` gives it; null for any other kind, and for a string that
   * the damage cut ({@link head} gives what is there). Of texts above {@link TEXT_LIMIT} bytes only the front is given,
   * with a warning.
   */
  text(node: NodeId): string | null;
  /** At most `limit` UTF-16 units of a string, without decoding the rest; null for any other kind. */
  head(node: NodeId, limit: number): string | null;
  /** A finite number; null for any other kind, and for NaN and infinities. */
  number(node: NodeId): number | null;
  boolean(node: NodeId): boolean | null;
  /** The value as `JSON.parse` gives it (NaN and infinities as null); undefined where it is damaged or NONE. */
  json(node: NodeId): unknown;

  /** The raw JSON text of a value, as a passage with encoding `json` shows it; empty for NONE. */
  raw(node: NodeId): string;

  /** The passage of a string (its inside) or of any other value (its raw JSON text); null for NONE. */
  passage(node: NodeId, label?: string): Passage | null;
  /**
   * The passage of a part of a string, `[from, to)` in UTF-16 units of its decoded text. The byte range covers exactly
   * the escapes and sequences that encode the part. Null for any other kind, or an empty or outside range.
   */
  subPassage(node: NodeId, from: number, to: number, label?: string): Passage | null;

  /** The outline of a leaf container by another shape, with offsets in the same file. Its problems join this one's. */
  sub(node: NodeId, shape: Shape): Doc;

  /**
   * Whether so much of the time for the turns of a damaged file is over (`share` of it, 1: all), so that loops over its
   * nodes end and say so by {@link stopAt}. Never for a whole file.
   */
  late(share?: number): boolean;
  /** Says that reading ended before `node` because time was over: `read` of `all` turns, or of what a list holds. */
  stopAt(node: NodeId, read: number, all: number, what: string): void;

  /** Notes something odd or damaged. `turn` counts from 0. */
  note(severity: Problem['severity'], message: string, node: NodeId, turn?: number): void;
}

/**
 * Whether the first value of a file is its only one, or only a tail follows it, which a writer leaves that rewrites a
 * file in place without cutting it: an object without any of the members that tell the format, `marks`.
 */
export function standsAlone(doc: Doc, marks: readonly string[]): boolean {
  if (doc.secondRoot === NONE) return true;
  if (doc.kind(doc.secondRoot) !== doc.kind(doc.root)) return true;
  return doc.kind(doc.secondRoot) === 'object' && !marks.some((mark) => doc.has(doc.secondRoot, mark));
}

/** Longest text that is decoded whole, in bytes of the file. */
export const TEXT_LIMIT = 1 << 26;

/**
 * One trajectory format. A new one is a file in this folder and a line in `registry.ts`.
 *
 * Both functions are pure, never throw on what a file holds, and must be linear in the size of what they show.
 */
export interface FormatReader {
  readonly id: ReadableFormat;
  /** As people call it: `SWE-agent`. */
  readonly name: string;
  /** Whether the file is of this format, by its keys (formats.md §0), never by its name. Damaged files too. */
  recognise(doc: Doc): boolean;
  /** Reads all whole turns. Called only after {@link recognise} said yes. */
  read(doc: Doc): Episode;
}
