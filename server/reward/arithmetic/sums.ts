/** The sums of a score table that no threshold changes. */
import { FAILED, SCORED, UNSCORED, failed, unscored, type EpisodeScore, type LevelScores, type Score, type ScoreTable } from '../types';

/** A level's sums, none of which depends on a threshold. */
export interface LevelSums {
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

export interface Prepared {
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
export function agreed(values: readonly (number | null)[]): number | null {
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
    if (!top && turnCount === 0) {
      // Below the top an episode score counts on the last turn; without one it is in no total, so in no value either.
      leftOut++;
      continue;
    }
    const weighted = memberValues(score, members);
    weighted.forEach((value, m) => {
      if (value !== null) values[m] = (values[m] ?? 0) + value;
    });
    const same = agreed(weighted);
    if (top) {
      if (same === null) leftOut++;
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
export function prepared(table: ScoreTable): Prepared {
  let sums = preparedTables.get(table);
  if (!sums) preparedTables.set(table, (sums = prepare(table)));
  return sums;
}
