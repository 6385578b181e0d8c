/** The short reward beside each action. */
import { InlayHintKind, type InlayHint } from 'vscode-languageserver/node';
import { fateText, hintText } from '../reward-text';
import { turnsBetween, type Sheet } from '../sheet';
import { lineText, type Range } from '../readable';

/** @param range the lines that the editor shows */
export function inlayHints(sheet: Sheet, range: Range): InlayHint[] {
  return turnsBetween(sheet, range.start.line, range.end.line).flatMap((turn): InlayHint[] => {
    const field = turn.fields.action;
    if (field === null) return [];
    const position = sheet.page === null ? field.text.end : { line: field.head, character: lineText(sheet.page, field.head).length };
    if (position.line < range.start.line || position.line > range.end.line) return [];
    return [
      {
        position,
        // VS Code draws its padding as a third of a letter: without a space of its own the hint reads as part of the text.
        label: sheet.kind === 'raw' ? ` ${hintText(turn.model, turn.turn)} ` : ` ${hintText(turn.model, turn.turn)}`,
        kind: InlayHintKind.Type,
        paddingLeft: true,
        ...(sheet.kind === 'raw' ? { paddingRight: true } : {}),
        tooltip: fateText(turn.model, turn.turn),
      },
    ];
  });
}
