/* eslint-disable no-control-regex -- control characters are what this is about */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clean, recordedOffset, shownOffset } from '../../../server/language/text/clean';

const pieces = fc.constantFrom(
  'a',
  'bc',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\r\r\n',
  '\u001b[31m',
  '\u001b[0m',
  '\u001b]0;title\u0007',
  '\u001b(B',
  '\u009b2K',
  '😀',
  '\ud83d',
  '\u0000',
  'é',
);
const recorded = fc.array(pieces, { maxLength: 30 }).map((p) => p.join(''));

describe('what a reader sees of a recorded text', () => {
  test.each([
    ['plain text stays', 'a\nb', 'a\nb'],
    ['CRLF is one line end', 'a\r\nb\r\r\nc', 'a\nb\nc'],
    ['a lone CR breaks the line', '10%\r20%', '10%\n20%'],
    ['colours go', '\u001b[1;31mred\u001b[0m', 'red'],
    ['titles go', '\u001b]0;x\u0007a\u001b]0;y\u001b\\b', 'ab'],
    ['an escape at the end stays', 'a\u001b', 'a\u001b'],
    ['an unterminated colour stays, as its letters do', '\u001b[31', '\u001b[31'.replace('\u001b[', '')],
  ])('%s', (_, given, shown) => {
    expect(clean(given).text).toBe(shown);
  });

  test('no line end but LF is left, and nothing but escapes and CR is lost', () => {
    fc.assert(
      fc.property(recorded, (text) => {
        const shown = clean(text).text;
        expect(shown).not.toContain('\r');
        const letters = (t: string): string => t.replace(/[^abcé😀\u0000 ]/gu, '');
        expect(letters(shown)).toBe(letters(text.replace(/\u001b\]0;title\u0007|\u001b\[\d*m|\u001b\(B|\u009b2K/g, '')));
      }),
    );
  });

  test('a place and back: every shown unit is the recorded unit it came from', () => {
    fc.assert(
      fc.property(recorded, (text) => {
        const { text: shown, cuts } = clean(text);
        for (let i = 0; i < shown.length; i++) {
          const at = recordedOffset(cuts, i, 'after');
          expect(shown[i]).toBe(text[at] === '\r' ? '\n' : text[at]);
          expect(shownOffset(cuts, at)).toBe(i);
        }
        expect(shownOffset(cuts, text.length)).toBe(shown.length);
        expect(shownOffset(cuts, 0)).toBe(0);
        expect(recordedOffset(cuts, shown.length, 'after')).toBe(text.length);
      }),
    );
  });

  test('the shown text of a recorded range stands between its shown ends', () => {
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 12 }),
        fc.array(pieces, { maxLength: 12 }),
        fc.array(pieces, { maxLength: 12 }),
        (a, b, c) => {
          const [before, inside, after] = [a, b, c].map((p) => p.join('')) as [string, string, string];
          // A border inside CRLF or before an escape that a bare ESC would join is no border of the text.
          fc.pre(!/\r$/.test(before) && !/\r$/.test(inside));
          const { text, cuts } = clean(before + inside + after);
          expect(text.slice(shownOffset(cuts, before.length), shownOffset(cuts, before.length + inside.length))).toBe(clean(inside).text);
        },
      ),
    );
  });
});
