import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';

/** A replacement in a text: UTF-16 offsets, half open. */
export interface Edit {
  readonly offset: number;
  readonly end: number;
  readonly text: string;
}

/** JSON has no infinities: ±Number.MAX_VALUE stand for them. */
const written = (threshold: number): string =>
  Math.abs(threshold) >= Number.MAX_VALUE ? (threshold < 0 ? '-.inf' : '.inf') : String(threshold);

const scalar = (map: YAMLMap, key: string): unknown => {
  const node = map.get(key, true);
  return isScalar(node) ? node.value : undefined;
};

/**
 * What to write into a reward configuration so that its gates have these thresholds, by level id. Only the numbers are
 * touched: comments, order and layout stay as they were written. Levels without a gate of their own are passed over.
 *
 * @returns in the order of the text; null where the text is no YAML as it stands
 */
export function gateEdits(text: string, thresholds: ReadonlyMap<string, number>): readonly Edit[] | null {
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true });
  if (document.errors.length > 0) return null;
  const levels = isMap(document.contents) ? document.contents.get('levels', true) : null;
  const edits: Edit[] = [];
  for (const level of isSeq(levels) ? levels.items : []) {
    if (!isMap(level)) continue;
    const id = scalar(level, 'id');
    const wanted = typeof id === 'string' ? thresholds.get(id) : undefined;
    const gate = level.get('gate', true);
    const node = isMap(gate) ? gate.get('threshold', true) : null;
    if (wanted === undefined || !isScalar(node) || !node.range) continue;
    const now = written(wanted);
    if (text.slice(node.range[0], node.range[1]) !== now) edits.push({ offset: node.range[0], end: node.range[1], text: now });
  }
  return edits;
}

/** The text with its edits carried out. */
export function edited(text: string, edits: readonly Edit[]): string {
  return [...edits].sort((a, b) => b.offset - a.offset).reduce((now, e) => now.slice(0, e.offset) + e.text + now.slice(e.end), text);
}

const LEVELS_AT_MOST = 64;

/** Thresholds as a page tells them; what is no level name with a number is left out. */
export function thresholdsOf(told: unknown): ReadonlyMap<string, number> {
  if (typeof told !== 'object' || told === null) return new Map();
  const pairs = Object.entries(told).slice(0, LEVELS_AT_MOST);
  return new Map(pairs.filter((pair): pair is [string, number] => typeof pair[1] === 'number' && !Number.isNaN(pair[1])));
}
