import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  FAILED,
  SCORED,
  UNDECIDED,
  UNSCORED,
  accumulate,
  passesGate,
  returnsToGo,
  scored,
  unscored,
  failed,
  type LevelScores,
  type Score,
  type ScoreTable,
} from '../../../server/reward/index';
import { STEPS, episodeScore, level, series, sweTable, valueOf } from './tables';

interface Golden {
  GRA: Record<string, number>;
  'returns_to_go g=0.9 steps+outcome1': number[];
}
const golden = JSON.parse(readFileSync(new URL('../../fixtures/rewards/gra_golden.json', import.meta.url), 'utf8')) as Golden;

describe('golden numbers', () => {
  it('adds everything without a gate (D-RA)', () => {
    expect(valueOf(accumulate(sweTable(['no_submit'], STEPS)).totals.dra)).toBeCloseTo(golden.GRA['D-RA total o=-1']!, 12);
  });
  it('pays the outcome alone when nothing was submitted', () => {
    expect(valueOf(accumulate(sweTable(['no_submit'], STEPS)).totals.gra)).toBe(golden.GRA['G-RA o=-1 d=0']);
  });
  it('opens at the threshold with >= and stays shut with >', () => {
    expect(valueOf(accumulate(sweTable(['fails'], STEPS)).totals.gra)).toBeCloseTo(golden.GRA['G-RA o=0 d=0 (>=)']!, 12);
    expect(valueOf(accumulate(sweTable(['fails'], STEPS, { threshold: 0, op: '>' })).totals.gra)).toBe(golden.GRA['G-RA o=0 d=0 (>)']);
  });
  it('adds steps and outcome when the tests pass', () => {
    expect(valueOf(accumulate(sweTable(['passes'], STEPS)).totals.gra)).toBeCloseTo(golden.GRA['G-RA o=1 d=0']!, 12);
  });
  it('discounts the return-to-go with the outcome on the last turn', () => {
    const rtg = [...accumulate(sweTable(['passes'], STEPS, undefined, 0.9)).returnToGo];
    golden['returns_to_go g=0.9 steps+outcome1'].forEach((expected, t) => expect(rtg[t]).toBeCloseTo(expected, 12));
    expect(returnsToGo([1], 0.5, 2)).toEqual(Float64Array.of(3));
    expect(returnsToGo([], 0.5, 2)).toHaveLength(0);
  });
});

describe('gates', () => {
  it('shows the blocking level beside a masked reward', () => {
    const result = accumulate(sweTable(['empty_patch'], STEPS));
    expect([...result.paid]).toEqual([0, 0, 0, 0, 0]);
    expect([...result.raw]).toEqual(STEPS);
    expect([...result.blockedBy]).toEqual([0, 0, 0, 0, 0]);
    expect(result.masked).toBe(5);
    expect(result.levels[1]).toMatchObject({ verdict: 'masked', blockedBy: 0, gate: null });
    expect(result.levels[0]!.gate).toEqual({ threshold: 0, op: '>=', state: 'shut' });
  });

  it('is decided where fails and passes agree, and totals carry bounds', () => {
    const open = accumulate(sweTable(['fails', 'passes'], STEPS));
    expect(open.levels[0]!.gate!.state).toBe('open');
    expect([...open.paid]).toEqual(STEPS);
    expect(open.outcome).toEqual(unscored('needs tests: 0.00 if they fail, +1.00 if they pass'));
    expect(open.totals.gra.state).toBe('unscored');
    expect(open.totals.bounds!.gra[0]).toBeCloseTo(0.4, 12);
    expect(open.totals.bounds!.gra[1]).toBeCloseTo(1.4, 12);
    expect(open.totals.bounds!.outcomeOnly).toEqual([0, 1]);
    expect([...open.returnToGoState]).toEqual(STEPS.map(() => UNDECIDED));

    const shut = accumulate(sweTable(['fails', 'passes'], STEPS), { thresholds: { outcome: 2 } });
    expect(shut.levels[0]!.gate!.state).toBe('shut');
    expect(shut.totals.bounds!.gra).toEqual([0, 1]);

    const unknown = accumulate(sweTable(['fails', 'passes'], STEPS), { thresholds: { outcome: 0.5 } });
    expect(unknown.levels[0]!.gate!.state).toBe('unknown');
    expect([...unknown.paidState]).toEqual(STEPS.map(() => UNDECIDED));
    expect([...unknown.paid]).toEqual([0, 0, 0, 0, 0]);
    expect([...unknown.blockedBy]).toEqual(STEPS.map(() => -1));
    expect(unknown.undecided).toBe(5);
    expect(unknown.totals.bounds!.gra[0]).toBe(0);
    expect(unknown.totals.bounds!.gra[1]).toBeCloseTo(1.4, 12);
  });

  it('is pending until the episode ends', () => {
    const result = accumulate(sweTable([], STEPS));
    expect(result.levels[0]!.gate!.state).toBe('pending');
    expect([...result.paidState]).toEqual(STEPS.map(() => UNDECIDED));
    expect(result.totals).toMatchObject({
      dra: unscored('the episode has not ended'),
      gra: { state: 'unscored' },
      outcomeOnly: { state: 'unscored' },
      bounds: null,
    });
  });

  it('pays nothing and shuts nothing while a level has no score', () => {
    const table: ScoreTable = {
      ...sweTable(['passes'], [0.1, 0.2]),
      levels: [
        level('outcome', { gate: { threshold: 0, op: '>=' }, episode: [episodeScore([scored(1)])] }),
        level('critic', { gate: { threshold: 0, op: '>=' }, turns: [series([null, new Error('critic broke')])] }),
        level('steps', { turns: [series([0.1, 0.2])] }),
      ],
    };
    const result = accumulate(table);
    expect(result.levels[1]).toMatchObject({ value: failed('critic broke'), leftOut: 2, gate: { state: 'unknown' } });
    expect([...result.paidState]).toEqual([UNDECIDED, UNDECIDED]);
    expect(result.totals.gra).toEqual(scored(1));
    expect(valueOf(result.totals.dra)).toBeCloseTo(1.3, 12);
    expect(result.totals.leftOut).toBe(2);
    expect([...result.leftOut]).toEqual([1, 1]);
    const shut = accumulate(table, { thresholds: { outcome: 2 } });
    expect(shut.levels[2]).toMatchObject({ verdict: 'masked', blockedBy: 0 });
    expect([...shut.blockedBy]).toEqual([0, 0]);
  });

  it('compares a level with its raw value, also when it is itself masked', () => {
    const table: ScoreTable = {
      ...sweTable(['fails'], [1]),
      levels: [
        level('outcome', { gate: { threshold: 0.5, op: '>=' }, episode: [episodeScore([scored(0)])] }),
        level('middle', { gate: { threshold: 0.5, op: '>=' }, turns: [series([1])] }),
        level('low', { turns: [series([1])] }),
      ],
    };
    const result = accumulate(table);
    expect(result.levels[1]).toMatchObject({ verdict: 'masked', gate: { state: 'open' } });
    expect(result.levels[2]).toMatchObject({ verdict: 'masked', blockedBy: 0 });
  });

  it('lets negative scores through where maskNegative is false, undecided gates included', () => {
    const mixed = (classes: Parameters<typeof sweTable>[0]): ScoreTable => {
      const base = sweTable(classes, [0, 0, 0]);
      return {
        ...base,
        levels: [base.levels[0]!, level('steps', { maskNegative: false, turns: [series([0.5, -0.2, 0.1]), series([-0.1, null, 0.1])] })],
      };
    };
    const shut = accumulate(mixed(['no_submit']));
    expect([...shut.paid]).toEqual([-0.1, -0.2, 0]);
    expect([...shut.blockedBy]).toEqual([0, -1, 0]);
    const undecided = accumulate(mixed(['fails', 'passes']), { thresholds: { outcome: 0.5 } });
    expect([...undecided.paid]).toEqual([-0.1, -0.2, 0]);
    expect([...undecided.paidState]).toEqual([UNDECIDED, SCORED, UNDECIDED]);
    const pending = accumulate(mixed([]));
    expect([...pending.paid]).toEqual([-0.1, -0.2, 0]);
  });

  it('names the highest of several shut levels', () => {
    const gate = { threshold: 2, op: '>=' as const };
    const table: ScoreTable = {
      ...sweTable(['fails'], [1]),
      levels: [
        level('outcome', { gate, episode: [episodeScore([scored(0)])] }),
        level('middle', { gate, turns: [series([1])] }),
        level('low', { turns: [series([1])] }),
      ],
    };
    expect(accumulate(table).levels.map((one) => one.blockedBy)).toEqual([-1, 0, 0]);
    expect(accumulate(table, { thresholds: { outcome: 0 } }).levels.map((one) => one.blockedBy)).toEqual([-1, -1, 1]);
  });

  it('holds a score of zero back like any other that is not negative', () => {
    const base = sweTable(['no_submit'], [0]);
    const result = accumulate({ ...base, levels: [base.levels[0]!, level('steps', { maskNegative: false, turns: [series([0])] })] });
    expect([...result.blockedBy]).toEqual([0]);
  });

  it('refuses NaN and takes infinities, also as the finite numbers that JSON can carry', () => {
    expect(() => accumulate(sweTable(['fails'], STEPS), { thresholds: { outcome: Number.NaN } })).toThrow(/"outcome" is not a number/);
    expect(passesGate(5, { threshold: Infinity, op: '>=' })).toBe(false);
    expect(passesGate(5, { threshold: Number.MAX_VALUE, op: '>=' })).toBe(false);
    expect(passesGate(-5, { threshold: -Infinity, op: '>' })).toBe(true);
    expect(passesGate(-5, { threshold: -Number.MAX_VALUE, op: '>' })).toBe(true);
  });

  it('never looks a threshold up on a prototype', () => {
    const base = sweTable(['fails'], STEPS);
    const table = { ...base, levels: [{ ...base.levels[0]!, id: '__proto__' }, base.levels[1]!] };
    expect(accumulate(table, { thresholds: {} }).levels[0]!.gate!.threshold).toBe(0);
  });
});

describe('missing is not zero', () => {
  it('counts what each sum left out and says failed where something broke', () => {
    const result = accumulate(sweTable(['passes'], [0.1, null, new Error('boom')]));
    expect([...result.rawState]).toEqual([SCORED, UNSCORED, FAILED]);
    expect([...result.paidState]).toEqual([SCORED, UNSCORED, FAILED]);
    expect([...result.leftOut]).toEqual([0, 1, 1]);
    expect(result.totals.leftOut).toBe(2);
    expect(result.levels[1]!.leftOut).toBe(2);
  });

  it('gives no total when the outcome failed', () => {
    const table = {
      ...sweTable(['passes'], [0.1]),
      levels: [
        level('outcome', { gate: { threshold: 0, op: '>=' as const }, episode: [episodeScore([failed('exited')])] }),
        level('steps', { turns: [series([0.1])] }),
      ],
    };
    const result = accumulate(table);
    expect(result.outcome).toEqual(failed('exited'));
    expect(result.totals.dra).toEqual(failed('exited'));
    expect(result.levels[0]!.gate!.state).toBe('unknown');
  });

  it('gives no total when nothing at all was scored', () => {
    const table = { ...sweTable(['passes'], [null]), levels: [level('steps', { turns: [series([null])] })] };
    expect(accumulate(table).totals.dra).toEqual(unscored('nothing was scored'));
  });

  it('adds step rewards alone where no function scores the episode', () => {
    const table = { ...sweTable(['passes'], [0.5, 0.25]), levels: [level('steps', { turns: [series([0.5, 0.25])] })] };
    const result = accumulate(table);
    expect(result.outcome.state).toBe('unscored');
    expect(result.totals).toMatchObject({ dra: scored(0.75), gra: scored(0.75), outcomeOnly: scored(0.75) });
    expect([...result.returnToGo]).toEqual([0.75, 0.25]);
    expect([...result.returnToGoState]).toEqual([SCORED, SCORED]);
  });
});

describe('a gate that can’t be known', () => {
  const unknown = (classes: Parameters<typeof sweTable>[0], low: Partial<LevelScores> = {}): ScoreTable => ({
    ...sweTable(classes, [0.5, 0.25]),
    levels: [
      level('exit', { gate: { threshold: 0, op: '>=' }, turns: [series([null, null])] }),
      level('steps', { turns: [series([0.5, 0.25]), series([null, -1])], ...low }),
    ],
  });
  it('pays nothing, and says beside G-RA how many scores it holds back', () => {
    const result = accumulate(unknown(['fails', 'passes']));
    expect(result.totals).toMatchObject({ dra: scored(-0.25), gra: scored(0), leftOut: 3 });
    expect(result.heldBack).toBe(3);
    expect(result.totals.outcomeOnly).toEqual(unscored('no value'));
    expect(accumulate(unknown(['fails', 'passes'], { maskNegative: false })).heldBack).toBe(2);
    expect(accumulate(sweTable([], STEPS)).heldBack).toBe(STEPS.length);
    expect(accumulate(sweTable(['fails', 'passes'], STEPS)).heldBack).toBe(0);
  });
  it('gives no bounds where fails and passes agree', () => {
    expect(accumulate(unknown(['fails', 'passes'])).totals.bounds).toBeNull();
  });
  it('gives no bounds of an outcome that is not known', () => {
    const differs = { episode: [episodeScore([scored(0), scored(1)], 1, 'outcome')] };
    expect(accumulate(unknown(['fails', 'passes'], differs)).totals.bounds).toEqual({ dra: [-0.25, 0.75], gra: [0, 0] });
  });
});

describe('episode scores of lower levels', () => {
  const withLow = (members: Score[], classes: Parameters<typeof sweTable>[0] = ['fails'], steps = [0.1, 0.2]): ScoreTable => {
    const base = sweTable(classes, steps);
    return {
      ...base,
      levels: [base.levels[0]!, level('steps', { turns: [series(steps)], episode: [episodeScore(members, 2, 'completion')] })],
    };
  };
  it('land on the last turn', () => {
    const result = accumulate(withLow([scored(1)]));
    expect([...result.raw]).toEqual([0.1, 2.2]);
    expect(valueOf(result.totals.dra)).toBeCloseTo(2.3, 12);
  });
  it('are left out of raw, and kept in the bounds, where they differ by outcome', () => {
    const result = accumulate(withLow([scored(0), scored(1)], ['fails', 'passes']));
    expect([...result.raw]).toEqual([0.1, 0.2]);
    expect(result.leftOut[1]).toBe(1);
    expect(result.totals.bounds!.dra[0]).toBeCloseTo(0.3, 12);
    expect(result.totals.bounds!.dra[1]).toBeCloseTo(3.3, 12);
  });
  it('are counted as left out when there is no turn to land on', () => {
    const result = accumulate(withLow([scored(1)], ['fails'], []));
    expect(result.totals.leftOut).toBe(1);
    expect(result.levels[1]).toMatchObject({ value: { state: 'unscored' }, leftOut: 1 });
    expect(result.totals.dra).toEqual(scored(0));
  });
});
