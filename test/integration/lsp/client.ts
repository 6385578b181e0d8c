/** A plain LSP client over a real child `turnpike lsp --stdio`, that keeps the conversation. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CancellationToken,
  type MessageConnection,
} from 'vscode-jsonrpc/node';

export const ROOT = join(import.meta.dirname, '../../..');
export const SERVER = join(ROOT, 'dist/turnpike.cjs');
export const uriOf = (path: string): string => pathToFileURL(path).toString();

export interface Said {
  readonly from: 'client' | 'server';
  readonly method: string;
  readonly what: 'request' | 'notification' | 'result' | 'error';
  readonly body: unknown;
}

/** Capabilities like those of VS Code, as far as the server looks at them. */
export const RICH = {
  textDocument: {
    publishDiagnostics: { relatedInformation: true },
    diagnostic: { dynamicRegistration: false, relatedDocumentSupport: false },
    codeLens: { dynamicRegistration: false },
    hover: { contentFormat: ['markdown', 'plaintext'] },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } } },
    foldingRange: { rangeLimit: 5000, foldingRange: { collapsedText: true } },
    completion: { completionItem: { snippetSupport: true } },
  },
  workspace: { workspaceFolders: true },
  window: { workDoneProgress: true },
} as const;

export class Client {
  readonly said: Said[] = [];
  readonly stderr: string[] = [];
  private readonly listeners = new Set<(said: Said) => void>();

  private constructor(
    readonly child: ChildProcess,
    private readonly connection: MessageConnection,
  ) {}

  static async start(
    options: {
      readonly capabilities?: object;
      readonly initializationOptions?: unknown;
      readonly root?: string;
      /** On top of this process's environment. */
      readonly env?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Client> {
    const child = spawn(process.execPath, [SERVER, 'lsp', '--stdio'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    const connection = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    const client = new Client(child, connection);
    child.stderr.on('data', (chunk: Buffer) => client.stderr.push(chunk.toString()));
    connection.onNotification((method, params) => client.keep({ from: 'server', method, what: 'notification', body: params }));
    connection.onRequest((method, params) => {
      client.keep({ from: 'server', method, what: 'request', body: params });
      return null;
    });
    connection.onUnhandledProgress((body) => client.keep({ from: 'server', method: '$/progress', what: 'notification', body }));
    connection.listen();
    const root = options.root;
    await client.request('initialize', {
      processId: process.pid,
      clientInfo: { name: 'transcript' },
      capabilities: options.capabilities ?? {},
      rootUri: root === undefined ? null : uriOf(root),
      workspaceFolders: root === undefined ? null : [{ uri: uriOf(root), name: 'root' }],
      ...(options.initializationOptions === undefined ? {} : { initializationOptions: options.initializationOptions }),
    });
    await client.notify('initialized', {});
    return client;
  }

  private keep(said: Said): void {
    this.said.push(said);
    for (const listener of this.listeners) listener(said);
  }

  async request<R = unknown>(method: string, params: unknown, token?: CancellationToken): Promise<R> {
    this.keep({ from: 'client', method, what: 'request', body: params });
    try {
      const result = await (token === undefined
        ? this.connection.sendRequest<R>(method, params)
        : this.connection.sendRequest<R>(method, params, token));
      this.keep({ from: 'server', method, what: 'result', body: result });
      return result;
    } catch (error) {
      const { code, message } = error as { code?: number; message: string };
      this.keep({ from: 'server', method, what: 'error', body: { code, message } });
      throw error;
    }
  }

  async notify(method: string, params: unknown): Promise<void> {
    this.keep({ from: 'client', method, what: 'notification', body: params });
    await this.connection.sendNotification(method, params);
  }

  /** The next message of the server that fits. */
  next<T = unknown>(method: string, fits: (body: never) => boolean = () => true, timeoutMs = 10_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.listeners.delete(listener);
        reject(new Error(`No ${method} within ${timeoutMs} ms.\n${this.stderr.join('')}`));
      }, timeoutMs);
      const listener = (said: Said): void => {
        if (said.from !== 'server' || said.method !== method || said.what === 'result' || !fits(said.body as never)) return;
        clearTimeout(timer);
        this.listeners.delete(listener);
        resolve(said.body as T);
      };
      this.listeners.add(listener);
    });
  }

  /** `shutdown`, `exit`; @returns the exit code */
  async stop(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    await this.request('shutdown', undefined);
    await this.notify('exit', undefined);
    const code = await ended;
    this.connection.dispose();
    return code;
  }
}
