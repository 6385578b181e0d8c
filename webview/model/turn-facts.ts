/** What the page knows of a turn without asking: its arithmetic and its gate, in words and numbers. */
import { FAILED, SCORED, UNDECIDED, UNSCORED, type Accumulation, type LevelResult, type Score } from '../../server/reward/types';
import { gateReason } from './gate';
import { exactReward, reward } from './format';
import { fateAt, type Series } from './series';

export type GateWord = 'open' | 'shut' | 'pending' | 'unknown' | 'none';

export interface TurnGate {
  readonly word: GateWord;
  /** The level that decides, null where no gate stands above the turn's rewards. */
  readonly level: LevelResult | null;
  readonly reason: string | null;
}

/** The gate that stands above a turn's rewards: the one that masks them, leaves them undecided, or the nearest open one. */
export function turnGate(acc: Accumulation, turn: number): TurnGate {
  const blocker = acc.blockedBy[turn] ?? -1;
  const shut = acc.levels[blocker];
  if (shut) return { word: 'shut', level: shut, reason: gateReason(shut) };
  const lowest = acc.levels.at(-1);
  const undecided = acc.paidState[turn] === UNDECIDED ? acc.levels.find((l) => l.gate?.state === 'pending' || l.gate?.state === 'unknown') : undefined;
  const deciding = undecided ?? (lowest && lowest.blockedBy >= 0 ? acc.levels[lowest.blockedBy] : undefined);
  if (deciding?.gate) {
    const word = deciding.gate.state;
    return { word, level: deciding, reason: gateReason(deciding) };
  }
  const open = acc.levels.slice(0, -1).findLast((l) => l.gate);
  return open ? { word: 'open', level: open, reason: gateReason(open) } : { word: 'none', level: null, reason: null };
}

export function rawScore(acc: Accumulation, turn: number): Score {
  const state = acc.rawState[turn] ?? UNSCORED;
  if (state === SCORED) return { state: 'scored', value: acc.raw[turn] ?? 0 };
  return state === FAILED ? { state: 'failed', error: 'every reward function that could speak failed' } : { state: 'unscored', reason: 'no reward function scores this turn' };
}

export function paidScore(acc: Accumulation, turn: number): Score {
  const state = acc.paidState[turn] ?? UNSCORED;
  if (state === SCORED) return { state: 'scored', value: acc.paid[turn] ?? 0 };
  if (state === UNDECIDED) return { state: 'unscored', reason: turnGate(acc, turn).reason ?? 'not decided yet' };
  return rawScore(acc, turn);
}

export function returnScore(acc: Accumulation, turn: number): Score {
  return acc.returnToGoState[turn] === SCORED
    ? { state: 'scored', value: acc.returnToGo[turn] ?? 0 }
    : { state: 'unscored', reason: 'not decided yet' };
}

export interface Term {
  readonly series: Series;
  readonly score: Score;
  readonly weighted: number;
  readonly fate: 'paid' | 'masked' | 'undecided';
}

/** The functions that speak at a turn, in the configuration's order. */
export function termsAt(all: readonly Series[], acc: Accumulation, turn: number): readonly Term[] {
  return all.flatMap((series): Term[] => {
    const score = series.score(turn);
    return score ? [{ series, score, weighted: series.weighted[turn] ?? 0, fate: fateAt(series, turn, acc.levels) }] : [];
  });
}

/** One turn's reward in a sentence, for the slider role of the chart and for rows. */
export function turnSentence(acc: Accumulation, turn: number): string {
  const raw = rawScore(acc, turn);
  if (raw.state !== 'scored') return raw.state === 'failed' ? 'reward failed' : 'no reward';
  const gate = turnGate(acc, turn);
  if (gate.word === 'shut') {
    const paid = acc.paid[turn] ?? 0;
    return `${reward(raw.value)} masked by ${gate.reason}${paid !== 0 ? `, ${reward(paid)} paid` : ''}`;
  }
  if (acc.paidState[turn] === UNDECIDED) return `${reward(raw.value)}, ${gate.reason ?? 'not decided yet'}`;
  return `${reward(raw.value)} paid`;
}

export const exactTitle = (score: Score): string | undefined => (score.state === 'scored' ? exactReward(score.value) : score.state === 'failed' ? score.error : score.reason);
