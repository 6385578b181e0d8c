import * as vscode from 'vscode';
import { runCli } from '../cli';
import { CannotRun } from '../cannot-run';
import { type Context } from '../commands/context';
import type { Where } from '../editor';

/** Where this workspace's replays are kept. */
export const replayStorage = (extension: vscode.ExtensionContext): string =>
  vscode.Uri.joinPath(extension.storageUri ?? extension.globalStorageUri, 'replay').fsPath;

/**
 * A terminal in a container with the state after a turn. The command line runs as the terminal's own program, so no
 * shell reads what an episode wrote. The container goes when its shell ends, unless it is to be kept.
 */
export function openStateTerminal(c: Context, where: Where & { readonly turn: number }, keep = false): void {
  if (!vscode.workspace.isTrusted)
    throw new CannotRun('A terminal in the state of a turn starts a container, which needs a trusted workspace.', [
      { title: 'Manage Workspace Trust', command: 'workbench.trust.manage' },
    ]);
  open(c, `Turn ${where.turn + 1}`, [
    where.uri.fsPath,
    '--turn',
    String(where.turn + 1),
    ...(where.attempt === null ? [] : ['--attempt', String(where.attempt + 1)]),
    '--storage',
    replayStorage(c.extension),
    ...(keep ? ['--keep'] : []),
  ]);
}

function open(c: Context, name: string, args: readonly string[]): void {
  const terminal = vscode.window.createTerminal({
    name,
    iconPath: new vscode.ThemeIcon('debug-rerun'),
    shellPath: process.execPath,
    shellArgs: [c.engine.cli, 'shell', ...args],
    env: { ELECTRON_RUN_AS_NODE: '1' },
    isTransient: true,
  });
  terminal.show();
  if (!args.includes('--keep')) return;
  const listening = vscode.window.onDidCloseTerminal((closed) => {
    if (closed !== terminal) return;
    listening.dispose();
    offerKept(c, name).catch((e: unknown) => c.engine.log.warn(`Kept containers could not be listed: ${String(e)}`));
  });
  c.extension.subscriptions.push(listening);
}

/** A container that is kept takes memory and disk: whoever left it is told, with both ways on. */
async function offerKept(c: Context, name: string): Promise<void> {
  const listed = await runCli(c.engine.cli, ['shell', '--list']);
  // One line each: name, time, state. The newest is the one that was just left.
  const kept = listed.stdout
    .split('\n')
    .map((line) => line.split('  '))
    .filter((parts) => parts.length >= 2)
    .sort((a, b) => (a[1] ?? '').localeCompare(b[1] ?? ''))
    .at(-1)?.[0];
  if (kept === undefined) return;
  const again = 'Open Terminal';
  const remove = 'Remove Container';
  const picked = await vscode.window.showInformationMessage(`The container of ${name.toLowerCase()} is kept as ${kept}.`, again, remove);
  if (picked === again) open(c, name, ['--container', kept, '--keep']);
  if (picked !== remove) return;
  const removed = await runCli(c.engine.cli, ['shell', '--remove', kept]);
  vscode.window.setStatusBarMessage((removed.stdout || removed.stderr).trim(), 5000);
}
