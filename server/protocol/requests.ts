/**
 * Every request and notification between the server, the extension and the inspector page, typed once.
 *
 * All are plain LSP requests under `turnpike/`. The extension forwards the page's requests to the server unread
 * (see {@link PAGE_REQUESTS}); nothing else crosses.
 */
import type { Field, Span } from '../episode/index';
import { notification, request } from './message';
import { PAGE_REPLAY_REQUESTS, type ReplaySettings } from './replay';
import type { EpisodeRef, EpisodeSummary, EpisodeView, FolderView, SeenMessage, TurnDetail, TurnRow, Piece } from './views';

/** Bumped when a message changes its meaning; exchanged at start. */
export const PROTOCOL_VERSION = 1;

/** A file that is no episode, or can't be read: the sentences to show. */
export interface OpenFailure {
  readonly recognised: string | null;
  readonly sentences: readonly string[];
}
export type OpenResult = { readonly view: EpisodeView } | { readonly failure: OpenFailure };

/** Opens (or re-reads) a file. The server watches it until `turnpike/close`. */
export const open = request<EpisodeRef & { readonly report?: string }, OpenResult>('turnpike/open');
export const close = request<EpisodeRef, null>('turnpike/close');
/** Lines of the turn list, `[from, to)`; at most 500. */
export const rows = request<
  EpisodeRef & { readonly from: number; readonly to: number },
  { readonly revision: number; readonly rows: readonly TurnRow[] }
>('turnpike/rows');
/** One turn with its texts, each piece cut at `limit` characters (default 20,000). */
export const turn = request<EpisodeRef & { readonly index: number; readonly limit?: number }, TurnDetail>('turnpike/turn');
/**
 * What the model saw at a turn. Of more than 200 messages the first 20 and the last 180 come, and the note says so;
 * `from` and `to` ask for others. `from` in the answer is the place of its first message among `total`.
 */
export const seen = request<
  EpisodeRef & { readonly index: number; readonly limit?: number; readonly from?: number; readonly to?: number },
  {
    readonly messages: readonly SeenMessage[];
    readonly from: number;
    readonly total: number;
    readonly source: 'query' | 'history' | 'none';
    readonly note: string | null;
  }
>('turnpike/seen');
/** A whole text: the problem statement, the submission, the configuration. */
export const text = request<EpisodeRef & { readonly what: 'problemStatement' | 'submission' | 'configuration' }, Piece | null>(
  'turnpike/text',
);
/** Plain-text search through thoughts, actions and observations, case-insensitive. */
export const find = request<
  EpisodeRef & { readonly query: string; readonly limit?: number },
  { readonly hits: readonly FindHit[]; readonly total: number; readonly capped: boolean }
>('turnpike/find');
export interface FindHit {
  readonly turn: number;
  readonly field: Field;
  /** UTF-16 offset in the field's text. */
  readonly offset: number;
  readonly length: number;
  readonly excerpt: string;
}
/** The readable document: its text, page by page. */
export const readable = request<
  EpisodeRef & { readonly page: number },
  { readonly text: string; readonly pages: number; readonly turnsFrom: number; readonly turnsTo: number }
>('turnpike/readable');
/** Where bytes of a file stand in its readable document: URI, UTF-16 range. */
export const locate = request<
  EpisodeRef & { readonly turn: number; readonly field?: Field; readonly span?: Span },
  { readonly uri: string; readonly range: LineRange }
>('turnpike/locate');
export interface LineRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}
/** Turn index at a line of a readable document; null outside a turn. */
export const turnAt = request<{ readonly uri: string; readonly line: number }, { readonly turn: number } | null>('turnpike/turnAt');
/** The folder table; progress is reported. */
export const folder = request<{ readonly uri: string }, FolderView>('turnpike/folder');
/** Summaries for the episodes tree. */
export const summaries = request<{ readonly uris: readonly string[] }, readonly EpisodeSummary[]>('turnpike/summaries');
/** Allows an own reward module by the hash of its content. */
export const allowModule = request<{ readonly path: string }, { readonly hash: string }>('turnpike/allowModule');

/** An open episode was re-read, re-rewarded, or could not be: ask again with `turnpike/open`. */
export const changed = notification<{ readonly uri: string; readonly revision: number; readonly stale: string | null }>('turnpike/changed');
/** What the server is doing, for the status item. */
export const status = notification<{ readonly health: 'ok' | 'warning' | 'error'; readonly busy: boolean; readonly message: string }>(
  'turnpike/status',
);
/** Rules muted by the user, allowed module hashes, trust: pushed by the client on change. */
export const settings = notification<ServerSettings>('turnpike/settings');
export interface ServerSettings {
  /** Path of the reward configuration; empty: the nearest file upward, else the default. */
  readonly rewardsFile: string;
  /** The same for episodes under a folder, by its path: the innermost that is listed counts, empty meaning as above. */
  readonly rewardsFiles?: Readonly<Record<string, string>> | undefined;
  readonly mutedRules: readonly string[];
  readonly trusted: boolean;
  readonly allowedModules: readonly string[];
  readonly replay?: ReplaySettings | undefined;
}

/** Methods that the page may call; the extension forwards these and no other. */
export const PAGE_REQUESTS = [...[open, rows, turn, seen, text, find].map((r) => r.method), ...PAGE_REPLAY_REQUESTS];
