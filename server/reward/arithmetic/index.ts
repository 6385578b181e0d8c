/**
 * The arithmetic of levels and gates: pure functions over arrays, the same in the server and in the inspector page.
 *
 * The gate rule is the paper's (Sun et al., Gated Reward Accumulation, arXiv 2508.10548):
 * `paid(i, t) = raw(i, t)` when every level above `i` passes its gate, else 0. Every number that fills it is ours.
 */
export { accumulate, PENDING_REASON } from './accumulate';
export type { AccumulateOptions } from './accumulate';
export { cumulative, flipPoints } from './curves';
export type { Cumulative, FlipPoints } from './curves';
export { episodeScore, seriesScore, turnArithmetic } from './explain';
export type { Fate, Term, TurnArithmetic } from './explain';
export { passesGate, returnsToGo, wireThreshold } from './gate';
