import { z } from 'zod';
import { scored } from '../types';
import { defineFunction } from './define';
import { value } from './value';

/**
 * The episode's outcome class as a number.
 *
 * Formula: `value[class]`, class ∈ {no_submit, empty_patch, fails, passes}. Range: the four values, by default
 * {−1, −0.5, 0, 1}. Inputs: exit status, submission, test report. Source: the four ordered classes are G-RA's
 * (arXiv 2508.10548, rewards.md §1.2); their numbers are not public, so these are ours.
 */
export const outcome = defineFunction({
  id: 'outcome',
  label: 'Outcome',
  scope: 'episode',
  summary: 'How the episode ended: no submit < empty patch < fails tests < passes tests.',
  formula: 'the value of the outcome class; unscored while the tests are not known ({fails, passes})',
  range: '−1, −0.5, 0 or 1',
  inputs: 'exit status, submission, test report or verifier reward',
  source: 'classes and order: G-RA, arXiv 2508.10548; the numbers are ours',
  options: z.strictObject({
    no_submit: value(-1, 'The agent never submitted. Our number.'),
    empty_patch: value(-0.5, 'The agent submitted no change. Our number.'),
    fails: value(0, 'The submission fails the tests. Our number.'),
    passes: value(1, 'The submission passes the tests. Our number.'),
  }),
  score: (_input, options, outcomeClass) => scored(options[outcomeClass]),
});
