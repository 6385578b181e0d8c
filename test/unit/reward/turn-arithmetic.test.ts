import { describe, expect, it } from 'vitest';
import { accumulate, turnArithmetic, scored, unscored, type LevelScores, type ScoreTable } from '../../../server/reward/index';
import { episodeScore, level, series, sweTable } from './tables';

describe('turn arithmetic', () => {
  it('names every term, its share and its blocker', () => {
    const table = sweTable(['empty_patch'], [0.1, null]);
    const result = accumulate(table);
    expect(turnArithmetic(table, result, 0)).toEqual({
      terms: [
        {
          level: 1,
          levelId: 'steps',
          function: 'step',
          label: 'step',
          scope: 'turn',
          weight: 1,
          score: scored(0.1),
          contribution: 0.1,
          fate: 'masked',
          blockedBy: 'outcome',
        },
      ],
      raw: scored(0.1),
      paid: scored(0),
      gate: { open: false, blockedBy: 'outcome' },
      returnToGo: scored(-0.5),
      leftOut: 0,
    });
    expect(turnArithmetic(table, result, 1)).toMatchObject({
      raw: unscored('no value'),
      paid: unscored('no value'),
      gate: { open: false, blockedBy: 'outcome' },
      leftOut: 1,
    });
  });
  it('says how the gate stands also where negative scores pass it', () => {
    const lenient = (classes: Parameters<typeof sweTable>[0], gate?: LevelScores['gate']): ScoreTable => {
      const base = sweTable(classes, [-1, null], gate);
      return { ...base, levels: [base.levels[0]!, { ...base.levels[1]!, maskNegative: false }] };
    };
    const gates = (table: ScoreTable): unknown[] => [0, 1].map((t) => turnArithmetic(table, accumulate(table), t).gate);
    const unknown = lenient(['fails', 'passes'], { threshold: 0.5, op: '>=' });
    expect(gates(unknown)).toEqual([
      { open: null, blockedBy: null },
      { open: null, blockedBy: null },
    ]);
    expect(turnArithmetic(unknown, accumulate(unknown), 0).paid).toEqual(scored(-1));
    expect(gates(lenient([]))[0]).toEqual({ open: null, blockedBy: null });
    expect(gates(lenient(['no_submit']))).toEqual([
      { open: false, blockedBy: 'outcome' },
      { open: false, blockedBy: 'outcome' },
    ]);
    expect(gates(lenient(['passes']))).toEqual([
      { open: true, blockedBy: null },
      { open: true, blockedBy: null },
    ]);
  });
  it('asks only the gates above the levels that score the turn', () => {
    const gate = { threshold: 0, op: '>=' as const };
    const table: ScoreTable = {
      ...sweTable(['passes'], [1, 1]),
      levels: [
        level('outcome', { gate, episode: [episodeScore([scored(1)])] }),
        level('middle', { gate, turns: [series([-1, -1])] }),
        level('low', { turns: [series([null, 1])] }),
      ],
    };
    const result = accumulate(table);
    expect(turnArithmetic(table, result, 0).gate).toEqual({ open: true, blockedBy: null });
    expect(turnArithmetic(table, result, 1).gate).toEqual({ open: false, blockedBy: 'middle' });
  });
  it('says why nothing is decided', () => {
    const table = sweTable(['fails', 'passes'], [0.1], { threshold: 0.5, op: '>=' });
    const result = turnArithmetic(table, accumulate(table), 0);
    expect(result.gate).toEqual({ open: null, blockedBy: null });
    expect(result.paid).toEqual(unscored('gate of outcome unknown: needs tests: 0.00 if they fail, +1.00 if they pass'));
    expect(result.terms[0]).toMatchObject({ fate: 'undecided', blockedBy: 'outcome' });
    const pending = sweTable([], [0.1]);
    expect(turnArithmetic(pending, accumulate(pending), 0).returnToGo).toEqual(
      unscored('gate of outcome pending: the episode has not ended'),
    );
  });
});
