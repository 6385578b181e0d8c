import * as vscode from 'vscode';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { ServerSettings } from '../server/protocol/index';
import { DEFAULTS } from './defaults';
import { replaySettings } from './replay/settings';

/** Reads one setting under `turnpike.`, of the window or of a folder; the code's default answers where nothing is set. */
export function setting<K extends keyof typeof DEFAULTS>(key: K, folder?: vscode.WorkspaceFolder): (typeof DEFAULTS)[K] {
  return vscode.workspace.getConfiguration(undefined, folder ?? null).get<(typeof DEFAULTS)[K]>(key) ?? DEFAULTS[key];
}

/**
 * The path that `turnpike.rewards.file` names: `~` and relative paths are resolved, the latter from the first workspace
 * folder, or from the folder whose own settings name it.
 * @param folder whose episodes are meant; absent: of the window
 */
export function rewardsFile(folder?: vscode.WorkspaceFolder): string {
  const given = setting('turnpike.rewards.file', folder).trim();
  if (given === '') return '';
  if (given === '~' || given.startsWith('~/')) return join(homedir(), given.slice(1));
  if (isAbsolute(given)) return given;
  const set = vscode.workspace.getConfiguration(undefined, folder ?? null).inspect<string>('turnpike.rewards.file');
  const own = set?.workspaceFolderValue === undefined ? undefined : folder;
  const root = own ?? vscode.workspace.workspaceFolders?.find((f) => f.uri.scheme === 'file');
  return root ? join(root.uri.fsPath, given) : given;
}

/** {@link rewardsFile} of each workspace folder, by its path. */
export function rewardsFiles(): Readonly<Record<string, string>> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((f) => f.uri.scheme === 'file');
  return Object.fromEntries(folders.map((f) => [f.uri.fsPath, rewardsFile(f)]));
}

/** The folder that relative paths in settings of the window start at; null: none is open. */
const root = (): string | null => vscode.workspace.workspaceFolders?.find((f) => f.uri.scheme === 'file')?.uri.fsPath ?? null;

/**
 * What the server needs to know of this window.
 * @param storage folder of this workspace's replays; null: there is none
 */
export function serverSettings(allowedModules: readonly string[], storage: string | null): ServerSettings {
  const written = {
    images: setting('turnpike.replay.images'),
    repositories: setting('turnpike.replay.repositories'),
    limits: setting('turnpike.replay.limits'),
    runtime: setting('turnpike.replay.runtime'),
    sweAgentTools: setting('turnpike.replay.sweAgentTools'),
    active: setting('turnpike.replay.active'),
    tests: setting('turnpike.tests'),
  };
  return {
    rewardsFile: rewardsFile(),
    rewardsFiles: rewardsFiles(),
    mutedRules: [...setting('turnpike.hacks.mutedRules')],
    trusted: vscode.workspace.isTrusted,
    allowedModules,
    replay: replaySettings(written, root(), storage),
  };
}
