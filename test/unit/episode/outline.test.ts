import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEAF, RECORD, array, object } from '../../../server/episode/json/shape';
import { EVERYTHING, canonical, cuts, docOf, encode, jsonText, valueOf } from './helpers';

describe('the outline of random JSON', () => {
  it('has the structure and the texts of JSON.parse, wherever the chunks end', () => {
    fc.assert(
      fc.property(jsonText, cuts, (text, borders) => {
        const { doc, scanner } = docOf(encode(text), EVERYTHING, borders);
        expect(scanner.damage).toBeNull();
        expect(valueOf(doc, doc.root)).toEqual(canonical(JSON.parse(text)));
      }),
      { numRuns: 1500 },
    );
  });

  it('has it when every byte is a chunk of its own, after a BOM', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const bytes = encode(`\ufeff${text}`);
        const { doc, scanner } = docOf(
          bytes,
          EVERYTHING,
          Array.from(bytes, (_, i) => i),
        );
        expect(scanner.damage).toBeNull();
        expect(valueOf(doc, doc.root)).toEqual(canonical(JSON.parse(text)));
      }),
      { numRuns: 300 },
    );
  });

  it('gives leaf containers the exact span of their text, which json() and sub() read', () => {
    fc.assert(
      fc.property(fc.array(jsonText, { minLength: 1, maxLength: 4 }), cuts, (texts, borders) => {
        const bytes = encode(`[ ${texts.join(' , ')} ]`);
        const { doc } = docOf(bytes, array(LEAF), borders);
        const children = doc.children(doc.root);
        expect(children).toHaveLength(texts.length);
        children.forEach((child, i) => {
          expect(Buffer.from(bytes.subarray(doc.start(child), doc.end(child))).toString('utf8')).toBe(texts[i]!);
          expect(canonical(doc.json(child))).toEqual(canonical(JSON.parse(texts[i]!)));
          const sub = doc.sub(child, EVERYTHING);
          expect(valueOf(sub, sub.root)).toEqual(canonical(JSON.parse(texts[i]!)));
          expect(sub.start(sub.root)).toBe(doc.start(child));
        });
      }),
      { numRuns: 400 },
    );
  });

  it('keeps what is complete when the text is cut anywhere, and says where it ends', () => {
    fc.assert(
      fc.property(fc.array(jsonText, { minLength: 1, maxLength: 5 }), fc.nat(), cuts, (texts, where, borders) => {
        const whole = encode(`{"trajectory": [${texts.join(',')}]}`);
        const bytes = whole.subarray(0, where % whole.length);
        const { doc, scanner } = docOf(bytes, object({ trajectory: array(EVERYTHING) }), borders);
        expect(scanner.damage).toMatchObject({ byte: bytes.length, truncated: true });
        const list = doc.child(doc.root, 'trajectory');
        doc.children(list).forEach((child, i) => {
          expect(doc.end(child)).toBeLessThanOrEqual(bytes.length);
          if (doc.complete(child)) expect(valueOf(doc, child)).toEqual(canonical(JSON.parse(texts[i]!)));
        });
      }),
      { numRuns: 600 },
    );
  });

  it('never throws and never hangs on bytes that are changed at random', () => {
    fc.assert(
      fc.property(
        jsonText,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        cuts,
        (text, changes, borders) => {
          const bytes = Uint8Array.from(encode(`{"history": [${text}], "info": ${text}}`));
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          const { doc } = docOf(bytes, EVERYTHING, borders);
          valueOf(doc, doc.root);
          let accepted = true;
          try {
            JSON.parse(Buffer.from(bytes).toString('utf8'));
          } catch {
            accepted = false;
          }
          if (accepted) expect(doc.damaged).toBe(false);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe('what an entered container may not hold', () => {
  const damage = (text: string): string | undefined => docOf(encode(text), EVERYTHING).scanner.damage?.message;
  it.each([
    ['{"a" 1}', "a colon was expected after the member's name, but the file has “1}”"],
    ['{"a": 1 "b": 2}', 'a comma or } was expected, but the file has “"b": 2}”'],
    ['[1 2]', 'a comma or ] was expected, but the file has “2]”'],
    ['[1,]', 'a value was expected, but the file has “]”'],
    ['{"a": 1,}', "a member's name in quotes was expected, but the file has “}”"],
    ['{a: 1}', "a member's name in quotes was expected, but the file has “a: 1}”"],
    ['[01]', 'a value was expected, but the file has “01”'],
    ['[tru]', 'a value was expected, but the file has “tru”'],
    ['[+1]', 'a value was expected, but the file has “+1”'],
    ['[1}', 'a comma or ] was expected, but the file has “}”'],
    ['[\u0000]', 'a value was expected, but the file has a NUL byte'],
    ['[1] x', 'the JSON ends before this place, and “x…” follows it'],
    ['["a', 'the file ends in the middle of a text'],
    ['  ', 'the file holds no JSON value'],
  ])('%s', (text, message) => {
    const seen = damage(text);
    expect(seen?.replace('…”', '”')).toBe(message.replace('…”', '”'));
  });

  it('shows hostile bytes of an excerpt as marks', () => {
    expect(damage('[\u001b[31mred]')).toBe('a value was expected, but the file has “�[31mred]…”');
  });
});

describe('the scanner', () => {
  it('takes NaN and infinities as numbers that are missing, and says where the first is', () => {
    const { doc, scanner } = docOf(encode('{"a": NaN, "b": -Infinity, "c": 1}'), RECORD);
    expect(scanner.damage).toBeNull();
    expect(scanner.notFinite).toBe(6);
    expect(doc.kind(doc.child(doc.root, 'a'))).toBe('number');
    expect(doc.number(doc.child(doc.root, 'a'))).toBeNull();
    expect(doc.number(doc.child(doc.root, 'b'))).toBeNull();
    expect(doc.number(doc.child(doc.root, 'c'))).toBe(1);
    expect(doc.json(doc.root)).toEqual({ a: null, b: null, c: 1 });
  });

  it('stops after the second root of JSON Lines', () => {
    const { doc, scanner } = docOf(encode('{"id": 1}\n{"id": 2}\nthis is not looked at'), RECORD);
    expect(scanner.damage).toBeNull();
    expect(doc.number(doc.child(doc.root, 'id'))).toBe(1);
    expect(doc.number(doc.child(doc.secondRoot, 'id'))).toBe(2);
  });

  it.each([
    ['skips', RECORD],
    ['enters', EVERYTHING],
  ])('%s 100,000 nested containers without recursion', (_, shape) => {
    const deep = `{"state": ${'['.repeat(100_000)}${']'.repeat(100_000)}, "action": "ls"}`;
    const { doc, scanner } = docOf(encode(deep), shape, [7, 50_000, 100_003]);
    expect(scanner.damage).toBeNull();
    expect(doc.text(doc.child(doc.root, 'action'))).toBe('ls');
  });

  it('is linear in backslashes and quotes', () => {
    const hostile = `["${'\\\\'.repeat(500_000)}${'\\"'.repeat(500_000)}"]`;
    const began = performance.now();
    const { doc } = docOf(encode(hostile), EVERYTHING, [300_001, 1_000_002]);
    expect(doc.count(doc.root)).toBe(1);
    expect(doc.text(doc.children(doc.root)[0]!)).toHaveLength(1_000_000);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('answers null for wrong types and missing nodes, so lookups chain', () => {
    const { doc } = docOf(encode('{"a": {"b": 1}, "s": "x"}'), RECORD);
    const missing = doc.child(doc.child(doc.child(doc.root, 'nope'), 'b'), 'c');
    expect(doc.kind(missing)).toBe('none');
    expect([doc.text(missing), doc.number(missing), doc.boolean(missing), doc.passage(missing)]).toEqual([null, null, null, null]);
    expect(doc.json(missing)).toBeUndefined();
    expect(doc.number(doc.child(doc.root, 's'))).toBeNull();
    expect(doc.text(doc.child(doc.root, 'a'))).toBeNull();
    expect(doc.children(doc.child(doc.root, 'a'))).toEqual([]);
    expect(doc.json(doc.child(doc.root, 'a'))).toEqual({ b: 1 });
    expect(doc.child(doc.root, '__proto__')).toBe(-1);
  });
});
