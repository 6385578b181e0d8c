import * as vscode from 'vscode';
import { runCli } from '../cli';
import { EpisodesView } from '../episodes-view';
import type { FolderPanels } from '../folder';
import { installTerminalCommand } from '../terminal';
import { showText } from '../texts';
import { CannotRun } from '../cannot-run';
import { type Context } from './context';
import type { CommandId, Handler } from './ids';

type Tools = Extract<
  CommandId,
  | 'turnpike.compareFolder'
  | 'turnpike.installTerminalCommand'
  | 'turnpike.doctor'
  | 'turnpike.restartServer'
  | 'turnpike.showLog'
  | 'turnpike.refreshEpisodes'
  | 'turnpike.showMoreEpisodes'
>;

/** Commands about the extension itself, the tree and the folder table. */
export function toolCommands(c: Context, tree: EpisodesView, folders: FolderPanels): Readonly<Record<Tools, Handler>> {
  return {
    'turnpike.compareFolder': async (argument) => {
      const uri = argument instanceof vscode.Uri ? argument : (EpisodesView.uriOf(argument) ?? (await pickFolder()));
      if (uri) folders.show(uri);
    },
    'turnpike.installTerminalCommand': async () => {
      await installTerminalCommand(c.extension, c.engine.cli);
      const open = 'Open Terminal';
      const picked = await vscode.window.showInformationMessage(
        'New integrated terminals have the turnpike command now. Terminals that are open already offer to be relaunched.',
        open,
      );
      if (picked === open) vscode.window.createTerminal('Turnpike').show();
    },
    'turnpike.doctor': async () => {
      const ran = await runCli(c.engine.cli, ['doctor'], vscode.workspace.workspaceFolders?.[0]?.uri.fsPath);
      const server = c.engine.problem ?? (c.engine.started ? 'The Turnpike server runs.' : 'The Turnpike server was not needed yet.');
      await showText('turnpike doctor.txt', `${`${ran.stdout}\n${ran.stderr}`.trim()}\n\n${server}\n`);
    },
    'turnpike.restartServer': async () => {
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: 'Restarting the Turnpike server' },
        async () => await c.engine.restart(),
      );
    },
    'turnpike.showLog': () => c.engine.log.show(),
    'turnpike.refreshEpisodes': () => tree.refresh(),
    'turnpike.showMoreEpisodes': (node) => tree.showMore(node as Parameters<EpisodesView['showMore']>[0]),
  };
}

async function pickFolder(): Promise<vscode.Uri | null> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0)
    throw new CannotRun('No folder is open. Open the folder that holds the episodes first.', [
      { title: 'Open Folder', command: 'workbench.action.files.openFolder' },
    ]);
  if (folders.length === 1 && folders[0]) return folders[0].uri;
  return (await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Folder whose episodes are compared' }))?.uri ?? null;
}
