import * as vscode from 'vscode';
import type { Context } from '../commands/context';
import { parseReadableUri } from '../../server/protocol/uri';

/** The context keys by which menus know whether the episode in front is being replayed, or was. */
export class ReplayKeys implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly told = new Map<string, boolean>();

  constructor(private readonly c: Context) {
    const update = (): void => this.update();
    this.subscriptions.push(
      c.replays.onChanged(update),
      c.episodes.onView(update),
      c.inspectors.onActive(update),
      vscode.window.onDidChangeActiveTextEditor(update),
    );
    this.update();
  }

  dispose(): void {
    for (const s of this.subscriptions) s.dispose();
  }

  private update(): void {
    const uri = this.front();
    this.tell('turnpike.replaying', uri !== null && this.c.replays.of(uri) !== null);
    this.tell('turnpike.anyReplay', this.c.replays.any);
    this.tell('turnpike.replayed', uri !== null && this.c.episodes.view(uri)?.replay != null);
  }

  /** The episode that commands without an argument mean. */
  private front(): vscode.Uri | null {
    const document = vscode.window.activeTextEditor?.document.uri.toString();
    const place = document === undefined ? null : parseReadableUri(document);
    return place ? vscode.Uri.parse(place.uri) : (this.c.inspectors.active?.uri ?? null);
  }

  private tell(key: string, value: boolean): void {
    if (this.told.get(key) === value) return;
    this.told.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
