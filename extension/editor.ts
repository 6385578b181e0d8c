import { basename } from 'node:path';
import * as vscode from 'vscode';
import {
  methods,
  type OpenFailure,
  type OpenResult,
  type PageAction,
  type PageCommand,
  type ReplayProgress,
  type ToPage,
} from '../server/protocol/index';
import { PageChannel } from './channel';
import type { Engine } from './client';
import { INSPECTOR } from './defaults';
import { type Episodes, sameFile } from './episodes';
import { thresholdsOf } from './gate-edits';
import { pageHtml } from './page-html';

/** An episode's file. The server reads it by path; VS Code never loads it. */
class EpisodeDocument implements vscode.CustomDocument {
  constructor(readonly uri: vscode.Uri) {}
  dispose(): void {
    // Nothing is held: what the server keeps is let go with the editor.
  }
}

/** Where a reader is. Indices from 0; null: not known yet. */
export interface Where {
  readonly uri: vscode.Uri;
  readonly attempt: number | null;
  readonly turn: number | null;
}

/** One open inspector. */
export class Inspector {
  attempt: number | null;
  turn: number | null;
  /** Thresholds that the reader tries, by level id. */
  tried: ReadonlyMap<string, number> = new Map();
  private readonly channel: PageChannel;
  private readonly subscriptions: vscode.Disposable[] = [];
  /** Where the replay of this file is; null: none runs. */
  private progress: ReplayProgress | null = null;
  /** The turns that it finished, for a page that is loaded anew. */
  private finished: NonNullable<ReplayProgress['turn']>[] = [];
  /** Asked for while the page boots, so that it need not wait twice. */
  private early: Promise<OpenResult> | null;

  constructor(
    readonly uri: vscode.Uri,
    readonly panel: vscode.WebviewPanel,
    private readonly owner: Inspectors,
    place: { readonly attempt: number | null; readonly turn: number | null } | null,
  ) {
    this.attempt = place?.attempt ?? null;
    this.turn = place?.turn ?? null;
    const { engine, episodes } = owner;
    this.channel = new PageChannel(
      { post: (m) => void panel.webview.postMessage(m) },
      {
        request: (method, params, signal) => this.request(method, params, signal),
        act: (action) => void owner.act(this, action),
        hello: () => this.hello(),
      },
    );
    this.early = episodes.open(uri, this.attempt);
    this.early.then(
      (result) => 'failure' in result && result.failure.recognised === null && void owner.fallBack(this, result.failure),
      () => undefined,
    );
    this.subscriptions.push(
      episodes.hold(uri),
      panel.webview.onDidReceiveMessage((m: unknown) => this.channel.receive(m)),
      engine.onChanged((c) => {
        if (sameFile(c.uri, uri.toString())) this.channel.post({ t: 'changed', revision: c.revision, stale: c.stale });
      }),
    );
    this.load();
  }

  /** (Re)loads the page; it keeps its place. */
  load(): void {
    const { webview } = this.panel;
    const part = (...path: string[]): string => webview.asWebviewUri(vscode.Uri.joinPath(this.owner.extension, 'dist', ...path)).toString();
    webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.owner.extension, 'dist')] };
    webview.html = pageHtml({
      title: basename(this.uri.path),
      scripts: [part('webview.js')],
      styles: [part('webview.css')],
      source: webview.cspSource,
    });
  }

  /** Makes a turn current in the page. */
  select(attempt: number | null, turn: number): void {
    if (attempt !== null) this.attempt = attempt;
    this.turn = turn;
    this.channel.post({ t: 'select', attempt: this.attempt ?? this.owner.episodes.view(this.uri)?.attempt ?? 0, turn });
  }

  command(command: PageCommand): void {
    this.channel.post({ t: 'command', command });
  }

  /** Tells the page where the replay of its file is; null: none runs. */
  replaying(progress: ReplayProgress | null, earlier?: readonly NonNullable<ReplayProgress['turn']>[]): void {
    if (progress === null || this.progress === null) this.finished = [];
    if (earlier) this.finished = [...earlier];
    else if (progress?.turn) this.finished.push(progress.turn);
    this.progress = progress;
    this.channel.post({ t: 'replaying', progress, ...(earlier ? { earlier } : {}) });
  }

  /** Whether the page knows that its file is being replayed. */
  get told(): boolean {
    return this.progress !== null;
  }

  /** Has the page ask for everything again. */
  refresh(): void {
    this.early = null;
    const revision = this.owner.episodes.view(this.uri)?.revision ?? 0;
    this.channel.post({ t: 'changed', revision: revision + 1, stale: null });
  }

  dispose(): void {
    this.channel.dispose();
    for (const s of this.subscriptions) s.dispose();
  }

  private hello(): ToPage {
    // A page that was loaded anew, as one that was hidden is, knows of nothing.
    if (this.progress !== null)
      queueMicrotask(() => this.channel.post({ t: 'replaying', progress: this.progress, earlier: this.finished }));
    return { t: 'hello', uri: this.uri.toString(), attempt: this.attempt, turn: this.turn, sample: this.owner.isSample(this.uri) };
  }

  private async request(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    // A page speaks of its own file only, whatever it says.
    const own = { ...(params as object), uri: this.uri.toString() };
    if (method !== methods.open.method) return await this.owner.engine.forward(method, own, signal);
    const asked = (own as { attempt?: unknown }).attempt;
    const attempt = typeof asked === 'number' ? asked : null;
    const early = this.early;
    this.early = null;
    if (early !== null && attempt === this.attempt) return await early;
    const result = (await this.owner.engine.forward(method, this.owner.episodes.openParams(this.uri, attempt), signal)) as OpenResult;
    this.owner.episodes.remember(this.uri, result);
    return result;
  }
}

/** The custom read-only editor `turnpike.inspector`. */
export class Inspectors implements vscode.CustomReadonlyEditorProvider<EpisodeDocument>, vscode.Disposable {
  private readonly open = new Set<Inspector>();
  private readonly places = new Map<string, { readonly attempt: number | null; readonly turn: number | null }>();
  private last: Inspector | null = null;
  private readonly selectedEmitter = new vscode.EventEmitter<Where>();
  private readonly actionEmitter = new vscode.EventEmitter<{ readonly inspector: Inspector; readonly action: PageAction }>();
  private readonly activeEmitter = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[] = [];
  /** A page made a turn current. */
  readonly onSelected = this.selectedEmitter.event;
  /** A page asks for something that only the host can do. */
  readonly onAction = this.actionEmitter.event;
  readonly onActive = this.activeEmitter.event;

  constructor(
    readonly extension: vscode.Uri,
    readonly engine: Engine,
    readonly episodes: Episodes,
  ) {
    let first = true;
    this.subscriptions.push(
      engine.onUp(() => {
        // A new server counts its revisions from the start: pages begin anew, at their place.
        if (!first) for (const inspector of this.open) inspector.load();
        first = false;
      }),
      engine.onStatus((status) => {
        if (status.health === 'error') first = false;
      }),
      vscode.window.registerCustomEditorProvider(INSPECTOR, this, { supportsMultipleEditorsPerDocument: true }),
    );
  }

  openCustomDocument(uri: vscode.Uri): EpisodeDocument {
    return new EpisodeDocument(uri);
  }

  resolveCustomEditor(document: EpisodeDocument, panel: vscode.WebviewPanel): void {
    const key = document.uri.toString();
    const inspector = new Inspector(document.uri, panel, this, this.places.get(key) ?? null);
    this.places.delete(key);
    this.open.add(inspector);
    if (panel.active || this.last === null) this.last = inspector;
    panel.onDidChangeViewState(() => {
      if (panel.active) this.last = inspector;
      this.activeEmitter.fire();
    });
    panel.onDidDispose(() => {
      inspector.dispose();
      this.open.delete(inspector);
      if (this.last === inspector) this.last = [...this.open].at(-1) ?? null;
      this.activeEmitter.fire();
    });
    this.activeEmitter.fire();
  }

  /** The inspector that has, or last had, the focus. */
  get active(): Inspector | null {
    return [...this.open].find((i) => i.panel.active) ?? this.last;
  }

  of(uri: vscode.Uri): readonly Inspector[] {
    return [...this.open].filter((i) => sameFile(i.uri.toString(), uri.toString()));
  }

  get all(): readonly Inspector[] {
    return [...this.open];
  }

  /** Opens a file in the inspector, or brings an open one forward, at a place. */
  async show(where: Where, column?: vscode.ViewColumn, preserveFocus = false): Promise<void> {
    const [existing] = this.of(where.uri);
    if (existing) {
      existing.panel.reveal(column ?? existing.panel.viewColumn, preserveFocus);
      if (where.turn !== null) existing.select(where.attempt, where.turn);
      return;
    }
    if (where.turn !== null || where.attempt !== null) this.places.set(where.uri.toString(), { attempt: where.attempt, turn: where.turn });
    await vscode.commands.executeCommand('vscode.openWith', where.uri, INSPECTOR, {
      viewColumn: column ?? vscode.ViewColumn.Active,
      preserveFocus,
    });
  }

  /** A page's action: what concerns its place is kept here, the rest is passed on. */
  act(inspector: Inspector, action: PageAction): void {
    if (action.kind === 'selected') {
      if (!Number.isSafeInteger(action.turn) || !Number.isSafeInteger(action.attempt)) return;
      inspector.attempt = action.attempt;
      inspector.turn = action.turn;
      this.selectedEmitter.fire({ uri: inspector.uri, attempt: action.attempt, turn: action.turn });
      return;
    }
    if (action.kind === 'tried') {
      inspector.tried = thresholdsOf(action.thresholds);
      return;
    }
    this.actionEmitter.fire({ inspector, action });
  }

  /** A file that is nothing Turnpike knows (other tools write `.traj` too) goes to the text editor, with a sentence. */
  async fallBack(inspector: Inspector, failure: OpenFailure): Promise<void> {
    const { uri, panel } = inspector;
    if (!this.open.has(inspector)) return;
    const column = panel.viewColumn;
    await vscode.commands.executeCommand('vscode.openWith', uri, 'default', {
      viewColumn: column ?? vscode.ViewColumn.Active,
      preserveFocus: !panel.active,
    });
    panel.dispose();
    const associate = 'Always Open .traj as Text';
    const name = basename(uri.path);
    const picked = await vscode.window.showInformationMessage(
      `${name} was opened as text. ${(failure.sentences[0] ?? 'It is no episode that Turnpike knows.').replace(/ It can be opened as text\.$/, '')}`,
      ...(name.endsWith('.traj') ? [associate] : []),
    );
    if (picked !== associate) return;
    const settings = vscode.workspace.getConfiguration('workbench');
    const associations = settings.get<Record<string, string>>('editorAssociations') ?? {};
    await settings.update('editorAssociations', { ...associations, '*.traj': 'default' }, vscode.ConfigurationTarget.Global);
  }

  isSample(uri: vscode.Uri): boolean {
    return uri.toString().startsWith(vscode.Uri.joinPath(this.extension, 'extension', 'samples').toString());
  }

  dispose(): void {
    for (const s of this.subscriptions) s.dispose();
    for (const i of this.open) i.dispose();
    this.selectedEmitter.dispose();
    this.actionEmitter.dispose();
    this.activeEmitter.dispose();
  }
}
