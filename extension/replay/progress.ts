import * as vscode from 'vscode';
import type { Context } from '../commands/context';
import type { Where } from '../editor';
import { progressWords } from './words';

/** Does work on a replay under a notification that tells how far it is and can cancel it. */
export async function withProgress<T>(
  c: Context,
  where: Where,
  title: string,
  work: (token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      let told = 0;
      const listening = c.replays.onChanged(({ uri, progress: p }) => {
        if (uri.toString() !== where.uri.toString() || p === null || p.phase === 'ended') return;
        const now = p.of > 0 ? (100 * p.done) / p.of : 0;
        progress.report({ message: progressWords(p), increment: Math.max(0, now - told) });
        told = Math.max(told, now);
      });
      try {
        return await work(token);
      } finally {
        listening.dispose();
      }
    },
  );
}
