import * as vscode from 'vscode';
import type { Engine } from '../client';
import { CannotRun } from '../cannot-run';
import { COMMAND_IDS, type Handlers } from './ids';

/** Registers every command. One that can't run says why and offers the way out; one that fails says so and logs it. */
export function register(engine: Engine, handlers: Handlers): vscode.Disposable {
  return vscode.Disposable.from(
    ...COMMAND_IDS.map((id) =>
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        try {
          return await handlers[id](...args);
        } catch (e) {
          explain(engine, id, e);
          return undefined;
        }
      }),
    ),
  );
}

/** Tells why something could not be done, with the ways out as buttons. */
export function explain(engine: Engine, id: string, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof vscode.CancellationError) return;
  if (error instanceof CannotRun) {
    void vscode.window.showInformationMessage(message, ...error.ways.map((w) => w.title)).then((title) => {
      const way = error.ways.find((w) => w.title === title);
      if (way) void vscode.commands.executeCommand(way.command, ...(way.arguments ?? []));
    });
    return;
  }
  engine.log.error(`${id}: ${error instanceof Error ? (error.stack ?? message) : message}`);
  const restart = 'Restart Server';
  const log = 'Show Log';
  void vscode.window.showErrorMessage(message, ...(engine.problem === null ? [log] : [restart, log])).then((title) => {
    if (title === restart) void vscode.commands.executeCommand('turnpike.restartServer');
    if (title === log) engine.log.show();
  });
}
