/** Reward stage: outcome, scores, levels, gates. Pure; the inspector page imports {@link ./arithmetic/index} alone. */
export * from './types';
export * from './arithmetic/index';
export { defaultConfig } from './config/default';
export { exampleModule, exampleYaml } from './config/example';
export { configHead } from './config/head';
export { parseConfig } from './config/parse';
export { rewardsJsonSchema } from './config/schema';
export type { ConfigProblem, FunctionConfig, LevelConfig, ParsedConfig, RewardConfig } from './config/types';
export { defineFunction } from './functions/define';
export type { EpisodeFunction, FunctionInput, RewardFunction, TurnFunction } from './functions/define';
export { FUNCTIONS, functionById } from './functions/registry';
export { moduleScore } from './module-score';
export type { ModuleScores } from './module-score';
export { classify } from './outcome';
export { completed, modified, resolved } from './rates';
export { scoreRollout } from './score';
