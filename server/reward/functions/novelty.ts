import { z } from 'zod';
import { scored, unscored } from '../types';
import { defineFunction } from './define';

/**
 * Pays a turn less each time the same action gave the same observation before.
 *
 * Formula: `1 / N^β`, N = how many turns up to and with this one have its action and its observation. Range: (0, 1].
 * Inputs: action text (its first 16,384 characters and whole length), hash of the observation. Source: ONI's discount of repeated messages
 * (rewards.md §2 row 12).
 */
export const novelty = defineFunction({
  id: 'novelty',
  label: 'Novelty',
  scope: 'turn',
  summary: 'Pays a turn 1, 1/2, 1/3 … when the same action gives the same observation again.',
  formula: '1 / N^β, N = occurrences of this (action, observation) so far, this one included',
  range: '(0, 1]',
  inputs: 'action, hash of the observation',
  source: 'count discount of ONI',
  options: z.strictObject({
    beta: z.number().min(0).max(100).default(1).describe('β of 1 / N^β: 0 never discounts, 1 is ONI’s.'),
  }),
  score: (_input, { beta }) => {
    const seen = new Map<string, Map<string, number>>();
    return (turn) => {
      if (!turn.executed) return unscored('nothing ran');
      if (turn.observationHash === null) return unscored('no observation recorded');
      let observations = seen.get(turn.actionText);
      if (!observations) seen.set(turn.actionText, (observations = new Map<string, number>()));
      const key = `${turn.lengths.action}:${turn.observationHash}`;
      const count = (observations.get(key) ?? 0) + 1;
      observations.set(key, count);
      return scored(count ** -beta);
    };
  },
});
