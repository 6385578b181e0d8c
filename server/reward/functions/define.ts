import type { z } from 'zod';
import type { Episode, Rollout, SideFacts, Turn } from '../../episode/index';
import type { ReplayFacts, TestVector } from '../../replay/types';
import type { Outcome, OutcomeClass, Score } from '../types';

/** What a function may look at. Facts only: a function that needs texts is an own module. */
export interface FunctionInput {
  readonly episode: Episode;
  readonly rollout: Rollout;
  readonly outcome: Outcome;
  /** What files beside the trajectory tell. */
  readonly side: SideFacts;
  /** What a replay showed; null: it was not replayed. */
  readonly replay: ReplayFacts | null;
  /** What the same tests said of the last states of the task's other replayed rollouts; absent or empty: this one stands alone. */
  readonly group?: readonly TestVector[];
}

interface Described<S extends z.ZodObject> {
  /** Name in the configuration, snake_case. */
  readonly id: string;
  readonly label: string;
  /** One sentence for lists and completion. */
  readonly summary: string;
  /** The formula, in the words of the reference. */
  readonly formula: string;
  /** Values it can give with its default options, before the weight. */
  readonly range: string;
  /** What it reads of a turn or an episode. */
  readonly inputs: string;
  readonly source: string;
  /** Options with their defaults; every default is ours unless its description says otherwise. */
  readonly options: S;
}

export interface TurnFunction<S extends z.ZodObject = z.ZodObject> extends Described<S> {
  readonly scope: 'turn';
  /** Gives the scorer of one rollout's turns, called once per turn in order, so that it may remember what it saw. */
  score(input: FunctionInput, options: z.infer<S>): (turn: Turn) => Score;
}

export interface EpisodeFunction<S extends z.ZodObject = z.ZodObject> extends Described<S> {
  readonly scope: 'episode';
  /** The score if the episode's outcome is `outcome`. Called once for each outcome that is possible, never while pending. */
  score(input: FunctionInput, options: z.infer<S>, outcome: OutcomeClass): Score;
}

export type RewardFunction = TurnFunction | EpisodeFunction;

/** Declares a reward function; the registry takes it from there. */
export function defineFunction<S extends z.ZodObject>(definition: TurnFunction<S>): TurnFunction;
export function defineFunction<S extends z.ZodObject>(definition: EpisodeFunction<S>): EpisodeFunction;
export function defineFunction(definition: unknown): unknown {
  return definition;
}
