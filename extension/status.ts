import * as vscode from 'vscode';
import type { ConfigHead } from '../server/protocol/index';
import type { Engine } from './client';
import { READABLE_SCHEME } from '../server/protocol/uri';
import { REWARDS_NAME } from './defaults';

const SEVERITY = {
  ok: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
} as const;

/** The language status items: the server's health, and which reward configuration an episode is rewarded by. */
export class StatusItems implements vscode.Disposable {
  private readonly server: vscode.LanguageStatusItem;
  private readonly rewards: vscode.LanguageStatusItem;
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

  dispose(): void {
    this.server.dispose();
    this.rewards.dispose();
    for (const s of this.subscriptions) s.dispose();
  }
}
