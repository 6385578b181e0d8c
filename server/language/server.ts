/** One connection: what the server says it can do, and who answers what. */
import {
  CodeActionKind,
  CodeLensRefreshRequest,
  DidChangeWatchedFilesNotification,
  FoldingRangeRefreshRequest,
  InlayHintRefreshRequest,
  TextDocumentSyncKind,
  type Connection,
  type InitializeResult,
  type ServerCapabilities,
} from 'vscode-languageserver/node';
import { version } from '../../package.json';
import { methods, PROTOCOL_VERSION, parseReadableUri, pathOfUri } from '../protocol/index';
import { clientProtocol, readClient, readSettings, type Client } from './client';
import { SERVER_COMMANDS } from './commands';
import { registerCustomRequests } from './custom';
import { DiagnosticsDesk } from './diagnostics-desk';
import { Documents } from './documents';
import { LEGEND } from './features/semantic-tokens';
import { HeldDiagnostics } from './held-diagnostics';
import { registerReplayRequests } from './replays/register';
import { registerFeatures } from './standard';
import { Session } from './session';

function capabilities(client: Client): ServerCapabilities {
  return {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    codeLensProvider: { resolveProvider: true },
    inlayHintProvider: true,
    foldingRangeProvider: true,
    semanticTokensProvider: { legend: LEGEND, full: true, range: true },
    documentSymbolProvider: { label: 'Turnpike' },
    hoverProvider: true,
    documentLinkProvider: { resolveProvider: false },
    codeActionProvider: client.codeActionLiterals ? { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.Empty] } : true,
    completionProvider: { triggerCharacters: [':', ' ', '-'] },
    executeCommandProvider: { commands: Object.values(SERVER_COMMANDS) },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    ...(client.pullsDiagnostics
      ? { diagnosticProvider: { identifier: 'turnpike', interFileDependencies: true, workspaceDiagnostics: false } }
      : {}),
    experimental: { turnpikeProtocol: PROTOCOL_VERSION },
  };
}

/** Wires a connection. Nothing is read before the client initializes. */
export function serve(connection: Connection): void {
  connection.onInitialize((params): InitializeResult => {
    const client = readClient(params);
    const session = new Session(
      readSettings(params.initializationOptions),
      client.roots,
      {
        changed: (uri, revision, stale) => {
          void connection.sendNotification(methods.changed.method, { uri, revision, stale });
          void connection.sendNotification(methods.status.method, {
            health: stale === null ? 'ok' : 'warning',
            busy: stale !== null,
            message: stale ?? 'Ready',
          });
          if (stale !== null) return;
          refresh(connection, client);
          desk.changed(uri);
          if (documents.holds(uri)) held.changed(uri);
        },
      },
      !client.watchesFiles,
    );
    const documents = new Documents(session);
    const desk = new DiagnosticsDesk(connection, session, client, documents);
    const held = new HeldDiagnostics(connection, session, client, documents);
    registerCustomRequests(connection, session, client, documents, held);
    registerReplayRequests(connection, session);
    registerFeatures(connection, session, client, documents);
    registerSync(connection, session, documents, desk, held);
    connection.onInitialized(() => {
      session.clearLeftReplays();
      if (client.watchesFiles) {
        void connection.client
          .register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/*rewards.{yaml,yml}' }] })
          .catch(() => undefined);
      }
      const spoken = clientProtocol(params.initializationOptions) ?? PROTOCOL_VERSION;
      void connection.sendNotification(
        methods.status.method,
        spoken === PROTOCOL_VERSION
          ? { health: 'ok', busy: false, message: 'Ready' }
          : {
              health: 'warning',
              busy: false,
              message: `The editor speaks version ${spoken} of the protocol, this server ${PROTOCOL_VERSION}. Reload the window.`,
            },
      );
    });
    connection.onShutdown(async () => {
      desk.dispose();
      held.dispose();
      await session.dispose();
    });
    return { capabilities: capabilities(client), serverInfo: { name: 'turnpike', version } };
  });
}

/** Lenses, hints and folds that a client shows are asked for again. */
function refresh(connection: Connection, { refreshes }: Client): void {
  const ask = (type: { readonly method: string }, can: boolean): void => {
    if (can) void connection.sendRequest(type.method).catch(() => undefined);
  };
  ask(CodeLensRefreshRequest, refreshes.lenses);
  ask(InlayHintRefreshRequest, refreshes.hints);
  ask(FoldingRangeRefreshRequest, refreshes.folding);
}

function registerSync(connection: Connection, session: Session, documents: Documents, desk: DiagnosticsDesk, held: HeldDiagnostics): void {
  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version: at, text } }) => {
    desk.touched(documents.opened(uri, languageId, at, text));
    const file = parseReadableUri(uri)?.uri;
    if (file !== undefined) held.shown(uri, file);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version: at }, contentChanges }) => {
    const document = documents.changed(uri, at, contentChanges);
    if (document !== null) desk.touched(document);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    if (documents.closed(uri) !== null) desk.closed(uri);
    const file = parseReadableUri(uri)?.uri;
    if (file !== undefined && documents.holds(file)) held.changed(file);
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    // A configuration that an editor holds counts as it stands there, not on disk.
    if (changes.some(({ uri }) => documents.get(uri) === null && pathOfUri(uri) !== null)) session.rewardAgain();
  });
  connection.onNotification(methods.settings.method, (given: unknown) => {
    session.configure(readSettings(given));
    session.clearLeftReplays();
  });
  connection.onNotification(
    'workspace/didChangeWorkspaceFolders',
    (given: { event?: { added?: { uri: string }[]; removed?: { uri: string }[] } }) => {
      const removed = new Set((given.event?.removed ?? []).map((f) => pathOfUri(f.uri)));
      const added = (given.event?.added ?? []).flatMap((f) => pathOfUri(f.uri) ?? []);
      session.setRoots([...session.rootPaths.filter((root) => !removed.has(root)), ...added]);
    },
  );
}
