import * as vscode from 'vscode';
import { replayMethods, type ReplayChoice, type ReplayFailure, type ReplayProgress, type ReplayView } from '../../server/protocol/index';
import type { Engine } from '../client';
import type { Where } from '../editor';
import type { Episodes } from '../episodes';
import type { ReplayMarks } from './marks';

export type ReplayResult = { readonly view: ReplayView } | { readonly failure: ReplayFailure };

/** A replay, or the pull of an image, that goes on. */
export interface Run {
  readonly uri: vscode.Uri;
  /** Null: the rollout that counts. */
  readonly attempt: number | null;
  readonly progress: ReplayProgress;
  /** The turns that it finished, in their order. */
  readonly finished: readonly NonNullable<ReplayProgress['turn']>[];
}

const CANCELLED: ReplayFailure = { reason: 'cancelled', sentence: 'The replay was cancelled; its container is removed.', images: [] };
const PULLING: ReplayFailure = {
  reason: 'cannot_replay',
  sentence: 'The image of this episode is being pulled, or the episode replayed, just now.',
  images: [],
};
const UNTRUSTED: ReplayFailure = {
  reason: 'untrusted',
  sentence: 'A replay runs the commands of the episode in a container, which needs a trusted workspace.',
  images: [],
};

interface Going {
  readonly source: vscode.CancellationTokenSource;
  /** Null: an image is pulled. */
  readonly result: Promise<ReplayResult> | null;
  readonly run: Run;
}

/**
 * All replays of this window go through here, whoever asks: a command, the inspector, the Testing view. One rollout is
 * replayed once at a time; a second wish joins the first.
 */
export class Replays implements vscode.Disposable {
  private readonly going = new Map<string, Going>();
  private readonly changeEmitter = new vscode.EventEmitter<Run>();
  private readonly subscriptions: vscode.Disposable[] = [];
  /** A replay began, went on, or ended (phase `ended`). */
  readonly onChanged = this.changeEmitter.event;

  constructor(
    private readonly engine: Engine,
    private readonly episodes: Episodes,
    private readonly marks: ReplayMarks,
  ) {
    this.subscriptions.push(engine.onReplay((p) => this.report(p)));
  }

  /** What goes on for a file; null: nothing. */
  of(uri: vscode.Uri): Run | null {
    for (const { run } of this.going.values()) if (run.uri.toString() === uri.toString()) return run;
    return null;
  }

  /** Whoever does not name a rollout means the one that counts, which others may name. */
  private keyOf({ uri, attempt }: Where): string {
    const best = this.episodes.view(uri)?.attempts.find((a) => a.best)?.attempt;
    return `${uri.toString()}#${attempt ?? best ?? ''}`;
  }

  get any(): boolean {
    return this.going.size > 0;
  }

  /** Replays a rollout, or gives what is known of the very same inputs. Rejects only where the server fails. */
  async start(where: Where, choice: ReplayChoice, token?: vscode.CancellationToken): Promise<ReplayResult> {
    if (!vscode.workspace.isTrusted) return { failure: UNTRUSTED };
    const known = this.going.get(this.keyOf(where));
    if (known?.result) return await known.result;
    if (known) return { failure: PULLING };
    return await this.track(where, true, token, async (inner) => {
      await this.engine.pushSettings();
      const result = await this.engine
        .request(replayMethods.start, { ...refOf(where), ...choice }, inner)
        .catch((e: unknown): ReplayResult => cancelledOr(e, inner));
      if ('view' in result) {
        // The view that holds the replay is asked for anew, for marks, trees and the status.
        const opened = await this.episodes.open(where.uri, where.attempt).catch(() => null);
        if (opened === null || 'failure' in opened || opened.view.replay === null) this.marks.put(where.uri, result.view);
      }
      return result;
    });
  }

  /** Pulls an image. The caller has asked the user. */
  async pull(where: Where, image: string, token?: vscode.CancellationToken): Promise<ReplayFailure | null> {
    if (!vscode.workspace.isTrusted) return UNTRUSTED;
    if (this.going.has(this.keyOf(where))) return PULLING;
    return await this.track(where, false, token, async (inner) => {
      const refused = await this.engine
        .request(replayMethods.pull, { ...refOf(where), image }, inner)
        .catch((e: unknown) => cancelledOr(e, inner));
      return refused?.failure ?? null;
    });
  }

  /** Cancels what goes on for a file; absent: everything. */
  cancel(uri?: vscode.Uri): number {
    let cancelled = 0;
    for (const { run, source } of this.going.values()) {
      if (uri && run.uri.toString() !== uri.toString()) continue;
      source.cancel();
      cancelled++;
    }
    return cancelled;
  }

  dispose(): void {
    this.cancel();
    for (const s of this.subscriptions) s.dispose();
    this.changeEmitter.dispose();
  }

  private async track<R>(
    where: Where,
    replays: boolean,
    token: vscode.CancellationToken | undefined,
    work: (token: vscode.CancellationToken) => Promise<R>,
  ): Promise<R> {
    const key = this.keyOf(where);
    const source = new vscode.CancellationTokenSource();
    const listening = token?.onCancellationRequested(() => source.cancel());
    if (token?.isCancellationRequested) source.cancel();
    const run: Run = { uri: where.uri, attempt: where.attempt, progress: told(where, 'waiting', 'asks the engine'), finished: [] };
    const result = work(source.token);
    this.going.set(key, { source, result: replays ? (result as Promise<unknown> as Promise<ReplayResult>) : null, run });
    this.changeEmitter.fire(run);
    try {
      return await result;
    } finally {
      listening?.dispose();
      source.dispose();
      this.going.delete(key);
      this.changeEmitter.fire({ ...run, progress: told(where, 'ended', '') });
    }
  }

  private report(progress: ReplayProgress): void {
    const uri = vscode.Uri.parse(progress.uri);
    for (const [key, going] of this.going) {
      const { run } = going;
      if (run.uri.toString() !== uri.toString() || (run.attempt !== null && run.attempt !== progress.attempt)) continue;
      // That it is over is told by its answer, which comes with what it showed.
      if (progress.phase === 'ended') continue;
      const now: Run = { ...run, progress, finished: progress.turn ? [...run.finished, progress.turn] : run.finished };
      this.going.set(key, { ...going, run: now });
      this.changeEmitter.fire(now);
    }
  }
}

function cancelledOr(error: unknown, token: vscode.CancellationToken): { readonly failure: ReplayFailure } {
  if (token.isCancellationRequested) return { failure: CANCELLED };
  throw error;
}

export const refOf = ({ uri, attempt }: Where): { readonly uri: string; readonly attempt?: number } => ({
  uri: uri.toString(),
  ...(attempt === null ? {} : { attempt }),
});

/** What is known before the server tells anything, and after it has answered. */
const told = ({ uri, attempt }: Where, phase: 'waiting' | 'ended', message: string): ReplayProgress => ({
  uri: uri.toString(),
  attempt: attempt ?? 0,
  phase,
  done: 0,
  of: 0,
  secondsLeft: null,
  message,
  turn: null,
});
