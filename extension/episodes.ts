import * as vscode from 'vscode';
import { methods, type EpisodeSummary, type EpisodeView, type OpenResult } from '../server/protocol/index';
import type { Engine } from './client';

/** The same file, however its URI was spelled. */
export const sameFile = (a: string, b: string): boolean => a === b || vscode.Uri.parse(a).toString() === vscode.Uri.parse(b).toString();

/**
 * What this window knows of episodes: the view of each open one, the summary of each listed one. Everything is the
 * server's; here it is only remembered for trees, badges and commands.
 */
export class Episodes implements vscode.Disposable {
  private readonly views = new Map<string, EpisodeView>();
  private readonly known = new Map<string, EpisodeSummary>();
  private readonly holders = new Map<string, number>();
  private readonly viewEmitter = new vscode.EventEmitter<string | null>();
  private readonly summaryEmitter = new vscode.EventEmitter<readonly vscode.Uri[]>();
  private readonly subscriptions: vscode.Disposable[] = [];
  /** The view of a file is new, or gone. `null`: of every file. */
  readonly onView = this.viewEmitter.event;
  readonly onSummaries = this.summaryEmitter.event;

  constructor(
    private readonly engine: Engine,
    private readonly memento: vscode.Memento,
  ) {
    this.subscriptions.push(
      engine.onChanged((c) => {
        const key = vscode.Uri.parse(c.uri).toString();
        this.known.delete(key);
        const view = this.views.get(key);
        if (view) void this.open(vscode.Uri.parse(key), view.attempt).catch(() => undefined);
      }),
    );
  }

  /** Keeps the server watching a file until every holder has let go. */
  hold(uri: vscode.Uri): vscode.Disposable {
    const key = uri.toString();
    this.holders.set(key, (this.holders.get(key) ?? 0) + 1);
    return new vscode.Disposable(() => {
      const left = (this.holders.get(key) ?? 1) - 1;
      if (left > 0) {
        this.holders.set(key, left);
        return;
      }
      this.holders.delete(key);
      this.views.delete(key);
      this.viewEmitter.fire(key);
      if (this.engine.started) void this.engine.request(methods.close, { uri: key }).catch(() => undefined);
    });
  }

  /** Opens a file (or answers from the server's cache) and remembers its view. */
  async open(uri: vscode.Uri, attempt: number | null, token?: vscode.CancellationToken): Promise<OpenResult> {
    const result = await this.engine.request(methods.open, this.openParams(uri, attempt), token);
    this.remember(uri, result);
    return result;
  }

  /** Parameters of `turnpike/open`, with the report that the user set for this file. */
  openParams(uri: vscode.Uri, attempt: number | null): { uri: string; attempt?: number; report?: string } {
    const report = this.report(uri);
    return { uri: uri.toString(), ...(attempt === null ? {} : { attempt }), ...(report === null ? {} : { report }) };
  }

  remember(uri: vscode.Uri, result: OpenResult): void {
    const key = uri.toString();
    if ('view' in result) {
      this.views.set(key, result.view);
      this.viewEmitter.fire(key);
    }
  }

  view(uri: vscode.Uri): EpisodeView | null {
    return this.views.get(uri.toString()) ?? null;
  }

  /** Views of the files that are open now. */
  openViews(): readonly EpisodeView[] {
    return [...this.views].filter(([key]) => this.holders.has(key)).map(([, view]) => view);
  }

  summary(uri: vscode.Uri): EpisodeSummary | null {
    return this.known.get(uri.toString()) ?? null;
  }

  /** Summaries of files, those known already without asking. */
  async summaries(uris: readonly vscode.Uri[], token?: vscode.CancellationToken): Promise<void> {
    const ask = uris.filter((u) => !this.known.has(u.toString()));
    for (let i = 0; i < ask.length; i += SUMMARY_BATCH) {
      if (token?.isCancellationRequested) return;
      const batch = ask.slice(i, i + SUMMARY_BATCH);
      const answers = await this.engine.request(methods.summaries, { uris: batch.map((u) => u.toString()) }, token);
      answers.forEach((s) => this.known.set(vscode.Uri.parse(s.uri).toString(), s));
      this.summaryEmitter.fire(batch);
    }
  }

  forget(uri: vscode.Uri): void {
    this.known.delete(uri.toString());
  }

  forgetAll(): void {
    this.known.clear();
  }

  report(uri: vscode.Uri): string | null {
    return this.memento.get<string>(`report:${uri.toString()}`) ?? null;
  }

  async setReport(uri: vscode.Uri, path: string | null): Promise<void> {
    await this.memento.update(`report:${uri.toString()}`, path ?? undefined);
    this.forget(uri);
  }

  dispose(): void {
    for (const s of this.subscriptions) s.dispose();
    this.viewEmitter.dispose();
    this.summaryEmitter.dispose();
  }
}

/** Files asked for at once: small enough that the tree fills as one watches. */
const SUMMARY_BATCH = 20;
