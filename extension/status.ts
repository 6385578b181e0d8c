import * as vscode from 'vscode';
import type { ConfigHead, ReplayProgress, ReplayView } from '../server/protocol/index';
import type { Engine } from './client';
import { READABLE_SCHEME } from '../server/protocol/uri';
import { REWARDS_NAME } from './defaults';
import { progressWords, replayWords } from './replay/words';

const SEVERITY = {
  ok: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
} as const;

/**
 * The language status items: the server's health, which reward configuration an episode is rewarded by,
 * and what its replay showed.
 */
export class StatusItems implements vscode.Disposable {
  private readonly server: vscode.LanguageStatusItem;
  private readonly rewards: vscode.LanguageStatusItem;
  private readonly replay: vscode.LanguageStatusItem;
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(engine: Engine) {
    const selector = [{ scheme: READABLE_SCHEME }, { pattern: `**/${REWARDS_NAME}` }, { pattern: '**/*.traj' }];
    this.server = vscode.languages.createLanguageStatusItem('turnpike.server', selector);
    this.server.name = 'Turnpike Server';
    this.server.text = 'Turnpike: not started';
    this.server.command = { command: 'turnpike.showLog', title: 'Show Log' };
    this.rewards = vscode.languages.createLanguageStatusItem('turnpike.rewards', selector);
    this.rewards.name = 'Turnpike Rewards';
    this.rewards.text = 'Rewards: default configuration';
    this.rewards.command = { command: 'turnpike.editRewards', title: 'Edit' };
    this.replay = vscode.languages.createLanguageStatusItem('turnpike.replay', selector);
    this.replay.name = 'Turnpike Replay';
    this.setReplay(null);
    this.subscriptions.push(
      engine.onStatus((s) => {
        this.server.text = `Turnpike: ${s.message}`;
        this.server.severity = SEVERITY[s.health];
        this.server.busy = s.busy;
        this.server.command =
          s.health === 'error'
            ? { command: 'turnpike.restartServer', title: 'Restart' }
            : { command: 'turnpike.showLog', title: 'Show Log' };
      }),
    );
  }

  /** Shows the configuration in use. */
  setRewards({ source, problems, broken }: ConfigHead): void {
    const name = source === 'default' ? 'default configuration' : vscode.workspace.asRelativePath(source);
    this.rewards.text = `Rewards: ${name}${broken ? ` · line ${broken.line} can’t be read` : ''}`;
    this.rewards.detail = broken ? `Rewards of the last version that could be read. ${broken.message}` : (problems[0] ?? '');
    this.rewards.severity = problems.length > 0 ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
  }

  /** Shows what the replay of the episode in front showed; null: it was not replayed. */
  setReplay(view: ReplayView | null): void {
    this.replay.text = view === null ? 'Replay: not replayed' : `Replay: ${replayWords(view)}`;
    this.replay.detail = view?.causes[0]?.sentence ?? '';
    this.replay.command =
      view?.firstDivergence == null
        ? { command: 'turnpike.replay', title: view === null ? 'Replay' : 'Replay Again' }
        : { command: 'turnpike.nextDivergence', title: 'Next Divergence' };
  }

  /** Shows that a replay runs; null: none does. */
  setReplaying(progress: ReplayProgress | null): void {
    this.replay.busy = progress !== null;
    if (progress === null) return;
    this.replay.text = `Replay: ${progressWords(progress)}`;
    this.replay.detail = '';
    this.replay.command = { command: 'turnpike.cancelReplay', title: 'Cancel' };
  }

  dispose(): void {
    this.replay.dispose();
    this.server.dispose();
    this.rewards.dispose();
    for (const s of this.subscriptions) s.dispose();
  }
}
