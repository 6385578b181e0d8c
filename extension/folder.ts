import { basename } from 'node:path';
import * as vscode from 'vscode';
import { ProgressType } from 'vscode-languageclient/node';
import { methods, type FolderView } from '../server/protocol/index';
import type { Engine } from './client';
import { INSPECTOR } from './defaults';
import { type FromFolderPage, type ToFolderPage, csvName } from './pages/folder-messages';
import { pageHtml } from './page-html';

const VIEW_TYPE = 'turnpike.folder';
const WORK = new ProgressType<{ readonly kind: 'begin' | 'report' | 'end'; readonly message?: string; readonly percentage?: number }>();

/** The folder table: all episodes of a folder side by side. */
export class FolderPanels implements vscode.Disposable {
  private readonly open = new Map<string, FolderPanel>();
  private readonly serializer: vscode.Disposable;

  constructor(
    readonly extension: vscode.Uri,
    readonly engine: Engine,
  ) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const uri = (state as { uri?: unknown } | undefined)?.uri;
        if (typeof uri === 'string') this.adopt(vscode.Uri.parse(uri), panel);
        else panel.dispose();
      },
    });
  }

  show(uri: vscode.Uri): void {
    const existing = this.open.get(uri.toString());
    if (existing) {
      existing.panel.reveal();
      void existing.load();
      return;
    }
    this.adopt(uri, vscode.window.createWebviewPanel(VIEW_TYPE, `Compare: ${basename(uri.path)}`, vscode.ViewColumn.Active, {}));
  }

  dispose(): void {
    this.serializer.dispose();
    for (const panel of this.open.values()) panel.dispose();
  }

  private adopt(uri: vscode.Uri, panel: vscode.WebviewPanel): void {
    const page = new FolderPanel(uri, panel, this);
    this.open.set(uri.toString(), page);
    panel.onDidDispose(() => {
      page.dispose();
      this.open.delete(uri.toString());
    });
  }
}

class FolderPanel {
  private view: FolderView | null = null;
  private running: vscode.CancellationTokenSource | null = null;
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(
    private readonly uri: vscode.Uri,
    readonly panel: vscode.WebviewPanel,
    private readonly owner: FolderPanels,
  ) {
    const dist = vscode.Uri.joinPath(owner.extension, 'dist');
    panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    this.subscriptions.push(panel.webview.onDidReceiveMessage((m: unknown) => void this.receive(m as FromFolderPage)));
    const part = (name: string): string => panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
    panel.webview.html = pageHtml({
      title: 'Compare Episodes',
      scripts: [part('folder.js')],
      styles: [part('folder.css')],
      source: panel.webview.cspSource,
    });
  }

  async load(): Promise<void> {
    this.running?.cancel();
    const source = (this.running = new vscode.CancellationTokenSource());
    const token = `turnpike-folder-${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const { engine } = this.owner;
    let progress: vscode.Disposable | null = null;
    try {
      const client = await engine.start();
      progress = client.onProgress(WORK, token, (p) =>
        this.post({ t: 'progress', message: p.message ?? '', percentage: p.percentage ?? null }),
      );
      const view = await client.sendRequest<FolderView>(
        methods.folder.method,
        { uri: this.uri.toString(), workDoneToken: token },
        source.token,
      );
      if (this.running !== source) return;
      this.view = view;
      this.post({ t: 'view', uri: this.uri.toString(), view });
    } catch (e) {
      if (!source.token.isCancellationRequested) this.post({ t: 'problem', message: e instanceof Error ? e.message : String(e) });
    } finally {
      progress?.dispose();
      source.dispose();
    }
  }

  dispose(): void {
    this.running?.cancel();
    for (const s of this.subscriptions) s.dispose();
  }

  private post(message: ToFolderPage): void {
    void this.panel.webview.postMessage(message);
  }

  private async receive(message: FromFolderPage): Promise<void> {
    switch (message.t) {
      case 'ready':
        if (this.view) this.post({ t: 'view', uri: this.uri.toString(), view: this.view });
        else await this.load();
        return;
      case 'refresh':
        await this.load();
        return;
      case 'open':
        // Only what the table lists can be opened from it.
        if (this.view?.rows.some((r) => r.uri === message.uri))
          await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.parse(message.uri), INSPECTOR);
        return;
      case 'csv': {
        const target = await vscode.window.showSaveDialog({
          defaultUri: vscode.Uri.joinPath(this.uri, csvName(basename(this.uri.path))),
          filters: { CSV: ['csv'] },
        });
        if (!target) return;
        await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(message.text));
        vscode.window.setStatusBarMessage(`Saved ${basename(target.path)}`, 3000);
        return;
      }
    }
  }
}
