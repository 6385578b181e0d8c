import * as vscode from 'vscode';
import type { ReplayView } from '../../server/protocol/index';
import type { Context } from '../commands/context';
import type { Where } from '../editor';
import { setting } from '../settings';

/**
 * A terminal in a container with the state after a turn. The command line runs as the terminal's own program, so no
 * shell reads what an episode wrote; the container goes when the terminal is closed.
 */
export async function openStateTerminal(c: Context, where: Where & { readonly turn: number }, view: ReplayView): Promise<void> {
  const args = ['shell', where.uri.fsPath, '--turn', String(where.turn + 1)];
  const terminal = vscode.window.createTerminal({
    name: `Turn ${where.turn + 1}`,
    iconPath: new vscode.ThemeIcon('debug-rerun'),
    shellPath: process.execPath,
    shellArgs: [c.engine.cli, ...args],
    env: { ELECTRON_RUN_AS_NODE: '1' },
    isTransient: true,
  });
  terminal.show();
  void view;
  void setting;
  await Promise.resolve();
}
