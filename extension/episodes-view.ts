import * as vscode from 'vscode';
import type { EpisodeSummary } from '../server/protocol/index';
import type { Engine } from './client';
import { INSPECTOR } from './defaults';
import type { Episodes } from './episodes';
import { type FolderGroup, type Found, type InstanceGroup, group } from './grouping';
import type { Mark } from './replay/mark';
import type { ReplayMarks } from './replay/marks';
import { setting } from './settings';
import { count, missing, outcome, markWords, score, summaryLine, summaryWords } from './words';

type Node =
  | { readonly kind: 'folder'; readonly group: FolderGroup; readonly uri: vscode.Uri | null; readonly open: boolean }
  | { readonly kind: 'instance'; readonly group: InstanceGroup }
  | { readonly kind: 'file'; readonly found: Found; readonly label: string }
  | { readonly kind: 'more'; readonly parent: string; readonly shown: number; readonly total: number }
  | { readonly kind: 'note'; readonly text: string };

/** Children of a folder that are shown at once. */
const PAGE = 200;
/** Folders of a workspace with no more files than this are unfolded from the start. */
const OPENED = 50;
/** How long a changed file is left alone before it is summarised. */
const QUIET_MS = 500;
/** Files looked at beyond the limit, to be able to say how many there are. */
const COUNTED = 20_000;

/** The episodes of the workspace: folder → instance → rollouts. Files are read only where a folder is unfolded. */
export class EpisodesView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changeEmitter = new vscode.EventEmitter<Node | undefined>();
  readonly onDidChangeTreeData = this.changeEmitter.event;
  private readonly listEmitter = new vscode.EventEmitter<void>();
  /** The workspace has other files now, or may have. */
  readonly onListed = this.listEmitter.event;
  readonly view: vscode.TreeView<Node>;
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly shown = new Map<string, number>();
  private readonly nodes = new Map<string, Node>();
  private listing: Promise<{ readonly found: readonly Found[]; readonly total: number; readonly more: boolean }> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private watchers: vscode.Disposable[] = [];
  private readonly stale = new Map<string, vscode.Uri>();
  private staleTimer: NodeJS.Timeout | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly episodes: Episodes,
    private readonly marks: ReplayMarks,
  ) {
    const again = (uris: readonly vscode.Uri[]): void => {
      for (const uri of uris) {
        const node = this.nodes.get(uri.toString());
        if (node) this.changeEmitter.fire(node);
      }
    };
    this.view = vscode.window.createTreeView('turnpike.episodes', { treeDataProvider: this, showCollapseAll: true });
    // What the figures beside each episode are, in their order.
    this.view.description = 'G-RA · findings · outcome';
    this.subscriptions.push(
      this.view,
      this.changeEmitter,
      this.listEmitter,
      this.view.onDidChangeVisibility((e) => {
        // What changed while nobody looked was left alone until now.
        if (e.visible) void this.summarise([...this.nodes.keys()].map((key) => vscode.Uri.parse(key)));
      }),
      episodes.onSummaries(again),
      marks.onChanged(again),
      engine.onChanged((c) => this.touched(vscode.Uri.parse(c.uri))),
      engine.onUp(() => this.refresh()),
    );
    this.watch();
  }

  /** Lists the workspace anew. */
  refresh(): void {
    this.watch();
    this.listing = null;
    this.nodes.clear();
    this.episodes.forgetAll();
    this.changeEmitter.fire(undefined);
    this.listEmitter.fire();
  }

  /** The files that are listed, and how many there are. */
  async files(): Promise<{ readonly found: readonly Found[]; readonly total: number }> {
    return await (this.listing ??= this.list());
  }

  showMore(node: Node): void {
    if (node.kind !== 'more') return;
    this.shown.set(node.parent, node.shown + PAGE);
    this.changeEmitter.fire(undefined);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) return await this.roots();
    if (node.kind === 'folder') return this.instances(node.group);
    if (node.kind === 'instance') return this.rollouts(node.group);
    return [];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'folder': {
        const item = new vscode.TreeItem(
          node.group.folder === '.' ? 'Workspace folder' : node.group.folder,
          node.open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
        );
        item.id = `folder:${node.group.folder}`;
        item.iconPath = vscode.ThemeIcon.Folder;
        item.description = count(node.group.count, 'episode');
        item.contextValue = 'folder';
        return item;
      }
      case 'instance': {
        const item = new vscode.TreeItem(node.group.instance, vscode.TreeItemCollapsibleState.Collapsed);
        item.description = count(node.group.files.length, 'rollout');
        item.iconPath = new vscode.ThemeIcon('layers');
        item.contextValue = 'instance';
        return item;
      }
      case 'file':
        return this.file(node);
      case 'more': {
        const item = new vscode.TreeItem(
          `First ${node.shown.toLocaleString('en-US')} of ${node.total.toLocaleString('en-US')}: show ${Math.min(PAGE, node.total - node.shown)} more`,
        );
        item.iconPath = new vscode.ThemeIcon('ellipsis');
        item.command = { command: 'turnpike.showMoreEpisodes', title: 'Show More', arguments: [node] };
        return item;
      }
      case 'note': {
        const item = new vscode.TreeItem(node.text);
        item.iconPath = new vscode.ThemeIcon('info');
        return item;
      }
    }
  }

  /** The file a node stands for: what its context menu acts on. */
  static uriOf(node: unknown): vscode.Uri | null {
    const n = node as Partial<Node> | null | undefined;
    if (n?.kind === 'file') return vscode.Uri.parse((n as Extract<Node, { kind: 'file' }>).found.key);
    if (n?.kind === 'folder') return (n as Extract<Node, { kind: 'folder' }>).uri;
    return null;
  }

  dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    if (this.staleTimer) clearTimeout(this.staleTimer);
    for (const s of [...this.watchers, ...this.subscriptions]) s.dispose();
  }

  private watch(): void {
    for (const w of this.watchers) w.dispose();
    this.watchers = setting('turnpike.episodes.include').flatMap((glob) => {
      const watcher = vscode.workspace.createFileSystemWatcher(glob);
      return [
        watcher,
        watcher.onDidCreate(() => this.later()),
        watcher.onDidDelete(() => this.later()),
        watcher.onDidChange((uri) => this.touched(uri)),
      ];
    });
  }

  private later(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.listing = null;
      this.changeEmitter.fire(undefined);
      this.listEmitter.fire();
    }, 500);
  }

  /** A running episode is written after each turn: it is summarised again once it is quiet, and only while it is seen. */
  private touched(uri: vscode.Uri): void {
    this.episodes.forget(uri);
    this.stale.set(uri.toString(), uri);
    this.staleTimer ??= setTimeout(() => {
      this.staleTimer = null;
      const seen = this.view.visible ? [...this.stale.values()].filter((u) => this.nodes.has(u.toString())) : [];
      this.stale.clear();
      if (seen.length > 0) void this.summarise(seen);
    }, QUIET_MS);
  }

  private async roots(): Promise<Node[]> {
    const { found, total, more } = await (this.listing ??= this.list());
    const limit = setting('turnpike.episodes.limit');
    const groups = group(found);
    void vscode.commands.executeCommand('setContext', 'turnpike.noEpisodes', found.length === 0);
    const notes: Node[] =
      total > found.length
        ? [
            {
              kind: 'note',
              text: `First ${limit.toLocaleString('en-US')} of ${more ? 'more than ' : ''}${total.toLocaleString('en-US')} files. The setting turnpike.episodes.limit shows more.`,
            },
          ]
        : [];
    const [only] = groups;
    if (groups.length === 1 && only) return [...notes, ...this.instances(only)];
    return [...notes, ...groups.map((g): Node => ({ kind: 'folder', group: g, uri: folderUri(g), open: found.length <= OPENED }))];
  }

  private async list(): Promise<{ readonly found: readonly Found[]; readonly total: number; readonly more: boolean }> {
    if (!vscode.workspace.workspaceFolders?.length) return { found: [], total: 0, more: false };
    const include = `{${setting('turnpike.episodes.include').join(',')}}`;
    const exclude = setting('turnpike.episodes.exclude');
    const uris = await vscode.workspace.findFiles(include, exclude.length > 0 ? `{${exclude.join(',')}}` : null, COUNTED);
    uris.sort((a, b) => (a.path < b.path ? -1 : 1));
    const limit = setting('turnpike.episodes.limit');
    const found = uris
      .slice(0, limit)
      .map((uri) => ({ key: uri.toString(), path: vscode.workspace.asRelativePath(uri).replaceAll('\\', '/') }));
    return { found, total: uris.length, more: uris.length >= COUNTED };
  }

  private instances(g: FolderGroup): Node[] {
    const limit = this.shown.get(g.folder) ?? PAGE;
    const nodes = g.instances.slice(0, limit).map((i): Node => {
      const [only] = i.files;
      return i.files.length === 1 && only ? this.fileNode(only, i.instance) : { kind: 'instance', group: i };
    });
    this.summariseLater(nodes);
    if (g.instances.length > limit) nodes.push({ kind: 'more', parent: g.folder, shown: limit, total: g.instances.length });
    return nodes;
  }

  private rollouts(g: InstanceGroup): Node[] {
    const common = commonPrefix(g.files.map((f) => f.path));
    const nodes = g.files.map((f) => this.fileNode(f, f.path.slice(common)));
    this.summariseLater(nodes);
    return nodes;
  }

  private fileNode(found: Found, label: string): Node {
    const node: Node = { kind: 'file', found, label };
    this.nodes.set(found.key, node);
    return node;
  }

  private summariseLater(nodes: readonly Node[]): void {
    const uris = nodes.flatMap((n) => (n.kind === 'file' ? [vscode.Uri.parse(n.found.key)] : []));
    if (uris.length > 0) void this.summarise(uris);
  }

  private async summarise(uris: readonly vscode.Uri[]): Promise<void> {
    await this.episodes.summaries(uris).catch((e: unknown) => this.engine.log.warn(`Episodes could not be summarised: ${String(e)}`));
  }

  private file(node: Extract<Node, { kind: 'file' }>): vscode.TreeItem {
    const uri = vscode.Uri.parse(node.found.key);
    const summary = this.episodes.summary(uri);
    const item = new vscode.TreeItem(node.label);
    item.id = node.found.key;
    item.contextValue = 'episode';
    const mark = this.marks.of(uri);
    item.description = summary ? summaryLine(summary, mark) : '';
    item.tooltip = summary ? tooltip(node.found.path, summary, mark) : node.found.path;
    item.iconPath = icon(summary);
    item.command = { command: 'vscode.openWith', title: 'Open', arguments: [uri, INSPECTOR] };
    item.accessibilityInformation = { label: `${node.label}, ${summary ? summaryWords(summary, mark) : 'not read yet'}` };
    return item;
  }
}

function folderUri(g: FolderGroup): vscode.Uri | null {
  const first = g.instances[0]?.files[0];
  if (!first) return null;
  const uri = vscode.Uri.parse(first.key);
  const below = g.folder === '.' ? first.path : first.path.slice(g.folder.length + 1);
  const up = below.split('/').map(() => '..');
  return vscode.Uri.joinPath(uri, ...up);
}

function commonPrefix(paths: readonly string[]): number {
  const [first = '', ...rest] = paths;
  const parts = first.split('/');
  let n = 0;
  while (n < parts.length - 1 && rest.every((p) => p.split('/')[n] === parts[n])) n++;
  return parts.slice(0, n).reduce((length, p) => length + p.length + 1, 0);
}

function icon(s: EpisodeSummary | null): vscode.ThemeIcon {
  if (s === null) return new vscode.ThemeIcon('circle-outline');
  if (s.format === null) return new vscode.ThemeIcon('question');
  if (s.state === 'running') return new vscode.ThemeIcon('sync');
  const icons: Readonly<Record<string, vscode.ThemeIcon>> = {
    passes: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
    fails: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
    empty_patch: new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('testing.iconFailed')),
    no_submit: new vscode.ThemeIcon('circle-large-outline', new vscode.ThemeColor('testing.iconFailed')),
    submitted: new vscode.ThemeIcon('git-pull-request'),
  };
  return (s.outcome === null ? undefined : icons[s.outcome]) ?? new vscode.ThemeIcon('circle-outline');
}

/** Plain text, because names come from files that anybody may have written. */
function tooltip(path: string, s: EpisodeSummary, replay: Mark | null): string {
  const lines = [path];
  if (s.instance !== null) lines.push(`Task ${s.instance}`);
  lines.push(s.format === null ? 'No readable episode' : s.format);
  lines.push(`Outcome: ${outcome(s.outcome)}${s.exitStatus === null ? '' : ` (exit status ${s.exitStatus})`}`);
  const why = missing(s.gra);
  lines.push(`G-RA ${score(s.gra, s.graBounds ?? undefined)}, D-RA ${score(s.dra)}${why === null ? '' : ` (${why})`}`);
  lines.push(`${count(s.turns, 'turn')}, ${count(s.findings, 'finding')}`);
  if (replay !== null) lines.push(`${sentence(markWords(replay))} (${new Date(replay.at).toLocaleString()})`);
  if (s.problem !== null) lines.push(s.problem);
  return lines.join('\n');
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
