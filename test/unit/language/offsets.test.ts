import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { positionsOf, unitsBetween } from '../../../server/language/text/offsets';
import { elementSpans, memberSpan } from '../../../server/language/text/json-spans';
import { readPassages } from '../../../server/language/text/passages';

const encoder = new TextEncoder();
const reader =
  (bytes: Uint8Array) =>
  ({ start, end }: { start: number; end: number }): Promise<Uint8Array> =>
    Promise.resolve(bytes.subarray(start, end));

describe('positions of bytes in a file', () => {
  test('equal line and column of the text, wherever chunks are cut', async () => {
    const text = fc.array(fc.constantFrom('a', 'é', '€', '😀', '\n', 'xyz'), { maxLength: 40 }).map((p) => p.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (content, chunk) => {
        const bytes = encoder.encode(content);
        const borders = [...content].reduce<number[]>((at, c) => [...at, (at.at(-1) ?? 0) + encoder.encode(c).length], [0]);
        const positions = await positionsOf(reader(bytes), borders, undefined, chunk);
        for (const byte of borders) {
          const before = new TextDecoder().decode(bytes.subarray(0, byte));
          const line = before.split('\n').length - 1;
          expect(positions.at(byte)).toEqual({ line, character: before.length - (before.lastIndexOf('\n') + 1) });
        }
      }),
    );
  });

  test('a byte order mark takes no column, because editors hide it', async () => {
    const bytes = encoder.encode('\ufeff{"a":1}\n{}');
    const positions = await positionsOf(reader(bytes), [0, 3, 4, bytes.indexOf(10) + 1]);
    expect([0, 3, 4, bytes.indexOf(10) + 1].map((b) => positions.at(b))).toEqual([
      { line: 0, character: 0 },
      { line: 0, character: 0 },
      { line: 0, character: 1 },
      { line: 1, character: 0 },
    ]);
  });

  test('80,000 places in one line of 8 MB cost one pass', async () => {
    const bytes = new Uint8Array(8 << 20).fill(97);
    const wanted = Array.from({ length: 80_000 }, (_, i) => i * 100);
    const began = performance.now();
    const positions = await positionsOf(reader(bytes), wanted);
    expect(positions.at(7_999_900)).toEqual({ line: 0, character: 7_999_900 });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('a surrogate pair is two units', () => {
    const bytes = encoder.encode('a😀é');
    expect(unitsBetween(bytes, 0, bytes.length)).toBe('a😀é'.length);
  });
});

describe('where values stand in JSON', () => {
  test('elements parse to the elements of the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 2, '\t'), (values, space) => {
        const text = JSON.stringify(values, null, space);
        const bytes = encoder.encode(text);
        const spans = elementSpans(bytes);
        expect(spans.map(({ start, end }) => JSON.parse(new TextDecoder().decode(bytes.subarray(start, end))) as unknown)).toEqual(
          JSON.parse(text),
        );
      }),
    );
  });

  test('a member is the one that JSON.parse takes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (object, value) => {
        const text = `{"state": 1, ${Object.entries(object)
          .filter(([k]) => k !== 'state' && k !== '__proto__')
          .map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)},`)
          .join('')} "state" : ${JSON.stringify(value)}}`;
        const bytes = encoder.encode(text);
        const span = memberSpan(bytes, 'state');
        expect(span).not.toBeNull();
        expect(JSON.parse(new TextDecoder().decode(bytes.subarray(span!.start, span!.end)))).toEqual(
          (JSON.parse(text) as { state: unknown }).state,
        );
      }),
    );
  });

  test('broken JSON ends early and never throws or hangs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        elementSpans(Uint8Array.from([0x5b, ...noise]));
        memberSpan(Uint8Array.from([0x7b, 0x22, ...noise]), 'state');
      }),
    );
  });

  test('100,000 nested arrays are one element', () => {
    const deep = encoder.encode(`[${'['.repeat(100_000)}${']'.repeat(100_000)}]`);
    expect(elementSpans(deep)).toEqual([{ start: 1, end: 200_001 }]);
  });
});

describe('reading many passages', () => {
  test('gives each its text, with one read for neighbours and its own for what is far away', async () => {
    const parts = ['one', 'tw\\u00f6', 'th\\nree'];
    const gap = 'x'.repeat(100_000);
    const bytes = encoder.encode(parts[0]! + parts[1]! + gap + parts[2]!);
    const reads: number[] = [];
    const read = (span: { start: number; end: number }): Promise<Uint8Array> => {
      reads.push(span.end - span.start);
      return reader(bytes)(span);
    };
    const passage = (start: number, length: number) => ({ span: { start, end: start + length }, encoding: 'string' as const });
    const far = bytes.length - parts[2]!.length;
    const texts = await readPassages(read, [passage(far, parts[2]!.length), passage(0, 3), passage(3, parts[1]!.length)]);
    expect(texts).toEqual(['th\nree', 'one', 'twö']);
    expect(reads).toEqual([3 + parts[1]!.length, parts[2]!.length]);
  });
});
