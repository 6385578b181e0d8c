/** What the client can do, digested from its `initialize`. A client that says nothing gets plain LSP 3.0. */
import { MarkupKind, type InitializeParams } from 'vscode-languageserver/node';
import { z } from 'zod';
import { type ServerSettings, pathOfUri } from '../protocol/index';
import { CLIENT_COMMANDS, Commands } from './commands';

export interface Client {
  readonly commands: Commands;
  readonly pullsDiagnostics: boolean;
  readonly relatedInformation: boolean;
  readonly refreshes: { readonly lenses: boolean; readonly hints: boolean; readonly diagnostics: boolean; readonly folding: boolean };
  readonly resolvesLenses: boolean;
  readonly markdownHover: boolean;
  readonly nestedSymbols: boolean;
  readonly codeActionLiterals: boolean;
  readonly foldingLimit: number;
  readonly collapsedText: boolean;
  readonly progress: boolean;
  readonly watchesFiles: boolean;
  readonly snippets: boolean;
  /** Paths of the workspace folders. */
  readonly roots: readonly string[];
}

/** VS Code asks for at most this many; used where a client names no limit. */
const FOLDING_DEFAULT = 50_000;

const settingsShape = z.object({
  rewardsFile: z.string(),
  rewardsFiles: z.record(z.string(), z.string()).optional(),
  mutedRules: z.array(z.string()),
  trusted: z.boolean(),
  allowedModules: z.array(z.string()),
});

export const NO_SETTINGS: ServerSettings = { rewardsFile: '', mutedRules: [], trusted: false, allowedModules: [] };

/** Settings as far as they are well-formed; what is missing or odd keeps its former value. */
export function readSettings(given: unknown, before: ServerSettings = NO_SETTINGS): ServerSettings {
  if (typeof given !== 'object' || given === null) return before;
  const next: Record<string, unknown> = { ...before };
  for (const [name, shape] of Object.entries(settingsShape.shape)) {
    const parsed = shape.safeParse(Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined);
    if (parsed.success && parsed.data !== undefined) next[name] = parsed.data;
  }
  return settingsShape.parse(next);
}

/**
 * The commands that the client has: those it lists in `commands`. The Turnpike extension, known by giving all settings,
 * has all of them.
 */
function clientCommands(options: unknown): ReadonlySet<string> {
  const listed = z.object({ commands: z.array(z.string()) }).safeParse(options);
  if (listed.success) return new Set(listed.data.commands);
  return settingsShape.safeParse(options).success ? new Set(Object.values(CLIENT_COMMANDS)) : new Set();
}

/** The protocol version that the client speaks, where it says so. */
export function clientProtocol(options: unknown): number | null {
  const given = z.object({ protocolVersion: z.number() }).safeParse(options);
  return given.success ? given.data.protocolVersion : null;
}

export function readClient(params: InitializeParams): Client {
  const { textDocument, workspace, window } = params.capabilities;
  const folders = params.workspaceFolders?.map((folder) => folder.uri) ?? (params.rootUri === null ? [] : [params.rootUri]);
  return {
    commands: new Commands(clientCommands(params.initializationOptions)),
    pullsDiagnostics: textDocument?.diagnostic !== undefined,
    relatedInformation: textDocument?.publishDiagnostics?.relatedInformation === true || textDocument?.diagnostic !== undefined,
    refreshes: {
      lenses: workspace?.codeLens?.refreshSupport === true,
      hints: workspace?.inlayHint?.refreshSupport === true,
      diagnostics: workspace?.diagnostics?.refreshSupport === true,
      folding: workspace?.foldingRange?.refreshSupport === true,
    },
    resolvesLenses: textDocument?.codeLens !== undefined,
    markdownHover: textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) === true,
    nestedSymbols: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true,
    codeActionLiterals: textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
    foldingLimit: textDocument?.foldingRange?.rangeLimit ?? FOLDING_DEFAULT,
    collapsedText: textDocument?.foldingRange?.foldingRange?.collapsedText === true,
    progress: window?.workDoneProgress === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    snippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    roots: folders.flatMap((uri) => pathOfUri(uri) ?? []),
  };
}
