import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { methods, type PageCommand } from '../../server/protocol/index';
import { READABLE_SCHEME, parseReadableUri } from '../../server/protocol/uri';
import { deepLink } from '../deep-link';
import { INSPECTOR, TEXT_LIMIT } from '../defaults';
import type { Where } from '../editor';
import { rangeOf } from '../raw';
import { seenText } from '../seen-text';
import { showText } from '../texts';
import { CannotRun } from '../cannot-run';
import { type Context, NO_EPISODE, current, fileOf, placeOf } from './context';
import type { CommandId, Handler } from './ids';

type Reading = Extract<
  CommandId,
  | 'turnpike.open'
  | 'turnpike.openSample'
  | 'turnpike.reopenAsText'
  | 'turnpike.openReadable'
  | 'turnpike.openInspector'
  | 'turnpike.goToTurn'
  | 'turnpike.nextTurn'
  | 'turnpike.previousTurn'
  | 'turnpike.firstFinding'
  | 'turnpike.nextError'
  | 'turnpike.nextEdit'
  | 'turnpike.goToSubmission'
  | 'turnpike.find'
  | 'turnpike.explainTurn'
  | 'turnpike.showSeen'
  | 'turnpike.copyTurnLink'
  | 'turnpike.openEvidence'
  | 'turnpike.openRaw'
>;

/** Commands that open an episode and move about in it. */
export function readingCommands(c: Context): Readonly<Record<Reading, Handler>> {
  const page = (command: PageCommand) => async () => {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.uri.scheme === READABLE_SCHEME && (command === 'next' || command === 'previous')) {
      await step(c, editor, command === 'next' ? 1 : -1);
      return;
    }
    const inspector = c.inspectors.active;
    if (!inspector) throw NO_EPISODE;
    if (!inspector.panel.visible) inspector.panel.reveal();
    inspector.command(command);
  };
  const at = async (argument: unknown): Promise<Where> => placeOf(argument) ?? (await current(c));

  return {
    'turnpike.open': async (argument) => {
      const uri = fileOf(argument) ?? (await pick());
      if (!uri) return;
      await vscode.commands.executeCommand('vscode.openWith', uri, INSPECTOR);
    },
    'turnpike.openSample': async () => {
      const uri = vscode.Uri.joinPath(c.extension.extensionUri, 'extension', 'samples', 'marshmallow-1867.traj');
      await vscode.commands.executeCommand('vscode.openWith', uri, INSPECTOR);
    },
    'turnpike.reopenAsText': async (argument) => {
      const where = await here(c, argument);
      const size = await stat(where.uri.fsPath).then(
        (s) => s.size,
        () => 0,
      );
      if (size > TEXT_LIMIT) {
        throw new CannotRun(
          `${basename(where.uri.path)} has ${(size / 1e6).toFixed(0)} MB; VS Code gives extensions no text above 50 MB. The readable document shows all of it, page by page.`,
          [{ title: 'Open Readable Document', command: 'turnpike.openReadable' }],
        );
      }
      await replace(async () => await vscode.commands.executeCommand('vscode.openWith', where.uri, 'default'));
    },
    'turnpike.openReadable': async (argument) => {
      const place = placeOf(argument);
      if (place) {
        await c.readables.open(place, place.target);
        return;
      }
      const where = await here(c, argument);
      await replace(async () => void (await c.readables.open(where)));
    },
    'turnpike.openInspector': async (argument) => {
      const place = placeOf(argument);
      if (place) {
        await c.inspectors.show(place);
        return;
      }
      const where = await here(c, argument);
      const result = await c.episodes.open(where.uri, null);
      // The inspector would give the file back to the text editor that it is to replace.
      if ('failure' in result && result.failure.recognised === null)
        throw new CannotRun(
          `${basename(where.uri.path)} stays open as text. ${result.failure.sentences[0] ?? 'It is no episode that Turnpike knows.'}`,
        );
      await replace(async () => await c.inspectors.show(where));
    },
    'turnpike.goToTurn': async (argument) => {
      const place = placeOf(argument);
      if (place?.turn != null) {
        await goTo(c, place);
        return;
      }
      const where = await current(c);
      const total = await turnCount(c, where);
      const text = await vscode.window.showInputBox({
        title: 'Go to Turn',
        prompt: `Turn 1 to ${total.toLocaleString('en-US')}`,
        value: where.turn === null ? '' : String(where.turn + 1),
        validateInput: (v) =>
          /^\d+$/.test(v.trim()) && Number(v) >= 1 && Number(v) <= total
            ? undefined
            : `This episode has turns 1 to ${total.toLocaleString('en-US')}.`,
      });
      if (text !== undefined) await goTo(c, { ...where, turn: Number(text) - 1 });
    },
    'turnpike.nextTurn': page('next'),
    'turnpike.previousTurn': page('previous'),
    'turnpike.firstFinding': page('firstFinding'),
    'turnpike.nextError': page('nextError'),
    'turnpike.nextEdit': page('nextEdit'),
    'turnpike.goToSubmission': page('submission'),
    'turnpike.find': page('find'),
    'turnpike.explainTurn': async (argument) => {
      const place = placeOf(argument);
      const editor = vscode.window.activeTextEditor;
      if (editor?.document.uri.scheme === READABLE_SCHEME) {
        const where = place ?? (await current(c));
        await c.readables.open({ ...where, turn: where.turn ?? 0 });
        await vscode.commands.executeCommand('editor.action.showHover');
        return;
      }
      await c.inspectors.show(await at(argument));
    },
    'turnpike.showSeen': async (argument) => {
      if (placeOf(argument) === null && c.inspectors.active?.panel.active) {
        c.inspectors.active.command('seen');
        return;
      }
      const where = await at(argument);
      const turn = where.turn ?? 0;
      const seen = await c.engine.request(methods.seen, {
        uri: where.uri.toString(),
        ...(where.attempt === null ? {} : { attempt: where.attempt }),
        index: turn,
        limit: 200_000,
      });
      const { text, newest } = seenText(turn, seen);
      // Beside what is being read, as long as that leaves both wide enough; never in its place.
      const column = vscode.window.tabGroups.all.length === 1 ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
      await showText(`turn ${turn + 1} seen.txt`, text, { column, preview: false, line: newest });
    },
    'turnpike.copyTurnLink': async (argument) => {
      const where = await at(argument);
      await copyLink(where);
    },
    'turnpike.openEvidence': async (argument) => {
      const place = placeOf(argument);
      if (!place) throw NO_EPISODE;
      for (const inspector of c.inspectors.of(place.uri)) if (place.turn !== null) inspector.select(place.attempt, place.turn);
      await c.readables.open(place, place.target, { column: beside(c) });
    },
    'turnpike.openRaw': async (argument) => {
      const place = placeOf(argument);
      if (!place) throw NO_EPISODE;
      await openRaw(place.uri, place.target.span ?? { start: 0, end: 0 });
    },
  };
}

/** A column for a document that is read next to the inspector. */
export function beside(c: Context): vscode.ViewColumn {
  const inspector = c.inspectors.active;
  return inspector?.panel.visible && inspector.panel.active ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
}

export async function copyLink(where: Where): Promise<void> {
  await vscode.env.clipboard.writeText(
    deepLink(vscode.env.uriScheme, { path: where.uri.fsPath, attempt: where.attempt, turn: where.turn }),
  );
  vscode.window.setStatusBarMessage(where.turn === null ? 'Link to the episode copied' : `Link to turn ${where.turn + 1} copied`, 3000);
}

/** Opens the file's own text at a byte range. */
export async function openRaw(uri: vscode.Uri, span: { readonly start: number; readonly end: number }): Promise<void> {
  const range = await rangeOf(uri.fsPath, span, TEXT_LIMIT);
  if ('problem' in range) throw new CannotRun(range.problem, [{ title: 'Open Readable Document', command: 'turnpike.openReadable' }]);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character),
    preview: true,
  });
}

async function goTo(c: Context, where: Where): Promise<void> {
  if (vscode.window.activeTextEditor?.document.uri.scheme === READABLE_SCHEME) {
    await c.readables.open(where);
    for (const inspector of c.inspectors.of(where.uri)) if (where.turn !== null) inspector.select(where.attempt, where.turn);
    return;
  }
  await c.inspectors.show(where);
}

async function step(c: Context, editor: vscode.TextEditor, by: 1 | -1): Promise<void> {
  const where = await c.readables.whereIs(editor);
  if (!where) throw NO_EPISODE;
  const total = await turnCount(c, where);
  const turn = Math.min(total - 1, Math.max(0, where.turn === null ? 0 : where.turn + by));
  await goTo(c, { ...where, turn });
}

async function turnCount(c: Context, where: Where): Promise<number> {
  const known = c.episodes.view(where.uri);
  if (known && (where.attempt === null || known.attempt === where.attempt)) return known.turnCount;
  const opened = await c.episodes.open(where.uri, where.attempt);
  if ('failure' in opened) throw new CannotRun(opened.failure.sentences.join(' '));
  return opened.view.turnCount;
}

/** The episode that a menu was opened on, or that is in front in any of its three shapes. */
async function here(c: Context, argument: unknown): Promise<Where> {
  const uri = fileOf(argument);
  if (uri?.scheme === READABLE_SCHEME) {
    const editor = vscode.window.activeTextEditor;
    const where = editor?.document.uri.toString() === uri.toString() ? await c.readables.whereIs(editor) : null;
    const place = parseReadableUri(uri.toString());
    if (where) return where;
    if (place) return { uri: vscode.Uri.parse(place.uri), attempt: place.attempt, turn: null };
  }
  if (uri) {
    const inspector = c.inspectors.of(uri)[0];
    return { uri, attempt: inspector?.attempt ?? null, turn: inspector?.turn ?? null };
  }
  return await current(c);
}

/** Opens something in place of the tab that is in front. */
async function replace(open: () => Promise<unknown>): Promise<void> {
  const before = vscode.window.tabGroups.activeTabGroup.activeTab;
  await open();
  const after = vscode.window.tabGroups.activeTabGroup.activeTab;
  if (before && before !== after && !before.isDirty && vscode.window.tabGroups.all.some((g) => g.tabs.includes(before)))
    await vscode.window.tabGroups.close(before, true);
}

async function pick(): Promise<vscode.Uri | null> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: 'Open an Episode',
      openLabel: 'Open in Turnpike',
      filters: { Episodes: ['traj', 'json', 'jsonl'], 'All files': ['*'] },
    })) ?? [];
  return uri ?? null;
}
