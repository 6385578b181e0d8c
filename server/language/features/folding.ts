/** Folding: turns, fields, and long observations as regions, so that one command folds those alone. */
import { FoldingRangeKind, type FoldingRange } from 'vscode-languageserver/node';
import { FIELDS } from '../readable';
import type { Sheet } from '../sheet';
import { counted } from '../words';

/** An observation of more lines than this is a region. */
export const LONG_LINES = 30;

export interface FoldingOptions {
  /** The client's cap; turns come first, then regions, then the rest. */
  readonly limit: number;
  readonly collapsedText: boolean;
}

export function foldingRanges(sheet: Sheet, { limit, collapsedText }: FoldingOptions): FoldingRange[] {
  const turns: FoldingRange[] = [];
  const regions: FoldingRange[] = [];
  const fields: FoldingRange[] = [];
  for (const turn of sheet.turns) {
    const last = sheet.kind === 'readable' ? turn.range.end.line - 1 : turn.range.end.line;
    if (last > turn.line) turns.push({ startLine: turn.line, endLine: last });
    for (const name of FIELDS) {
      const field = turn.fields[name];
      if (field === null) continue;
      const end = field.text.end.line;
      if (end <= field.head) continue;
      const lines = end - field.text.start.line + 1;
      const long = name === 'observation' && lines > LONG_LINES;
      const fold: FoldingRange = { startLine: field.head, endLine: end };
      if (long) fold.kind = FoldingRangeKind.Region;
      if (collapsedText) fold.collapsedText = `${sheet.kind === 'readable' ? `┄ ${name}  ` : ''}${counted(lines, 'line')}`;
      (long ? regions : fields).push(fold);
    }
  }
  return [...turns, ...regions, ...fields].slice(0, Math.max(0, limit)).sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}
