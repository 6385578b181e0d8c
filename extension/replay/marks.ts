import { statSync } from 'node:fs';
import * as vscode from 'vscode';
import type { EpisodeView, ReplayView } from '../../server/protocol/index';
import type { Episodes } from '../episodes';
import type { Mark } from './mark';
import { compared, same } from './words';

const KEY = 'turnpike.replayMarks';
const KEPT = 2000;

/**
 * Marks of the files that were replayed, over restarts: the server would have to hash a file to tell, and nothing is
 * read for a mark.
 */
export class ReplayMarks implements vscode.Disposable {
  private readonly marks: Map<string, Mark>;
  private readonly changeEmitter = new vscode.EventEmitter<readonly vscode.Uri[]>();
  readonly onChanged = this.changeEmitter.event;
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(
    private readonly memento: vscode.Memento,
    episodes: Episodes,
  ) {
    this.marks = new Map(Object.entries(memento.get<Record<string, Mark>>(KEY) ?? {}));
    this.subscriptions.push(
      episodes.onView((key) => {
        const view = key === null ? null : episodes.view(vscode.Uri.parse(key));
        if (view) this.see(view);
      }),
    );
  }

  /** The mark of a file as it is now; null: it was not replayed, or has changed since. */
  of(uri: vscode.Uri): Mark | null {
    const mark = this.marks.get(uri.toString());
    if (!mark) return null;
    const now = fileState(uri);
    return now?.size === mark.size && now.mtime === mark.mtime ? mark : null;
  }

  put(uri: vscode.Uri, view: ReplayView): void {
    const key = uri.toString();
    const file = fileState(uri);
    if (!file) return;
    const mark: Mark = { at: view.at, same: same(view), compared: compared(view), firstDivergence: view.firstDivergence, ...file };
    const known = this.marks.get(key);
    if (known && JSON.stringify(known) === JSON.stringify(mark)) return;
    // The newest are kept: a Map keeps the order in which keys came.
    this.marks.delete(key);
    this.marks.set(key, mark);
    for (const old of this.marks.keys()) {
      if (this.marks.size <= KEPT) break;
      this.marks.delete(old);
    }
    void this.memento.update(KEY, Object.fromEntries(this.marks));
    this.changeEmitter.fire([uri]);
  }

  dispose(): void {
    for (const s of this.subscriptions) s.dispose();
    this.changeEmitter.dispose();
  }

  private see(view: EpisodeView): void {
    // Of several rollouts the one that counts speaks for the file.
    const best = view.attempts.find((a) => a.attempt === view.attempt)?.best ?? true;
    if (view.replay !== null && best) this.put(vscode.Uri.parse(view.uri), view.replay);
  }
}

function fileState(uri: vscode.Uri): { readonly size: number; readonly mtime: number } | null {
  try {
    const { size, mtimeMs } = statSync(uri.fsPath);
    return { size, mtime: mtimeMs };
  } catch {
    return null;
  }
}
