/**
 * The arithmetic of levels and gates: pure functions over arrays, the same in the server and in the inspector page.
 *
 * The gate rule is the paper's (Sun et al., Gated Reward Accumulation, arXiv 2508.10548):
 * `paid(i, t) = raw(i, t)` when every level above `i` passes its gate, else 0. Every number that fills it is ours.
 */
import {
  FAILED,
  SCORED,
  UNDECIDED,
  UNSCORED,
  failed,
  scored,
  unscored,
  type Accumulation,
  type EpisodeScore,
  type Gate,
  type GateState,
  type LevelResult,
  type LevelScores,
  type LevelVerdict,
  type Score,
  type ScoreTable,
  type Totals,
} from './types';

export interface AccumulateOptions {
  /** Thresholds that replace those of the configuration, by level id. ±Infinity is allowed, NaN is refused. */
  readonly thresholds?: Readonly<Record<string, number>>;
  /** γ in place of the table's. */
  readonly discount?: number;
}

/**
 * Whether a value passes a gate. +∞ shuts every value out and −∞ lets every value in, whatever the operator; the
 * largest finite numbers stand for both, because infinities do not survive JSON.
 *
 * @param value finite
 */
export function passesGate(value: number, { threshold, op }: Gate): boolean {
  if (threshold >= Number.MAX_VALUE) return false;
  if (threshold <= -Number.MAX_VALUE) return true;
  return op === '>=' ? value >= threshold : value > threshold;
}

/** A threshold that survives JSON: ±∞ become the largest finite numbers, which {@link passesGate} reads as ±∞. */
export const wireThreshold = (threshold: number): number => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, threshold));

/** A level's sums, none of which depends on a threshold. */
interface LevelSums {
  /** Weighted sum of the scored values per turn, with the level's episode scores on the last turn (not at the top). */
  readonly all: Float64Array;
  /** The part of `all` that is negative, score by score: what `maskNegative: false` lets through. */
  readonly negative: Float64Array;
  readonly scoredCount: Uint16Array;
  readonly negativeCount: Uint16Array;
  /** Per possible outcome: the level's value, null where nothing is scored. */
  readonly values: readonly (number | null)[];
  /** Per possible outcome: episode scores that differ by outcome and so can't stand in `all`. */
  readonly differing: readonly { readonly all: number; readonly negative: number }[];
  readonly total: number;
  readonly totalNegative: number;
  readonly leftOut: number;
  readonly why: Score;
}

interface Prepared {
  readonly members: number;
  readonly levels: readonly LevelSums[];
  readonly raw: Float64Array;
  readonly rawState: Uint8Array;
  readonly leftOut: Uint16Array;
  /** Per possible outcome: weighted sum of the top level's episode scores; null where none is scored. */
  readonly outcome: readonly (number | null)[];
  /** The top level has episode-scope functions at all. */
  readonly hasOutcome: boolean;
  readonly scoredCount: number;
  readonly totalLeftOut: number;
}

const member = (score: EpisodeScore, m: number): Score =>
  score.members[score.members.length === 1 ? 0 : m] ?? unscored('no score for this outcome');

/** The value on which all outcomes agree, or null. */
function agreed(values: readonly (number | null)[]): number | null {
  const first = values[0] ?? null;
  return values.every((value) => value === first) ? first : null;
}

const memberValues = (score: EpisodeScore, members: number): (number | null)[] =>
  Array.from({ length: members }, (_, m) => {
    const one = member(score, m);
    return one.state === 'scored' ? one.value * score.weight : null;
  });

function firstMissing(level: LevelScores, members: number): Score {
  let reason: string | null = null;
  for (const score of level.episode) {
    for (let m = 0; m < members; m++) {
      const one = member(score, m);
      if (one.state === 'failed') return one;
      if (one.state === 'unscored') reason ??= one.reason;
    }
  }
  for (const series of level.turns) {
    for (let t = 0; t < series.states.length; t++) {
      if (series.states[t] === SCORED) continue;
      const text = series.reasons[series.reasonIndex[t] ?? -1] ?? 'no reason recorded';
      if (series.states[t] === FAILED) return failed(text);
      reason ??= text;
    }
  }
  return unscored(reason ?? 'the level has nothing to score here');
}

function sumLevel(
  level: LevelScores,
  turnCount: number,
  members: number,
  top: boolean,
  rawState: Uint8Array,
  leftOutPerTurn: Uint16Array,
): LevelSums {
  const all = new Float64Array(turnCount);
  const negative = new Float64Array(turnCount);
  const scoredCount = new Uint16Array(turnCount);
  const negativeCount = new Uint16Array(turnCount);
  let leftOut = 0;
  let turnTotal = 0;
  let count = 0;
  const add = (t: number, weighted: number): void => {
    all[t] = all[t]! + weighted;
    scoredCount[t] = scoredCount[t]! + 1;
    if (weighted < 0) {
      negative[t] = negative[t]! + weighted;
      negativeCount[t] = negativeCount[t]! + 1;
    }
    rawState[t] = SCORED;
  };
  const leave = (t: number, state: number): void => {
    leftOutPerTurn[t] = leftOutPerTurn[t]! + 1;
    leftOut++;
    if (rawState[t] === UNSCORED && state === FAILED) rawState[t] = FAILED;
  };
  for (const { states, values, weight } of level.turns) {
    for (let t = 0; t < turnCount; t++) {
      if (states[t] === SCORED) {
        const weighted = weight * values[t]!;
        add(t, weighted);
        turnTotal += weighted;
        count++;
      } else leave(t, states[t] ?? UNSCORED);
    }
  }
  const values: (number | null)[] = Array.from({ length: members }, () => (count > 0 ? turnTotal : null));
  const differing = Array.from({ length: members }, () => ({ all: 0, negative: 0 }));
  for (const score of level.episode) {
    const weighted = memberValues(score, members);
    weighted.forEach((value, m) => {
      if (value !== null) values[m] = (values[m] ?? 0) + value;
    });
    const same = agreed(weighted);
    if (top || turnCount === 0) {
      if (same === null || !top) leftOut++;
    } else if (same !== null) add(turnCount - 1, same);
    else {
      leave(turnCount - 1, member(score, 0).state === 'failed' ? FAILED : UNSCORED);
      weighted.forEach((value, m) => {
        differing[m]!.all += value ?? 0;
        differing[m]!.negative += Math.min(0, value ?? 0);
      });
    }
  }
  const sum = (array: Float64Array): number => array.reduce((a, b) => a + b, 0);
  return {
    all,
    negative,
    scoredCount,
    negativeCount,
    values,
    differing,
    total: sum(all),
    totalNegative: sum(negative),
    leftOut,
    why: firstMissing(level, members),
  };
}

function prepare(table: ScoreTable): Prepared {
  const { turnCount, levels: scores } = table;
  const members = Math.max(1, table.outcome.classes.length);
  const raw = new Float64Array(turnCount);
  const rawState = new Uint8Array(turnCount).fill(UNSCORED);
  const leftOut = new Uint16Array(turnCount);
  const levels = scores.map((level, i) => sumLevel(level, turnCount, members, i === 0, rawState, leftOut));
  let scoredCount = 0;
  for (const level of levels) {
    for (let t = 0; t < turnCount; t++) {
      raw[t] = raw[t]! + level.all[t]!;
      scoredCount += level.scoredCount[t]!;
    }
  }
  const top = scores[0]?.episode ?? [];
  const outcome = Array.from({ length: members }, (_, m) => {
    let sum: number | null = null;
    for (const score of top) {
      const one = member(score, m);
      if (one.state === 'scored') sum = (sum ?? 0) + one.value * score.weight;
    }
    return sum;
  });
  return {
    members,
    levels,
    raw,
    rawState,
    leftOut,
    outcome,
    hasOutcome: top.length > 0,
    scoredCount,
    totalLeftOut: levels.reduce((sum, level) => sum + level.leftOut, 0),
  };
}

// Moving a threshold must not sum everything again; a table is immutable, so its sums are kept as long as it lives.
const preparedTables = new WeakMap<ScoreTable, Prepared>();
function prepared(table: ScoreTable): Prepared {
  let sums = preparedTables.get(table);
  if (!sums) preparedTables.set(table, (sums = prepare(table)));
  return sums;
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
      if (verdict === 'undecided') paidState[t] = UNDECIDED;
      else if (blockedBy[t]! < 0) blockedBy[t] = blocker;
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
  const bounds =
    sums.members === 2 && fails && passes
      ? {
          dra: [fails.dra, passes.dra] as const,
          gra: [fails.gra, passes.gra] as const,
          outcomeOnly: [failsOnly ?? 0, passesOnly ?? 0] as const,
        }
      : null;
  return { dra: total('dra', sums.raw), gra: total('gra', paid), outcomeOnly, bounds, leftOut };
}

/**
 * Return-to-go: `R_t = Σ_{k ≥ t} γ^{k−t} r_k`, the outcome added to the last turn's reward.
 *
 * @param discount γ in [0, 1]
 */
export function returnsToGo(rewards: ArrayLike<number>, discount: number, outcome = 0): Float64Array {
  const result = new Float64Array(rewards.length);
  for (let t = rewards.length - 1, next = outcome; t >= 0; t--) {
    // The outcome stands on the last turn itself, so it is not discounted there.
    next = rewards[t]! + (t === rewards.length - 1 ? outcome : discount * next);
    result[t] = next;
  }
  return result;
}

export interface FlipPoints {
  /** Index of the gated level. */
  readonly level: number;
  readonly id: string;
  readonly op: Gate['op'];
  /** Distinct values of the level, ascending: the gate is open for thresholds at or below (`>`: below) them. */
  readonly points: readonly number[];
}

/** The exact thresholds at which each gate flips: the level's value, for each outcome that is still possible. */
export function flipPoints(table: ScoreTable): FlipPoints[] {
  const sums = prepared(table);
  return table.levels.flatMap((level, i) => {
    if (!level.gate) return [];
    const values = table.pending ? [] : sums.levels[i]!.values.filter((value): value is number => value !== null);
    return [{ level: i, id: level.id, op: level.gate.op, points: [...new Set(values)].sort((a, b) => a - b) }];
  });
}

export interface Cumulative {
  /** Σ raw up to and with each turn; the outcome stands on the last one where it is known. */
  readonly dra: Float64Array;
  /** Σ paid, likewise. */
  readonly gra: Float64Array;
  /** The outcome is in the last entry. */
  readonly withOutcome: boolean;
}

/** Running sums for the chart: D-RA against G-RA. */
export function cumulative(accumulation: Accumulation): Cumulative {
  const running = (values: Float64Array): Float64Array => {
    let sum = 0;
    return values.map((value) => (sum += value));
  };
  const dra = running(accumulation.raw);
  const gra = running(accumulation.paid);
  const { outcome } = accumulation;
  const withOutcome = outcome.state === 'scored' && dra.length > 0;
  if (outcome.state === 'scored' && dra.length > 0) {
    dra[dra.length - 1] = dra.at(-1)! + outcome.value;
    gra[gra.length - 1] = gra.at(-1)! + outcome.value;
  }
  return { dra, gra, withOutcome };
}
