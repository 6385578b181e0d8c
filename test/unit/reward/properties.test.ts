import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCORED, accumulate, cumulative, flipPoints, scored, type LevelScores, type ScoreTable } from '../../../server/reward/index';
import { STEPS, episodeScore, level, outcomeOf, series, sweTable, valueOf } from './tables';

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
          expect(totals.bounds!.dra[m]).toBeCloseTo(valueOf(alone.dra), 12);
          expect(totals.bounds!.gra[m]).toBeCloseTo(valueOf(alone.gra), 12);
          expect(totals.bounds!.outcomeOnly![m]).toBeCloseTo(valueOf(alone.outcomeOnly), 12);
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
