/** What the client can do, digested from its `initialize`. A client that says nothing gets plain LSP 3.0. */
import { MarkupKind, type InitializeParams } from 'vscode-languageserver/node';
import { z } from 'zod';
import { type ReplaySettings, type ServerSettings, pathOfUri } from '../protocol/index';
import type { Limits } from '../replay/index';
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

/** A member that is malformed keeps its default, and the others hold. */
const lenient = <S extends z.ZodType>(shape: S) => shape.optional().catch(undefined);
const names = z.record(z.string(), z.string());

const limitsShape = z.object(
  Object.fromEntries(
    (['memoryBytes', 'cpus', 'pids', 'diskBytes', 'outputBytes', 'actionMs', 'totalMs'] as const satisfies readonly (keyof Limits)[]).map(
      (name) => [name, lenient(z.number().positive())],
    ),
  ),
);

const replayShape = z.object({
  images: lenient(names),
  repositories: lenient(z.record(z.string(), z.object({ directory: z.string().min(1), commit: z.string().min(1) }))),
  limits: lenient(limitsShape.transform(present)),
  runtime: lenient(z.string()),
  tests: lenient(names),
  sweAgentTools: lenient(z.string()),
  active: lenient(z.int().positive().max(64)),
  storage: lenient(z.string().min(1)),
});

/** `exactOptionalPropertyTypes`: what is absent is not there. */
function present<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

const settingsShape = z.object({
  rewardsFile: z.string(),
  rewardsFiles: z.record(z.string(), z.string()).optional(),
  mutedRules: z.array(z.string()),
  trusted: z.boolean(),
  allowedModules: z.array(z.string()),
  replay: replayShape.transform((given): ReplaySettings => present(given)).optional(),
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
