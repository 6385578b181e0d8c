import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FAILED,
  SCORED,
  UNDECIDED,
  UNSCORED,
  accumulate,
  cumulative,
  flipPoints,
  passesGate,
  returnsToGo,
  turnArithmetic,
  scored,
  unscored,
  failed,
  type LevelScores,
  type Score,
  type ScoreTable,
} from '../../../server/reward/index';
import { episodeScore, level, outcomeOf, series, sweTable } from './tables';

const STEPS = [0.1, 0.1, -0.1, 0.2, 0.1];
const value = (score: Score): number => {
  if (score.state !== 'scored') throw new Error(`not scored: ${JSON.stringify(score)}`);
  return score.value;
};

interface Golden {
  GRA: Record<string, number>;
  'returns_to_go g=0.9 steps+outcome1': number[];
}
const golden = JSON.parse(readFileSync(new URL('../../fixtures/rewards/gra_golden.json', import.meta.url), 'utf8')) as Golden;

describe('golden numbers', () => {
  it('adds everything without a gate (D-RA)', () => {
    expect(value(accumulate(sweTable(['no_submit'], STEPS)).totals.dra)).toBeCloseTo(golden.GRA['D-RA total o=-1']!, 12);
  });
  it('pays the outcome alone when nothing was submitted', () => {
    expect(value(accumulate(sweTable(['no_submit'], STEPS)).totals.gra)).toBe(golden.GRA['G-RA o=-1 d=0']);
  });
  it('opens at the threshold with >= and stays shut with >', () => {
    expect(value(accumulate(sweTable(['fails'], STEPS)).totals.gra)).toBeCloseTo(golden.GRA['G-RA o=0 d=0 (>=)']!, 12);
    expect(value(accumulate(sweTable(['fails'], STEPS, { threshold: 0, op: '>' })).totals.gra)).toBe(golden.GRA['G-RA o=0 d=0 (>)']);
  });
  it('adds steps and outcome when the tests pass', () => {
    expect(value(accumulate(sweTable(['passes'], STEPS)).totals.gra)).toBeCloseTo(golden.GRA['G-RA o=1 d=0']!, 12);
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
    expect(value(result.totals.dra)).toBeCloseTo(1.3, 12);
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
    expect(value(result.totals.dra)).toBeCloseTo(2.3, 12);
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

const score = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -8, max: 8 }).map((n) => n / 4) },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant(new Error('failed')) },
);
const gateArbitrary = fc.option(
  fc.record({ threshold: fc.integer({ min: -8, max: 8 }).map((n) => n / 4), op: fc.constantFrom('>=' as const, '>' as const) }),
  { nil: null },
);
/** Quarters only, so that every sum is exact whatever its order. */
const tableArbitrary = fc.integer({ min: 0, max: 12 }).chain((turnCount) =>
  fc
    .record({
      classes: fc.constantFrom(
        ['no_submit'] as const,
        ['empty_patch'] as const,
        ['fails'] as const,
        ['passes'] as const,
        ['fails', 'passes'] as const,
        [] as const,
      ),
      top: fc.record({
        gate: gateArbitrary,
        weight: fc.constantFrom(1, 2, -1),
        turns: fc.array(fc.array(score, { minLength: turnCount, maxLength: turnCount }), { maxLength: 1 }),
      }),
      lower: fc.array(
        fc.record({
          gate: gateArbitrary,
          maskNegative: fc.boolean(),
          episode: fc.array(fc.constantFrom(-1, 0.5), { maxLength: 1 }),
          turns: fc.array(fc.tuple(fc.array(score, { minLength: turnCount, maxLength: turnCount }), fc.constantFrom(1, 0.5, -1)), {
            minLength: 1,
            maxLength: 2,
          }),
        }),
        { maxLength: 3 },
      ),
    })
    .map(({ classes, top, lower }): ScoreTable => {
      const base = sweTable(
        classes,
        Array.from({ length: turnCount }, () => 0),
        top.gate,
      );
      const outcome: LevelScores = {
        ...base.levels[0]!,
        episode: base.levels[0]!.episode.map((e) => ({ ...e, weight: top.weight })),
        turns: top.turns.map((t) => series(t)),
      };
      return {
        ...base,
        outcome: outcomeOf(...classes),
        levels: [
          outcome,
          ...lower.map((one, i) =>
            level(`l${i}`, {
              gate: one.gate,
              maskNegative: one.maskNegative,
              turns: one.turns.map(([v, w]) => series(v, w)),
              episode: one.episode.map((v) => episodeScore([scored(v)])),
            }),
          ),
        ],
      };
    }),
);
const everyThreshold = (table: ScoreTable, threshold: number): Record<string, number> =>
  Object.fromEntries(table.levels.map((l) => [l.id, threshold]));
const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
/** Whether every gated level has a value to compare. */
const decidable = (table: ScoreTable): boolean =>
  !table.pending && accumulate(table, { thresholds: everyThreshold(table, -Infinity) }).levels.every((l) => l.gate?.state !== 'unknown');

describe('properties', () => {
  it('totals are the sums of what is shown', () => {
    fc.assert(
      fc.property(tableArbitrary, (table) => {
        const result = accumulate(table);
        if (result.outcome.state !== 'scored') return;
        expect(result.totals.dra).toEqual(scored(sum(result.raw) + result.outcome.value));
        expect(result.totals.gra).toEqual(scored(sum(result.paid) + result.outcome.value));
      }),
    );
  });

  it('Δ = −∞ gives D-RA', () => {
    fc.assert(
      fc.property(tableArbitrary, (table) => {
        fc.pre(decidable(table));
        const result = accumulate(table, { thresholds: everyThreshold(table, -Infinity) });
        expect(result.paid).toEqual(result.raw);
        expect(result.totals.gra).toEqual(result.totals.dra);
        expect(result.masked).toBe(0);
      }),
    );
  });

  it('Δ = +∞ on the top level gives the outcome alone', () => {
    fc.assert(
      fc.property(tableArbitrary, (table) => {
        fc.pre(decidable(table) && table.levels[0]!.gate !== null);
        const masked = { ...table, levels: table.levels.map((l) => ({ ...l, maskNegative: true })) };
        const { totals } = accumulate(masked, { thresholds: { outcome: Infinity } });
        if (totals.gra.state === 'scored') expect(totals.gra).toEqual(totals.outcomeOnly);
        expect(totals.bounds?.gra).toEqual(totals.bounds?.outcomeOnly);
      }),
    );
  });

  it('gating what was paid pays the same again', () => {
    fc.assert(
      fc.property(tableArbitrary, (table) => {
        fc.pre(!table.pending);
        const once = accumulate(table);
        const again: ScoreTable = {
          ...table,
          levels: table.levels.map((l, i) => {
            const { verdict } = once.levels[i]!;
            const keep = (weighted: number): boolean => verdict === 'paid' || (!l.maskNegative && weighted < 0);
            return {
              ...l,
              turns: l.turns.map((s) => ({ ...s, values: s.values.map((v) => (keep(v * s.weight) ? v : 0)) })),
              episode: l.episode.map((e) => ({
                ...e,
                members: e.members.map((m) => (m.state !== 'scored' || keep(m.value * e.weight) ? m : scored(0))),
              })),
            };
          }),
        };
        expect(accumulate(again).paid).toEqual(once.paid);
      }),
    );
  });

  it('bounds are what the two single outcomes would give', () => {
    fc.assert(
      fc.property(tableArbitrary, (table) => {
        fc.pre(table.outcome.classes.length === 2);
        const { totals } = accumulate(table);
        (['fails', 'passes'] as const).forEach((only, m) => {
          const single: ScoreTable = {
            ...table,
            outcome: outcomeOf(only),
            levels: table.levels.map((l) => ({
              ...l,
              episode: l.episode.map((e) => ({ ...e, members: [e.members.length === 1 ? e.members[0]! : e.members[m]!] })),
            })),
          };
          const alone = accumulate(single).totals;
          expect(totals.bounds!.dra[m]).toBeCloseTo(value(alone.dra), 12);
          expect(totals.bounds!.gra[m]).toBeCloseTo(value(alone.gra), 12);
          expect(totals.bounds!.outcomeOnly![m]).toBeCloseTo(value(alone.outcomeOnly), 12);
        });
      }),
    );
  });

  it('states agree with values, and every score is paid, masked, undecided or left out', () => {
    fc.assert(
      fc.property(tableArbitrary, (table) => {
        const result = accumulate(table);
        let leftOut = 0;
        for (let t = 0; t < table.turnCount; t++) {
          if (result.paidState[t] === SCORED && result.blockedBy[t] === -1) expect(result.paid[t]).toBe(result.raw[t]);
          if (result.rawState[t] !== SCORED) expect(result.raw[t]).toBe(0);
          leftOut += result.leftOut[t]!;
        }
        const outcomesLeftOut = table.levels[0]!.episode.filter(
          (e) => new Set(e.members.map((m) => (m.state === 'scored' ? m.value : m.state))).size > 1 || e.members[0]!.state !== 'scored',
        ).length;
        const landless = table.turnCount === 0 ? table.levels.slice(1).reduce((n, l) => n + l.episode.length, 0) : 0;
        expect(result.totals.leftOut).toBe(leftOut + outcomesLeftOut + landless);
        expect(result.totals.leftOut).toBe(result.levels.reduce((n, l) => n + l.leftOut, 0));
      }),
    );
  });

  it('flip points are exactly where the gate flips', () => {
    fc.assert(
      fc.property(tableArbitrary, (table) => {
        for (const { id, level: i, op, points } of flipPoints(table)) {
          for (const point of points) {
            const state = (threshold: number): string => accumulate(table, { thresholds: { [id]: threshold } }).levels[i]!.gate!.state;
            const before = op === '>=' ? point : point - 1e-9;
            const after = op === '>=' ? point + 1e-9 : point;
            expect(state(before)).not.toBe(state(after));
          }
        }
      }),
    );
  });
});

describe('cumulative', () => {
  it('ends at the totals', () => {
    const result = accumulate(sweTable(['passes'], STEPS));
    const { dra, gra, withOutcome } = cumulative(result);
    expect(withOutcome).toBe(true);
    expect(dra.at(-1)).toBeCloseTo(1.4, 12);
    expect(gra.at(-1)).toBeCloseTo(1.4, 12);
    expect(dra[1]).toBeCloseTo(0.2, 12);
    expect(cumulative(accumulate(sweTable(['fails', 'passes'], STEPS))).withOutcome).toBe(false);
  });
});

describe('speed', () => {
  it('gates 10,000 turns of six functions again in well under a frame', () => {
    const n = 10_000;
    const base = sweTable(['fails'], []);
    const table: ScoreTable = {
      ...base,
      turnCount: n,
      levels: [
        base.levels[0]!,
        level('steps', {
          turns: Array.from({ length: 6 }, (_, f) => series(Array.from({ length: n }, (_, t) => ((t * 7 + f) % 11) / 10 - 0.4))),
        }),
      ],
    };
    accumulate(table);
    const times = Array.from({ length: 40 }, (_, i) => {
      const start = performance.now();
      accumulate(table, { thresholds: { outcome: i % 2 } });
      return performance.now() - start;
    }).sort((a, b) => a - b);
    expect(times[20]).toBeLessThan(8);
  });
});

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
