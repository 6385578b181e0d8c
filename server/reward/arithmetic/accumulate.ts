import {
  SCORED,
  UNDECIDED,
  scored,
  unscored,
  type Accumulation,
  type Gate,
  type GateState,
  type LevelResult,
  type LevelScores,
  type LevelVerdict,
  type Score,
  type ScoreTable,
  type Totals,
} from '../types';
import { passesGate, returnsToGo } from './gate';
import { agreed, prepared, type Prepared } from './sums';

export interface AccumulateOptions {
  /** Thresholds that replace those of the configuration, by level id. ±Infinity is allowed, NaN is refused. */
  readonly thresholds?: Readonly<Record<string, number>>;
  /** γ in place of the table's. */
  readonly discount?: number;
}

function gateOf(level: LevelScores, thresholds: Readonly<Record<string, number>> | undefined): Gate | null {
  if (!level.gate) return null;
  const override = thresholds && Object.hasOwn(thresholds, level.id) ? thresholds[level.id] : undefined;
  const threshold = override ?? level.gate.threshold;
  if (typeof threshold !== 'number' || Number.isNaN(threshold))
    throw new RangeError(`The threshold of level "${level.id}" is not a number. Give a number, Infinity or -Infinity.`);
  return { threshold, op: level.gate.op };
}

const memberGate = (gate: Gate, value: number | null): GateState =>
  value === null ? 'unknown' : passesGate(value, gate) ? 'open' : 'shut';

function gateState(gate: Gate | null, values: readonly (number | null)[], pending: boolean): GateState {
  if (!gate) return 'none';
  if (pending) return 'pending';
  const states = values.map((value) => memberGate(gate, value));
  return states.every((state) => state === states[0]) ? states[0]! : 'unknown';
}

/** What becomes of each level under the gates above it. A shut level wins over an undecided one, wherever it stands. */
function verdicts(states: readonly GateState[]): { readonly verdict: LevelVerdict; readonly blockedBy: number }[] {
  let shut = -1;
  let undecided = -1;
  return states.map((state, i) => {
    const result =
      shut >= 0
        ? ({ verdict: 'masked', blockedBy: shut } as const)
        : ({ verdict: undecided >= 0 ? 'undecided' : 'paid', blockedBy: undecided } as const);
    if (state === 'shut' && shut < 0) shut = i;
    if ((state === 'pending' || state === 'unknown') && undecided < 0) undecided = i;
    return result;
  });
}

const number = (value: number): string => `${value < 0 ? '−' : value > 0 ? '+' : ''}${Math.abs(value).toFixed(2)}`;

export const PENDING_REASON = 'the episode has not ended';

function combine(values: readonly (number | null)[], why: Score): Score {
  const same = agreed(values);
  if (same !== null) return scored(same);
  if (values.every((value) => value === null)) return why.state === 'scored' ? unscored('nothing was scored') : why;
  const [fails, passes] = values;
  return values.length === 2 && typeof fails === 'number' && typeof passes === 'number'
    ? unscored(`needs tests: ${number(fails)} if they fail, ${number(passes)} if they pass`)
    : unscored('differs by what the tests would say');
}

/**
 * Gates a table of scores and accumulates what is paid.
 *
 * A level's gate is compared with the weighted sum of the level's own scored values, before any gate. With none scored
 * the gate is `unknown`: it pays nothing and shuts nothing. While the outcome is the set {fails, passes}, a gate is open
 * or shut when both agree. `maskNegative: false` lets a level's negative scores through every gate, decided or not.
 *
 * The top level's episode-scope functions are the outcome, those of lower levels land on the last turn, so that
 * `totals.dra = Σ raw + outcome` and `totals.gra = Σ paid + outcome`. The last turn keeps its own step reward and the
 * outcome is added to it in `returnToGo`; the formula of the paper (rewards.md §1.2) sums step rewards for t < T only.
 *
 * @throws RangeError when a threshold is NaN
 * @source arXiv 2508.10548; rewards.md §1.4
 */
export function accumulate(table: ScoreTable, options: AccumulateOptions = {}): Accumulation {
  const sums = prepared(table);
  const { turnCount, pending } = table;
  const gates = table.levels.map((level) => gateOf(level, options.thresholds));
  const states = gates.map((gate, i) => gateState(gate, sums.levels[i]!.values, pending));
  const fates = verdicts(states);

  const paid = new Float64Array(turnCount);
  const paidState = Uint8Array.from(sums.rawState);
  const blockedBy = new Int16Array(turnCount).fill(-1);
  let heldBack = 0;
  table.levels.forEach((level, i) => {
    const { all, negative, scoredCount, negativeCount } = sums.levels[i]!;
    const { verdict, blockedBy: blocker } = fates[i]!;
    if (verdict === 'paid') {
      for (let t = 0; t < turnCount; t++) paid[t] = paid[t]! + all[t]!;
      return;
    }
    for (let t = 0; t < turnCount; t++) {
      let held = scoredCount[t]!;
      if (!level.maskNegative) {
        paid[t] = paid[t]! + negative[t]!;
        held -= negativeCount[t]!;
      }
      if (held === 0) continue;
      if (verdict === 'undecided') {
        paidState[t] = UNDECIDED;
        heldBack += held;
      } else if (blockedBy[t]! < 0) blockedBy[t] = blocker;
    }
  });
  let masked = 0;
  let undecided = 0;
  for (let t = 0; t < turnCount; t++) {
    if (blockedBy[t]! >= 0) masked++;
    if (paidState[t] === UNDECIDED) undecided++;
  }

  const outcome = outcomeScore(table, sums);
  const totals = accumulateTotals(table, sums, gates, paid, outcome);
  const known = outcome.state === 'scored' || (!sums.hasOutcome && !pending);
  const last = outcome.state === 'scored' ? outcome.value : 0;
  const returnToGo = returnsToGo(paid, options.discount ?? table.discount, last);
  const returnToGoState = new Uint8Array(turnCount);
  for (let t = turnCount - 1, state = known ? SCORED : UNDECIDED; t >= 0; t--) {
    if (paidState[t] === UNDECIDED) state = UNDECIDED;
    returnToGoState[t] = state;
  }

  return {
    levels: table.levels.map((level, i): LevelResult => {
      const gate = gates[i];
      return {
        id: level.id,
        value: combine(sums.levels[i]!.values, sums.levels[i]!.why),
        leftOut: sums.levels[i]!.leftOut,
        gate: gate ? { ...gate, state: states[i]! } : null,
        ...fates[i]!,
      };
    }),
    outcome,
    raw: sums.raw,
    rawState: sums.rawState,
    paid,
    paidState,
    blockedBy,
    returnToGo,
    returnToGoState,
    leftOut: sums.leftOut,
    masked,
    undecided,
    heldBack,
    totals,
  };
}

function outcomeScore(table: ScoreTable, sums: Prepared): Score {
  if (table.pending) return unscored(PENDING_REASON);
  if (!sums.hasOutcome) return unscored('no function of the top level scores the episode');
  return combine(sums.outcome, sums.levels[0]!.why);
}

function accumulateTotals(table: ScoreTable, sums: Prepared, gates: readonly (Gate | null)[], paid: Float64Array, outcome: Score): Totals {
  const leftOut = sums.totalLeftOut;
  if (table.pending) {
    const reason = unscored(PENDING_REASON);
    return { dra: reason, gra: reason, outcomeOnly: reason, bounds: null, leftOut };
  }
  const topValues = sums.levels[0]?.values ?? [null];
  const outcomeOnly = combine(topValues, sums.levels[0]?.why ?? unscored('the configuration has no level'));
  const perMember = Array.from({ length: sums.members }, (_, m) => {
    const end = sums.hasOutcome ? sums.outcome[m]! : 0;
    if (end === null || (!sums.hasOutcome && sums.scoredCount === 0)) return null;
    const fates = verdicts(gates.map((gate, i) => (gate ? memberGate(gate, sums.levels[i]!.values[m]!) : 'none')));
    let dra = end;
    let gra = end;
    sums.levels.forEach((level, i) => {
      const extra = level.differing[m]!;
      dra += level.total + extra.all;
      if (fates[i]!.verdict === 'paid') gra += level.total + extra.all;
      else if (!table.levels[i]!.maskNegative) gra += level.totalNegative + extra.negative;
    });
    return { dra, gra };
  });
  const why = outcome.state === 'scored' || !sums.hasOutcome ? unscored('nothing was scored') : outcome;
  const total = (key: 'dra' | 'gra', turns: Float64Array): Score => {
    const score = combine(
      perMember.map((one) => one && one[key]),
      why,
    );
    // The total is the sum of what is shown, in the order in which it is shown, to the last bit.
    const end = outcome.state === 'scored' ? outcome.value : 0;
    return score.state === 'scored' && (outcome.state === 'scored' || !sums.hasOutcome)
      ? scored(turns.reduce((a, b) => a + b, 0) + end)
      : score;
  };
  const [fails, passes] = perMember;
  const [failsOnly, passesOnly] = topValues;
  const dra = total('dra', sums.raw);
  const gra = total('gra', paid);
  const onlyKnown = typeof failsOnly === 'number' && typeof passesOnly === 'number';
  const differs = [dra, gra, ...(onlyKnown ? [outcomeOnly] : [])].some((one) => one.state !== 'scored');
  const bounds =
    sums.members === 2 && fails && passes && differs
      ? {
          dra: [fails.dra, passes.dra] as const,
          gra: [fails.gra, passes.gra] as const,
          ...(onlyKnown ? { outcomeOnly: [failsOnly, passesOnly] as const } : {}),
        }
      : null;
  return { dra, gra, outcomeOnly, bounds, leftOut };
}
