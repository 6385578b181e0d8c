/**
 * Completion, hover and problems for the text of a `turnpike.rewards.yaml`: pure functions over UTF-16 offsets, which the
 * language server dresses up for LSP.
 */
import { isMap, isPair, isScalar, isSeq, type Node } from 'yaml';
import { FUNCTIONS, functionById } from '../functions/registry';
import type { RewardFunction } from '../functions/define';
import { entryPath, fieldsAt, type Field } from './fields';
import { CONFIG_TEXT_LIMIT, parseConfig } from './parse';
import { Source, type Path, type Range } from './source';
import type { ConfigProblem } from './types';

export interface Completion {
  readonly label: string;
  readonly kind: 'key' | 'value' | 'function';
  /** What replaces `[offset, end)`. */
  readonly text: string;
  /** The same with tab stops in LSP syntax; null: nothing to fill in. */
  readonly snippet: string | null;
  readonly detail: string;
  readonly documentation: string;
  readonly offset: number;
  readonly end: number;
}

export interface ConfigHover extends Range {
  readonly markdown: string;
  readonly plain: string;
}

/** What is wrong, with UTF-16 offsets. */
export const configProblems = (text: string): readonly ConfigProblem[] => parseConfig(text).problems;

/** A word that no configuration holds: it stands where the cursor is, so that the parser says what the place is. */
const MARK = 'turnpikeCursorMark';

interface Place {
  readonly path: Path;
  /** `key`: the mark is a key of the map at `path`. `value`: it is the value at `path`. */
  readonly as: 'key' | 'value';
  /** The other keys of that map. */
  readonly siblings: readonly string[];
}

/** What may be written at an offset. */
export function completeConfig(text: string, offset: number): Completion[] {
  if (text.length > CONFIG_TEXT_LIMIT) return [];
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(lineStart, offset);
  if (/(^|\s)#/.test(before)) return [];
  const typed = /(?:[A-Za-z_][\w-]*|["'][^"']*|[<>]=?)$/.exec(before)?.[0] ?? '';
  const rest = /^[\w-]*["']?/.exec(text.slice(offset))?.[0] ?? '';
  const range = { offset: offset - typed.length, end: offset + rest.length };
  const keyPosition = /^\s*(?:-\s+)*$/.test(before.slice(0, before.length - typed.length));
  const hasColon = /^\s*:/.test(text.slice(range.end));
  const marked = `${text.slice(0, range.offset)}${MARK}${keyPosition && !hasColon ? ':' : ''}${text.slice(range.end)}`;
  const source = new Source(marked);
  const place = findMark(source.document.contents, []);
  if (!place) return [];
  const id = entryId(source, place.path);
  return place.as === 'key' ? keys(place, id, range, hasColon) : values(place.path, id, range);
}

function findMark(node: unknown, path: Path): Place | null {
  if (isMap(node)) {
    const names = node.items.map((pair) => (isScalar(pair.key) ? String(pair.key.value) : ''));
    for (const [i, pair] of node.items.entries()) {
      if (names[i] === MARK) return { path, as: 'key', siblings: names.filter((one) => one !== MARK) };
      const found = findMark(pair.value, [...path, names[i] ?? '']);
      if (found) return found;
    }
  } else if (isSeq(node)) {
    for (const [i, item] of node.items.entries()) {
      const found = findMark(isPair(item) ? item.value : item, [...path, i]);
      if (found) return found;
    }
  } else if (isScalar(node) && node.value === MARK) return { path, as: 'value', siblings: [] };
  return null;
}

function entryId(source: Source, path: Path): unknown {
  const entry = entryPath(path);
  return entry ? source.document.getIn([...entry, 'id']) : undefined;
}

function keys({ path, siblings }: Place, id: unknown, range: Range, hasColon: boolean): Completion[] {
  if (path.at(-1) === 'functions') return FUNCTIONS.map((one) => functionEntry(one, range, '- '));
  const taken = new Set(siblings);
  if (entryPath(path)?.length === path.length) {
    if (siblings.includes('id')) taken.add('module');
    if (siblings.includes('module')) taken.add('id').add('options');
  }
  return fieldsAt(path, id)
    .filter((field) => !taken.has(field.name))
    .map((field) => keyItem(field, range, hasColon));
}

function keyItem(field: Field, range: Range, hasColon: boolean): Completion {
  const whole: Readonly<Record<string, readonly [text: string, snippet: string]>> = {
    gate: ['gate: { threshold: 0, op: ">=" }', 'gate: { threshold: ${1:0}, op: "${2|>=,>|}" }'],
    version: ['version: 1', 'version: 1'],
    levels: ['levels:', 'levels:\n  - id: ${1:outcome}\n    functions:\n      - id: ${2:outcome}'],
    functions: ['functions:', 'functions:\n  - id: $1'],
    options: ['options: { }', 'options: { $1 }'],
  };
  const [text, snippet] = (hasColon ? undefined : whole[field.name]) ?? [hasColon ? field.name : `${field.name}: `, null];
  return {
    label: field.name,
    kind: 'key',
    text,
    snippet: snippet === text ? null : snippet,
    detail: detailOf(field),
    documentation: field.description,
    ...range,
  };
}

const detailOf = (field: Field): string => `${field.kind.replaceAll('`', '')}${field.initial !== null ? `, default ${field.initial}` : ''}`;

function functionEntry(one: RewardFunction, range: Range, dash: string): Completion {
  return {
    label: one.id,
    kind: 'function',
    text: `${dash}id: ${one.id}`,
    snippet: null,
    detail: `${one.scope === 'turn' ? 'each turn' : 'the episode'}: ${one.range}`,
    documentation: one.summary,
    ...range,
  };
}

function values(path: Path, id: unknown, range: Range): Completion[] {
  const value = (label: string, detail: string, text = label): Completion => ({
    label,
    kind: 'value',
    text,
    snippet: null,
    detail,
    documentation: '',
    ...range,
  });
  const key = path.at(-1);
  if (path.length === 4 && path[2] === 'functions')
    return FUNCTIONS.map((one) => ({ ...functionEntry(one, range, ''), text: `{ id: ${one.id} }` }));
  const field = fieldsAt(path.slice(0, -1), id).find((one) => one.name === key);
  if (!field) return [];
  switch (entryPath(path) && path.length > 5 ? '' : key) {
    case 'id':
      return entryPath(path) ? FUNCTIONS.map((one) => ({ ...functionEntry(one, range, ''), text: one.id })) : [];
    case 'op':
      return [value('>=', 'a value equal to Δ opens the gate', '">="'), value('>', 'a value equal to Δ leaves it shut', '">"')];
    case 'maskNegative':
      return [value('true', 'a shut gate masks all rewards of the level'), value('false', 'negative rewards pass every gate')];
    case 'threshold':
      return [
        value('0', 'between "empty patch" and "fails tests" of the default outcome'),
        value('1', '"passes tests" of the default outcome'),
        value('-.inf', 'never shut: direct accumulation'),
        value('.inf', 'always shut: outcome only'),
      ];
    case 'gate':
      return [{ ...value('{ threshold: 0, op: ">=" }', 'a gate'), snippet: '{ threshold: ${1:0}, op: "${2|>=,>|}" }' }];
    case 'module':
      return [value('./my_reward.mjs', 'path of your own module, relative to this file')];
    case 'options':
      return typeof id === 'string' && functionById(id)
        ? [
            value(
              `{ ${fieldsAt(path, id)
                .map((one) => `${one.name}: ${one.initial ?? ''}`)
                .join(', ')} }`,
              'the default options',
            ),
          ]
        : [];
    default: {
      const literal = /^`(.+)`$/.exec(field.kind)?.[1] ?? field.initial;
      return literal === null || literal === undefined ? [] : [value(literal, field.initial === null ? '' : 'the default')];
    }
  }
}

/** What the key or value at an offset means, or null. */
export function hoverConfig(text: string, offset: number): ConfigHover | null {
  if (text.length > CONFIG_TEXT_LIMIT) return null;
  const source = new Source(text);
  return hoverIn(source, source.document.contents, [], offset);
}

const holds = (node: unknown, offset: number): Range | null => {
  const range = (node as Node | null | undefined)?.range;
  return range && offset >= range[0] && offset <= range[1] ? { offset: range[0], end: range[1] } : null;
};

function hoverIn(source: Source, node: unknown, path: Path, offset: number): ConfigHover | null {
  if (isSeq(node)) {
    for (const [i, item] of node.items.entries()) if (holds(item, offset)) return hoverIn(source, item, [...path, i], offset);
    return null;
  }
  if (!isMap(node)) return null;
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const inside = [...path, name];
    const field = fieldsAt(path, entryId(source, path)).find((one) => one.name === name);
    const onKey = holds(key, offset);
    if (onKey) return field ? hover(onKey, fieldMarkdown(field)) : null;
    const onValue = holds(value, offset);
    if (!onValue) continue;
    if (!isScalar(value)) return hoverIn(source, value, inside, offset);
    const definition = name === 'id' && entryPath(path) && typeof value.value === 'string' ? functionById(value.value) : null;
    if (definition) return hover(onValue, functionMarkdown(definition));
    return field ? hover(onValue, fieldMarkdown(field)) : null;
  }
  return null;
}

const hover = (range: Range, markdown: string): ConfigHover => ({ ...range, markdown, plain: markdown.replaceAll(/[*`]/g, '') });

const fieldMarkdown = (field: Field): string =>
  `**${field.name}**: ${field.kind}${field.initial === null ? '' : `, default \`${field.initial}\``}\n\n${field.description}`;

function functionMarkdown(one: RewardFunction): string {
  const options = fieldsAt(['levels', 0, 'functions', 0, 'options'], one.id).map(
    (field) => `- \`${field.name}\` (${field.initial ?? 'no default'}): ${field.description}`,
  );
  return [
    `**${one.id}**: ${one.summary}`,
    [
      `- Formula: ${one.formula}`,
      `- Range: ${one.range}`,
      `- Scores: ${one.scope === 'turn' ? 'each turn' : 'the episode'}`,
      `- Reads: ${one.inputs}`,
      `- Source: ${one.source}`,
    ].join('\n'),
    ...(options.length > 0 ? [`Options:\n${options.join('\n')}`] : []),
  ].join('\n\n');
}
