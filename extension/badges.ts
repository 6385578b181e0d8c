import * as vscode from 'vscode';
import type { Episodes } from './episodes';
import type { ReplayMarks } from './replay/marks';
import { setting } from './settings';
import { badge } from './words';

/** Marks files in the explorer that were summarised already. Nothing is read for a mark. */
export class Badges implements vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changeEmitter = new vscode.EventEmitter<vscode.Uri[] | undefined>();
  readonly onDidChangeFileDecorations = this.changeEmitter.event;
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(
    private readonly episodes: Episodes,
    private readonly marks: ReplayMarks,
  ) {
    this.subscriptions.push(
      vscode.window.registerFileDecorationProvider(this),
      episodes.onSummaries((uris) => this.changeEmitter.fire([...uris])),
      marks.onChanged((uris) => this.changeEmitter.fire([...uris])),
      vscode.workspace.onDidChangeConfiguration((e) => {
        if (e.affectsConfiguration('turnpike.episodes.badges')) this.changeEmitter.fire(undefined);
      }),
    );
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== 'file' || !setting('turnpike.episodes.badges')) return undefined;
    const summary = this.episodes.summary(uri);
    const mark = summary ? badge(summary, this.marks.of(uri)) : null;
    return mark ? { badge: mark.text, tooltip: mark.tooltip, propagate: false } : undefined;
  }

  dispose(): void {
    for (const s of this.subscriptions) s.dispose();
    this.changeEmitter.dispose();
  }
}
