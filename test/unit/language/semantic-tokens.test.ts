import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LEGEND, semanticTokens, TOKENS_AT_MOST } from '../../../server/language/features/semantic-tokens';
import { lineText, type ReadablePage } from '../../../server/language/readable';
import { clean } from '../../../server/language/text/clean';
import { INKS_AT_MOST } from '../../../server/language/text/ink';
import { CORPUS, model } from './open';

const E = '\u001b';
const coloured = (text: string): string[] => {
  const shown = clean(text);
  return shown.inks.map(({ start, end, hue }) => `${hue} ${shown.text.slice(start, end)}`);
};

describe('the colours of a recorded text', () => {
  test.each([
    ['a name', `a ${E}[31mred${E}[0m b`, ['red red']],
    ['bold with it, in one escape', `${E}[1;32mok${E}[m`, ['green ok']],
    ['bright as plain', `${E}[93mwarn${E}[39m`, ['yellow warn']],
    ['one after the other', `${E}[34mb${E}[35mm${E}[36mc`, ['blue b', 'magenta m', 'cyan c']],
    ['of the palette’s first sixteen', `${E}[38;5;9mr${E}[38;5;196mx${E}[38:5:2mg`, ['red r', 'green g']],
    ['none of true colour, which ends what was', `${E}[31ma${E}[38;2;31;32;33mb`, ['red a']],
    ['none of a background', `${E}[41ma${E}[48;5;1mb${E}[48;2;1;31;3mc`, []],
    ['white and black are none', `${E}[31ma${E}[37mb${E}[90mc`, ['red a']],
    ['across lines and CRs', `${E}[31ma\r\nb\rc${E}[0m`, ['red a\nb\nc']],
    ['nothing to show', `${E}[31m${E}[0m`, []],
    ['other escapes change nothing', `${E}[31ma${E}[2Kb${E}]0;31m\u0007c`, ['red abc']],
  ])('%s', (_, text, found) => {
    expect(coloured(text)).toEqual(found);
  });

  test('stand in order, apart, inside the text, whatever was printed', () => {
    const piece = fc.constantFrom('a', '\n', '\r\n', '\r', `${E}[31m`, `${E}[0m`, `${E}[1;92m`, `${E}[38;5;4m`, `${E}[38m`, `${E}[`, '😀');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (parts) => {
        const { text, inks } = clean(parts.join(''));
        let last = 0;
        for (const { start, end } of inks) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  test('a text of nothing but colours is cut off', () => {
    expect(clean(`${E}[31ma${E}[32mb`.repeat(INKS_AT_MOST)).inks).toHaveLength(INKS_AT_MOST);
  });
});

/** What the tokens colour, as text. */
function told(page: ReadablePage, data: readonly number[]): { line: number; type: string; text: string }[] {
  const out: { line: number; type: string; text: string }[] = [];
  let line = 0;
  let character = 0;
  for (let i = 0; i < data.length; i += 5) {
    const [lines = 0, characters = 0, length = 0, type = 0] = data.slice(i, i + 5);
    character = lines === 0 ? character + characters : characters;
    line += lines;
    out.push({ line, type: LEGEND.tokenTypes[type]!, text: lineText(page, line).slice(character, character + length) });
  }
  return out;
}

describe('semantic tokens', () => {
  const file = join(CORPUS, 'swe-agent/mit__SWE-agent/demo__ctf_crypto_BabyTimeCapsule__d65b4d00.traj');

  test('colour in the page what the program coloured, line by line', async () => {
    const page = await (await model(file)).page(0);
    const all = told(page, (await semanticTokens(page, null)).data);
    const wanted = page.blocks.flatMap((b) =>
      b.inks.flatMap(({ start, end }) =>
        page.text
          .slice(b.offset + start, b.offset + end)
          .split('\n')
          .filter((text) => text !== ''),
      ),
    );
    expect(wanted.length).toBeGreaterThan(0);
    expect(all.map((t) => t.text)).toEqual(wanted);
    const middle = all[Math.floor(all.length / 2)]!.line;
    const lines = { start: { line: middle, character: 0 }, end: { line: middle + 1, character: 0 } };
    expect(told(page, (await semanticTokens(page, lines)).data)).toEqual(all.filter((t) => t.line === middle));
  });

  test('are cut at a number, and end when nobody waits', async () => {
    const page = await (await model(file)).page(0);
    const block = {
      ...page.blocks[0]!,
      inks: Array.from({ length: TOKENS_AT_MOST + 9 }, () => ({ start: 0, end: 1, hue: 'red' as const })),
    };
    expect((await semanticTokens({ ...page, blocks: [block] }, null)).data).toHaveLength(TOKENS_AT_MOST * 5);
    const many = { ...page, blocks: Array.from({ length: 1000 }, () => page.blocks[0]!) };
    await expect(semanticTokens(many, null, AbortSignal.abort())).rejects.toThrow();
    expect(await semanticTokens(null, null)).toEqual({ data: [] });
  });

  test('have types that package.json describes and gives scopes', () => {
    const { contributes } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
      contributes: {
        semanticTokenTypes: { id: string }[];
        semanticTokenScopes: { language: string; scopes: Record<string, string[]> }[];
      };
    };
    expect(contributes.semanticTokenTypes.map((t) => t.id)).toEqual(LEGEND.tokenTypes);
    expect(Object.keys(contributes.semanticTokenScopes[0]!.scopes)).toEqual(LEGEND.tokenTypes);
    expect(contributes.semanticTokenScopes[0]!.language).toBe('turnpike-episode');
  });
});
