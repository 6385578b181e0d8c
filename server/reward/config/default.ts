import { functionById } from '../functions/registry';
import type { FunctionConfig, RewardConfig } from './types';

/** A use of a function of Turnpike with its default options. */
export function builtin(id: string, weight: number): FunctionConfig {
  return { name: id, label: functionById(id)?.label ?? id, weight, id, module: null, options: {} };
}

/** Our weights: an ordinary turn earns +0.15, or +0.20 where the return code is recorded or replayed. */
export const DEFAULT_STEPS: readonly (readonly [id: string, weight: number])[] = [
  ['action_format', 0.1],
  ['scaffold_use', 0.05],
  ['execution_status', 0.05],
];

/**
 * The SWE instance of G-RA: step rewards are paid when the agent submitted a change.
 *
 * The two levels and the place of the gate, between "empty patch" and "fails tests", are the paper's (rewards.md §1.2);
 * Δ = 0, `>=` and every weight are ours.
 */
export const defaultConfig = (): RewardConfig => ({
  discount: 1,
  levels: [
    { id: 'outcome', functions: [builtin('outcome', 1)], gate: { threshold: 0, op: '>=' }, maskNegative: true },
    { id: 'steps', functions: DEFAULT_STEPS.map(([id, weight]) => builtin(id, weight)), gate: null, maskNegative: true },
  ],
});
