/** Code actions: mute a finding's rule, look at the turn in the inspector, say how its reward came about. */
import { CodeActionKind, type CodeAction, type Diagnostic } from 'vscode-languageserver/node';
import type { Commands } from '../commands';
import type { Range } from '../readable';
import { turnOfPosition, type Sheet } from '../sheet';
import { SOURCE } from './diagnostics';

export function codeActions(sheet: Sheet, uri: string, range: Range, shown: readonly Diagnostic[], commands: Commands): CodeAction[] {
  const actions: CodeAction[] = [];
  const byRule = new Map<string, Diagnostic[]>();
  for (const diagnostic of shown) {
    if (diagnostic.source !== SOURCE || typeof diagnostic.code !== 'string') continue;
    byRule.set(diagnostic.code, [...(byRule.get(diagnostic.code) ?? []), diagnostic]);
  }
  for (const [rule, diagnostics] of byRule) {
    const title = `Mute rule ${rule}`;
    actions.push({ title, kind: CodeActionKind.QuickFix, diagnostics, command: commands.mute(title, rule) });
  }
  const turn = turnOfPosition(sheet, range.start);
  if (turn === null) return actions;
  const argument = { uri, attempt: turn.model.attempt, turn: turn.turn };
  const inspect = commands.inspect(`Open turn ${turn.turn + 1} in the inspector`, argument);
  const diagnostics = shown.filter((d) => d.source === SOURCE);
  const attached = diagnostics.length > 0 ? { diagnostics } : {};
  // As a fix where there is a squiggle, so that the bulb offers it; else as a plain action.
  const kind = diagnostics.length > 0 ? CodeActionKind.QuickFix : CodeActionKind.Empty;
  if (inspect !== null) actions.push({ title: inspect.title, kind, ...attached, command: inspect });
  const explain = commands.explain(`Explain the reward of turn ${turn.turn + 1}`, argument);
  actions.push({ title: explain.title, kind: CodeActionKind.Empty, command: explain });
  return actions;
}
