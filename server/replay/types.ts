/**
 * The plain data of the replay stage: what was recorded, what ran, and how the two differ.
 *
 * Turn indices count from 0 as in the file. Times are milliseconds, sizes bytes, texts what a reader sees (ANSI control
 * sequences removed, CRLF → LF).
 */

/** One command as the recorded run sent it to the shell, with what the file says about it. */
export interface RecordedCommand {
  readonly action: string;
  /** What the command printed, or what the agent was shown of it; null: the file does not say. */
  readonly observation: string | null;
  /** The observation is known to be a part of what was printed. */
  readonly clipped: boolean;
  /** What was printed last, where the middle is left out of `observation`. */
  readonly end?: string;
  /** Only where the format records one. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** The call of a tool that is behind it, where the scaffold has tools beside its shell. */
  readonly call?: ToolCall;
  /** Why it can't be run again, in a sentence: it is skipped. Absent: it can. */
  readonly obstacle?: Obstacle;
}

export interface ToolCall {
  readonly tool: string;
  /** As recorded, parsed; nothing about it is certain. */
  readonly arguments: unknown;
}

export interface Obstacle {
  readonly reason: string;
  /** Skipping it may leave the container in another state than the recorded run's: what follows is not to be trusted. */
  readonly changesState: boolean;
}

export interface RecordedTurn {
  readonly index: number;
  /** The recorded run executed it. A turn that was not executed is not replayed. */
  readonly executed: boolean;
  /** Several only where the scaffold runs several per turn (mini-swe-agent 2.x). */
  readonly commands: readonly RecordedCommand[];
  /** `state` after the turn as recorded, parsed; null: none. */
  readonly state: Readonly<Record<string, unknown>> | null;
}

/** One rollout of an episode, whole: everything that a replay needs to know of it. */
export interface Recording {
  /** SHA-256 of the file's bytes, hex. */
  readonly hash: string;
  readonly format: string;
  readonly version: string;
  readonly instance: string | null;
  /** `replay_config`, `config` or ATIF's `agent`, parsed; null: the file has none. */
  readonly configuration: unknown;
  /** The system prompt, where the file holds one. */
  readonly systemPrompt?: string | null;
  readonly problemStatement: string | null;
  readonly submission: string | null;
  readonly exitStatus: string | null;
  readonly turns: readonly RecordedTurn[];
}

/** What a container may use. */
export interface Limits {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly pids: number;
  /** Disk that the run may add: watched after every turn, and the largest single file. */
  readonly diskBytes: number;
  /** Text kept of one command's output; the rest is counted. */
  readonly outputBytes: number;
  readonly actionMs: number;
  readonly totalMs: number;
}

/** A local clone put into the container at a commit. */
export interface RepositorySource {
  readonly directory: string;
  readonly commit: string;
}

/**
 * Tests that are run on the state after each turn that changed the repository, in a copy of the container.
 *
 * `failToPass` and `passToPass` are SWE-bench's lists of test names; null: not known, then every collected test counts.
 */
export interface TestWish {
  /** One shell command, run in the repository. */
  readonly command: string;
  /** Log parser by id; null: the first one that finds a test in the log. */
  readonly parser: string | null;
  readonly failToPass: readonly string[] | null;
  readonly passToPass: readonly string[] | null;
  readonly timeoutMs: number;
}

export type TestStatus = 'passed' | 'failed' | 'error' | 'skipped' | 'xfail';

/** What the tests said of one state of the repository. */
export interface TestVector {
  /** Status by test name, as the log names it. */
  readonly results: Readonly<Record<string, TestStatus>>;
  /** Other names that the log has for tests, as SWE-bench's lists may use them: a docstring's line, a name without its file. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  /** Tests that the log says were collected, or else those that it names; never guessed: null where it says neither. */
  readonly collected: number | null;
  readonly parser: string | null;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
  /** Why the vector is not to be trusted, in a sentence: nothing collected, the limit was reached, no parser knows the log. */
  readonly problem: string | null;
}

export interface ReplayOptions {
  /** Image by name or id; null: as the episode says. */
  readonly image: string | null;
  readonly repository: RepositorySource | null;
  readonly limits: Partial<Limits>;
  /** Replay turns up to and including this one; null: all. */
  readonly until: number | null;
  /** Container runtime (`runsc`); null: the engine's default. */
  readonly runtime: string | null;
  /** Null: no tests are run. */
  readonly tests: TestWish | null;
}

/**
 * How a replayed observation relates to the recorded one.
 * - `equal`: the same text
 * - `noise`: the same after normalisation of what differs between any two runs (times, addresses, temporary names, …)
 * - `value`: other text
 * - `exit_status`: the exit codes differ; only where the recording holds one
 * - `timeout`: one of the two ran out of time
 * - `missing`: a tool or file of the recorded run is not in the image
 * - `truncated`: one of the two is cut, and they agree as far as both go
 * - `unrecorded`: the file holds no observation to compare with
 */
export type DivergenceClass = 'equal' | 'noise' | 'value' | 'exit_status' | 'timeout' | 'missing' | 'truncated' | 'unrecorded';

export interface FirstDifference {
  /** 1-based line in each text. */
  readonly line: number;
  /** The line, null where the text ended before it. */
  readonly recorded: string | null;
  readonly replayed: string | null;
}

export interface Divergence {
  readonly class: DivergenceClass;
  /** Normalisers without which the texts would differ, by id. */
  readonly noise: readonly string[];
  readonly first: FirstDifference | null;
  /** In a sentence: what is missing, which codes, which limit. */
  readonly reason: string | null;
}

/** A difference that says that the two runs were not the same. */
export const REAL: ReadonlySet<DivergenceClass> = new Set(['value', 'exit_status', 'timeout', 'missing']);

export interface ChangedFile {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'deleted';
}

export interface EnvironmentChange {
  readonly name: string;
  readonly value: string | null;
}

/** A likely reason why the replay went another way, in a sentence, with the turn that shows it. */
export interface Cause {
  readonly kind: 'environment' | 'unrecorded_command' | 'network' | 'time' | 'image' | 'tools';
  readonly turn: number | null;
  readonly sentence: string;
}

/** What replaying one turn showed. */
export interface TurnFacts {
  readonly index: number;
  readonly executed: boolean;
  readonly observation: string | null;
  /** Bytes printed, also those that were not kept. */
  readonly printed: number;
  readonly exitCode: number | null;
  readonly durationMs: number | null;
  readonly cwd: string | null;
  readonly timedOut: boolean;
  /** Git tree of tracked and untracked files after the turn; null: no repository, or not executed. */
  readonly tree: string | null;
  readonly changedFiles: readonly ChangedFile[];
  /** Exported variables that the turn set, changed or unset (value null). */
  readonly environment: readonly EnvironmentChange[];
  /** Of the state after the turn; the turn before's where the tree is the same. Null: no tests were asked for, or not executed. */
  readonly tests: TestVector | null;
  readonly divergence: Divergence | null;
  /**
   * False after the first real divergence, and after a turn that was skipped and may have changed something: the state is no
   * longer that of the recorded run.
   */
  readonly trusted: boolean;
  /** What the container's limits did to the turn (memory, disk), in a sentence. */
  readonly problem: string | null;
}

/** What a replay of one episode showed. */
export interface ReplayFacts {
  readonly image: { readonly name: string; readonly id: string; readonly source: string };
  readonly engine: { readonly name: string; readonly version: string };
  readonly turns: readonly TurnFacts[];
  /** The first turn that really diverged; null: none. */
  readonly firstDivergence: number | null;
  readonly submission: 'equal' | 'different' | 'none' | 'unrecorded';
  /** The repository's folder in the container. */
  readonly cwd: string;
  /** Git tree before the first turn; null: no repository. */
  readonly baseTree: string | null;
  /** Before the first turn; null: no tests were asked for. */
  readonly baseTests: TestVector | null;
  /** The tests that were asked for. */
  readonly tests: TestWish | null;
  /** Why it diverged, likeliest first; empty where it did not. */
  readonly causes: readonly Cause[];
  readonly problems: readonly string[];
}
