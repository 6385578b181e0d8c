import { z } from 'zod';
import type { TestVector } from '../../replay/types';
import { countingTests, testPasses, turned, type TestLists } from '../tests/grade';
import { scored, unscored } from '../types';
import { defineFunction, type FunctionInput } from './define';
import { isUsable, lastVector, replayedTurns, usable } from './replayed';

const EVERY: TestLists = { failToPass: null, passToPass: null };

/**
 * The tests that a turn turned green, less those that it turned red.
 *
 * Formula: `Σ w(green) − regression · Σ w(red)`, over the tests whose result the turn changed. In a rollout group
 * `w = (1 − ρ) / Σ(1 − ρ)`, ρ = share of the group's rollouts whose last state passes the test: a test that few solve is worth
 * more. For one rollout `w = 1/n`, n = tests in the list (FAIL_TO_PASS, PASS_TO_PASS) that the test is in, else all tests named
 * before the turn. With `regression` 1 the turns of a group's rollout add up to what its last state is worth less its first.
 * Range: [−1, 1], [−2, 2] with both lists. Inputs: test vectors of a replay, of the task's other rollouts too. Source: VeRPO's
 * difficulty-weighted partial success (rewards.md §2 row 16); its exact map from ρ is not public, this one is ours.
 */
export const testsTurnedGreen = defineFunction({
  id: 'tests_turned_green',
  label: 'Tests turned green',
  scope: 'turn',
  summary: 'The share of the tests that the turn turned green, less what it turned red, from a replay with tests.',
  formula:
    '`Σ w(green) − regression · Σ w(red)`; `w = (1 − ρ) / Σ(1 − ρ)` in a group of replayed rollouts of one task, ρ = share of them that end with the test passing; for one rollout `w = 1/n` of its list, else of all tests',
  range: '[−1, 1]; [−2, 2] with FAIL_TO_PASS and PASS_TO_PASS',
  inputs: 'test vectors of a replay before and after the turn',
  source: 'partial success of VeRPO; its map from ρ to w is not public, this one is ours',
  options: z.strictObject({
    regression: z
      .number()
      .min(0)
      .max(100)
      .default(1)
      .describe(
        'What a test turned red costs against what one turned green earns. 1: breaking and mending a test earns nothing. Our number.',
      ),
  }),
  score: (input, { regression }) => {
    const { replay } = input;
    const of = replayedTurns(replay);
    if (replay !== null && replay.tests === null) return () => unscored('replayed without tests');
    const lists = replay?.tests ?? EVERY;
    const weights = groupWeights(input, lists);
    let before = usable(replay?.baseTests ?? null);
    return (turn) => {
      const replayed = of(turn);
      if ('why' in replayed) return unscored(replayed.why);
      const { tests } = replayed.facts;
      if (tests === null || !isUsable(tests)) return unscored(tests?.problem ?? 'no tests ran on this state');
      const previous = before;
      before = tests;
      if (previous === null) return unscored('no state before this one has a test result');
      const { green, red } = turned(previous, tests, lists);
      const weigh = weights ?? shareOf(previous, lists);
      const sum = (names: readonly string[]): number => names.reduce((total, name) => total + weigh(name), 0);
      return scored(sum(green) - regression * sum(red));
    };
  },
});

/** Null: there is no group, since fewer than two rollouts have a result. */
function groupWeights({ replay, group = [] }: FunctionInput, lists: TestLists): ((name: string) => number) | null {
  const own = replay === null ? null : lastVector(replay);
  const vectors = own === null ? group : [own, ...group];
  if (vectors.length < 2) return null;
  const difficulty = new Map<string, number>();
  for (const name of countingTests(vectors, lists))
    difficulty.set(name, 1 - vectors.filter((vector) => testPasses(vector, name)).length / vectors.length);
  const total = [...difficulty.values()].reduce((sum, one) => sum + one, 0);
  // Every rollout passes every test: none is harder than another.
  return (name) => (total === 0 ? 1 / difficulty.size : (difficulty.get(name) ?? 0) / total);
}

function shareOf(before: TestVector, lists: TestLists): (name: string) => number {
  const [first, second] = [new Set(lists.failToPass), new Set(lists.passToPass)];
  if (first.size > 0 || second.size > 0) return (name) => 1 / (first.has(name) ? first.size : second.size);
  const all = Math.max(1, countingTests([before], lists).size);
  return () => 1 / all;
}
