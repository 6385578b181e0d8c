/** Lenses over each turn: what it was paid and why not, and its findings; what its replay showed. */
import type { CodeLens, Command } from 'vscode-languageserver/node';
import { z } from 'zod';
import type { Commands } from '../commands';
import type { EpisodeModel } from '../model';
import { factsOf, replayTitle, replayWords } from '../replays/marks';
import { lensTitle, totalsTitle } from '../reward-text';
import type { Sheet } from '../sheet';
import { counted } from '../words';

/** Up to here lenses carry their titles; beyond, a client that resolves lenses gets them as it shows them. */
export const TITLES_AT_ONCE = 500;

/** What an unresolved lens carries. */
export const lensData = z.object({
  uri: z.string(),
  attempt: z.int().nonnegative(),
  turn: z.int().nonnegative(),
  /** It speaks of the replay, not of the reward. */
  replay: z.boolean().optional(),
});
type LensData = z.infer<typeof lensData>;

/** @param uri the trajectory file, as the lens's command names it */
export function codeLenses(sheet: Sheet, uri: string, commands: Commands, resolves: boolean): CodeLens[] {
  const lenses: CodeLens[] = [];
  const { main } = sheet;
  const top = line(sheet.kind === 'readable' ? 0 : (sheet.turns[0]?.line ?? 0));
  if (main.turns.length > 0) {
    const title = totalsTitle(main.of.scores, main.of.accumulation);
    const argument = { uri, attempt: main.attempt, turn: sheet.turns.find((t) => t.model === main)?.turn ?? 0 };
    lenses.push({ range: top, command: commands.inspect(title, argument) ?? commands.explain(title, argument) });
    const replay = replayHead(main, uri, commands);
    if (replay !== null) lenses.push({ range: top, command: replay });
  }
  const late = resolves && sheet.turns.length > TITLES_AT_ONCE;
  for (const { model, turn, line: at } of sheet.turns) {
    const data: LensData[] = [{ uri, attempt: model.attempt, turn }];
    if (replayLens(model, turn) !== null) data.push({ uri, attempt: model.attempt, turn, replay: true });
    for (const of of data)
      lenses.push(late ? { range: line(at), data: of } : { range: line(at), command: lensCommand(model, of, commands) });
  }
  return lenses;
}

/** `Replay 17 turns`, or what the replay showed, which leads to its first divergence. Null: nothing to say or do. */
function replayHead(model: EpisodeModel, uri: string, commands: Commands): Command | null {
  const { replay } = model.of;
  if (replay === null) {
    const turns = model.turns.filter(({ executed }) => executed).length;
    return turns === 0 ? null : commands.replay(`Replay ${counted(turns, 'turn')}`, { uri, attempt: model.attempt });
  }
  const title = replayTitle(replay);
  const { firstDivergence } = replay;
  const argument = { uri, attempt: model.attempt, turn: firstDivergence ?? 0 };
  if (firstDivergence !== null) return commands.diff(title, argument);
  return commands.inspect(title, argument) ?? commands.explain(title, argument);
}

function replayLens({ of, turns }: EpisodeModel, turn: number): string | null {
  return of.replay === null ? null : replayWords(factsOf(of.replay, turn), turns[turn]?.executed ?? true);
}

export function lensCommand(model: EpisodeModel, { uri, attempt, turn, replay }: LensData, commands: Commands): Command {
  const argument = { uri, attempt, turn };
  const words = replay === true ? replayLens(model, turn) : null;
  return words === null ? commands.explain(lensTitle(model, turn), argument) : commands.diff(words, argument);
}

const line = (n: number): CodeLens['range'] => ({ start: { line: n, character: 0 }, end: { line: n, character: 0 } });
