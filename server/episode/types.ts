/**
 * The plain data that the episode stage gives to every later stage.
 *
 * Offsets are bytes from the start of the file, half open. Turn indices count from 0 as in the file; what a person
 * reads is index + 1.
 */

/** A half-open byte range of the file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * How the bytes of a span become text.
 * - `string`: the inside of a JSON string literal, without its quotes; escapes are decoded. Any sub-range that does not
 *   cut an escape or a UTF-8 sequence decodes to the matching substring.
 * - `json`: the raw JSON text of a value that is no string (an object, a number), shown as it stands.
 */
export type Encoding = 'string' | 'json';

/** A piece of shown text, by reference: it is read from the file when somebody looks at it. */
export interface Passage {
  readonly span: Span;
  readonly encoding: Encoding;
  /** What the piece is, where a field has several: a tool's name, `reasoning`. */
  readonly label?: string;
}

/** The fields of a turn that show text. */
export type Field = 'thought' | 'action' | 'observation';

/**
 * What kind of step a turn is (formats.md §1.4).
 * - `action`: an action of the policy
 * - `unparsable`: the model's answer could not be parsed; nothing ran
 * - `blocked`: the filter refused the command; nothing ran
 * - `syntax_error`: `bash -n` refused the command; nothing ran
 * - `retry`: ran, and the tool asked for another try
 * - `exit`: a typed `exit`
 * - `autosubmission`: the runner submitted for the agent (synthetic)
 * - `limit_exit`: a limit or an error ended the episode (synthetic); 0.x pseudo-actions `exit_cost`, … `skip` too
 * - `message`: an assistant turn with no action (a final message)
 */
export type TurnKind =
  'action' | 'unparsable' | 'blocked' | 'syntax_error' | 'retry' | 'exit' | 'autosubmission' | 'limit_exit' | 'message';

/**
 * How the file tells that a turn's command failed.
 * - `recorded`: an exit code that is not 0, or a step that the runner recorded as refused or cut off by a limit
 * - `observed`: no exit code is recorded, and the observation shows it: the scaffold's timeout, a tool's own error
 *   message, an uncaught exception, a shell's message about the command itself. A sign to look at: no reward rests on it.
 */
export type ErrorSign = 'recorded' | 'observed';

/** The tool that an action calls, as far as the file tells. */
export interface ToolCall {
  readonly name: string;
  /** Whether the scaffold has this tool; null where the file does not tell. */
  readonly known: boolean | null;
  /** Whether its arguments were accepted; null where the file does not tell. */
  readonly validArguments: boolean | null;
}

/**
 * One command or tool call of a turn as the scaffold carried it out, with what the file says of how it came out. Only of
 * formats that may have several per turn, or that hold what a command printed apart from what the agent was shown of it.
 */
export interface TurnCommand {
  readonly action: readonly Passage[];
  /** The tool that is called, and its arguments (an object, as JSON); null: the action is shell text. */
  readonly call: { readonly tool: string; readonly arguments: Passage | null } | null;
  readonly executed: boolean;
  /** What it printed, without the frame around it; empty: nothing; null: not recorded. */
  readonly output: readonly Passage[] | null;
  /** What was printed last, where the middle is left out of `output`; null: nothing is left out. */
  readonly outputEnd: Passage | null;
  readonly returnCode: number | null;
  readonly timedOut: boolean;
}

/** One thought–action–observation. All texts by reference, all facts by value. */
export interface Turn {
  readonly index: number;
  readonly kind: TurnKind;
  readonly executed: boolean;
  /** Written by the runner, not by the policy. Earns nothing. */
  readonly synthetic: boolean;
  /** The step's own JSON value in the file. */
  readonly span: Span;
  readonly thought: readonly Passage[];
  readonly action: readonly Passage[];
  readonly observation: readonly Passage[];
  /** Absent: the action is one command, and the observation what it printed. */
  readonly commands?: readonly TurnCommand[];
  /** The exact model input of this turn (`query`/`messages`), read on demand; null where the file has none. */
  readonly query: Span | null;
  /** The whole action as text, cut at {@link ACTION_TEXT_LIMIT} characters. */
  readonly actionText: string;
  readonly actionTruncated: boolean;
  /** First line of thought, for lists; at most 200 characters. */
  readonly thoughtHead: string;
  /** First lines of the observation, for lists; at most 400 characters. */
  readonly observationHead: string;
  /** Length of each field's text in UTF-16 units. */
  readonly lengths: { readonly thought: number; readonly action: number; readonly observation: number };
  /** 53-bit hash of the observation's text (ANSI stripped, CRLF → LF, trimmed); null: no observation recorded. */
  readonly observationHash: number | null;
  /** 53-bit hash of `state` as text; null: none recorded. */
  readonly stateHash: number | null;
  /** `state` after the turn, as JSON; absent: none recorded. */
  readonly state?: Passage;
  readonly seconds: number | null;
  readonly cost: number | null;
  readonly tokens: { readonly input: number | null; readonly output: number | null } | null;
  /** Exit code of the command, where the format records one. */
  readonly returnCode: number | null;
  /** The observation is the scaffold's timeout message. */
  readonly timedOut: boolean;
  /** First line of a tool's own error message; null: none seen. */
  readonly toolError: string | null;
  /** Whether its command failed, and how the file tells. */
  readonly error: ErrorSign | null;
  readonly tool: ToolCall | null;
  /** The action changes files, by its command (editor tools, redirections, `sed -i`, `git apply`, …). */
  readonly edits: boolean;
  /** The action runs tests, by its command. */
  readonly tests: boolean;
  /** The agent asked to submit with this action. */
  readonly submits: boolean;
  /** What is wrong with this turn in the file, in a sentence. */
  readonly problem: string | null;
}

export const ACTION_TEXT_LIMIT = 16_384;

/** Something wrong in a file, with its place. `line` counts from 1, `byte` and `turn` from 0. */
export interface Problem {
  readonly message: string;
  readonly byte: number | null;
  readonly line: number | null;
  readonly turn: number | null;
  /** `error`: part of the episode can't be shown. `warning`: all is shown, something is odd. */
  readonly severity: 'error' | 'warning';
}

/** One run of the task. A RetryAgent file has several; every other file one. */
export interface Rollout {
  /** Position in `attempts`; null in a file without attempts. */
  readonly attempt: number | null;
  readonly turns: readonly Turn[];
  /** As recorded; null: none recorded. */
  readonly exitStatus: string | null;
  /** The submission's text by reference (a patch, or a flag); null: none recorded. */
  readonly submission: Passage | null;
  /** Whether the submission is a unified diff, is empty, or is other text; null: none recorded. */
  readonly submissionKind: 'diff' | 'empty' | 'text' | null;
  /** 53-bit hash of the patch without trailing white space, for comparison with a report's patch. */
  readonly submissionHash: number | null;
  readonly model: string | null;
  readonly cost: number | null;
  readonly tokens: { readonly input: number | null; readonly output: number | null } | null;
  readonly apiCalls: number | null;
  /** Sum of the turns' seconds; null where none is recorded. */
  readonly seconds: number | null;
  /** The system prompt; absent or null: the file does not hold it. */
  readonly systemPrompt?: Passage | null;
  /** The task as given to the agent; null where the file does not hold it. */
  readonly problemStatement: Passage | null;
  /** `replay_config`, `config`: the run configuration by reference. */
  readonly configuration: Passage | null;
  /** Steps of every source, where turns are the agent's alone (ATIF). */
  readonly steps?: number;
  /** The message list of the run (`history`, `messages`, `steps`), for formats without a `query` per turn. */
  readonly history?: Span | null;
  /** A reviewer's score of this attempt (RetryAgent). */
  readonly review: number | boolean | null;
}

/** Format ids that Turnpike reads. */
export type ReadableFormat = 'swe-agent' | 'mini-swe-agent' | 'atif';

/** What a trajectory file holds. */
export interface Episode {
  readonly format: ReadableFormat;
  /** As recorded, or as detected from the layout (`1.1.0`, `0.7`, `mini-swe-agent-1.1`, `ATIF-v1.7`). */
  readonly version: string;
  /** The version was inferred from the layout. */
  readonly versionInferred: boolean;
  /** The task's id as far as the file tells. */
  readonly instance: string | null;
  /** At least one. */
  readonly rollouts: readonly Rollout[];
  /** Index into `rollouts` of the one that counts (the chosen attempt; the last one while none is chosen). */
  readonly best: number;
  /** The run ended: an exit status (or, for ATIF, final metrics or a reward) is recorded. */
  readonly finished: boolean;
  readonly problems: readonly Problem[];
}

/** A file that is no readable episode, and what it is. */
export interface NotEpisode {
  /** Recognised name (`OpenHands V0 output`, `Inspect .eval`), or null: nothing that Turnpike knows. */
  readonly recognised: string | null;
  readonly problems: readonly Problem[];
}

export type ReadResult = { readonly episode: Episode } | { readonly notEpisode: NotEpisode };

/** Bytes of a file, by range. Handed to the stage, which does no I/O of its own. */
export interface ByteSource {
  readonly size: number;
  /** The bytes of `[start, end)`; shorter only where the file ends. Valid until the next call. */
  read(start: number, end: number): Uint8Array;
}

/** Facts that files beside the trajectory tell. The engine finds and reads the files; this is what they say. */
export interface SideFacts {
  readonly instance: string | null;
  readonly model: string | null;
  /** A test report of this very submission. */
  readonly report: Report | null;
  /** Reports found that graded another patch. */
  readonly otherReports: readonly string[];
  /** Reports found of this task, where nothing tells which patch they graded. */
  readonly unmatchedReports: readonly string[];
  readonly exitStatus: { readonly status: string; readonly source: string } | null;
  /** The nearest prediction for this task holds a patch, or an empty one; null: no prediction was found. */
  readonly predicted?: 'patch' | 'empty' | null;
  /** Harbor's verifier reward. */
  readonly reward: { readonly value: number; readonly source: string } | null;
  readonly problems: readonly Problem[];
}

export interface Report {
  readonly resolved: boolean;
  /** Path of the report, shown as the outcome's source. */
  readonly source: string;
  readonly failToPass: { readonly passed: number; readonly total: number } | null;
  readonly passToPass: { readonly passed: number; readonly total: number } | null;
  /** Names of the tests that it graded; absent: it names none. */
  readonly lists?: { readonly failToPass: readonly string[]; readonly passToPass: readonly string[] };
  /** Hash of the patch that it graded, as {@link Rollout.submissionHash}; null: empty, or only the user's word for it. */
  readonly patchHash?: number | null;
}
