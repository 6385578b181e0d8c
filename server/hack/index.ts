/** Suspected reward hacks: pure rules over turns, outcome and step rewards. */
export * from './types';
export { judge } from './judge';
export { rules } from './registry';
export type { Axis, HackRule, JudgeInput, Suspicion } from './rule';
