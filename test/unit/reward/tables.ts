import type { EpisodeScore, LevelScores, Outcome, OutcomeClass, Score, ScoreTable, TurnSeries } from '../../../server/reward/index';
import { FAILED, SCORED, UNSCORED, scored } from '../../../server/reward/index';

/** A turn series from values; null: unscored, an Error: failed. */
export function series(values: readonly (number | null | Error)[], weight = 1, name = 'step'): TurnSeries {
  const reasons = ['no value', ...values.filter((v): v is Error => v instanceof Error).map((e) => e.message)];
  return {
    function: name,
    label: name,
    weight,
    states: values.map((v) => (v === null ? UNSCORED : v instanceof Error ? FAILED : SCORED)),
    values: values.map((v) => (typeof v === 'number' ? v : 0)),
    reasonIndex: values.map((v) => (v === null ? 0 : v instanceof Error ? reasons.indexOf(v.message) : -1)),
    reasons,
  };
}

export const episodeScore = (members: readonly Score[], weight = 1, name = 'outcome'): EpisodeScore => ({
  function: name,
  label: name,
  weight,
  members,
});

export const level = (id: string, parts: Partial<LevelScores>): LevelScores => ({
  id,
  gate: null,
  maskNegative: true,
  turns: [],
  episode: [],
  ...parts,
});

export const CLASS_VALUES: Readonly<Record<OutcomeClass, number>> = { no_submit: -1, empty_patch: -0.5, fails: 0, passes: 1 };

export const outcomeOf = (...classes: OutcomeClass[]): Outcome => ({ classes, exitStatus: 'submitted', source: 'test' });

/** The SWE instance: `outcome` gated, `steps` below. */
export function sweTable(
  classes: readonly OutcomeClass[],
  steps: readonly (number | null | Error)[],
  gate: LevelScores['gate'] = { threshold: 0, op: '>=' },
  discount = 1,
): ScoreTable {
  return {
    turnCount: steps.length,
    discount,
    pending: classes.length === 0,
    outcome: outcomeOf(...classes),
    levels: [
      level('outcome', {
        gate,
        episode: [
          episodeScore(
            classes.length === 0
              ? [{ state: 'unscored', reason: 'the episode has not ended' }]
              : classes.map((c) => scored(CLASS_VALUES[c])),
          ),
        ],
      }),
      level('steps', { turns: [series(steps)] }),
    ],
  };
}

/** Step rewards of the golden numbers (rewards.md §1.4). */
export const STEPS: readonly number[] = [0.1, 0.1, -0.1, 0.2, 0.1];

/** The value of a score; throws where there is none. */
export function valueOf(score: Score): number {
  if (score.state !== 'scored') throw new Error(`not scored: ${JSON.stringify(score)}`);
  return score.value;
}
