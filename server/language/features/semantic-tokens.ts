/** The colours that programs of the episode printed, in a readable document. */
import type { SemanticTokens, SemanticTokensLegend } from 'vscode-languageserver/node';
import { offsetAt, positionAt, type Range, type ReadablePage } from '../readable';
import { HUES } from '../text/ink';

/** `ansiRed`, …: package.json maps them to scopes that themes colour. */
export const LEGEND: SemanticTokensLegend = {
  tokenTypes: HUES.map((hue) => `ansi${hue.slice(0, 1).toUpperCase()}${hue.slice(1)}`),
  tokenModifiers: [],
};

/** Tokens in one answer, counted from the beginning of what was asked for. */
export const TOKENS_AT_MOST = 50_000;
/** Pieces between two looks at whether somebody still waits. */
const BATCH = 200;

/** A token is one line's part of an ink, as an editor wants it. @param range what the editor shows; null: the whole page */
export async function semanticTokens(page: ReadablePage | null, range: Range | null, signal?: AbortSignal): Promise<SemanticTokens> {
  const data: number[] = [];
  if (page === null) return { data };
  const from = range === null ? 0 : offsetAt(page, range.start);
  const to = range === null ? page.text.length : offsetAt(page, range.end);
  let lastLine = 0;
  let lastCharacter = 0;
  const put = (start: number, length: number, type: number): void => {
    const { line, character } = positionAt(page, start);
    data.push(line - lastLine, line === lastLine ? character - lastCharacter : character, length, type, 0);
    lastLine = line;
    lastCharacter = character;
  };
  for (const [i, block] of page.blocks.entries()) {
    if (i % BATCH === BATCH - 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    }
    if (block.inks.length === 0 || block.offset + block.length < from || block.offset > to) continue;
    for (const { start, end, hue } of block.inks) {
      const type = HUES.indexOf(hue);
      const last = Math.min(block.offset + end, to);
      for (let at = Math.max(block.offset + start, from); at < last;) {
        const newline = page.text.indexOf('\n', at);
        const lineEnd = newline === -1 ? last : Math.min(newline, last);
        if (lineEnd > at) put(at, lineEnd - at, type);
        if (data.length >= TOKENS_AT_MOST * 5) return { data };
        at = lineEnd + 1;
      }
    }
  }
  return { data };
}
