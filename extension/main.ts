import * as vscode from 'vscode';
import { Badges } from './badges';
import { Engine, concerns } from './client';
import type { Context } from './commands/context';
import { readingCommands } from './commands/reading';
import { register } from './commands/register';
import { allowedModules, rewardCommands } from './commands/rewards';
import { toolCommands } from './commands/tools';
import { Inspectors } from './editor';
import { Episodes } from './episodes';
import { EpisodesView } from './episodes-view';
import { FindingsView } from './findings-view';
import { FolderPanels } from './folder';
import { pageActions } from './page-actions';
import { Readables } from './readable';
import { serverSettings } from './settings';
import { StatusItems } from './status';
import { refreshTerminalCommand } from './terminal';
import { registerTexts } from './texts';
import { uriHandler } from './uri-handler';

/** Builds the surfaces and starts nothing: the server comes up when the first of them needs it. */
export function activate(extension: vscode.ExtensionContext): void {
  const cli = vscode.Uri.joinPath(extension.extensionUri, 'dist', 'turnpike.cjs').fsPath;
  const engine = new Engine(cli, () => serverSettings(allowedModules(extension)));
  const episodes = new Episodes(engine, extension.workspaceState);
  const inspectors = new Inspectors(extension.extensionUri, engine, episodes);
  const readables = new Readables(engine, episodes, inspectors);
  const context: Context = { extension, engine, episodes, inspectors, readables };
  const tree = new EpisodesView(engine, episodes);
  const folders = new FolderPanels(extension.extensionUri, engine);
  const status = new StatusItems(engine);

  const startFor = (document: vscode.TextDocument): void => {
    if (!engine.started && concerns(document)) engine.start().catch((e: unknown) => engine.log.error(String(e)));
  };

  extension.subscriptions.push(
    engine,
    episodes,
    inspectors,
    readables,
    tree,
    folders,
    status,
    new FindingsView(episodes),
    new Badges(episodes),
    registerTexts(),
    register(engine, { ...readingCommands(context), ...rewardCommands(context), ...toolCommands(context, tree, folders) }),
    pageActions(context),
    vscode.window.registerUriHandler(uriHandler(inspectors)),
    episodes.onView((key) => {
      const view = key === null ? null : episodes.view(vscode.Uri.parse(key));
      if (view) status.setRewards(view.config);
    }),
    vscode.workspace.onDidOpenTextDocument(startFor),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void engine.pushSettings()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void engine.pushSettings()),
    vscode.workspace.onDidChangeConfiguration((e) => {
      if (e.affectsConfiguration('turnpike.trace.server')) void engine.applyTrace();
      if (e.affectsConfiguration('turnpike.rewards') || e.affectsConfiguration('turnpike.hacks')) void engine.pushSettings();
      if (e.affectsConfiguration('turnpike.episodes')) tree.refresh();
    }),
  );
  for (const document of vscode.workspace.textDocuments) startFor(document);
  refreshTerminalCommand(extension, cli).catch((e: unknown) => engine.log.warn(`The terminal command could not be renewed: ${String(e)}`));
}
