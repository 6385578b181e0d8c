import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accumulate, folderStatistics, type FolderEntry, type OutcomeClass } from '../../../server/reward/index';
import { rolloutOf } from './rollouts';
import { sweTable } from './tables';

function entry(
  instance: string | null,
  classes: readonly OutcomeClass[],
  steps: readonly number[],
  exitStatus: string | null = 'submitted',
): FolderEntry {
  const table = sweTable(classes, steps);
  const empty = classes.every((one) => one === 'empty_patch' || one === 'no_submit');
  return {
    instance,
    rollout: rolloutOf([], { submissionKind: empty ? 'empty' : 'diff', exitStatus }),
    outcome: { ...table.outcome, exitStatus },
    totals: accumulate(table).totals,
  };
}
const many = (n: number, value: number): number[] => Array.from({ length: n }, () => value);

describe('folderStatistics', () => {
  it('is empty for an empty folder', () => {
    expect(folderStatistics([])).toEqual({
      rates: {
        completion: { value: null, of: 0, leftOut: 0 },
        modification: { value: null, of: 0, leftOut: 0 },
        resolution: { value: null, of: 0, leftOut: 0 },
      },
      gap: null,
      dra: { mean: null, of: 0, leftOut: 0 },
      gra: { mean: null, of: 0, leftOut: 0 },
      inversions: { dra: 0, gra: 0, pairs: 0 },
    });
  });

  it('counts rates over what is known', () => {
    const result = folderStatistics([
      entry('a', ['passes'], [0.1]),
      entry('a', ['empty_patch'], [0.1]),
      entry('a', ['no_submit'], [0.1], 'exit_cost'),
      entry('a', ['fails', 'passes'], [0.1]),
      entry('a', [], [0.1], null),
    ]);
    expect(result.rates).toEqual({
      completion: { value: 0.75, of: 4, leftOut: 1 },
      modification: { value: 0.5, of: 4, leftOut: 1 },
      resolution: { value: 1 / 3, of: 3, leftOut: 2 },
    });
    expect(result.gap).toBe(0.25);
    expect(result.dra).toMatchObject({ of: 3, leftOut: 2 });
    expect(result.gra.mean).toBeCloseTo((1.1 - 0.5 - 1) / 3, 12);
  });

  it('shows how the gate takes inversions away', () => {
    const farmer = entry('a', ['no_submit'], many(60, 0.1), 'exit_cost');
    const result = folderStatistics([farmer, entry('a', ['fails'], [0.1]), entry('a', ['passes'], [0.1]), entry('b', ['passes'], [])]);
    expect(result.inversions).toEqual({ dra: 2, gra: 0, pairs: 3 });
  });

  it('keeps the inversions that the gate can not reach', () => {
    expect(folderStatistics([entry('a', ['fails'], many(30, 0.1)), entry('a', ['passes'], [])]).inversions).toEqual({
      dra: 1,
      gra: 1,
      pairs: 1,
    });
  });

  it('lets a rollout that needs tests take part where both of its bounds agree', () => {
    const short = entry('a', ['fails', 'passes'], []);
    expect(folderStatistics([short, entry('a', ['no_submit'], many(60, 0.1), 'exit_cost')]).inversions).toEqual({
      dra: 1,
      gra: 0,
      pairs: 1,
    });
    expect(folderStatistics([short, entry('a', ['no_submit'], many(15, 0.1), 'exit_cost')]).inversions.pairs).toBe(0);
    expect(folderStatistics([short, entry('a', ['fails'], [])]).inversions.pairs).toBe(0);
  });

  it('compares nothing across tasks, and nothing whose task is not known', () => {
    expect(folderStatistics([entry('a', ['fails'], many(30, 1)), entry('b', ['passes'], [])]).inversions.pairs).toBe(0);
    expect(folderStatistics([entry(null, ['fails'], many(30, 1)), entry(null, ['passes'], [])]).inversions.pairs).toBe(0);
    expect(folderStatistics([entry('__proto__', ['fails'], many(30, 1)), entry('__proto__', ['passes'], [])]).inversions.dra).toBe(1);
  });

  it('does not depend on the order, and G-RA with the default gate never inverts a submission that came to nothing', () => {
    const one = fc.record({
      classes: fc.constantFrom<OutcomeClass[]>(['no_submit'], ['empty_patch'], ['fails'], ['passes'], ['fails', 'passes'], []),
      steps: fc.array(fc.constantFrom(0.25, 0.5, 1), { maxLength: 8 }),
      instance: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), (list) => {
        const entries = list.map((e) => entry(e.instance, e.classes, e.steps));
        const result = folderStatistics(entries);
        const turned = folderStatistics([...entries].reverse());
        expect(turned.inversions).toEqual(result.inversions);
        expect(turned.rates).toEqual(result.rates);
        const submittedNothing = entries.filter(
          (e) => e.outcome.classes.length === 1 && e.outcome.classes[0] !== 'fails' && e.outcome.classes[0] !== 'passes',
        );
        const others = entries.filter((e) => e.outcome.classes.includes('passes') && e.outcome.classes.length === 1);
        expect(folderStatistics([...submittedNothing, ...others]).inversions.gra).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
