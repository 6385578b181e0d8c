import { z } from 'zod';
import { scored, unscored } from '../types';
import { defineFunction } from './define';
import { value } from './value';

/**
 * Whether the model's answer holds an action that the scaffold can read.
 *
 * Formula: `well_formed` for an action that was parsed, `unparsable` / `syntax_error` / `blocked` for one that was not,
 * that `bash -n` refused, or that the filter refused. Range: {−1, 0, 1}. Inputs: kind of the turn. Source: the "action
 * format" step critic of G-RA (arXiv 2508.10548, rewards.md §1.2); the numbers are ours.
 */
export const actionFormat = defineFunction({
  id: 'action_format',
  label: 'Action format',
  scope: 'turn',
  summary: 'Whether the answer holds an action that the scaffold can read.',
  formula: '`well_formed` for a parsed action, else `unparsable`, `syntax_error` or `blocked`',
  range: '−1, 0 or 1',
  inputs: 'kind of the turn',
  source: 'step critic of G-RA, arXiv 2508.10548; the numbers are ours',
  options: z.strictObject({
    well_formed: value(1, 'The action was parsed. Our number.'),
    blocked: value(0, 'The action was parsed, and the filter refused the command. Our number.'),
    syntax_error: value(-1, 'The shell found a syntax error; nothing ran. Our number.'),
    unparsable: value(-1, 'No action could be read out of the answer. Our number.'),
  }),
  score: (_input, options) => (turn) => {
    switch (turn.kind) {
      case 'unparsable':
        return scored(options.unparsable);
      case 'syntax_error':
        return scored(options.syntax_error);
      case 'blocked':
        return scored(options.blocked);
      case 'message':
        return unscored('a message without an action has no action format');
      default:
        return scored(options.well_formed);
    }
  },
});
