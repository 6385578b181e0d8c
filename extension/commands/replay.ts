import { basename } from 'node:path';
import * as vscode from 'vscode';
import { replayMethods, type PreflightView, type ReplayChoice, type ReplayView } from '../../server/protocol/index';
import type { Where } from '../editor';
import { EpisodesView } from '../episodes-view';
import { preflightText } from '../replay/preflight-text';
import { withProgress } from '../replay/progress';
import { refOf } from '../replay/replays';
import { diffStates, pickStates } from '../replay/state-diff';
import { stateOf, type StateView } from '../replay/state-view';
import { openStateTerminal } from '../replay/terminal';
import { wayOut } from '../replay/ways-out';
import { nextOf, replayWords } from '../replay/words';
import { showText } from '../texts';
import { CannotRun } from '../cannot-run';
import { type Context, current, fileOf, placeOf } from './context';
import type { CommandId, Handler } from './ids';

type Replay = Extract<
  CommandId,
  | 'turnpike.replay'
  | 'turnpike.replayAgain'
  | 'turnpike.replayToHere'
  | 'turnpike.cancelReplay'
  | 'turnpike.preflight'
  | 'turnpike.diffObservation'
  | 'turnpike.diffStates'
  | 'turnpike.browseState'
  | 'turnpike.closeState'
  | 'turnpike.openTerminal'
  | 'turnpike.copyScript'
  | 'turnpike.nextDivergence'
>;

type Turn = Where & { readonly turn: number };

/** Commands about running an episode again, and about what that showed. */
export function replayCommands(c: Context, state: StateView): Readonly<Record<Replay, Handler>> {
  return {
    'turnpike.replay': async (argument) => void (await replayEpisode(c, await at(c, argument), {})),
    'turnpike.replayAgain': async (argument) => void (await replayEpisode(c, await at(c, argument), { again: true })),
    'turnpike.replayToHere': async (argument) => {
      const where = await turnAt(c, argument);
      const view = await replayEpisode(c, where, { until: where.turn });
      if (view) openStateTerminal(c, where, true);
    },
    'turnpike.cancelReplay': async (argument) => {
      const where = await at(c, argument).catch(() => null);
      // What is in front may be another episode: the wish to stop is then meant for what runs.
      if ((where === null || c.replays.cancel(where.uri) === 0) && c.replays.cancel() === 0) throw new CannotRun('No replay runs.');
    },
    'turnpike.preflight': async (argument) => {
      const where = await at(c, argument);
      const found: PreflightView = await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: 'Looking at what a replay needs' },
        async () => await c.engine.request(replayMethods.preflight, refOf(where)),
      );
      await showText('what a replay needs.txt', preflightText(basename(where.uri.path), found));
    },
    'turnpike.diffObservation': async (argument) => await c.observations.diff(await turnAt(c, argument)),
    'turnpike.diffStates': async (argument) => {
      const given = argument as { readonly from?: unknown; readonly to?: unknown } | undefined;
      const where = await turnAt(c, argument);
      if (Number.isSafeInteger(given?.from) && Number.isSafeInteger(given?.to)) {
        await diffStates(c, where, given?.from as number, given?.to as number);
        return;
      }
      // A turn that was pointed at is asked for itself; from the palette two are chosen.
      const states =
        placeOf(argument)?.turn != null ? { from: where.turn - 1, to: where.turn } : await pickStates(await replayOf(c, where), where.turn);
      if (states) await diffStates(c, where, states.from, states.to);
    },
    'turnpike.browseState': async (argument) => {
      const where = await turnAt(c, argument);
      const place = { uri: where.uri.toString(), attempt: where.attempt, turn: where.turn, path: '' };
      if ((await c.states.entries(place)) === null) throw notKnown(where);
      await state.show(place);
    },
    'turnpike.closeState': async () => await state.close(),
    'turnpike.openTerminal': async (argument) => {
      const where = await turnAt(c, argument);
      // Without a replay the command line would start one of its own, out of sight.
      await replayOf(c, where);
      openStateTerminal(c, where);
    },
    'turnpike.copyScript': async (argument) => {
      const where = await at(c, argument);
      const script = await c.engine.request(replayMethods.script, refOf(where));
      await vscode.env.clipboard.writeText(script);
      const open = 'Open Script';
      const picked = await vscode.window.showInformationMessage(
        'The replay is in the clipboard as a shell script. Its first lines say what it needs.',
        open,
      );
      if (picked === open) await showText(`replay ${basename(where.uri.path)}.sh`, script, { preview: false });
    },
    'turnpike.nextDivergence': async (argument) => {
      const where = await at(c, argument);
      const view = await replayOf(c, where);
      const turn = nextOf(view.marks, 'diverged', where.turn);
      if (turn === null) {
        vscode.window.setStatusBarMessage(`No turn diverged: ${replayWords(view)}`, 5000);
        return;
      }
      await vscode.commands.executeCommand('turnpike.goToTurn', { ...refOf(where), turn });
    },
  };
}

/** Replays with progress, ways out, and a word at the end. Null: it came to nothing. */
export async function replayEpisode(c: Context, where: Where, first: ReplayChoice): Promise<ReplayView | null> {
  const name = basename(where.uri.path);
  let choice: ReplayChoice | null = first;
  while (choice !== null) {
    const asked: ReplayChoice = choice;
    const result = await withProgress(c, where, `Replaying ${name}`, (token) => c.replays.start(where, asked, token));
    if ('view' in result) {
      tell(c, where, name, result.view);
      return result.view;
    }
    choice = await wayOut(c, where, asked, result.failure);
  }
  return null;
}

/** The inspector shows all of it; where none is open, a message does. */
function tell(c: Context, where: Where, name: string, view: ReplayView): void {
  const words = `${name} replayed: ${replayWords(view)}`;
  const { firstDivergence: first } = view;
  if (first === null || c.inspectors.of(where.uri).some((i) => i.panel.visible)) {
    vscode.window.setStatusBarMessage(words, 8000);
    return;
  }
  const diff = `Show Turn ${first + 1}`;
  void vscode.window.showInformationMessage(`${words}.`, diff).then((picked) => {
    if (picked === diff) void vscode.commands.executeCommand('turnpike.diffObservation', { ...refOf(where), turn: first });
  });
}

/** What is known of an episode's replay. Throws CannotRun where there is nothing. */
async function replayOf(c: Context, where: Where): Promise<ReplayView> {
  const known = c.episodes.view(where.uri);
  if (known?.replay && (where.attempt === null || known.attempt === where.attempt)) return known.replay;
  const opened = await c.episodes.open(where.uri, where.attempt);
  if ('failure' in opened) throw new CannotRun(opened.failure.sentences.join(' '));
  if (!opened.view.replay)
    throw new CannotRun('This episode was not replayed yet.', [
      { title: 'Replay Episode', command: 'turnpike.replay', arguments: [refOf(where)] },
    ]);
  return opened.view.replay;
}

const notKnown = (where: Turn): CannotRun =>
  new CannotRun(`The repository is not known after turn ${where.turn + 1}. A replay keeps its states.`, [
    { title: 'Replay Episode', command: 'turnpike.replay', arguments: [refOf(where)] },
  ]);

/** The episode that a menu, a lens, a tree, a page or a key means. */
async function at(c: Context, argument: unknown): Promise<Where> {
  const place = placeOf(argument);
  if (place) return place;
  const node = EpisodesView.uriOf(argument);
  if (node) return { uri: node, attempt: null, turn: null };
  // A menu on a turn of the page tells the turn, and means the page's own file.
  const menu = argument as { readonly webviewSection?: unknown; readonly turn?: unknown } | undefined;
  const inspector = c.inspectors.active;
  if (menu?.webviewSection !== undefined && inspector)
    return {
      uri: inspector.uri,
      attempt: inspector.attempt,
      turn: typeof menu.turn === 'number' && Number.isSafeInteger(menu.turn) && menu.turn >= 0 ? menu.turn : inspector.turn,
    };
  const uri = argument instanceof vscode.Uri ? argument : undefined;
  if (uri?.scheme === 'file') {
    const open = c.inspectors.of(uri)[0];
    return { uri, attempt: open?.attempt ?? null, turn: open?.turn ?? null };
  }
  const state = stateOf(fileOf(argument) ?? undefined);
  if (state) return { uri: vscode.Uri.parse(state.uri), attempt: state.attempt, turn: Math.max(0, state.turn) };
  return await current(c);
}

/** As {@link at}; a page that nobody has moved about in yet shows the first turn. */
async function turnAt(c: Context, argument: unknown): Promise<Turn> {
  const where = await at(c, argument);
  return { ...where, turn: where.turn ?? 0 };
}
