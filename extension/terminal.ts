import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type * as vscode from 'vscode';
import { launchers } from './launchers';

const INSTALLED = 'turnpike.terminalCommand';

/** Puts the extension's own `turnpike` on the PATH of integrated terminals, and of nothing else. */
export async function installTerminalCommand(context: vscode.ExtensionContext, cli: string): Promise<void> {
  const bin = join(context.globalStorageUri.fsPath, 'bin');
  await mkdir(bin, { recursive: true });
  const { posix, windows } = launchers(process.execPath, cli);
  if (process.platform === 'win32') await writeFile(join(bin, 'turnpike.cmd'), windows);
  else {
    await writeFile(join(bin, 'turnpike'), posix);
    await chmod(join(bin, 'turnpike'), 0o755);
  }
  const variables = context.environmentVariableCollection;
  variables.persistent = true;
  variables.description = 'Turnpike: the `turnpike` command';
  variables.prepend('PATH', bin + delimiter);
  await context.globalState.update(INSTALLED, true);
}

/** After an update the extension lies elsewhere: where the command is installed, it is written again. */
export async function refreshTerminalCommand(context: vscode.ExtensionContext, cli: string): Promise<void> {
  if (context.globalState.get<boolean>(INSTALLED) === true) await installTerminalCommand(context, cli);
}
