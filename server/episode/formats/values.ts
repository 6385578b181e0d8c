import { NONE, type Doc, type NodeId } from './format';
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

/** Longest run configuration that is looked into, in bytes. */
const CONFIG_LIMIT = 4 << 20;

/** SWE-agent's `replay_config`, an object or a string of JSON; null where absent, damaged or too long. */
export function replayConfig(doc: Doc, node: NodeId): JsonRecord | null {
  const config = doc.child(node, 'replay_config');
  if (config === NONE || !doc.complete(config) || doc.end(config) - doc.start(config) > CONFIG_LIMIT) return null;
  const text = doc.text(config);
  return asRecord(text === null ? doc.json(config) : parseTolerantly(text));
}
