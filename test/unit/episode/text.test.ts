import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteOfChar, charLength, charOfByte, decode, decodeHead } from '../../../server/episode/index';
import { RECORD } from '../../../server/episode/json/shape';
import { anyText, docOf, encode, escapeBy } from './helpers';

const escapes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 7 });
const bytesOf = (text: string, choices: readonly number[]): Uint8Array => encode(escapeBy(text, choices));
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .array(fc.constantFrom(0x5c, 0x75, 0x22, 0x30, 0x64, 0x38, 0xed, 0xa0, 0x80, 0xf0, 0x9f, 0x98, 0xc2, 0xe4, 0xff, 0x6e), {
      maxLength: 40,
    })
    .map((list) => Uint8Array.from(list)),
);

describe('a passage', () => {
  it('decodes to exactly the text, however it is escaped', () => {
    fc.assert(
      fc.property(anyText, escapes, (text, choices) => {
        const bytes = bytesOf(text, choices);
        expect(decode(bytes, 'string')).toEqual({ text, odd: false });
        expect(charLength(bytes, 'string')).toBe(text.length);
      }),
      { numRuns: 1500 },
    );
  });

  it('has a front of any length without half a character', () => {
    fc.assert(
      fc.property(anyText, escapes, fc.integer({ min: 1, max: 50 }), (text, choices, limit) => {
        const head = decodeHead(bytesOf(text, choices), 'string', limit);
        expect(text.startsWith(head)).toBe(true);
        expect(head.length).toBeLessThanOrEqual(limit);
        expect(head.length).toBeGreaterThanOrEqual(Math.min(text.length, limit) - 1);
        const pair = /[\ud800-\udbff]$/.test(head) && /^[\udc00-\udfff]/.test(text.slice(head.length));
        expect(pair).toBe(false);
      }),
      { numRuns: 1500 },
    );
  });

  it('maps characters to bytes and back', () => {
    fc.assert(
      fc.property(anyText, escapes, fc.nat(), fc.nat(), (text, choices, a, b) => {
        const bytes = bytesOf(text, choices);
        const from = Math.min(a, b) % (text.length + 1);
        const to = from + (Math.max(a, b) % (text.length - from + 1));
        const start = byteOfChar(bytes, 'string', from, 'start');
        const end = byteOfChar(bytes, 'string', to, 'end');
        const part = decode(bytes.subarray(start, end), 'string').text;
        expect(part).toContain(text.slice(from, to));
        expect(part.length).toBeLessThanOrEqual(to - from + 2);
        const back = charOfByte(bytes, 'string', start);
        expect(from - back === 0 || (from - back === 1 && /[\udc00-\udfff]/.test(text[from]!))).toBe(true);
        if (back === from && charOfByte(bytes, 'string', end) === to) expect(part).toBe(text.slice(from, to));
      }),
      { numRuns: 1500 },
    );
  });

  it('gives any bytes a text, whose length the walk knows', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(decode(bytes, 'json').text).toBe(Buffer.from(bytes).toString('utf8'));
        expect(charLength(bytes, 'json')).toBe(Buffer.from(bytes).toString('utf8').length);
        expect(charLength(bytes, 'string')).toBe(decode(bytes, 'string').text.length);
        for (const limit of [1, 3, 10]) expect(decode(bytes, 'string').text.startsWith(decodeHead(bytes, 'string', limit))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['a raw newline', 'a\nb', 'a\nb'],
    ['an unknown escape', 'a\\qb', 'a\\qb'],
    ['a broken unicode escape', '\\u12x', '\\u12x'],
    ['a backslash at the end', 'a\\', 'a\\'],
    ['an unknown escape among good ones', '\\t\\q\\u0041', '\t\\qA'],
  ])('keeps %s', (_, raw, text) => {
    expect(decode(encode(raw), 'string')).toEqual({ text, odd: true });
  });

  it('is odd when its bytes are no UTF-8, but not when it holds U+FFFD itself', () => {
    expect(decode(Uint8Array.of(0x61, 0xff), 'string')).toEqual({ text: 'a�', odd: true });
    expect(decode(encode('a�'), 'string')).toEqual({ text: 'a�', odd: false });
  });
});

describe('a part of a string', () => {
  it('has a passage whose bytes decode to exactly the part', () => {
    fc.assert(
      fc.property(anyText, escapes, fc.nat(), fc.nat(), (text, choices, a, b) => {
        fc.pre(text.length > 0);
        const bytes = encode(`{"before": [1], "text": "${escapeBy(text, choices)}"}`);
        const { doc } = docOf(bytes, RECORD);
        const from = a % text.length;
        const to = from + 1 + (b % (text.length - from));
        const passage = doc.subPassage(doc.child(doc.root, 'text'), from, to)!;
        const seen = decode(bytes.subarray(passage.span.start, passage.span.end), passage.encoding).text;
        const inPair = (at: number): boolean => /[\ud800-\udbff]/.test(text[at - 1] ?? '') && /[\udc00-\udfff]/.test(text[at] ?? '');
        if (inPair(from) || inPair(to)) expect(seen).toContain(text.slice(from, to));
        else expect(seen).toBe(text.slice(from, to));
      }),
      { numRuns: 1000 },
    );
  });

  it('is null outside the text and for other values', () => {
    const { doc } = docOf(encode('{"text": "abc", "n": 1}'), RECORD);
    const text = doc.child(doc.root, 'text');
    expect(doc.subPassage(text, 2, 2)).toBeNull();
    expect(doc.subPassage(text, 3, 4)).toBeNull();
    expect(doc.subPassage(doc.child(doc.root, 'n'), 0, 1)).toBeNull();
  });
});
