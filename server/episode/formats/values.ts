import { NONE, type Doc, type NodeId, type NodeKind } from './format';
import { parseTolerantly } from '../json/doc';

/** Plain values out of parsed JSON, without trusting any of its types. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function asRecord(value: unknown): JsonRecord | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : null;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** A finite number that is an own member; null for anything else. */
export function numberIn(record: JsonRecord | null, key: string): number | null {
  const value = own(record, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A string that is an own member; null for anything else. */
export function stringIn(record: JsonRecord | null, key: string): string | null {
  const value = own(record, key);
  return typeof value === 'string' ? value : null;
}

/** An own member, or undefined. */
export function own(record: JsonRecord | null, key: string): unknown {
  return record !== null && Object.hasOwn(record, key) ? record[key] : undefined;
}

const NAMES: Readonly<Record<NodeKind, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  null: 'null',
  none: 'nothing',
};

/** A kind of value in a sentence: `an object`, `null`. */
export function article(kind: NodeKind): string {
  return NAMES[kind];
}

const WANTED: Partial<Record<NodeKind, string>> = { string: 'text', array: 'list', object: 'object', number: 'number' };

/** Whether a member is there with a value of a kind that its reader does not take; null counts as not there. */
export function isWrong(doc: Doc, node: NodeId, kinds: readonly NodeKind[]): boolean {
  const kind = doc.kind(node);
  return kind !== 'none' && kind !== 'null' && !kinds.includes(kind);
}

/**
 * Says that a member is of a wrong type and what follows: read as missing, its value would change an outcome in silence.
 * `kinds`: what is taken, the usual one first.
 */
export function noteWrong(
  doc: Doc,
  parent: NodeId,
  key: string,
  kinds: readonly NodeKind[],
  then = 'it is read as missing',
  turn?: number,
): void {
  const node = doc.child(parent, key);
  if (!isWrong(doc, node, kinds)) return;
  doc.note('error', `The “${key}” is no ${WANTED[kinds[0]!] ?? kinds[0]!} but ${article(doc.kind(node))}; ${then}.`, node, turn);
}

/** Longest run configuration that is looked into, in bytes. */
const CONFIG_LIMIT = 4 << 20;

/** SWE-agent's `replay_config`, an object or a string of JSON; null where absent, damaged or too long. */
export function replayConfig(doc: Doc, node: NodeId): JsonRecord | null {
  const config = doc.child(node, 'replay_config');
  if (config === NONE || !doc.complete(config) || doc.end(config) - doc.start(config) > CONFIG_LIMIT) return null;
  const text = doc.text(config);
  return asRecord(text === null ? doc.json(config) : parseTolerantly(text));
}
