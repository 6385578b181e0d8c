import * as vscode from 'vscode';
import { READABLE_SCHEME } from '../../server/protocol/uri';
import { CannotRun } from '../cannot-run';
import type { Engine } from '../client';
import type { Inspectors, Where } from '../editor';
import type { Episodes } from '../episodes';
import type { Readables, Target } from '../readable';
import type { Observations } from '../replay/observations';
import type { Replays } from '../replay/replays';
import type { StateFiles } from '../replay/state-files';

/** What the commands work with. */
export interface Context {
  readonly extension: vscode.ExtensionContext;
  readonly engine: Engine;
  readonly episodes: Episodes;
  readonly inspectors: Inspectors;
  readonly readables: Readables;
  readonly replays: Replays;
  readonly observations: Observations;
  readonly states: StateFiles;
}

export const NO_EPISODE = new CannotRun('No episode is open here. Open a .traj file, or try the sample.', [
  { title: 'Open Sample', command: 'turnpike.openSample' },
]);

/** Where the reader is: in a readable document, or in an inspector. */
export async function current(c: Context): Promise<Where> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.scheme === READABLE_SCHEME) {
    const where = await c.readables.whereIs(editor);
    if (where) return where;
  }
  const inspector = c.inspectors.active;
  if (!inspector) throw NO_EPISODE;
  return { uri: inspector.uri, attempt: inspector.attempt, turn: inspector.turn };
}

const isIndex = (v: unknown): v is number => typeof v === 'number' && Number.isSafeInteger(v) && v >= 0;

/** A place and what to select there, from a lens, a link, a tree or another extension; null where the argument is none. */
export function placeOf(argument: unknown): (Where & { readonly target: Target }) | null {
  if (typeof argument !== 'object' || argument === null) return null;
  const a = argument as { uri?: unknown; attempt?: unknown; turn?: unknown; field?: unknown; span?: unknown };
  if (typeof a.uri !== 'string') return null;
  const span = (a.span ?? a) as { start?: unknown; end?: unknown };
  const field = a.field === 'thought' || a.field === 'action' || a.field === 'observation' ? a.field : null;
  return {
    uri: vscode.Uri.parse(a.uri),
    attempt: isIndex(a.attempt) ? a.attempt : null,
    turn: isIndex(a.turn) ? a.turn : null,
    target: {
      ...(field ? { field } : {}),
      ...(isIndex(span.start) && isIndex(span.end) ? { span: { start: span.start, end: span.end } } : {}),
    },
  };
}

/** The file that a menu was opened on, or that is in front. */
export function fileOf(argument: unknown): vscode.Uri | null {
  if (argument instanceof vscode.Uri) return argument;
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (tab instanceof vscode.TabInputCustom || tab instanceof vscode.TabInputText) return tab.uri;
  return null;
}
