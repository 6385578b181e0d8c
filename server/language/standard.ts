/** The standard LSP requests: thin handlers over pure functions in `features/`. */
import { MessageType, ShowMessageNotification, type CancellationToken, type CodeLens, type Connection } from 'vscode-languageserver/node';
import { parseReadableUri, pathOfUri } from '../protocol/index';
import type { Client } from './client';
import { SERVER_COMMANDS } from './commands';
import { mayHoldEpisode, type Documents } from './documents';
import { answer, BadRequest, checked } from './failure';
import { codeActions } from './features/actions';
import { codeLenses, lensCommand, lensData } from './features/code-lens';
import { foldingRanges } from './features/folding';
import { hover } from './features/hover';
import { inlayHints } from './features/inlay-hints';
import { documentLinks } from './features/links';
import { rewardsCompletion, rewardsHover } from './features/rewards-file';
import { semanticTokens } from './features/semantic-tokens';
import { documentSymbols, flatSymbols } from './features/symbols';
import { shapes } from './params';
import { explainTurnPlainly } from './reward-text';
import type { ResolvedSheet, Session } from './session';
import { rawSheet } from './sheet';

export function registerFeatures(connection: Connection, session: Session, client: Client, documents: Documents): void {
  /** Runs a feature on the episode that a document shows; `nothing` where it shows none. */
  const onSheet = <R>(
    uri: string,
    token: CancellationToken,
    nothing: R,
    feature: (found: ResolvedSheet, signal: AbortSignal) => R | Promise<R>,
  ): Promise<R> =>
    answer(token, async (signal) => {
      const path = pathOfUri(uri);
      if (parseReadableUri(uri) === null && (path === null || !mayHoldEpisode(path))) return nothing;
      const found = await session.sheetOrNull(uri, signal);
      return found === null ? nothing : feature(found, signal);
    }) as Promise<R>;
  const pageUri = (uri: string) => (attempt: number, page: number) => session.pageUri(uri, attempt, page);

  connection.onCodeLens(({ textDocument: { uri } }, token) =>
    onSheet(uri, token, [], ({ sheet, uri: file }) => codeLenses(sheet, file, client.commands, client.resolvesLenses)),
  );
  connection.onCodeLensResolve(async (lens, token): Promise<CodeLens> => {
    const resolved = await answer(token, async (signal) => {
      const data = checked(lensData, lens.data);
      const { model } = await session.resolve({ uri: data.uri, attempt: data.attempt }, signal);
      checkedTurn(model.turns.length, data.turn);
      return { ...lens, command: lensCommand(model, data, client.commands) };
    });
    if (resolved instanceof Error) throw resolved;
    return resolved;
  });
  connection.languages.inlayHint.on(({ textDocument: { uri }, range }, token) =>
    onSheet(uri, token, [], ({ sheet }) => inlayHints(sheet, range)),
  );
  connection.languages.semanticTokens.on(({ textDocument: { uri } }, token) =>
    onSheet(uri, token, { data: [] }, ({ sheet }, signal) => semanticTokens(sheet.page, null, signal)),
  );
  connection.languages.semanticTokens.onRange(({ textDocument: { uri }, range }, token) =>
    onSheet(uri, token, { data: [] }, ({ sheet }, signal) => semanticTokens(sheet.page, range, signal)),
  );
  connection.onFoldingRanges(({ textDocument: { uri } }, token) =>
    onSheet(uri, token, [], ({ sheet }) => foldingRanges(sheet, { limit: client.foldingLimit, collapsedText: client.collapsedText })),
  );
  connection.onDocumentSymbol(({ textDocument: { uri } }, token) =>
    onSheet<ReturnType<typeof documentSymbols> | ReturnType<typeof flatSymbols>>(uri, token, [], ({ sheet }) =>
      client.nestedSymbols ? documentSymbols(sheet) : flatSymbols(sheet, uri),
    ),
  );
  connection.onHover(({ textDocument: { uri }, position }, token) => {
    const text = documents.get(uri)?.text;
    if (text !== undefined && text !== null) return rewardsHover(text, position, client.markdownHover);
    return onSheet(uri, token, null, ({ sheet }) => hover(sheet, position, client.markdownHover));
  });
  connection.onDocumentLinks(({ textDocument: { uri } }, token) =>
    onSheet(uri, token, [], async ({ sheet, uri: file }) => {
      const positions = sheet.page === null || client.commands.has('raw') ? null : (await rawSheet(sheet.opened)).raw;
      return documentLinks(sheet, { uri: file, commands: client.commands, pageUri: pageUri(file), positions });
    }),
  );
  connection.onCodeAction(({ textDocument: { uri }, range, context }, token) =>
    onSheet(uri, token, [], ({ sheet, uri: file }) => {
      const actions = codeActions(sheet, file, range, context.diagnostics, client.commands);
      return client.codeActionLiterals ? actions : actions.flatMap((action) => action.command ?? []);
    }),
  );
  connection.onCompletion(({ textDocument: { uri }, position }) => {
    const text = documents.get(uri)?.text;
    return text === undefined || text === null ? [] : rewardsCompletion(text, position, client.snippets);
  });
  connection.onExecuteCommand(({ command, arguments: given }, token) => answer(token, (signal) => execute(command, given?.[0], signal)));

  /** @returns what the message says */
  async function execute(command: string, argument: unknown, signal: AbortSignal): Promise<string> {
    let message: string;
    if (command === SERVER_COMMANDS.explain) {
      const { uri, attempt, turn } = checked(shapes.turnArgument, argument);
      const { model } = await session.resolve({ uri, attempt }, signal);
      message = explainTurnPlainly(model, checkedTurn(model.turns.length, turn));
    } else if (command === SERVER_COMMANDS.mute) {
      const { rule } = checked(shapes.ruleArgument, argument);
      session.muteRule(rule);
      message = `Rule ${rule} is muted until the server stops. To keep it so, name it in mutedRules.`;
    } else throw new BadRequest(`There is no command “${command.slice(0, 100)}”.`);
    await connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Info, message });
    return message;
  }
}

function checkedTurn(turns: number, turn: number): number {
  if (turn < turns) return turn;
  throw new BadRequest(`There is no turn ${turn + 1}; the episode has ${turns}.`);
}
