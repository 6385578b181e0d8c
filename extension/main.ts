import * as vscode from 'vscode';
import { Badges } from './badges';
import { Engine, concerns } from './client';
import type { Context } from './commands/context';
import { readingCommands } from './commands/reading';
import { register } from './commands/register';
import { replayCommands } from './commands/replay';
import { allowedModules, rewardCommands } from './commands/rewards';
import { toolCommands } from './commands/tools';
import { Inspectors } from './editor';
import { Episodes } from './episodes';
import { EpisodesView } from './episodes-view';
import { FindingsView } from './findings-view';
import { FolderPanels } from './folder';
import { pageActions } from './page-actions';
import { Readables } from './readable';
import { ReplayKeys } from './replay/keys';
import { ReplayMarks } from './replay/marks';
import { Observations } from './replay/observations';
import { Replays } from './replay/replays';
import { StateFiles } from './replay/state-files';
import { StateView } from './replay/state-view';
import { replayStorage } from './replay/terminal';
import { ReplayTests } from './replay/tests';
import { serverSettings } from './settings';
import { StatusItems } from './status';
import { refreshTerminalCommand } from './terminal';
import { registerTexts } from './texts';
import { uriHandler } from './uri-handler';

/** Sections whose settings the server is told. */
const SERVER_SETTINGS = ['turnpike.rewards', 'turnpike.hacks', 'turnpike.replay', 'turnpike.tests'];

/** Builds the surfaces and starts nothing: the server comes up when the first of them needs it. */
export function activate(extension: vscode.ExtensionContext): void {
  const cli = vscode.Uri.joinPath(extension.extensionUri, 'dist', 'turnpike.cjs').fsPath;
  const storage = replayStorage(extension);
  const engine = new Engine(cli, () => serverSettings(allowedModules(extension), storage));
  const episodes = new Episodes(engine, extension.workspaceState);
  const marks = new ReplayMarks(extension.workspaceState, episodes);
  const replays = new Replays(engine, episodes, marks);
  const inspectors = new Inspectors(extension.extensionUri, engine, episodes);
  const readables = new Readables(engine, episodes, inspectors);
  const observations = new Observations(engine, replays);
  const states = new StateFiles(engine);
  const state = new StateView(states, episodes);
  const context: Context = { extension, engine, episodes, inspectors, readables, replays, observations, states };
  const tree = new EpisodesView(engine, episodes, marks);
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
    new Badges(episodes, marks),
    marks,
    replays,
    observations,
    states,
    state,
    new ReplayKeys(context),
    new ReplayTests(context, tree),
    registerTexts(),
    register(engine, {
      ...readingCommands(context),
      ...rewardCommands(context),
      ...toolCommands(context, tree, folders),
      ...replayCommands(context, state),
    }),
    pageActions(context),
    vscode.window.registerUriHandler(uriHandler(inspectors)),
    episodes.onView((key) => {
      const view = key === null ? null : episodes.view(vscode.Uri.parse(key));
      if (!view) return;
      status.setRewards(view.config);
      status.setReplay(view.replay);
    }),
    inspectors.onActive(() => {
      // One that was opened while its episode is replayed has been told nothing.
      for (const inspector of inspectors.all) {
        const run = replays.of(inspector.uri);
        if (run && !inspector.told) inspector.replaying(run.progress, run.finished);
      }
    }),
    replays.onChanged(({ uri, progress }) => {
      const over = progress.phase === 'ended';
      for (const inspector of inspectors.of(uri)) inspector.replaying(over ? null : progress);
      status.setReplaying(over ? null : progress);
      if (!over) return;
      status.setReplay(episodes.view(uri)?.replay ?? null);
      states.forget(uri.toString());
      state.refresh(uri.toString());
    }),
    vscode.workspace.onDidOpenTextDocument(startFor),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void engine.pushSettings()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void engine.pushSettings()),
    vscode.workspace.onDidChangeConfiguration((e) => {
      if (e.affectsConfiguration('turnpike.trace.server')) void engine.applyTrace();
      if (SERVER_SETTINGS.some((section) => e.affectsConfiguration(section))) void engine.pushSettings();
      if (e.affectsConfiguration('turnpike.episodes')) tree.refresh();
    }),
  );
  for (const document of vscode.workspace.textDocuments) startFor(document);
  refreshTerminalCommand(extension, cli).catch((e: unknown) => engine.log.warn(`The terminal command could not be renewed: ${String(e)}`));
}
