import { z } from 'zod';
import { scored, unscored } from '../types';
import { defineFunction } from './define';
import { value } from './value';

export const NO_EXIT_CODE = 'no exit code recorded; replay gives it';

/**
 * Whether the command ended well, from what the file records.
 *
 * Formula: `success` for return code 0, `failure` for any other, `timeout` for the scaffold's timeout message. Range:
 * {−1, 1}. Inputs: return code, timeout message. SWE-agent records no return code, so there only timeouts are scored.
 * A command that fails by design (`grep` without a match, a failing test) counts as failed: keep its weight small.
 * Source: rewards.md §2 row 2 (TableGPT-R1: executed / execution error); the numbers are ours.
 */
export const executionStatus = defineFunction({
  id: 'execution_status',
  label: 'Execution status',
  scope: 'turn',
  summary: 'Whether the command ended with return code 0, where the file records it.',
  formula: '`success` for return code 0, `failure` for another, `timeout` for the scaffold’s timeout message, else unscored',
  range: '−1 or 1',
  inputs: 'return code, timeout message',
  source: 'executed / execution error as in TableGPT-R1; the numbers are ours',
  options: z.strictObject({
    success: value(1, 'Return code 0. Our number.'),
    failure: value(-1, 'Any other return code. Our number.'),
    timeout: value(-1, 'The scaffold cancelled the command. Our number.'),
  }),
  score: (_input, options) => (turn) => {
    if (!turn.executed) return unscored('nothing ran');
    if (turn.timedOut) return scored(options.timeout);
    if (turn.returnCode === null) return unscored(NO_EXIT_CODE);
    return scored(turn.returnCode === 0 ? options.success : options.failure);
  },
});
