import { z } from 'zod';
import { modified } from '../rates';
import { scored, unscored } from '../types';
import { defineFunction } from './define';

/**
 * Whether the submission changes the repository.
 *
 * Formula: 1 if the submission is a diff that is not empty, 0 if it is empty or nothing was submitted. Range: {0, 1}.
 * Inputs: submission, exit status. Source: the per-episode term of G-RA's modification rate MR (arXiv 2508.10548,
 * rewards.md §1.2).
 */
export const modification = defineFunction({
  id: 'modification',
  label: 'Modification',
  scope: 'episode',
  summary: 'Whether the submission changes the repository (the term of the modification rate MR).',
  formula: '1 if the submission is a diff that is not empty, 0 if it is empty or nothing was submitted',
  range: '0 or 1',
  inputs: 'submission, exit status',
  source: 'modification rate of G-RA, arXiv 2508.10548',
  options: z.strictObject({}),
  score: ({ rollout, outcome }) => {
    const changed = modified(rollout, outcome);
    return changed === null
      ? unscored('the file holds no patch, so it does not tell whether the repository changed')
      : scored(changed ? 1 : 0);
  },
});
