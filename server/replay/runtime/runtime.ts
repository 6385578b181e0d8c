/** How a scaffold ran its commands. One file per scaffold, one line in the registry. */
import type { Container } from 'dockerode';
import type { ShellState } from '../state/types';
import type { Limits, RecordedCommand, Recording } from '../types';

/** What a scaffold's recording asks for, read off without a container. */
export interface Plan {
  /** As recorded; null: the file names none. */
  readonly image: string | null;
  /** Where the commands start, and where the repository is. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The scaffold's own time limit for one command, in milliseconds. */
  readonly actionMs: number;
  /** Commands of the scaffold (not of the image) that the episode calls. */
  readonly tools: readonly string[];
  /** Turns that can't be replayed, and why. */
  readonly obstacles: readonly { readonly turn: number; readonly reason: string }[];
  readonly problems: readonly string[];
}

export interface Ran {
  /** What the agent would have been shown of it, before any template. */
  readonly observation: string;
  /** Bytes printed, also those not kept. */
  readonly printed: number;
  readonly truncated: boolean;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
  readonly cwd: string | null;
  /** `export -p` of the shell after the command, as bash prints it; null: the scaffold keeps no shell, or it is not known. */
  readonly exported: string | null;
  readonly problem: string | null;
  /** What this command submitted; null: it submitted nothing. */
  readonly submission: string | null;
  /** Where the command had a pipe for each stream: what came through each. */
  readonly streams?: { readonly stdout: string; readonly stderr: string };
}

export interface Session {
  run(command: RecordedCommand, signal: AbortSignal | undefined): Promise<Ran>;
  /**
   * What the scaffold does after a command and that leaves the repository as it is, so that it can be looked at meanwhile.
   * Called after each {@link run}. Absent: nothing.
   */
  settle?(): Promise<void>;
  close(): void;
}

/** Where the tools lie that are not part of an image. */
export interface ToolFolders {
  /** Bundles in the layout of SWE-agent's `tools`. */
  readonly bundles: string;
  /** Command files in the layout of SWE-agent 0.x's `config/commands`. */
  readonly commands: string;
  /** The checkout of SWE-agent that both are of; absent: they are ours. */
  readonly checkout?: string;
}

export interface Stage {
  readonly container: Container;
  readonly recording: Recording;
  readonly plan: Plan;
  readonly limits: Limits;
  readonly tools: ToolFolders;
  readonly signal: AbortSignal | undefined;
  /** The container is one that a run was interrupted in: nothing is set up again, the shell is put where it stood. */
  readonly restored?: ShellState;
}

/** One thing that a scaffold does before the first action. */
export type StartStep =
  | { readonly run: string; readonly seconds?: number }
  /** A folder below one of {@link ToolFolders}, with all it holds. */
  | { readonly copy: readonly [of: 'bundles' | 'commands', folder: string]; readonly to: string }
  | { readonly write: string; readonly text: string };

/** A run as plain steps, for whoever carries it out by other means. */
export interface Outline {
  /** `none`: a process of its own for each command. */
  readonly shell: 'terminal' | 'pipe' | 'none';
  /** Started for each command, which is its last word; only with `none`. */
  readonly interpreter: readonly string[];
  readonly start: readonly StartStep[];
  /** Commands of the live shell around each action. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** What the shell runs of an action; empty: nothing. */
  commands(action: string): readonly string[];
}

export interface Runtime {
  readonly id: string;
  /** Whether this is how the recording was made. */
  claims(recording: Recording): boolean;
  plan(recording: Recording): Plan;
  open(stage: Stage): Promise<Session>;
  /** Absent: its runs are no plain steps. */
  outline?(recording: Recording, plan: Plan, tools: ToolFolders): Promise<Outline>;
}
