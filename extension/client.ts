import * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, State, Trace, type LanguageClientOptions } from 'vscode-languageclient/node';
import { PROTOCOL_VERSION, methods, replayMethods, type ReplayProgress, type Request, type ServerSettings } from '../server/protocol/index';
import { READABLE_SCHEME } from '../server/protocol/uri';
import { COMMAND_IDS } from './commands/ids';
import { REWARDS_NAME } from './defaults';
import { rewardsFile, rewardsFiles, setting } from './settings';

export interface Changed {
  readonly uri: string;
  readonly revision: number;
  readonly stale: string | null;
}
export interface Status {
  readonly health: 'ok' | 'warning' | 'error';
  readonly busy: boolean;
  readonly message: string;
}

/** Which documents the server is told of. `.traj` text is read by path; its synced text is ignored by the server. */
const selector = (): vscode.DocumentFilter[] => {
  const set = new Set([rewardsFile(), ...Object.values(rewardsFiles())].filter((path) => path !== ''));
  return [
    { scheme: READABLE_SCHEME },
    { scheme: 'file', pattern: `**/${REWARDS_NAME}` },
    { scheme: 'file', pattern: '**/*.traj' },
    ...[...set].map((pattern) => ({ scheme: 'file', pattern })),
  ];
};

/** Commands that a hover may link to: each only moves the reader, or asks first. */
const LINK_COMMANDS = ['turnpike.openInspector', 'turnpike.openReadable', 'turnpike.openRaw', 'turnpike.explainTurn', 'turnpike.muteRule'];

/** Whether a document is one that the server should see: the sign to start it. */
export const concerns = (d: vscode.TextDocument): boolean => vscode.languages.match(selector(), d) > 0;

/** The language server's process: started on first need, restarted on demand, never in the way of activation. */
export class Engine implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel('Turnpike', { log: true });
  private trace: vscode.LogOutputChannel | null = null;
  private starting: Promise<LanguageClient> | null = null;
  private client: LanguageClient | null = null;
  private failure: string | null = null;

  private readonly changedEmitter = new vscode.EventEmitter<Changed>();
  private readonly statusEmitter = new vscode.EventEmitter<Status>();
  private readonly replayEmitter = new vscode.EventEmitter<ReplayProgress>();
  private readonly upEmitter = new vscode.EventEmitter<void>();
  /** An open episode was re-read or re-rewarded. */
  readonly onChanged = this.changedEmitter.event;
  readonly onStatus = this.statusEmitter.event;
  /** A replay, or the pull of an image, went on. */
  readonly onReplay = this.replayEmitter.event;
  /** The server is up, for the first time or again: what it told before no longer counts. */
  readonly onUp = this.upEmitter.event;

  /**
   * @param cli path of `dist/turnpike.cjs`
   * @param settings what the server is told at its start and after each change
   */
  constructor(
    readonly cli: string,
    private readonly settings: () => ServerSettings,
  ) {}

  /** Why the server is not there; null: it is, or nobody has needed it yet. */
  get problem(): string | null {
    return this.failure;
  }

  get started(): boolean {
    return this.client !== null;
  }

  /** Starts the server unless it runs. Rejects with a sentence. */
  start(): Promise<LanguageClient> {
    this.starting ??= this.launch().catch((e: unknown) => {
      this.starting = null;
      throw e;
    });
    return this.starting;
  }

  async request<P, R>(kind: Request<P, R>, params: P, token?: vscode.CancellationToken): Promise<R> {
    const client = await this.start();
    // An undefined token would be sent as a second parameter.
    return token ? await client.sendRequest<R>(kind.method, params, token) : await client.sendRequest<R>(kind.method, params);
  }

  /** As {@link request}, by name and cancelled by a signal: for requests of a page. */
  async forward(method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    const source = new vscode.CancellationTokenSource();
    const cancel = (): void => source.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const client = await this.start();
      signal.throwIfAborted();
      return await client.sendRequest<unknown>(method, params, source.token);
    } finally {
      signal.removeEventListener('abort', cancel);
      source.dispose();
    }
  }

  /** Tells the server the settings of this window, where it runs. */
  async pushSettings(): Promise<void> {
    await this.client?.sendNotification(methods.settings.method, this.settings());
  }

  async applyTrace(): Promise<void> {
    const level = setting('turnpike.trace.server');
    await this.client?.setTrace(level === 'verbose' ? Trace.Verbose : level === 'messages' ? Trace.Messages : Trace.Off);
  }

  async restart(): Promise<void> {
    const old = this.client;
    this.client = null;
    this.starting = null;
    this.failure = null;
    if (old) await old.dispose(3000).catch((e: unknown) => this.log.warn(`The server did not stop by itself: ${String(e)}`));
    await this.start();
  }

  dispose(): void {
    void this.client?.dispose(2000).catch(() => undefined);
    this.client = null;
    this.changedEmitter.dispose();
    this.statusEmitter.dispose();
    this.replayEmitter.dispose();
    this.upEmitter.dispose();
    this.trace?.dispose();
    this.log.dispose();
  }

  private async launch(): Promise<LanguageClient> {
    const traceChannel = (): vscode.LogOutputChannel =>
      (this.trace ??= vscode.window.createOutputChannel('Turnpike Protocol', { log: true }));
    const options: LanguageClientOptions = {
      documentSelector: selector() as LanguageClientOptions['documentSelector'] & object,
      outputChannel: this.log,
      // A channel for protocol traffic appears only when somebody asks for it.
      get traceOutputChannel() {
        return traceChannel();
      },
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: () => ({ ...this.settings(), protocolVersion: PROTOCOL_VERSION, commands: COMMAND_IDS }),
      initializationFailedHandler: (e) => {
        this.log.error(e instanceof Error ? e : String(e));
        return false;
      },
      markdown: { isTrusted: { enabledCommands: LINK_COMMANDS } },
    };
    // Given an environment, the client passes on nothing else: DOCKER_HOST, HOME and PATH say where an engine is.
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    const client = new LanguageClient(
      'turnpike',
      'Turnpike',
      { command: process.execPath, args: [this.cli, 'lsp', '--stdio'], options: { env } },
      options,
    );
    client.onNotification(methods.changed.method, (p: Changed) => this.changedEmitter.fire(p));
    client.onNotification(methods.status.method, (p: Status) => this.statusEmitter.fire(p));
    client.onNotification(replayMethods.progress.method, (p: ReplayProgress) => this.replayEmitter.fire(p));
    client.onDidChangeState((e) => {
      if (e.newState === State.Running) {
        this.failure = null;
        this.statusEmitter.fire({ health: 'ok', busy: false, message: 'Ready' });
        this.upEmitter.fire();
      } else if (e.newState === State.Stopped && this.client === client) {
        this.failure = 'The Turnpike server has stopped.';
        this.statusEmitter.fire({ health: 'error', busy: false, message: this.failure });
      }
    });
    const began = Date.now();
    try {
      await client.start();
    } catch (e) {
      this.failure = `The Turnpike server could not start: ${e instanceof Error ? e.message : String(e)}`;
      this.log.error(this.failure);
      this.statusEmitter.fire({ health: 'error', busy: false, message: this.failure });
      throw new Error(this.failure, { cause: e });
    }
    this.client = client;
    this.log.info(`Server up in ${Date.now() - began} ms.`);
    await this.applyTrace();
    return client;
  }
}
