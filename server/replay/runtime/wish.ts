import type { Limits } from '../types';
import type { Plan } from './runtime';

export interface RunWish {
  readonly timeoutMs: number;
  readonly outputBytes: number;
  readonly signal?: AbortSignal;
}

/** How long one action may run, and what is kept of its output: the scaffold's own limit, within the user's. */
export const actionWish = (
  { plan, limits }: { readonly plan: Pick<Plan, 'actionMs'>; readonly limits: Limits },
  signal: AbortSignal | undefined,
  actionMs: number = plan.actionMs,
): RunWish => ({
  timeoutMs: Math.min(actionMs, limits.actionMs),
  outputBytes: limits.outputBytes,
  ...(signal !== undefined && { signal }),
});
