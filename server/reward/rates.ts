/** The terms of CR, MR and RR for one rollout; null where the file does not tell. */
import type { Rollout } from '../episode/index';
import type { Outcome } from './types';

const isPending = (outcome: Outcome): boolean => outcome.classes.length === 0;

/**
 * Whether the agent itself called submit. `submitted (exit_cost)` and its like are the runner's doing.
 *
 * @source completion rate CR, rewards.md §1.2
 */
export function completed(rollout: Rollout, outcome: Outcome): boolean | null {
  if (isPending(outcome)) return null;
  const status = outcome.exitStatus?.trim().toLowerCase() ?? null;
  if (status === 'submitted') return true;
  if (status !== null) return false;
  return rollout.turns.some((turn) => turn.submits) ? true : null;
}

/**
 * Whether the repository was modified in what was submitted.
 *
 * @source modification rate MR, rewards.md §1.2
 */
export function modified(rollout: Rollout, outcome: Outcome): boolean | null {
  if (isPending(outcome)) return null;
  if (outcome.classes.every((one) => one === 'no_submit' || one === 'empty_patch')) return false;
  return rollout.submissionKind === 'diff' ? true : null;
}

/**
 * Whether the tests pass.
 *
 * @source resolution rate RR, rewards.md §1.2
 */
export function resolved(outcome: Outcome): boolean | null {
  const passing = outcome.classes.filter((one) => one === 'passes').length;
  if (isPending(outcome) || (passing > 0 && passing < outcome.classes.length)) return null;
  return passing > 0;
}
