import type { Gate } from '../types';

/** A use of a reward function in a level. */
export interface FunctionConfig {
  /** Unique in the configuration: the label, else the function's id, else the module's path. */
  readonly name: string;
  readonly label: string;
  readonly weight: number;
  /** Id of a function of Turnpike; null for an own module. */
  readonly id: string | null;
  /** Path of an own module, relative to the configuration; null for a function of Turnpike. */
  readonly module: string | null;
  /** As written; defaults are the function's. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface LevelConfig {
  readonly id: string;
  readonly functions: readonly FunctionConfig[];
  readonly gate: Gate | null;
  readonly maskNegative: boolean;
}

/** A reward configuration, validated: levels from the highest to the lowest. */
export interface RewardConfig {
  readonly discount: number;
  readonly levels: readonly LevelConfig[];
}

/** Something wrong in a configuration, where it stands, and the way out. */
export interface ConfigProblem {
  /** `error`: the configuration can't be used. `warning`: it can, and something in it has no effect. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** 1-based line and column (UTF-16). */
  readonly line: number;
  readonly column: number;
  /** UTF-16 offsets, half open. */
  readonly offset: number;
  readonly end: number;
}

export interface ParsedConfig {
  /** Null while there is an error. */
  readonly config: RewardConfig | null;
  readonly problems: readonly ConfigProblem[];
}
