import type { Episode, NotEpisode, Passage, Problem, Rollout, SideFacts, Span, Turn } from '../episode/index';
import type { Finding } from '../hack/index';
import type { ConfigHead, RunState } from '../protocol/index';
import type { ReplayFacts, TestVector } from '../replay/index';
import type { Accumulation, Outcome, ScoreTable } from '../reward/index';

export interface EngineOptions {
  /** Reward configuration: a path, or null for the nearest file upward, else the default. */
  readonly rewardsFile: string | null;
  /** In place of `rewardsFile` for episodes under a folder, by its absolute path; the innermost counts. */
  readonly rewardsFiles?: ReadonlyMap<string, string | null>;
  readonly reportFile: string | null;
  readonly mutedRules: readonly string[];
  /** Own modules may run: all (`--trust`), or those whose content hash is listed. */
  readonly trust: { readonly all: boolean; readonly hashes: readonly string[] };
  /** Folders above which nothing is looked for (workspace roots); the git root bounds it too. */
  readonly roots: readonly string[];
  /**
   * Unsaved text of files that an editor holds, by absolute path: read in place of the file on disk. Only reward
   * configurations are ever put here.
   */
  readonly overlays?: ReadonlyMap<string, string>;
  /** What is known of replays; absent: nothing is. */
  readonly replays?: ReplaySource;
}

/** Where facts of earlier replays come from. */
export interface ReplaySource {
  /** The last result for a rollout of this very content; null: it was not replayed. Never starts a container. */
  last(path: string, rollout: number): Promise<ReplayFacts | null>;
  /** What the same tests said of the last states of the task's other replayed rollouts, in whatever files. */
  group(path: string, rollout: number, instance: string | null, replay: ReplayFacts): Promise<readonly TestVector[]>;
}

/** A rollout with everything known about it. */
export interface OpenedRollout {
  readonly rollout: Rollout;
  readonly outcome: Outcome;
  readonly scores: ScoreTable;
  readonly accumulation: Accumulation;
  readonly findings: readonly Finding[];
  readonly replay: ReplayFacts | null;
}

export interface Opened {
  readonly path: string;
  readonly revision: number;
  readonly state: RunState;
  readonly episode: Episode;
  readonly side: SideFacts;
  readonly config: ConfigHead;
  readonly rollouts: readonly OpenedRollout[];
  readonly problems: readonly Problem[];
  /** Decodes a passage, at most `limit` UTF-16 units. `wholeLength` is null when the text is whole. */
  text(passage: Passage, limit?: number): Promise<{ readonly text: string; readonly wholeLength: number | null }>;
  /** Raw bytes of the file. */
  bytes(span: Span): Promise<Uint8Array>;
  /** 1-based line and 0-based UTF-16 column of a byte of the file. */
  position(byte: number): Promise<{ readonly line: number; readonly character: number }>;
  /**
   * The messages that the model saw at a turn, as parsed JSON: the turn's own `query` (or the `messages` before it), else
   * the run's message list, from which the caller takes what came before the turn. Null: the file has neither.
   */
  seen(rollout: number, turn: Turn): Promise<{ readonly value: unknown; readonly span: Span; readonly source: 'query' | 'history' } | null>;
}

/** `stale`: why the picture is older than the file; null: it is fresh. */
export interface WatchEvent {
  readonly revision: number;
  readonly stale: string | null;
}

export interface Engine {
  /** Reads, rewards and judges a file. Cached by (path, size, mtime); `signal` cancels. */
  open(path: string, signal?: AbortSignal): Promise<{ readonly opened: Opened } | { readonly notEpisode: NotEpisode }>;
  /** Watches an open file; the listener is told after each re-read. Returns a disposer. */
  watch(path: string, listener: (event: WatchEvent) => void): () => void;
  /** Changes options; watched episodes are rewarded again and their listeners told. */
  configure(options: Partial<EngineOptions>): void;
  /** Text of an open, unsaved reward configuration (null: saved or closed); wins over the disk. Re-rewards as above. */
  overlay(path: string, text: string | null): void;
  /** A report that the user names for one file (null: none); wins over `reportFile`. Re-rewards that file, as above. */
  setReport(path: string, report: string | null): void;
  /** Something that the file's rewards stand on changed elsewhere: it was replayed. Re-rewards that file, as above. */
  rewardAgain(path: string): void;
  /** Forgets a file that nobody watches. */
  release(path: string): void;
  dispose(): void;
}
