/**
 * Requests about replays. All that touches a container runs only in a trusted workspace, after a user's action.
 *
 * A refusal (no engine, no image, not trusted, cannot be replayed) is a {@link ReplayFailure}, not an error: it has a
 * sentence and ways out. Cancelling a request ends its work and removes its container.
 */
import type { Cause, ChangedFile, DivergenceClass, EnvironmentChange, Limits, TestStatus, TurnFacts } from '../replay/types';
import { notification, request } from './message';
import type { ReplayMark, ReplayView } from './replay-view';
import type { EpisodeRef } from './views';

/** What the user may say besides the settings. */
export interface ReplayChoice {
  /** Image by name or id; absent: settings, then the episode's own. */
  readonly image?: string;
  readonly repository?: { readonly directory: string; readonly commit: string };
  /** Turns up to and including this one, from 0; absent: all. */
  readonly until?: number;
  /** Test command; absent: the setting; empty: none. */
  readonly tests?: string;
  /** Replay even where the same inputs were replayed before. */
  readonly again?: boolean;
}

export interface ReplayFailure {
  readonly reason: 'untrusted' | 'no_engine' | 'no_image' | 'cannot_replay' | 'repository' | 'engine_stopped' | 'cancelled';
  readonly sentence: string;
  /** Images that could be pulled, best first; only with `no_image`. */
  readonly images: readonly string[];
}

/** Settings under `turnpike.replay`, and `turnpike.tests`. What is missing keeps its default. */
export interface ReplaySettings {
  /** Image by pattern (`*`) over the instance, the first that matches. */
  readonly images?: Readonly<Record<string, string>>;
  /** Local clone by pattern over the instance, with the commit that its episodes started from. */
  readonly repositories?: Readonly<Record<string, { readonly directory: string; readonly commit: string }>>;
  readonly limits?: Partial<Limits>;
  /** Container runtime (`runsc`); empty: the engine's default. */
  readonly runtime?: string;
  /** Test command by pattern over the instance. */
  readonly tests?: Readonly<Record<string, string>>;
  /** A SWE-agent checkout whose own tools are used; empty: Turnpike's. */
  readonly sweAgentTools?: string;
  /** Episodes that run at the same time; default 2. */
  readonly active?: number;
  /** Folder for results and states; absent: nothing survives a restart. */
  readonly storage?: string;
}

export const start = request<EpisodeRef & ReplayChoice, { readonly view: ReplayView } | { readonly failure: ReplayFailure }>(
  'turnpike/replay/start',
);
/** What a replay would need and could not do; makes no container. */
export const preflight = request<EpisodeRef & ReplayChoice, PreflightView>('turnpike/replay/preflight');
export interface PreflightView {
  /** The engine's address; null: none, and `problems` says why. */
  readonly engine: string | null;
  readonly runtime: string | null;
  readonly image: { readonly name: string; readonly id: string; readonly source: string } | null;
  readonly wanted: readonly string[];
  readonly obstacles: readonly { readonly turn: number; readonly reason: string }[];
  readonly problems: readonly string[];
}
/** Pulls an image, which is never done unasked. Progress is reported with {@link progress}. */
export const pull = request<EpisodeRef & { readonly image: string }, { readonly failure: ReplayFailure } | null>('turnpike/replay/pull');
/** One turn's facts with the texts to compare. `recorded` and `replayed` are whole. */
export const turn = request<EpisodeRef & { readonly index: number }, TurnReplay | null>('turnpike/replay/turn');
export interface TurnReplay {
  readonly facts: Omit<TurnFacts, 'observation' | 'tests'>;
  readonly recorded: string | null;
  readonly replayed: string | null;
  /** Tests whose status differs from the turn before. */
  readonly tests: readonly { readonly name: string; readonly before: TestStatus | null; readonly after: TestStatus | null }[];
}
/** Files that differ between the states after two turns; −1 is the state before the first turn. */
export const changes = request<EpisodeRef & { readonly from: number; readonly to: number }, readonly ChangedFile[] | null>(
  'turnpike/replay/changes',
);
/** A folder of the repository after a turn; null: not known. */
export const folder = request<EpisodeRef & { readonly turn: number; readonly path: string }, readonly StateEntry[] | null>(
  'turnpike/replay/folder',
);
export interface StateEntry {
  readonly name: string;
  readonly type: 'file' | 'folder' | 'link';
  /** Bytes; 0 for a folder. */
  readonly size: number;
}
/** A file of the repository after a turn, base64; null: it is not there. */
export const file = request<EpisodeRef & { readonly turn: number; readonly path: string }, string | null>('turnpike/replay/file');
/** The run as a shell script that needs no Turnpike. */
export const script = request<EpisodeRef & ReplayChoice, string>('turnpike/replay/script');

/** Where a replay or a pull is. One for each change; `turns` in the order in which they ran. */
export const progress = notification<ReplayProgress>('turnpike/replay/progress');
export interface ReplayProgress {
  readonly uri: string;
  readonly attempt: number;
  readonly phase: 'waiting' | 'pulling' | 'starting' | 'running' | 'ended';
  /** Turns, or bytes of layers while pulling. */
  readonly done: number;
  readonly of: number;
  /** Null: not known yet. */
  readonly secondsLeft: number | null;
  /** What happens now, for a person. */
  readonly message: string;
  /** The turn that was just finished. */
  readonly turn: { readonly index: number; readonly mark: ReplayMark } | null;
}

/** Replay requests that the page may call; the rest goes through the extension's commands. */
export const PAGE_REPLAY_REQUESTS = [turn].map((r) => r.method);

export { REAL } from '../replay/types';
export type { Cause, ChangedFile, DivergenceClass, EnvironmentChange, TestStatus };
