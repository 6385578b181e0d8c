/**
 * The readable document: an episode as text with real newlines, page by page.
 *
 *     django__django-16255 · SWE-agent 1.1.0 · turns 1 to 17 of 17
 *
 *     ── Turn 7 · python reproduce.py ──────────
 *     ┄ thought
 *     The script prints 344, so …
 *     ┄ action  bash
 *     python reproduce.py
 *     ┄ observation  exit 0 · 0.42 s
 *     344
 *
 * A field's text stands at column 0, not indented by two as LOOK.md draws it, and without a `$`: an indentation would
 * be copied with every line of a patch or a script, and a selection over several lines could not equal the evidence it
 * shows. So any selection inside a field is exactly the recorded text, with ANSI escapes gone and CRLF as LF; headers
 * carry a mark of their own instead, and folding is served, not guessed from indentation.
 *
 * Pure: texts are handed in.
 */
import type { Field, Passage, Rollout, Span, Turn } from '../episode/index';
import { turnName } from './heading';
import { clean, recordedOffset, shownOffset, type Cuts } from './text/clean';
import type { Ink } from './text/ink';
import { grouped } from './words';

/** A page ends after this many turns … */
export const PAGE_TURNS = 250;
/** … or this many UTF-16 units of text, whichever comes first; one turn is never split. */
export const PAGE_UNITS = 1_000_000;
/** A piece longer than this shows its beginning, and says so. */
export const PIECE_UNITS = 500_000;

export const FIELDS: readonly Field[] = ['thought', 'action', 'observation'];
const TURN_MARK = '──';
const FIELD_MARK = '┄';
/** A heading's rule ends here, but is neither shorter nor longer than these: a long one would wrap where the editor is narrow. */
const RULE_END = 60;
const RULE = { least: 2, most: 10 } as const;

/** Turns `[from, to)`. */
export interface TurnWindow {
  readonly from: number;
  readonly to: number;
}

/** Which turns stand on which page; at least one page. Needs no text, only its lengths. */
export function paginate(turns: readonly Turn[]): readonly TurnWindow[] {
  const pages: TurnWindow[] = [];
  let from = 0;
  let units = 0;
  turns.forEach((turn, i) => {
    const size = FIELDS.reduce((sum, field) => sum + Math.min(turn.lengths[field], PIECE_UNITS), 0);
    if (i > from && (i - from >= PAGE_TURNS || units + size > PAGE_UNITS)) {
      pages.push({ from, to: i });
      from = i;
      units = 0;
    }
    units += size;
  });
  pages.push({ from, to: turns.length });
  return pages;
}

/** Page that shows a turn. */
export function pageOfTurn(pages: readonly TurnWindow[], turn: number): number {
  const found = pages.findIndex((page) => turn < page.to);
  return found === -1 ? pages.length - 1 : found;
}

/** A piece of recorded text on the page. Lines count from 0, offsets in UTF-16 units. */
export interface Block {
  readonly turn: number;
  readonly field: Field;
  /** Position of the piece among the field's passages. */
  readonly piece: number;
  readonly passage: Passage;
  readonly headerLine: number;
  /** First and last line of its text. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** Where its text begins in the page's text, and its shown length. */
  readonly offset: number;
  readonly length: number;
  readonly cuts: Cuts;
  /** What ANSI escapes coloured; offsets in the piece's shown text. */
  readonly inks: readonly Ink[];
}

/** Where a turn stands: its header line, and the last line that belongs to it. */
export interface TurnLines {
  readonly turn: number;
  readonly line: number;
  readonly last: number;
  /** Header line of each field. */
  readonly fields: Readonly<Record<Field, number>>;
}

/** A place in a line that leads elsewhere. */
export interface PageLink {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly to: { readonly page: number } | { readonly span: Span };
}

export interface ReadablePage {
  readonly page: number;
  readonly pages: number;
  readonly window: TurnWindow;
  readonly text: string;
  /** Offset in `text` at which each line begins. */
  readonly lineStarts: Uint32Array;
  readonly turns: readonly TurnLines[];
  readonly blocks: readonly Block[];
  readonly links: readonly PageLink[];
}

/** A passage with its recorded text; `wholeLength` is null when the text is whole. */
export interface RecordedPiece {
  readonly passage: Passage;
  readonly text: string;
  readonly wholeLength: number | null;
}

export interface PageInput {
  /** First line: what this is. Line breaks in it become spaces. */
  readonly title: string;
  readonly rollout: Rollout;
  readonly pages: readonly TurnWindow[];
  readonly page: number;
  /** Texts of a turn of this page. */
  readonly pieces: (turn: Turn) => Readonly<Record<Field, readonly RecordedPiece[]>>;
}

const oneLine = (text: string): string => text.replace(/[\r\n\u2028\u2029]+/g, ' ');

/** Lays out a page. Time and memory are linear in its text. */
export function layoutPage(input: PageInput): ReadablePage {
  const { rollout, pages, page } = input;
  const window = pages[page] ?? { from: 0, to: 0 };
  const parts: string[] = [];
  const lineStarts: number[] = [0];
  let offset = 0;
  let line = 0;
  const put = (text: string): number => {
    parts.push(text, '\n');
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) lineStarts.push(offset + i + 1);
    offset += text.length + 1;
    lineStarts.push(offset);
    const first = line;
    line = lineStarts.length - 1;
    return first;
  };
  const links: PageLink[] = [];
  const blocks: Block[] = [];
  const turns: TurnLines[] = [];

  const total = rollout.turns.length;
  const range = total === 0 ? 'no turns' : `turns ${grouped(window.from + 1)} to ${grouped(window.to)} of ${grouped(total)}`;
  put(`${oneLine(input.title)} · ${range}`);
  if (pages.length > 1) putPageLine(page, pages.length, put, links);
  put('');

  for (let index = window.from; index < window.to; index++) {
    const turn = rollout.turns[index];
    if (turn === undefined) continue;
    const number = `${TURN_MARK} Turn ${index + 1}`;
    const head = `${TURN_MARK} ${turnName(turn, index)} `;
    const headLine = put(head + '─'.repeat(Math.max(RULE.least, Math.min(RULE.most, RULE_END - head.length))));
    links.push({ line: headLine, start: TURN_MARK.length + 1, end: number.length, to: { span: turn.span } });
    const texts = input.pieces(turn);
    const fieldLines = {} as Record<Field, number>;
    for (const field of FIELDS) {
      const pieces = texts[field];
      fieldLines[field] = line;
      if (pieces.length === 0)
        put(`${FIELD_MARK} ${field}  ${field === 'observation' && turn.observationHash !== null ? 'empty' : 'none recorded'}`);
      pieces.forEach(({ passage, text, wholeLength }, piece) => {
        const shown = clean(text);
        const head = fieldHead(turn, field, passage, shown.text === '', piece);
        const headerLine = put(head);
        if (shown.text === '') return;
        const start = offset;
        const firstLine = put(shown.text);
        blocks.push({
          turn: index,
          field,
          piece,
          passage,
          headerLine,
          firstLine,
          lastLine: line - 1,
          offset: start,
          length: shown.text.length,
          cuts: shown.cuts,
          inks: shown.inks,
        });
        if (wholeLength === null) return;
        const rest = `${FIELD_MARK} first ${grouped(text.length)} of ${grouped(wholeLength)} characters; the rest is in the file at `;
        const where = `byte ${grouped(passage.span.start)}`;
        const at = put(rest + where);
        links.push({ line: at, start: rest.length, end: rest.length + where.length, to: { span: passage.span } });
      });
    }
    turns.push({ turn: index, line: headLine, last: line - 1, fields: fieldLines });
    put('');
  }
  if (pages.length > 1) putPageLine(page, pages.length, put, links);
  return { page, pages: pages.length, window, text: parts.join(''), lineStarts: Uint32Array.from(lineStarts), turns, blocks, links };
}

function fieldHead(turn: Turn, field: Field, { label, encoding }: Passage, empty: boolean, piece: number): string {
  const facts: string[] = [];
  if (label !== undefined) facts.push(oneLine(label).slice(0, 80));
  else if (field === 'action' && turn.tool !== null) facts.push(oneLine(turn.tool.name).slice(0, 80));
  if (field === 'action' && encoding === 'json') facts.push('json');
  if (field === 'observation' && piece === 0) {
    if (turn.returnCode !== null) facts.push(`exit ${turn.returnCode}`);
    if (turn.timedOut) facts.push('timed out');
    if (turn.seconds !== null) facts.push(`${turn.seconds.toFixed(2)} s`);
  }
  if (empty) facts.push('empty');
  return facts.length === 0 ? `${FIELD_MARK} ${field}` : `${FIELD_MARK} ${field}  ${facts.join(' · ')}`;
}

/** Pages named in the page line around the current one. */
const NEAR = 5;

function putPageLine(page: number, pages: number, put: (text: string) => number, links: PageLink[]): void {
  let text = `page ${page + 1} of ${grouped(pages)} · `;
  const here: { start: number; end: number; page: number }[] = [];
  let last = -1;
  for (let p = 0; p < pages; p++) {
    if (p !== 0 && p !== pages - 1 && Math.abs(p - page) > NEAR) continue;
    if (last !== -1) text += p === last + 1 ? ' ' : ' … ';
    last = p;
    const name = p === page ? `[${p + 1}]` : String(p + 1);
    if (p !== page) here.push({ start: text.length, end: text.length + name.length, page: p });
    text += name;
  }
  const line = put(text);
  for (const { start, end, page: target } of here) links.push({ line, start, end, to: { page: target } });
}

export interface Position {
  line: number;
  character: number;
}
export interface Range {
  start: Position;
  end: Position;
}

/** Line and character of an offset in the page's text. */
export function positionAt(page: ReadablePage, offset: number): Position {
  let low = 0;
  let high = page.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((page.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, character: offset - (page.lineStarts[low] ?? 0) };
}

/** Offset in the page's text of a position, clamped to its line. */
export function offsetAt(page: ReadablePage, position: Position): number {
  const line = Math.max(0, Math.min(position.line, page.lineStarts.length - 1));
  const start = page.lineStarts[line] ?? 0;
  const end = line + 1 < page.lineStarts.length ? (page.lineStarts[line + 1] ?? 0) - 1 : page.text.length;
  return Math.min(end, start + Math.max(0, position.character));
}

/** A line without its end. */
export function lineText(page: ReadablePage, line: number): string {
  return page.text.slice(offsetAt(page, { line, character: 0 }), offsetAt(page, { line, character: Infinity }));
}

/** The turn that a line belongs to; null in the page's head and foot. */
export function turnAtLine(page: ReadablePage, line: number): TurnLines | null {
  let low = 0;
  let high = page.turns.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((page.turns[middle]?.line ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  const found = page.turns[low - 1];
  // The empty line after a turn still belongs to it, so that the last line of a selection finds its turn.
  return found !== undefined && line <= found.last + 1 ? found : null;
}

/** The lines of a turn, by index; null: on another page. */
export function linesOfTurn(page: ReadablePage, turn: number): TurnLines | null {
  return page.turns[turn - page.window.from] ?? null;
}

/** The piece of recorded text that a line shows; null on headers. */
export function blockAtLine(page: ReadablePage, line: number): Block | null {
  let low = 0;
  let high = page.blocks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((page.blocks[middle]?.firstLine ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  const found = page.blocks[low - 1];
  return found !== undefined && line <= found.lastLine ? found : null;
}

/** The piece that holds a byte of the file, among a turn's. */
export function blockOfSpan(page: ReadablePage, turn: number, span: Span): Block | null {
  return page.blocks.find((b) => b.turn === turn && b.passage.span.start <= span.start && span.start <= b.passage.span.end) ?? null;
}

/**
 * Where UTF-16 units `[start, end)` of a piece's recorded text are shown. The text in the range is the recorded text
 * as shown, no more and no less.
 */
export function rangeOfUnits(page: ReadablePage, block: Block, start: number, end: number): Range {
  const from = Math.min(block.length, shownOffset(block.cuts, start));
  const to = Math.min(block.length, Math.max(from, shownOffset(block.cuts, end)));
  return { start: positionAt(page, block.offset + from), end: positionAt(page, block.offset + to) };
}

/** UTF-16 units of a piece's recorded text that a range shows; cut to the piece. */
export function unitsOfRange(page: ReadablePage, block: Block, range: Range): { readonly start: number; readonly end: number } {
  const inside = (position: Position): number => Math.max(0, Math.min(block.length, offsetAt(page, position) - block.offset));
  const from = inside(range.start);
  const to = Math.max(from, inside(range.end));
  return {
    start: recordedOffset(block.cuts, from, 'after'),
    end: Math.max(recordedOffset(block.cuts, to, 'before'), recordedOffset(block.cuts, from, 'after')),
  };
}
