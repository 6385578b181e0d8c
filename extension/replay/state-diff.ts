import * as vscode from 'vscode';
import { replayMethods, type ReplayView } from '../../server/protocol/index';
import { CannotRun } from '../cannot-run';
import { type Context } from '../commands/context';
import type { Where } from '../editor';
import { refOf } from './replays';
import { stateName, stateUri } from './state-uri';

/** Files that the multi-file diff editor opens at once. */
const SHOWN = 300;

/** The repository after two turns, all changed files in one diff editor. −1 is the state before the first turn. */
export async function diffStates(c: Context, where: Where, from: number, to: number): Promise<void> {
  const changes = await c.engine.request(replayMethods.changes, { ...refOf(where), from, to });
  const span = from < 0 ? `up to ${stateName(to)}` : `${stateName(from)} ↔ ${stateName(to)}`;
  if (changes === null)
    throw new CannotRun(`The repository is not known at ${stateName(to)}. A replay keeps its states.`, [
      { title: 'Replay Episode', command: 'turnpike.replay', arguments: [refOf(where)] },
    ]);
  if (changes.length === 0) {
    vscode.window.setStatusBarMessage(
      from === to - 1 ? `Turn ${to + 1} changed no file of the repository` : `No file differs: ${span}`,
      5000,
    );
    return;
  }
  const at = (turn: number, path: string): vscode.Uri =>
    vscode.Uri.parse(stateUri({ uri: where.uri.toString(), attempt: where.attempt, turn, path }));
  const resources = changes
    .slice(0, SHOWN)
    .map(({ path, status }) => [
      at(to, path),
      status === 'added' ? undefined : at(from, path),
      status === 'deleted' ? undefined : at(to, path),
    ]);
  // VS Code tells how many files it shows, and nothing of those that it does not.
  const cut = changes.length > SHOWN ? `, first ${SHOWN} of ${changes.length.toLocaleString('en-US')}` : '';
  await vscode.commands.executeCommand('vscode.changes', `Repository · ${span}${cut}`, resources);
}

/** Asks which two states are meant. Undefined: the reader left. */
export async function pickStates(view: ReplayView, turn: number): Promise<{ readonly from: number; readonly to: number } | undefined> {
  const last = view.marks.reduce((found, mark, i) => (mark === 'not_executed' || mark === 'not_replayed' ? found : i), -1);
  const items = [
    { label: `What turn ${turn + 1} changed`, from: turn - 1, to: turn },
    { label: `From the start to turn ${turn + 1}`, from: -1, to: turn },
    ...(last > turn ? [{ label: `From turn ${turn + 1} to the end (turn ${last + 1})`, from: turn, to: last }] : []),
    { label: 'Between two other turns…', from: null, to: null },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: 'Repository Between Turns' });
  if (!picked || picked.from !== null) return picked && { from: picked.from ?? -1, to: picked.to };
  const total = view.marks.length;
  const text = await vscode.window.showInputBox({
    title: 'Repository Between Two Turns',
    prompt: `Two turns from 0 (before the first) to ${total}, as in 3-7`,
    validateInput: (v) => (parseSpan(v, total) ? undefined : `Two turns of 0 to ${total}, the earlier one first, as in 3-7.`),
  });
  return text === undefined ? undefined : (parseSpan(text, total) ?? undefined);
}

/** `3-7` as a reader writes it, counted from 1, 0 being the start; null where it is none. */
export function parseSpan(text: string, total: number): { readonly from: number; readonly to: number } | null {
  const found = /^\s*(\d{1,9})\s*(?:-|–|,|\s|to)\s*(\d{1,9})\s*$/.exec(text);
  if (!found) return null;
  const [from, to] = [Number(found[1]) - 1, Number(found[2]) - 1];
  return from < to && to < total ? { from, to } : null;
}
