import type { Encoding, Field, Problem, Span, TurnKind } from '../episode/index';
import type { Finding } from '../hack/index';
import type { Gate, Outcome, Score, ScoreTable, Totals } from '../reward/index';
import type { ReplayView } from './replay-view';

/** Which rollout of which file. `attempt` is an index into the file's rollouts. */
export interface EpisodeRef {
  readonly uri: string;
  readonly attempt?: number;
}

/** State of the file's run, as in `inspect --json`. */
export type RunState = 'finished' | 'unfinished' | 'running';

/** All that the inspector needs at once. Turn texts are asked for by window. */
export interface EpisodeView {
  readonly uri: string;
  readonly path: string;
  /** Grows with each re-read or re-reward; a later answer with a lower one is stale. */
  readonly revision: number;
  readonly format: string;
  readonly version: string;
  readonly state: RunState;
  readonly attempt: number;
  readonly attempts: readonly AttemptHead[];
  readonly head: EpisodeHead;
  readonly turnCount: number;
  /** One code per turn, see {@link TurnMarks}. */
  readonly marks: TurnMarks;
  readonly scores: ScoreTable;
  readonly config: ConfigHead;
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  /** Null: it was not replayed. */
  readonly replay: ReplayView | null;
  /** Reports that graded another patch. */
  readonly otherReports: readonly string[];
  /** Reports of this task, where nothing tells which patch they graded. */
  readonly unmatchedReports: readonly string[];
}

export interface AttemptHead {
  readonly attempt: number;
  readonly best: boolean;
  readonly turnCount: number;
  readonly exitStatus: string | null;
  readonly review: number | boolean | null;
}

export interface EpisodeHead {
  readonly instance: string | null;
  readonly model: string | null;
  readonly exitStatus: string | null;
  readonly outcome: Outcome;
  readonly cost: number | null;
  readonly tokens: { readonly input: number | null; readonly output: number | null } | null;
  readonly apiCalls: number | null;
  readonly seconds: number | null;
  readonly hasProblemStatement: boolean;
  readonly hasConfiguration: boolean;
  readonly submissionKind: 'diff' | 'empty' | 'text' | null;
  readonly tests: { readonly failToPass: string; readonly passToPass: string } | null;
}

/** Where the reward configuration in use comes from. */
export interface ConfigHead {
  /** Path, or `default`. */
  readonly source: string;
  readonly levels: readonly { readonly id: string; readonly gate: Gate | null; readonly functions: readonly ConfigFunction[] }[];
  readonly problems: readonly string[];
  /**
   * The file as it is now can't be read: the levels are those of its last version that could be, and this is the first
   * error. Absent: the levels are the file's.
   */
  readonly broken?: ConfigBreak;
}

export interface ConfigBreak {
  /** Line of the error, from 1. */
  readonly line: number;
  readonly message: string;
}

export interface ConfigFunction {
  readonly id: string;
  readonly label: string;
  readonly weight: number;
  readonly scope: 'turn' | 'episode';
  readonly summary: string;
}

/** Indices of turns by kind, ascending: what filters and jumps need. */
export interface TurnMarks {
  readonly errors: readonly number[];
  /** Those of `errors` that the observation alone tells, where no exit code is recorded. */
  readonly observedErrors: readonly number[];
  readonly edits: readonly number[];
  readonly tests: readonly number[];
  readonly submits: readonly number[];
  readonly synthetic: readonly number[];
  readonly notExecuted: readonly number[];
}

/** A line of the turn list. */
export interface TurnRow {
  readonly index: number;
  readonly kind: TurnKind;
  readonly executed: boolean;
  readonly synthetic: boolean;
  /** First 200 characters of the action, newlines kept. */
  readonly action: string;
  readonly thought: string;
  readonly observation: string;
  readonly seconds: number | null;
  readonly returnCode: number | null;
  readonly problem: string | null;
}

/** A field's piece with its text. */
export interface Piece {
  readonly text: string;
  readonly span: Span;
  readonly encoding: Encoding;
  readonly label: string | null;
  /** Length of the whole text where `text` is its beginning only; null: whole. */
  readonly wholeLength: number | null;
}

export interface TurnDetail {
  readonly index: number;
  readonly kind: TurnKind;
  readonly executed: boolean;
  readonly synthetic: boolean;
  readonly fields: Readonly<Record<Field, readonly Piece[]>>;
  readonly language: 'shellscript' | 'python' | 'json' | 'text';
  readonly seconds: number | null;
  readonly cost: number | null;
  readonly tokens: { readonly input: number | null; readonly output: number | null } | null;
  readonly returnCode: number | null;
  readonly state: string | null;
  readonly hasQuery: boolean;
  readonly span: Span;
  readonly line: number | null;
  readonly problem: string | null;
}

/** A message of what the model saw. */
export interface SeenMessage {
  readonly role: string;
  readonly text: string;
  /** Length of the whole text where `text` is its beginning only. */
  readonly wholeLength: number | null;
  readonly demonstration: boolean;
  /** The history processor shortened this observation. */
  readonly clipped: boolean;
  readonly span: Span;
}

/** A row of the folder table (`turnpike/folder`). */
export interface FolderRow {
  readonly uri: string;
  readonly path: string;
  readonly instance: string | null;
  readonly attempt: number | null;
  readonly outcome: string;
  readonly exitStatus: string | null;
  readonly state: RunState;
  readonly totals: Totals;
  /** Paid share of the turn rewards: Σ|paid| ÷ Σ|raw|; null where nothing was scored. */
  readonly paidShare: number | null;
  readonly findings: number;
  readonly turns: number;
  readonly cost: number | null;
  readonly problem: string | null;
}

export interface FolderView {
  readonly folder: string;
  readonly rows: readonly FolderRow[];
  /** Rates over the episodes for which each is known, with how many were left out. */
  readonly rates: {
    readonly [K in 'completion' | 'modification' | 'resolution']: {
      readonly value: number | null;
      readonly of: number;
      readonly leftOut: number;
    };
  };
  /** CR − MR; null where either is unknown. */
  readonly gap: number | null;
  readonly dra: { readonly mean: number | null; readonly of: number; readonly leftOut: number };
  readonly gra: { readonly mean: number | null; readonly of: number; readonly leftOut: number };
  /** Pairs (better outcome, lower total) inside one task, under each accumulation. */
  readonly inversions: { readonly dra: number; readonly gra: number; readonly pairs: number };
  /** Files found beyond the cap; 0: all shown. */
  readonly leftOut: number;
}

/** A node of the episodes tree. */
export interface EpisodeSummary {
  readonly uri: string;
  readonly path: string;
  readonly instance: string | null;
  readonly format: string | null;
  readonly exitStatus: string | null;
  readonly outcome: string | null;
  readonly dra: Score | null;
  readonly gra: Score | null;
  /** `[ifFails, ifPasses]` where the tests decide `gra`; null: they don't, or nothing is known. */
  readonly graBounds: readonly [number, number] | null;
  readonly findings: number;
  readonly turns: number;
  readonly state: RunState | null;
  /** Why the file is no readable episode. */
  readonly problem: string | null;
}
