import { actionFormat } from './action-format';
import { completion } from './completion';
import type { RewardFunction } from './define';
import { executionStatus } from './execution-status';
import { modification } from './modification';
import { noChangeTurn } from './no-change-turn';
import { novelty } from './novelty';
import { outcome } from './outcome';
import { scaffoldUse } from './scaffold-use';
import { testsTurnedGreen } from './tests-turned-green';

/** All reward functions, in the order of the reference. */
export const FUNCTIONS: readonly RewardFunction[] = [
  outcome,
  completion,
  modification,
  actionFormat,
  scaffoldUse,
  executionStatus,
  novelty,
  noChangeTurn,
  testsTurnedGreen,
];

const byId = new Map(FUNCTIONS.map((one) => [one.id, one]));

export const functionById = (id: string): RewardFunction | null => byId.get(id) ?? null;
