import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { CannotRun } from './cannot-run';
import { type Context } from './commands/context';
import { beside, copyLink, openRaw } from './commands/reading';
import { explain } from './commands/register';

/** What a page asks of the host. A page shows hostile text, so each action is looked at before it is done. */
export function pageActions(c: Context): vscode.Disposable {
  return c.inspectors.onAction(({ inspector, action }) => {
    // A page speaks of its own file only.
    const place = (attempt: number, turn: number | null): object => ({ uri: inspector.uri.toString(), attempt, turn });
    const run = async (): Promise<void> => {
      switch (action.kind) {
        case 'openReadable':
          await c.readables.open(
            { uri: inspector.uri, attempt: action.attempt, turn: action.turn },
            { ...(action.field ? { field: action.field } : {}), ...(action.span ? { span: action.span } : {}) },
            { column: beside(c) },
          );
          return;
        case 'openRaw':
          await openRaw(inspector.uri, action.span);
          return;
        case 'openConfig':
          await vscode.commands.executeCommand('turnpike.editRewards');
          return;
        case 'openPath': {
          const isFile =
            isAbsolute(action.path) &&
            (await stat(action.path).then(
              (s) => s.isFile(),
              () => false,
            ));
          if (!isFile) throw new CannotRun(`There is no file ${action.path}.`);
          await vscode.window.showTextDocument(vscode.Uri.file(action.path), { preview: true });
          return;
        }
        case 'copy':
          await vscode.env.clipboard.writeText(action.text);
          return;
        case 'copyLink':
          await copyLink({ uri: inspector.uri, attempt: action.attempt, turn: action.turn });
          return;
        case 'muteRule':
          await vscode.commands.executeCommand('turnpike.muteRule', action.rule);
          return;
        case 'allowModules':
          await vscode.commands.executeCommand('turnpike.allowModules');
          return;
        case 'applyThresholds':
          await vscode.commands.executeCommand('turnpike.applyThreshold');
          return;
        case 'replay':
          await vscode.commands.executeCommand(
            action.again ? 'turnpike.replayAgain' : 'turnpike.replay',
            place(action.attempt, inspector.turn),
          );
          return;
        case 'cancelReplay':
          c.replays.cancel(inspector.uri);
          return;
        case 'diffObservation':
        case 'browseState':
        case 'openTerminal':
          await vscode.commands.executeCommand(`turnpike.${action.kind}`, place(action.attempt, action.turn));
          return;
        case 'diffStates':
          await vscode.commands.executeCommand('turnpike.diffStates', {
            ...place(action.attempt, Math.max(0, action.to)),
            from: action.from,
            to: action.to,
          });
          return;
        case 'selected':
        case 'tried':
          return;
      }
    };
    run().catch((e: unknown) => explain(c.engine, action.kind, e));
  });
}
