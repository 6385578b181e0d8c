import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import * as vscode from 'vscode';
import { parse } from 'yaml';
import { methods } from '../../server/protocol/index';
import { runCli } from '../cli';
import { REWARDS_NAME } from '../defaults';
import { asDefault } from '../example';
import { FindingsView } from '../findings-view';
import { edited, gateEdits } from '../gate-edits';
import { rewardsFile, setting } from '../settings';
import { CannotRun } from '../cannot-run';
import { type Context, current, fileOf } from './context';
import type { CommandId, Handler } from './ids';

type Rewards = Extract<
  CommandId,
  | 'turnpike.setReport'
  | 'turnpike.editRewards'
  | 'turnpike.applyThreshold'
  | 'turnpike.checkRewards'
  | 'turnpike.allowModules'
  | 'turnpike.muteRule'
  | 'turnpike.unmuteRule'
>;

export const ALLOWED_MODULES = 'turnpike.allowedModules';

/** Commands about what episodes are rewarded by. */
export function rewardCommands(c: Context): Readonly<Record<Rewards, Handler>> {
  return {
    'turnpike.editRewards': async () => {
      const found = await configurationInUse(c);
      if (found === null) await createConfiguration(c);
      else await openFile(vscode.Uri.file(found));
    },
    'turnpike.applyThreshold': async () => {
      const tried = c.inspectors.active?.tried ?? new Map<string, number>();
      if (tried.size === 0)
        throw new CannotRun('Every threshold is as configured. Move the slider Δ of an inspector, then write it to the file.');
      const found = await configurationInUse(c);
      if (found === null) await createConfiguration(c);
      else await writeThresholds(vscode.Uri.file(found), tried);
    },
    'turnpike.checkRewards': async (argument) => {
      const given = fileOf(argument);
      const path = given?.path.endsWith('.yaml') ? given.fsPath : await configurationInUse(c);
      if (path === null)
        throw new CannotRun('Episodes are rewarded by the default configuration; there is no file to check.', [
          { title: 'Create One', command: 'turnpike.editRewards' },
        ]);
      const ran = await runCli(c.engine.cli, ['rewards', 'check', path]);
      const text = `${ran.stdout}\n${ran.stderr}`.trim();
      c.engine.log.info(`turnpike rewards check ${path}\n${text}`);
      if (ran.code === 0) {
        void vscode.window.showInformationMessage(`${basename(path)} has no errors.`);
        return;
      }
      await openFile(vscode.Uri.file(path));
      await vscode.commands.executeCommand('workbench.actions.view.problems');
      throw new CannotRun(`${basename(path)}: ${text.split('\n').find((l) => l.trim() !== '') ?? 'it could not be read'}`, [
        { title: 'Show Log', command: 'turnpike.showLog' },
      ]);
    },
    'turnpike.allowModules': async () => {
      if (!vscode.workspace.isTrusted) {
        throw new CannotRun('Own reward modules are programs: they run in a trusted workspace only.', [
          { title: 'Manage Workspace Trust', command: 'workbench.trust.manage' },
        ]);
      }
      const config = await configurationInUse(c);
      const modules = config === null ? [] : await modulesOf(config);
      if (config === null || modules.length === 0)
        throw new CannotRun('The reward configuration in use names no own module.', [
          { title: 'Edit Reward Configuration', command: 'turnpike.editRewards' },
        ]);
      const missing = modules.filter((m) => !existsSync(m));
      if (missing.length > 0)
        throw new CannotRun(
          `${basename(config)} names ${missing.map((m) => vscode.workspace.asRelativePath(m)).join(', ')}, which is not there.`,
        );
      const allow = modules.length === 1 ? 'Allow This Module' : `Allow ${modules.length} Modules`;
      const look = 'Show Code First';
      const picked = await vscode.window.showWarningMessage(
        'Let own reward modules run on this machine?',
        {
          modal: true,
          detail: `${modules.map((m) => vscode.workspace.asRelativePath(m)).join('\n')}\n\nThey run outside the server, with your rights, whenever an episode is rewarded. A module that changes must be allowed again.`,
        },
        allow,
        look,
      );
      if (picked === look) for (const m of modules) await openFile(vscode.Uri.file(m));
      if (picked !== allow) return;
      const hashes = new Set(allowedModules(c.extension));
      for (const path of modules) hashes.add((await c.engine.request(methods.allowModule, { path })).hash);
      await c.extension.globalState.update(ALLOWED_MODULES, [...hashes]);
      await c.engine.pushSettings();
    },
    'turnpike.muteRule': async (argument) => {
      const rule = ruleArgument(argument) ?? FindingsView.ruleOf(argument) ?? (await pickRule(c));
      if (rule !== null) await setMuted([...new Set([...setting('turnpike.hacks.mutedRules'), rule])]);
    },
    'turnpike.unmuteRule': async () => {
      const muted = setting('turnpike.hacks.mutedRules');
      if (muted.length === 0) throw new CannotRun('No rule is muted.');
      const rule = await vscode.window.showQuickPick([...muted], { title: 'Unmute a Rule' });
      if (rule !== undefined) await setMuted(muted.filter((m) => m !== rule));
    },
    'turnpike.setReport': async () => {
      const where = await current(c);
      const now = c.episodes.report(where.uri);
      if (now !== null) {
        const other = 'Choose Another Report…';
        const none = 'Use No Set Report';
        const picked = await vscode.window.showQuickPick([other, none], { title: `Report of this episode: ${now}` });
        if (picked === undefined) return;
        if (picked === none) {
          await c.episodes.setReport(where.uri, null);
          for (const i of c.inspectors.of(where.uri)) i.refresh();
          return;
        }
      }
      const [file] =
        (await vscode.window.showOpenDialog({
          title: 'Test Report of This Episode',
          openLabel: 'Use Report',
          defaultUri: vscode.Uri.joinPath(where.uri, '..'),
          filters: { Reports: ['json'], 'All files': ['*'] },
        })) ?? [];
      if (!file) return;
      await c.episodes.setReport(where.uri, file.fsPath);
      for (const i of c.inspectors.of(where.uri)) i.refresh();
    },
  };
}

export function allowedModules(extension: vscode.ExtensionContext): readonly string[] {
  return extension.globalState.get<readonly string[]>(ALLOWED_MODULES) ?? [];
}

/**
 * Opens a file as a person does. A document that an extension shows is kept for minutes after its tab is closed, and a
 * configuration would count as open all that time.
 */
async function openFile(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', uri, { preview: false });
}

/** Offers a commented copy of the default, with the thresholds that the reader tries. */
async function createConfiguration(c: Context): Promise<void> {
  const target = vscode.Uri.joinPath(await folderForNew(c), REWARDS_NAME);
  if (existsSync(target.fsPath)) {
    // It is there and not in use: it has errors, or rewards other episodes. Nothing that a person wrote is replaced.
    await openFile(target);
    return;
  }
  const tried = c.inspectors.active?.tried ?? new Map<string, number>();
  const carried = tried.size === 0 ? '' : ` Its ${tried.size === 1 ? 'threshold is' : 'thresholds are'} where the slider stands.`;
  const create = `Create ${REWARDS_NAME}`;
  const picked = await vscode.window.showInformationMessage(
    'Episodes are rewarded by the default configuration.',
    {
      modal: true,
      detail: `A commented copy of it in ${vscode.workspace.asRelativePath(target)} can be changed; open episodes are rewarded again as you type.${carried}`,
    },
    create,
  );
  if (picked !== create) return;
  const example = await runCli(c.engine.cli, ['rewards', 'example']);
  if (example.code !== 0) throw new Error(`The example configuration could not be made: ${example.stderr.trim()}`);
  const text = asDefault(example.stdout);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(edited(text, gateEdits(text, tried) ?? [])));
  await openFile(target);
}

/** Writes thresholds into an open editor of the file, unsaved, so that they can be looked at and undone. */
async function writeThresholds(uri: vscode.Uri, tried: ReadonlyMap<string, number>): Promise<void> {
  await openFile(uri);
  const document = vscode.workspace.textDocuments.find((d) => d.uri.toString() === uri.toString());
  if (!document) throw new CannotRun(`${basename(uri.path)} did not open as text, so the threshold was not written.`);
  const edits = gateEdits(document.getText(), tried);
  if (edits === null) throw new CannotRun(`${basename(uri.path)} is no YAML as it stands. Mend it first, then write the threshold.`);
  if (edits.length === 0) {
    void vscode.window.showInformationMessage(`${basename(uri.path)} has these thresholds already.`);
    return;
  }
  const work = new vscode.WorkspaceEdit();
  for (const { offset, end, text } of edits)
    work.replace(uri, new vscode.Range(document.positionAt(offset), document.positionAt(end)), text);
  if (!(await vscode.workspace.applyEdit(work))) throw new CannotRun(`${basename(uri.path)} could not be edited. It may be read-only.`);
  const editor = vscode.window.visibleTextEditors.find((e) => e.document === document);
  const [first] = edits;
  if (!editor || !first) return;
  const start = document.positionAt(first.offset);
  editor.selection = new vscode.Selection(start, start.translate(0, first.text.length));
  editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Path of the configuration that rewards the episode in front; null: the default. */
async function configurationInUse(c: Context): Promise<string | null> {
  const where = await current(c).catch(() => null);
  const source = where && c.episodes.view(where.uri)?.config.source;
  if (source && source !== 'default' && existsSync(source)) return source;
  if (source === 'default') return null;
  const set = rewardsFile(where ? vscode.workspace.getWorkspaceFolder(where.uri) : undefined);
  if (set !== '' && existsSync(set)) return set;
  const [first] = await vscode.workspace.findFiles(`**/${REWARDS_NAME}`, '**/node_modules/**', 1);
  return first?.fsPath ?? null;
}

async function folderForNew(c: Context): Promise<vscode.Uri> {
  const where = await current(c).catch(() => null);
  const folder = where ? vscode.workspace.getWorkspaceFolder(where.uri) : vscode.workspace.workspaceFolders?.[0];
  if (folder) return folder.uri;
  if (where && !c.inspectors.isSample(where.uri)) return vscode.Uri.joinPath(where.uri, '..');
  throw new CannotRun('A reward configuration needs a folder to stand in. Open a folder first.', [
    { title: 'Open Folder', command: 'workbench.action.files.openFolder' },
  ]);
}

/** Paths of the own modules that a configuration names. */
async function modulesOf(config: string): Promise<string[]> {
  const found = new Set<string>();
  const walk = (value: unknown, depth: number): void => {
    if (depth > 20 || typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'module' && typeof inner === 'string') found.add(isAbsolute(inner) ? inner : resolve(dirname(config), inner));
      else walk(inner, depth + 1);
    }
  };
  let parsed: unknown;
  try {
    parsed = parse(await readFile(config, 'utf8'), { maxAliasCount: 100 });
  } catch (e) {
    throw new CannotRun(`${basename(config)} can't be read: ${e instanceof Error ? (e.message.split('\n')[0] ?? '') : String(e)}`);
  }
  walk(parsed, 0);
  return [...found];
}

/** A rule as a lens (`{rule}`) or a page names it; null for anything else. */
function ruleArgument(argument: unknown): string | null {
  const rule = typeof argument === 'object' && argument !== null ? (argument as { rule?: unknown }).rule : argument;
  return typeof rule === 'string' && /^H\d+$/.test(rule) ? rule : null;
}

async function pickRule(c: Context): Promise<string | null> {
  const rules = new Map(c.episodes.openViews().flatMap((v) => v.findings.map((f) => [f.rule, f.title] as const)));
  if (rules.size === 0) throw new CannotRun('The open episodes have no findings, so there is no rule to mute.');
  const picked = await vscode.window.showQuickPick(
    [...rules].map(([label, description]) => ({ label, description })),
    { title: 'Mute a Rule' },
  );
  return picked?.label ?? null;
}

async function setMuted(rules: readonly string[]): Promise<void> {
  const target = vscode.workspace.workspaceFolders?.length ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration().update('turnpike.hacks.mutedRules', rules, target);
}
