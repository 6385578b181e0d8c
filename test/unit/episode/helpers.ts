import fc from 'fast-check';
import { readEpisode, type ByteSource, type Episode, type NotEpisode } from '../../../server/episode/index';
import { NONE, type Doc, type NodeId } from '../../../server/episode/formats/format';
import { JsonDoc, Notes } from '../../../server/episode/json/doc';
import { Outline } from '../../../server/episode/json/outline';
import { Scanner } from '../../../server/episode/json/scan';
import type { Shape } from '../../../server/episode/json/shape';

/** Enters every container, however deep. */
export const EVERYTHING: Shape = (() => {
  const shape: { -readonly [K in keyof Shape]: Shape[K] } = { members: new Map<string, Shape>() };
  shape.rest = shape;
  shape.elements = shape;
  return shape;
})();

export function memory(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (start, end) => bytes.subarray(Math.max(0, start), Math.min(end, bytes.length)) };
}

/** A document whose bytes were pushed in chunks that end at `cuts`. */
export function docOf(bytes: Uint8Array, shape: Shape, cuts: readonly number[] = []): { doc: Doc; scanner: Scanner } {
  const outline = new Outline();
  const scanner = new Scanner(shape, outline);
  const borders = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const border of [...borders, bytes.length]) {
    scanner.push(bytes.subarray(from, border));
    from = border;
  }
  scanner.end();
  outline.abandon(scanner.damage?.byte ?? bytes.length);
  const scanned = { outline, damage: scanner.damage, notFinite: scanner.notFinite };
  return { doc: new JsonDoc(memory(bytes), scanned, new Notes()), scanner };
}

/** The value as the outline has it, in a form that shows order-free members and `__proto__` keys. */
export function valueOf(doc: Doc, node: NodeId): unknown {
  switch (doc.kind(node)) {
    case 'object': {
      const members = new Map<string, unknown>();
      for (const child of doc.children(node)) members.set(doc.key(child)!, valueOf(doc, child));
      return { members: [...members].sort(([a], [b]) => (a < b ? -1 : 1)) };
    }
    case 'array':
      return doc.children(node).map((child) => valueOf(doc, child));
    case 'string':
      return doc.text(node);
    case 'number':
      return doc.number(node);
    case 'boolean':
      return doc.boolean(node);
    default:
      return null;
  }
}

/** The same form of a parsed value. */
export function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  return {
    members: Object.entries(value)
      .map(([key, entry]) => [key, canonical(entry)])
      .sort(([a], [b]) => (a! < b! ? -1 : 1)),
  };
}

export const NO_NODE = NONE;

const SHORT = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['/', '\\/'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function unicode(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The inside of a JSON string literal for `text`, each character escaped in one of the ways that JSON allows. */
export function escapeBy(text: string, choices: readonly number[]): string {
  let out = '';
  let i = 0;
  for (const character of text) {
    const choice = choices[i++ % Math.max(1, choices.length)] ?? 0;
    const code = character.codePointAt(0)!;
    const lone = code >= 0xd800 && code <= 0xdfff;
    const must = code < 0x20 || character === '"' || character === '\\' || lone;
    const short = SHORT.get(character);
    if (short !== undefined && (choice === 1 || (must && choice !== 2))) out += short;
    else if (must || choice === 2) out += character.split('').map(unicode).join('');
    else if (choice === 3)
      out += character
        .split('')
        .map((unit) => unicode(unit).toUpperCase().replace('\\U', '\\u'))
        .join('');
    else out += character;
  }
  return out;
}

/** Any text, lone surrogates, quotes, backslash runs and control characters among it. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.constantFrom('"', '\\', '\\\\"', '\n', 'é', '中', '😀', '\ud83d', 'a', ' ', '\u0000', '{', ']', ','))
    .map((parts) => parts.join('')),
  fc.integer({ min: 0, max: 400 }).map((length) => 'x'.repeat(length)),
);

const literal = fc
  .tuple(anyText, fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 7 }))
  .map(([text, choices]) => `"${escapeBy(text, choices)}"`);
const space = fc.constantFrom('', '', ' ', '\n', '\r\n', '\t', '  \n  ');
const numeral = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.integer().map(String),
  fc.constantFrom('0', '-0', '1e5', '1E+2', '-1.5e-7', '123456789012345678901234567890'),
);

/** The text of any JSON value, with odd white space, escapes, repeated keys and keys of the prototype. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    literal,
    numeral,
    fc.constantFrom('true', 'false', 'null'),
    tie('object'),
    tie('array'),
  ),
  object: fc
    .tuple(
      fc.array(
        fc.tuple(
          fc.oneof(literal, fc.constantFrom('"a"', '"a"', '"\\u0061"', '"__proto__"', '"constructor"', '"trajectory"')),
          tie('value'),
          space,
          space,
        ),
        { maxLength: 5 },
      ),
      space,
    )
    .map(
      ([members, gap]) =>
        `{${gap}${members.map(([key, value, before, after]) => `${before}${key}${after}:${before}${value}${after}`).join(',')}}`,
    ),
  array: fc
    .tuple(fc.array(fc.tuple(tie('value'), space, space), { maxLength: 5 }), space)
    .map(([elements, gap]) => `[${gap}${elements.map(([value, before, after]) => `${before}${value}${after}`).join(',')}]`),
})).value;

export const cuts = fc.array(fc.nat(), { maxLength: 12 });

export function encode(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

export function readBytes(bytes: Uint8Array): { episode?: Episode; notEpisode?: NotEpisode } {
  return readEpisode(memory(bytes));
}

/** The episode of a plain value, which must be one. */
export function episodeOf(value: unknown): Episode {
  const { episode, notEpisode } = readBytes(encode(JSON.stringify(value, null, 2)));
  if (episode === undefined) throw new Error(notEpisode?.problems.map(({ message }) => message).join(' '));
  return episode;
}
