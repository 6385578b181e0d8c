/**
 * Scores, levels, gates and what they pay. Missing is not zero: a score that could not be had says why, and every sum
 * says how many scores it left out.
 */

/** @source DESIGN §3 */
export type Score =
  | { readonly state: 'scored'; readonly value: number }
  | { readonly state: 'unscored'; readonly reason: string }
  | { readonly state: 'failed'; readonly error: string };

export const scored = (value: number): Score => ({ state: 'scored', value });
export const unscored = (reason: string): Score => ({ state: 'unscored', reason });
export const failed = (error: string): Score => ({ state: 'failed', error });

/** The four outcome classes of G-RA, in order. */
export const OUTCOME_CLASSES = ['no_submit', 'empty_patch', 'fails', 'passes'] as const;
export type OutcomeClass = (typeof OUTCOME_CLASSES)[number];

/** How the episode ended, as a set of classes: `fails` and `passes` both while no test result is known. */
export interface Outcome {
  /** One class: known. Two (`fails`, `passes`): submitted, needs tests. None: pending (no exit status). */
  readonly classes: readonly OutcomeClass[];
  readonly exitStatus: string | null;
  /** Where the class comes from, in words: `exit status`, a report's path, `verifier/reward.txt`. */
  readonly source: string;
}

export type GateOp = '>=' | '>';
export interface Gate {
  /** ±Number.MAX_VALUE stand for ±∞ (JSON has no infinities). NaN is refused. */
  readonly threshold: number;
  readonly op: GateOp;
}

/**
 * - `open`, `shut`: the level's value passes its gate, or does not
 * - `pending`: the episode has not ended
 * - `unknown`: the value can't be known from what there is; pays nothing, shuts nothing
 * - `none`: the level has no gate
 */
export type GateState = 'open' | 'shut' | 'pending' | 'unknown' | 'none';

/** Per-turn states in typed arrays. */
export const SCORED = 0;
export const UNSCORED = 1;
export const FAILED = 2;
/** Only for paid values: the gate of a level above is not decided yet. */
export const UNDECIDED = 3;

/** Scores of one turn-scope function over all turns. */
export interface TurnSeries {
  /** Unique name in the configuration: its label there, else the function's id, else the module's file name. */
  readonly function: string;
  readonly label: string;
  readonly weight: number;
  /** SCORED | UNSCORED | FAILED per turn. */
  readonly states: readonly number[];
  /** The function's own value where SCORED, else 0; before the weight. */
  readonly values: readonly number[];
  /** Index into `reasons` where not SCORED, else −1. Empty where every turn is SCORED: it would be most of what is sent. */
  readonly reasonIndex: readonly number[];
  readonly reasons: readonly string[];
}

/** Score of one episode-scope function, for each member of the outcome set. */
export interface EpisodeScore {
  readonly function: string;
  readonly label: string;
  readonly weight: number;
  /** One score per possible outcome class (`Outcome.classes` order); one entry where the function does not depend on it. */
  readonly members: readonly Score[];
}

/** A level with its scores: all that the gate arithmetic needs. Plain data: it crosses to the webview as it is. */
export interface LevelScores {
  readonly id: string;
  readonly gate: Gate | null;
  readonly maskNegative: boolean;
  readonly turns: readonly TurnSeries[];
  readonly episode: readonly EpisodeScore[];
}

/** All scores of one rollout under one reward configuration, before any gate. */
export interface ScoreTable {
  readonly turnCount: number;
  readonly levels: readonly LevelScores[];
  readonly outcome: Outcome;
  /** γ of return-to-go, 0 ≤ γ ≤ 1. */
  readonly discount: number;
  /** The episode has not ended: gates are pending. */
  readonly pending: boolean;
}

export interface LevelResult {
  readonly id: string;
  /** Weighted sum of the level's scored values; unscored when none is scored or it differs by outcome member. */
  readonly value: Score;
  /** Scores left out of `value` (unscored or failed). */
  readonly leftOut: number;
  readonly gate: { readonly threshold: number; readonly op: GateOp; readonly state: GateState } | null;
  /** What becomes of the level's rewards under the gates above it. */
  readonly verdict: LevelVerdict;
  /** Index of the level above that masks it or leaves it undecided, −1: none. */
  readonly blockedBy: number;
}

/** `masked` levels still pay their negative scores when `maskNegative` is false; so do `undecided` ones. */
export type LevelVerdict = 'paid' | 'masked' | 'undecided';

/** What the gates pay. Arrays have one entry per turn. */
export interface Accumulation {
  readonly levels: readonly LevelResult[];
  /** Weighted sum of the top level's episode-scope functions. */
  readonly outcome: Score;
  /** Weighted sum of the turn's scored functions. */
  readonly raw: Float64Array;
  /** SCORED where at least one function scored, else UNSCORED or FAILED. */
  readonly rawState: Uint8Array;
  /** The same after the gates; 0 where masked. */
  readonly paid: Float64Array;
  /** As rawState; UNDECIDED where a gate above is pending or unknown. */
  readonly paidState: Uint8Array;
  /** Index of the level that masked the turn, −1: none. */
  readonly blockedBy: Int16Array;
  readonly returnToGo: Float64Array;
  /** SCORED or UNDECIDED. */
  readonly returnToGoState: Uint8Array;
  /** Scores left out of each turn's raw sum. */
  readonly leftOut: Uint16Array;
  /** Turns with a score that a shut gate holds back. */
  readonly masked: number;
  /** Turns with a score whose gate is pending or unknown. */
  readonly undecided: number;
  /** Scores that a pending or unknown gate holds back: they are in `raw` and `totals.dra`, not in `paid` and `totals.gra`. */
  readonly heldBack: number;
  readonly totals: Totals;
}

export interface Totals {
  readonly dra: Score;
  readonly gra: Score;
  readonly outcomeOnly: Score;
  /** `[ifFails, ifPasses]` where the two disagree on a total; `outcomeOnly` is not there where it is not known for both. */
  readonly bounds: {
    readonly dra: readonly [number, number];
    readonly gra: readonly [number, number];
    readonly outcomeOnly?: readonly [number, number];
  } | null;
  /** Scores left out of the totals. */
  readonly leftOut: number;
}
