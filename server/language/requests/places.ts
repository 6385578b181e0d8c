/** The readable document's text, and places in it. */
import { byteOfChar, type Field, type Span } from '../../episode/index';
import { type LineRange, readableUri } from '../../protocol/index';
import type { EpisodeModel } from '../model';
import { blockAtLine, linesOfTurn, pageOfTurn, positionAt, unitsOfRange, type Range } from '../readable';
import { rangeOfSpan } from '../sheet';

export async function readableText(
  model: EpisodeModel,
  page: number,
): Promise<{ text: string; pages: number; turnsFrom: number; turnsTo: number }> {
  const found = await model.page(page);
  return { text: found.text, pages: found.pages, turnsFrom: found.window.from, turnsTo: found.window.to };
}

export interface Place {
  readonly uri: string;
  readonly range: LineRange;
}

/**
 * Where a turn, a field of it, or bytes of the file stand in the readable document. For bytes of shown text the text in
 * the range is what they decode to; for a field its whole text, or its header where it has none; else the turn's header.
 */
export async function locate(
  model: EpisodeModel,
  uri: string,
  turn: number,
  field: Field | undefined,
  span: Span | undefined,
): Promise<Place> {
  if (turn < 0 || turn >= model.turns.length) throw new RangeError(`There is no turn ${turn + 1}; the episode has ${model.turns.length}.`);
  const page = await model.page(pageOfTurn(model.windows, turn));
  const address = readableUri({ uri, attempt: model.attempt, page: page.page });
  if (span !== undefined) {
    const range = await rangeOfSpan(model.opened, page, turn, span);
    if (range !== null) return { uri: address, range };
  }
  if (field !== undefined) {
    const blocks = page.blocks.filter((block) => block.turn === turn && block.field === field);
    const first = blocks[0];
    const last = blocks.at(-1);
    if (first !== undefined && last !== undefined) {
      return { uri: address, range: { start: positionAt(page, first.offset), end: positionAt(page, last.offset + last.length) } };
    }
  }
  const lines = linesOfTurn(page, turn);
  const line = lines === null ? 0 : field === undefined ? lines.line : lines.fields[field];
  const at = { line, character: 0 };
  return { uri: address, range: { start: at, end: at } };
}

/** The bytes of the file that a range of a readable page shows; null outside recorded text. Cut to the first piece. */
export async function bytesOfRange(
  model: EpisodeModel,
  pageIndex: number,
  range: Range,
): Promise<{ turn: number; field: Field; span: Span } | null> {
  const page = await model.page(pageIndex);
  const block = blockAtLine(page, range.start.line);
  if (block === null) return null;
  const { span, encoding } = block.passage;
  const bytes = await model.opened.bytes(span);
  const units = unitsOfRange(page, block, range);
  const start = byteOfChar(bytes, encoding, units.start, 'start');
  const end = byteOfChar(bytes, encoding, units.end, 'end');
  return { turn: block.turn, field: block.field, span: { start: span.start + start, end: span.start + Math.max(start, end) } };
}
