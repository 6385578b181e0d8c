/**
 * A document that an editor shows, as far as features need it: where each turn, field and piece of evidence stands.
 * A page of a readable document and the raw text of a trajectory file look the same from here.
 */
import type { Field, Problem, Span } from '../episode/index';
import { charOfByte } from '../episode/index';
import type { Opened } from '../engine/index';
import type { Evidence, Finding } from '../hack/index';
import { EpisodeModel } from './model';
import { blockOfSpan, FIELDS, rangeOfUnits, type Position, type Range, type ReadablePage } from './readable';
import { positionsOf, type Positions } from './text/offsets';

/** Where a field stands. `head` is the line that names it, `text` the range of its text. */
export interface SheetField {
  readonly head: number;
  readonly text: Range;
}

export interface SheetTurn {
  readonly model: EpisodeModel;
  readonly turn: number;
  /** Line of its header (readable) or of its first byte (raw). */
  readonly line: number;
  readonly range: Range;
  readonly fields: Readonly<Record<Field, SheetField | null>>;
}

export interface SheetProblem {
  readonly range: Range;
  readonly problem: Problem;
}

export interface Sheet {
  readonly kind: 'readable' | 'raw';
  readonly opened: Opened;
  /** The rollout that the document's head speaks of. */
  readonly main: EpisodeModel;
  /** In the order of their lines. */
  readonly turns: readonly SheetTurn[];
  readonly problems: readonly SheetProblem[];
  /** Null: not in this document. */
  evidenceRange(model: EpisodeModel, evidence: Evidence): Range | null;
  /** Pages lead to each other; the raw text has none. */
  readonly page: ReadablePage | null;
  /** Line and character in the raw file of its turns and texts; null in a readable document, which is made without them. */
  readonly raw: Positions | null;
}

const at = (line: number, character = 0): Position => ({ line, character });

/** The turn at a line, or null. */
export function turnOfLine(sheet: Sheet, line: number): SheetTurn | null {
  let low = 0;
  let high = sheet.turns.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sheet.turns[middle]?.line ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  // Turns of one line (minified files) share it: the first of them answers.
  let found = sheet.turns[low - 1];
  while (found !== undefined && sheet.turns[low - 2]?.line === found.line) found = sheet.turns[--low - 1];
  return found !== undefined && line <= found.range.end.line ? found : null;
}

/** The turn at a position: the one that holds it, else the one of its line. Minified files have many on one line. */
export function turnOfPosition(sheet: Sheet, position: Position): SheetTurn | null {
  let low = 0;
  let high = sheet.turns.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const start = sheet.turns[middle]?.range.start;
    if (start !== undefined && (start.line < position.line || (start.line === position.line && start.character <= position.character)))
      low = middle + 1;
    else high = middle;
  }
  const found = sheet.turns[low - 1];
  return found !== undefined && contains(found.range, position) ? found : turnOfLine(sheet, position.line);
}

/** The turns whose header stands in `[from, to]`. */
export function turnsBetween(sheet: Sheet, from: number, to: number): readonly SheetTurn[] {
  let low = 0;
  let high = sheet.turns.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sheet.turns[middle]?.range.end.line ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  const found: SheetTurn[] = [];
  for (let turn = sheet.turns[low]; turn !== undefined && turn.line <= to; turn = sheet.turns[++low]) found.push(turn);
  return found;
}

export function contains(range: Range, position: Position): boolean {
  const { start, end } = range;
  const after = position.line > start.line || (position.line === start.line && position.character >= start.character);
  const before = position.line < end.line || (position.line === end.line && position.character <= end.character);
  return after && before;
}

const key = ({ turn, start, end }: Evidence): string => `${turn}:${start}:${end}`;

/** Range in a page of bytes of the file; null where no shown piece holds them. */
export async function rangeOfSpan(opened: Opened, page: ReadablePage, turn: number, span: Span): Promise<Range | null> {
  const block = blockOfSpan(page, turn, span);
  if (block === null) return null;
  const base = block.passage.span.start;
  const end = Math.min(span.end, block.passage.span.end);
  const bytes = await opened.bytes({ start: base, end });
  const { encoding } = block.passage;
  const from = charOfByte(bytes, encoding, span.start - base);
  return rangeOfUnits(page, block, from, charOfByte(bytes, encoding, end - base));
}

const pageSheets = new WeakMap<ReadablePage, Promise<Sheet>>();

/** A page of a readable document. */
export async function readableSheet(model: EpisodeModel, pageIndex: number): Promise<Sheet> {
  const page = await model.page(pageIndex);
  let sheet = pageSheets.get(page);
  if (sheet === undefined) {
    pageSheets.set(page, (sheet = buildReadableSheet(model, page)));
    sheet.catch(() => pageSheets.delete(page));
  }
  return sheet;
}

async function buildReadableSheet(model: EpisodeModel, page: ReadablePage): Promise<Sheet> {
  const { opened } = model;
  const texts = new Map<string, Range>();
  for (const block of page.blocks) {
    const range = rangeOfUnits(page, block, 0, Infinity);
    const name = `${block.turn}:${block.field}`;
    const known = texts.get(name);
    texts.set(name, known === undefined ? range : { start: known.start, end: range.end });
  }
  const turns = page.turns.map(({ turn, line, last, fields }): SheetTurn => {
    const field = (name: Field): SheetField => {
      const head = fields[name];
      return { head, text: texts.get(`${turn}:${name}`) ?? { start: at(head), end: at(head) } };
    };
    return {
      model,
      turn,
      line,
      range: { start: at(line), end: at(last + 1) },
      fields: { thought: field('thought'), action: field('action'), observation: field('observation') },
    };
  });
  const ranges = new Map<string, Range>();
  const { from, to } = page.window;
  for (const finding of model.of.findings) {
    for (const evidence of finding.evidence) {
      if (evidence.turn < from || evidence.turn >= to || ranges.has(key(evidence))) continue;
      const range = await rangeOfSpan(opened, page, evidence.turn, evidence);
      if (range !== null) ranges.set(key(evidence), range);
    }
  }
  const head = { start: at(0), end: at(0, (page.lineStarts[1] ?? 1) - 1) };
  const problems = opened.problems.flatMap((problem): SheetProblem[] => {
    if (problem.turn === null) return page.page === 0 ? [{ problem, range: head }] : [];
    const lines = page.turns[problem.turn - from];
    return lines === undefined ? [] : [{ problem, range: { start: at(lines.line), end: at(lines.line, 1000) } }];
  });
  return {
    kind: 'readable',
    opened,
    main: model,
    turns,
    problems,
    page,
    raw: null,
    evidenceRange: (_, evidence) => ranges.get(key(evidence)) ?? null,
  };
}

const rawSheets = new WeakMap<Opened, Promise<Sheet>>();

/** The raw text of the file, all rollouts in it. */
export function rawSheet(opened: Opened): Promise<Sheet> {
  let sheet = rawSheets.get(opened);
  if (sheet === undefined) {
    rawSheets.set(opened, (sheet = buildRawSheet(opened)));
    sheet.catch(() => rawSheets.delete(opened));
  }
  return sheet;
}

async function buildRawSheet(opened: Opened): Promise<Sheet> {
  const models = opened.rollouts.flatMap((_, i) => EpisodeModel.of(opened, i) ?? []);
  const main = models[opened.episode.best] ?? models[0];
  if (main === undefined) throw new Error('The file holds no rollout.');
  const fieldSpan = (model: EpisodeModel, turn: number, field: Field): Span | null => {
    const passages = model.turns[turn]?.[field] ?? [];
    if (passages.length === 0) return null;
    return { start: Math.min(...passages.map((p) => p.span.start)), end: Math.max(...passages.map((p) => p.span.end)) };
  };
  const wanted = function* (): Generator<number> {
    for (const model of models) {
      for (const [i, turn] of model.turns.entries()) {
        yield turn.span.start;
        yield turn.span.end;
        for (const field of FIELDS) {
          const span = fieldSpan(model, i, field);
          if (span !== null) yield* [span.start, span.end];
        }
      }
      for (const finding of model.of.findings) for (const { start, end } of finding.evidence) yield* [start, end];
    }
    for (const problem of opened.problems) if (problem.byte !== null) yield problem.byte;
  };
  const raw = await positionsOf((span) => opened.bytes(span), wanted());
  const range = ({ start, end }: Span): Range => ({ start: raw.at(start), end: raw.at(end) });
  const turns = models
    .flatMap((model) =>
      model.turns.map((turn, i): SheetTurn => {
        const field = (name: Field): SheetField | null => {
          const span = fieldSpan(model, i, name);
          if (span === null) return null;
          const text = range(span);
          return { head: text.start.line, text };
        };
        const whole = range(turn.span);
        return {
          model,
          turn: i,
          line: whole.start.line,
          range: whole,
          fields: { thought: field('thought'), action: field('action'), observation: field('observation') },
        };
      }),
    )
    .sort((a, b) => a.line - b.line || a.range.start.character - b.range.start.character);
  const problems = opened.problems.map((problem): SheetProblem => {
    const turn = problem.turn === null ? undefined : turns.find((t) => t.turn === problem.turn && t.model === main);
    const start = problem.byte !== null ? raw.at(problem.byte) : (turn?.range.start ?? at(problem.line === null ? 0 : problem.line - 1));
    return { problem, range: { start, end: { line: start.line, character: start.character + 1 } } };
  });
  return { kind: 'raw', opened, main, turns, problems, page: null, raw, evidenceRange: (_, evidence) => range(evidence) };
}

/** Where a finding stands first in a document: its first evidence there, else the header of its first turn there. */
export function placeOfFinding(sheet: Sheet, model: EpisodeModel, finding: Finding): Range | null {
  for (const evidence of finding.evidence) {
    const range = sheet.evidenceRange(model, evidence);
    if (range !== null) return range;
  }
  const named = new Set(finding.turns);
  const turn = sheet.turns.find((t) => t.model === model && named.has(t.turn));
  return turn === undefined ? null : { start: at(turn.line), end: at(turn.line, 1000) };
}
