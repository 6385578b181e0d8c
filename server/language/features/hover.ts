/** The whole arithmetic of a turn's reward, over its headers (readable) or anywhere in it (raw), and over evidence. */
import { MarkupKind, type Hover } from 'vscode-languageserver/node';
import type { Finding } from '../../hack/index';
import { FIELDS, type Position, type Range } from '../readable';
import { explainTurn, explainTurnPlainly } from '../reward-text';
import { contains, turnOfPosition, type Sheet, type SheetTurn } from '../sheet';

export function hover(sheet: Sheet, position: Position, markdown: boolean): Hover | null {
  const turn = turnOfPosition(sheet, position);
  if (turn === null) return null;
  const range = hoverRange(sheet, turn, position);
  if (range === null) return null;
  const value = markdown ? explainTurn(turn.model, turn.turn) : explainTurnPlainly(turn.model, turn.turn);
  return { contents: { kind: markdown ? MarkupKind.Markdown : MarkupKind.PlainText, value }, range };
}

function hoverRange(sheet: Sheet, turn: SheetTurn, position: Position): Range | null {
  const evidence = turn.model
    .findingsOf(turn.turn)
    .map((finding) => evidenceAt(sheet, turn, finding, position))
    .find((r) => r !== null);
  if (evidence !== undefined) return evidence;
  const wholeLine: Range = { start: { line: position.line, character: 0 }, end: { line: position.line + 1, character: 0 } };
  if (sheet.kind === 'raw') return turn.range.start.line === turn.range.end.line ? turn.range : wholeLine;
  // Over a field's text a hover would hide what is read; its headers are enough.
  return position.line === turn.line || FIELDS.some((field) => turn.fields[field]?.head === position.line) ? wholeLine : null;
}

function evidenceAt(sheet: Sheet, turn: SheetTurn, finding: Finding, position: Position): Range | null {
  for (const evidence of finding.evidence) {
    if (evidence.turn !== turn.turn) continue;
    const range = sheet.evidenceRange(turn.model, evidence);
    if (range !== null && contains(range, position)) return range;
  }
  return null;
}
