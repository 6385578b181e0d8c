import * as vscode from 'vscode';
import type { Context } from '../commands/context';
import type { Where } from '../editor';
import { progressWords } from './words';

/**
 * Does work on a replay, and tells how far it is: under a notification that can cancel it, or in the status bar where
 * an inspector shows it with its own way to cancel.
 */
export async function withProgress<T>(
  c: Context,
  where: Where,
  title: string,
  work: (token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  const shown = c.inspectors.of(where.uri).some((i) => i.panel.visible);
  const location = shown ? vscode.ProgressLocation.Window : vscode.ProgressLocation.Notification;
  return await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    let told = 0;
    const listening = c.replays.onChanged(({ uri, progress: p }) => {
      if (uri.toString() !== where.uri.toString() || p.phase === 'ended') return;
      const now = p.of > 0 ? (100 * p.done) / p.of : 0;
      progress.report({ message: progressWords(p), increment: Math.max(0, now - told) });
      told = Math.max(told, now);
    });
    try {
      return await work(token);
    } finally {
      listening.dispose();
    }
  });
}
