/** A lens over each turn: what it was paid and why not, and its findings. */
import type { CodeLens } from 'vscode-languageserver/node';
import { z } from 'zod';
import type { Commands } from '../commands';
import { lensTitle, totalsTitle } from '../reward-text';
import type { Sheet, SheetTurn } from '../sheet';

/** Up to here lenses carry their titles; beyond, a client that resolves lenses gets them as it shows them. */
export const TITLES_AT_ONCE = 500;

/** What an unresolved lens carries. */
export const lensData = z.object({ uri: z.string(), attempt: z.int().nonnegative(), turn: z.int().nonnegative() });

/** @param uri the trajectory file, as the lens's command names it */
export function codeLenses(sheet: Sheet, uri: string, commands: Commands, resolves: boolean): CodeLens[] {
  const lenses: CodeLens[] = [];
  const { main } = sheet;
  const top = sheet.kind === 'readable' ? 0 : (sheet.turns[0]?.line ?? 0);
  if (main.turns.length > 0) {
    const title = totalsTitle(main.of.scores, main.of.accumulation);
    const argument = { uri, attempt: main.attempt, turn: sheet.turns.find((t) => t.model === main)?.turn ?? 0 };
    lenses.push({ range: line(top), command: commands.inspect(title, argument) ?? commands.explain(title, argument) });
  }
  const late = resolves && sheet.turns.length > TITLES_AT_ONCE;
  for (const turn of sheet.turns) {
    const argument = { uri, attempt: turn.model.attempt, turn: turn.turn };
    lenses.push(
      late ? { range: line(turn.line), data: argument } : { range: line(turn.line), command: turnCommand(turn, argument, commands) },
    );
  }
  return lenses;
}

function turnCommand(turn: SheetTurn, argument: z.infer<typeof lensData>, commands: Commands): ReturnType<Commands['explain']> {
  return commands.explain(lensTitle(turn.model, turn.turn), argument);
}

const line = (n: number): CodeLens['range'] => ({ start: { line: n, character: 0 }, end: { line: n, character: 0 } });
