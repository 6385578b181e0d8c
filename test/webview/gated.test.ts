/** The page's memory of its arithmetic: what it gives is what the arithmetic gives, to the last bit. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accumulate, flipPoints } from '../../server/reward/arithmetic';
import type { OutcomeClass, ScoreTable } from '../../server/reward/types';
import { fatesUnder, nextFlip, withThresholds } from '../../webview/model/gated';
import { fixture } from './episodes';

const OUTCOMES: readonly (readonly OutcomeClass[])[] = [['no_submit'], ['empty_patch'], ['fails'], ['passes'], ['fails', 'passes'], []];

/** The same scores with a gate on each level, closed (`>=`) or open (`>`) at its threshold. */
const gatedTable = (outcome: readonly OutcomeClass[], op: '>=' | '>', pending: boolean): ScoreTable => {
  const { scores } = fixture({ turns: 40, outcome, pending }).view;
  return { ...scores, levels: scores.levels.map((one) => ({ ...one, gate: { threshold: 0, op } })) };
};

test('equal to the arithmetic at, around and between all flip points, for several gates', () => {
  for (const outcome of OUTCOMES) {
    for (const op of ['>=', '>'] as const) {
      const table = gatedTable(outcome, op, outcome.length === 0);
      const near = flipPoints(table).flatMap(({ points }) => points.flatMap((p) => [p - 1e-9, p, p + 1e-9]));
      const threshold = fc.constantFrom(...near, -Infinity, Infinity, 0, -0, -2, 0.5, 2);
      fc.assert(
        fc.property(fc.array(threshold, { minLength: 0, maxLength: table.levels.length }), (values) => {
          const thresholds = Object.fromEntries(values.map((value, i) => [table.levels[i]?.id ?? '', value]));
          expect(withThresholds(fatesUnder(table, thresholds), table, thresholds)).toEqual(accumulate(table, { thresholds }));
        }),
      );
    }
  }
});

test('the same object between two flip points, another beyond one', () => {
  const table = fixture({ turns: 40, outcome: ['fails'] }).view.scores;
  expect(fatesUnder(table, { outcome: -0.7 })).toBe(fatesUnder(table, { outcome: 0 }));
  expect(fatesUnder(table, { outcome: 0.01 })).toBe(fatesUnder(table, { outcome: 7 }));
  expect(fatesUnder(table, { outcome: 0.01 })).not.toBe(fatesUnder(table, { outcome: 0 }));
});

test('NaN is refused as the arithmetic refuses it', () => {
  const table = fixture({ turns: 4, outcome: ['fails'] }).view.scores;
  expect(() => fatesUnder(table, { outcome: Number.NaN })).toThrow('not a number');
});

test('the next flip is beyond the level’s value, and masks what it says', () => {
  for (const outcome of OUTCOMES.slice(0, 5)) {
    for (const op of ['>=', '>'] as const) {
      const { scores } = fixture({ turns: 40, outcome }).view;
      const table = { ...scores, levels: scores.levels.map((one, i) => (i === 0 ? { ...one, gate: { threshold: -9, op } } : one)) };
      const ahead = nextFlip(table, {});
      const last = flipPoints(table)[0]?.points.at(-1) ?? Number.NaN;
      const threshold = op === '>' ? last : last + 0.01;
      expect(ahead).toEqual({
        level: 'outcome',
        point: last,
        op,
        threshold,
        masked: accumulate(table, { thresholds: { outcome: threshold } }).masked,
      });
      expect(accumulate(table, { thresholds: { outcome: last - 0.001 } }).masked).toBe(0);
      expect(nextFlip(table, { outcome: threshold })).toBeNull();
    }
  }
});
