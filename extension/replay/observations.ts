import * as vscode from 'vscode';
import { replayMethods, type TurnReplay } from '../../server/protocol/index';
import { CannotRun } from '../cannot-run';
import type { Engine } from '../client';
import { OBSERVATION_SCHEME } from '../defaults';
import type { Where } from '../editor';
import type { Replays } from './replays';
import { refOf } from './replays';
import { observationUri, parseObservationUri } from './state-uri';

type Turn = Where & { readonly turn: number };

/** Turns kept at hand: the two sides of a diff ask for the same one. */
const KEPT = 8;

/** The recorded and the replayed text of a turn as documents, and the diff editor between them. */
export class Observations implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changeEmitter = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changeEmitter.event;
  private readonly known = new Map<string, Promise<TurnReplay | null>>();
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(
    private readonly engine: Engine,
    replays: Replays,
  ) {
    this.subscriptions.push(
      vscode.workspace.registerTextDocumentContentProvider(OBSERVATION_SCHEME, this),
      replays.onChanged((run) => {
        if (run.progress.phase === 'ended') this.stale(run.uri.toString());
      }),
      engine.onChanged((c) => this.stale(vscode.Uri.parse(c.uri).toString())),
    );
  }

  /** A turn's facts and texts; null: it was not replayed. */
  async turn(where: Turn): Promise<TurnReplay | null> {
    const key = JSON.stringify([where.uri.toString(), where.attempt, where.turn]);
    let answer = this.known.get(key);
    if (!answer) {
      answer = this.engine.request(replayMethods.turn, { ...refOf(where), index: where.turn });
      answer.catch(() => this.known.delete(key));
      this.known.set(key, answer);
      for (const old of this.known.keys()) {
        if (this.known.size <= KEPT) break;
        this.known.delete(old);
      }
    }
    return await answer;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const place = parseObservationUri(uri.toString());
    if (!place) return `${uri.toString()} is no address of a replayed turn.\n`;
    const turn = await this.turn({ uri: vscode.Uri.parse(place.uri), attempt: place.attempt, turn: place.turn });
    return shown(turn?.[place.side] ?? '');
  }

  /** Recorded ↔ replayed in the native diff editor. Throws CannotRun where there are no two texts. */
  async diff(where: Turn): Promise<void> {
    const turn = await this.turn(where);
    const name = `Turn ${where.turn + 1}`;
    if (turn === null)
      throw new CannotRun(`${name} was not replayed.`, [
        { title: 'Replay Episode', command: 'turnpike.replay', arguments: [refOf(where)] },
      ]);
    if (turn.recorded === null && turn.replayed === null)
      throw new CannotRun(`${name} was not executed, neither in the recorded run nor in the replay.`);
    if (turn.recorded === null) vscode.window.setStatusBarMessage(`${name}: the file records no observation to compare with`, 6000);
    if (turn.replayed === null) throw new CannotRun(turn.facts.problem ?? `${name} was not executed in the replay.`);
    const { uri, attempt } = where;
    const side = (s: 'recorded' | 'replayed'): vscode.Uri =>
      vscode.Uri.parse(observationUri({ uri: uri.toString(), attempt, turn: where.turn, side: s }));
    if (turn.recorded === null) {
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(side('replayed')), { preview: true });
      return;
    }
    await vscode.commands.executeCommand('vscode.diff', side('recorded'), side('replayed'), `${name} · recorded ↔ replayed`, {
      preview: true,
    });
  }

  dispose(): void {
    for (const s of this.subscriptions) s.dispose();
    this.changeEmitter.dispose();
  }

  private stale(file: string): void {
    for (const key of this.known.keys()) if ((JSON.parse(key) as unknown[])[0] === file) this.known.delete(key);
    for (const { uri } of vscode.workspace.textDocuments)
      if (parseObservationUri(uri.toString())?.uri === file) this.changeEmitter.fire(uri);
  }
}

/** Newlines at the end are no part of the comparison (scaffolds cut them), so that they are no difference here either. */
export const shown = (text: string): string => text.replace(/\n+$/, '');
