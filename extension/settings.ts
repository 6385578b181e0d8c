import * as vscode from 'vscode';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { ServerSettings } from '../server/protocol/index';
import { DEFAULTS } from './defaults';

/** Reads one setting under `turnpike.`; the code's default answers where nothing is set. */
export function setting<K extends keyof typeof DEFAULTS>(key: K): (typeof DEFAULTS)[K] {
  return vscode.workspace.getConfiguration().get<(typeof DEFAULTS)[K]>(key) ?? DEFAULTS[key];
}

/** The path that `turnpike.rewards.file` names: `~` and paths relative to the first workspace folder are resolved. */
export function rewardsFile(): string {
  const given = setting('turnpike.rewards.file').trim();
  if (given === '') return '';
  if (given === '~' || given.startsWith('~/')) return join(homedir(), given.slice(1));
  if (isAbsolute(given)) return given;
  const root = vscode.workspace.workspaceFolders?.find((f) => f.uri.scheme === 'file');
  return root ? join(root.uri.fsPath, given) : given;
}

/** What the server needs to know of this window. */
export function serverSettings(allowedModules: readonly string[]): ServerSettings {
  return {
    rewardsFile: rewardsFile(),
    mutedRules: [...setting('turnpike.hacks.mutedRules')],
    trusted: vscode.workspace.isTrusted,
    allowedModules,
  };
}
