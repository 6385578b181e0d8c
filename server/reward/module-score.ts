import type { Score } from './types';

/** What an own module gave, or why it gave nothing. The engine runs modules; this stage only takes their scores. */
export type ModuleScores =
  /** One score per turn of the rollout. */
  { readonly scope: 'turn'; readonly scores: readonly Score[] } | { readonly scope: 'episode'; readonly score: Score };

/** A module's answer as a score. Anything but a finite number, null or undefined is a failure that says what it was. */
export function moduleScore(value: unknown): Score {
  if (value === null || value === undefined) return { state: 'unscored', reason: 'the module gave no score' };
  if (typeof value !== 'number')
    return {
      state: 'failed',
      error: `the module gave a ${Array.isArray(value) ? 'list' : typeof value}; it should give a number, or null for no score`,
    };
  if (!Number.isFinite(value))
    return { state: 'failed', error: `the module gave ${String(value)}; it should give a finite number, or null for no score` };
  if (Math.abs(value) > MODULE_VALUE_LIMIT)
    return {
      state: 'failed',
      error: `the module gave ${value.toExponential(2)}; values beyond ±1e9 are refused, because sums would lose their digits`,
    };
  return { state: 'scored', value };
}

export const MODULE_VALUE_LIMIT = 1e9;
