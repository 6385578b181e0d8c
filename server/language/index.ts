/** The language server: `turnpike lsp`. The other door of the engine is the command line. */
import { Console } from 'node:console';
import process from 'node:process';
import { createConnection, IPCMessageReader, IPCMessageWriter, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import { serve } from './server';

/**
 * Serves one client on this process's standard streams, or on its IPC channel.
 * @returns when the connection ends; the process exits with 0 after `shutdown`, 1 without, as LSP asks
 */
export async function startLanguageServer(kind: 'stdio' | 'ipc'): Promise<void> {
  const connection =
    kind === 'ipc'
      ? createConnection(new IPCMessageReader(process), new IPCMessageWriter(process))
      : createConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
  // Standard output belongs to the protocol; a stray print would break it.
  if (kind === 'stdio') redirectConsole();
  process.on('uncaughtException', (error) => connection.console.error(`Unexpected: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (reason) =>
    connection.console.error(`Unexpected: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`),
  );
  serve(connection);
  connection.listen();
  await new Promise<void>((resolve) => {
    connection.onExit(resolve);
    if (kind === 'stdio') process.stdin.once('close', resolve);
    else process.once('disconnect', resolve);
  });
}

function redirectConsole(): void {
  const stray = new Console(process.stderr);
  for (const name of ['log', 'info', 'debug'] as const) globalThis.console[name] = stray[name].bind(stray);
}
