/** Reward stage: scores, levels, gates. Pure; the inspector page imports {@link ./arithmetic} alone. */
export * from './types';
export * from './arithmetic';
