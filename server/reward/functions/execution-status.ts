import { z } from 'zod';
import { scored, unscored } from '../types';
import { defineFunction } from './define';
import { replayedTurns } from './replayed';
import { value } from './value';

export const NO_EXIT_CODE = 'no exit code recorded; replay gives it';

/**
 * Whether the command ended well: from what the file records, else from a replay.
 *
 * Formula: `success` for return code 0, `failure` for any other, `timeout` for the scaffold's timeout message. Range:
 * {−1, 1}. Inputs: return code, timeout message; where the file records no return code (SWE-agent never does), the exit code
 * of a replayed turn that came out as recorded. A command that fails by design (`grep` without a match, a failing test) counts
 * as failed: keep its weight small. Source: rewards.md §2 row 2 (TableGPT-R1: executed / execution error); the numbers are ours.
 */
export const executionStatus = defineFunction({
  id: 'execution_status',
  label: 'Execution status',
  scope: 'turn',
  summary: 'Whether the command ended with return code 0: as recorded, else as replayed.',
  formula:
    '`success` for return code 0, `failure` for another, `timeout` for the scaffold’s timeout message; where the file records no return code, that of a replay whose turn came out as recorded; else unscored',
  range: '−1 or 1',
  inputs: 'return code, timeout message; else the exit code of a replay',
  source: 'executed / execution error as in TableGPT-R1; the numbers are ours',
  options: z.strictObject({
    success: value(1, 'Return code 0. Our number.'),
    failure: value(-1, 'Any other return code. Our number.'),
    timeout: value(-1, 'The scaffold cancelled the command. Our number.'),
  }),
  score: ({ replay }, options) => {
    const of = replayedTurns(replay);
    return (turn) => {
      if (!turn.executed) return unscored('nothing ran');
      if (turn.timedOut) return scored(options.timeout);
      const replayed = turn.returnCode === null && replay !== null ? of(turn) : null;
      if (replayed !== null && 'why' in replayed) return unscored(`no exit code recorded; ${replayed.why}`);
      const code = turn.returnCode ?? replayed?.facts.exitCode ?? null;
      if (code === null) return unscored(replayed === null ? NO_EXIT_CODE : 'no exit code recorded, and none replayed');
      return scored(code === 0 ? options.success : options.failure);
    };
  },
});
