/** The language server: `turnpike lsp`. The other door of the engine is the command line. */
import { Console } from 'node:console';
import process from 'node:process';
import { createConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-languageserver/node';
import { serve } from './server';

/**
 * Serves one client on this process's standard streams, or on its IPC channel.
 * Never returns: the process ends with its client, with 0 after `shutdown` and 1 without, as LSP asks.
 */
export async function startLanguageServer(kind: 'stdio' | 'ipc'): Promise<void> {
  // Standard output belongs to the protocol; a stray print would break it.
  if (kind === 'stdio') redirectConsole();
  const connection =
    kind === 'ipc'
      ? createConnection(new IPCMessageReader(process), new IPCMessageWriter(process))
      : createConnection(process.stdin, process.stdout);
  process.on('uncaughtException', (error) => connection.console.error(`Unexpected: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (reason) =>
    connection.console.error(`Unexpected: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`),
  );
  // The end of standard input is seen by the library; that of the channel is not.
  if (kind === 'ipc') process.once('disconnect', () => process.exit(1));
  serve(connection);
  connection.listen();
  await new Promise<never>(() => undefined);
}

function redirectConsole(): void {
  const stray = new Console(process.stderr);
  for (const name of ['log', 'info', 'debug'] as const) globalThis.console[name] = stray[name].bind(stray);
}
