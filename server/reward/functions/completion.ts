import { z } from 'zod';
import { completed } from '../rates';
import { scored, unscored } from '../types';
import { defineFunction } from './define';

/**
 * Whether the agent itself called submit.
 *
 * Formula: 1 if the agent submitted, 0 if not; a patch that the runner submitted for the agent at a limit does not count.
 * Range: {0, 1}. Inputs: exit status, submit actions. Source: the per-episode term of G-RA's completion rate CR
 * (arXiv 2508.10548, rewards.md §1.2).
 */
export const completion = defineFunction({
  id: 'completion',
  label: 'Completion',
  scope: 'episode',
  summary: 'Whether the agent itself called submit (the term of the completion rate CR).',
  formula: '1 if the agent submitted, 0 if it did not or the runner submitted for it',
  range: '0 or 1',
  inputs: 'exit status, submit actions',
  source: 'completion rate of G-RA, arXiv 2508.10548',
  options: z.strictObject({}),
  score: ({ rollout, outcome }) => {
    const done = completed(rollout, outcome);
    return done === null ? unscored('the file does not tell whether the agent called submit') : scored(done ? 1 : 0);
  },
});
