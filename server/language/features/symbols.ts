/** The outline: turns with their fields. */
import { SymbolKind, type DocumentSymbol, type SymbolInformation } from 'vscode-languageserver/node';
import type { Field } from '../../episode/index';
import { turnName } from '../heading';
import { FIELDS, type Range } from '../readable';
import { lensTitle } from '../reward-text';
import type { Sheet, SheetTurn } from '../sheet';
import { shorten } from '../words';

const KIND: Readonly<Record<Field, SymbolKind>> = { thought: SymbolKind.String, action: SymbolKind.Method, observation: SymbolKind.Object };
/** Above this many turns the outline names turns alone. */
export const FIELDS_UP_TO = 200;

const name = ({ model, turn }: SheetTurn): string => {
  const of = model.turns[turn];
  return of === undefined ? `Turn ${turn + 1}` : turnName(of, turn);
};

const outlines = new WeakMap<Sheet, DocumentSymbol[]>();

export function documentSymbols(sheet: Sheet): DocumentSymbol[] {
  let outline = outlines.get(sheet);
  if (outline === undefined) outlines.set(sheet, (outline = build(sheet)));
  return outline;
}

function build(sheet: Sheet): DocumentSymbol[] {
  const withFields = sheet.turns.length <= FIELDS_UP_TO;
  return sheet.turns.map((turn) => {
    const head: Range = { start: { line: turn.line, character: 0 }, end: { line: turn.line, character: 0 } };
    const whole: Range = sheet.kind === 'readable' ? turn.range : { start: { line: turn.line, character: 0 }, end: turn.range.end };
    const symbol: DocumentSymbol = {
      name: name(turn),
      detail: withFields ? shorten(lensTitle(turn.model, turn.turn), 80) : '',
      kind: SymbolKind.Event,
      range: whole,
      selectionRange: head,
    };
    if (withFields) {
      symbol.children = FIELDS.flatMap((field): DocumentSymbol[] => {
        const place = turn.fields[field];
        if (place === null) return [];
        const start = { line: place.head, character: 0 };
        return [{ name: field, kind: KIND[field], range: { start, end: place.text.end }, selectionRange: { start, end: start } }];
      });
    }
    return symbol;
  });
}

/** For clients without a hierarchy. */
export function flatSymbols(sheet: Sheet, uri: string): SymbolInformation[] {
  return sheet.turns.map((turn) => ({ name: name(turn), kind: SymbolKind.Event, location: { uri, range: turn.range } }));
}
