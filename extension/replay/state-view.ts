import * as vscode from 'vscode';
import type { StateEntry } from '../../server/protocol/index';
import { STATE_SCHEME } from '../defaults';
import type { Episodes } from '../episodes';
import type { StateFiles } from './state-files';
import { parseStateUri, stateName, stateUri, type StatePlace } from './state-uri';
import { oneLine } from './words';

interface Node {
  readonly place: StatePlace;
  readonly entry: StateEntry;
}

/** The repository as it was after one turn, as a tree: it is there while a state is browsed. */
export class StateView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changeEmitter = new vscode.EventEmitter<Node | undefined>();
  readonly onDidChangeTreeData = this.changeEmitter.event;
  private readonly view: vscode.TreeView<Node>;
  private shown: StatePlace | null = null;

  constructor(
    private readonly files: StateFiles,
    private readonly episodes: Episodes,
  ) {
    this.view = vscode.window.createTreeView('turnpike.state', { treeDataProvider: this, showCollapseAll: true });
  }

  /** The state that is browsed; null: none. */
  get place(): StatePlace | null {
    return this.shown;
  }

  /** Browses a state whose repository the caller has found to be known. */
  async show(place: StatePlace): Promise<void> {
    this.shown = { ...place, path: '' };
    await vscode.commands.executeCommand('setContext', 'turnpike.browsingState', true);
    const uri = vscode.Uri.parse(place.uri);
    const instance = this.episodes.view(uri)?.head.instance ?? uri.path.split('/').at(-1) ?? '';
    this.view.title = `Repository · ${stateName(place.turn)}`;
    this.view.description = oneLine(instance, 60);
    this.view.message = '';
    this.changeEmitter.fire(undefined);
    await vscode.commands.executeCommand('turnpike.state.focus');
  }

  async close(): Promise<void> {
    this.shown = null;
    this.changeEmitter.fire(undefined);
    await vscode.commands.executeCommand('setContext', 'turnpike.browsingState', false);
  }

  /** The episode was replayed again, or its file changed. */
  refresh(file: string): void {
    if (this.shown?.uri === file) this.changeEmitter.fire(undefined);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    const place = node?.place ?? this.shown;
    if (!place) return [];
    const entries = await this.files.entries(place);
    if (entries === null && node === undefined) this.view.message = 'This state is no longer known. Replay the episode again.';
    return (entries ?? []).map((entry) => ({
      entry,
      place: { ...place, path: place.path === '' ? entry.name : `${place.path}/${entry.name}` },
    }));
  }

  getTreeItem({ place, entry }: Node): vscode.TreeItem {
    const folder = entry.type === 'folder';
    const item = new vscode.TreeItem(
      oneLine(entry.name),
      folder ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
    );
    const uri = vscode.Uri.parse(stateUri(place));
    item.id = uri.toString();
    item.resourceUri = uri;
    item.iconPath = folder
      ? vscode.ThemeIcon.Folder
      : entry.type === 'link'
        ? new vscode.ThemeIcon('file-symlink-file')
        : vscode.ThemeIcon.File;
    item.contextValue = entry.type;
    if (!folder) item.command = { command: 'vscode.open', title: 'Open', arguments: [uri] };
    return item;
  }

  dispose(): void {
    this.view.dispose();
    this.changeEmitter.dispose();
  }
}

/** The state that a document of one is of; null: it is none. */
export const stateOf = (uri: vscode.Uri | undefined): StatePlace | null =>
  uri?.scheme === STATE_SCHEME ? parseStateUri(uri.toString()) : null;
