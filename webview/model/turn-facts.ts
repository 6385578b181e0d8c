/** What the page knows of a turn without asking: its arithmetic and its gate, in words and numbers. */
import { turnArithmetic, type TurnArithmetic } from '../../server/reward/arithmetic';
import { UNDECIDED, type Accumulation, type LevelResult, type Score, type ScoreTable } from '../../server/reward/types';
import { gateReason } from './gate';
import { exactReward, reward } from './format';

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
  const undecided =
    acc.paidState[turn] === UNDECIDED ? acc.levels.find((l) => l.gate?.state === 'pending' || l.gate?.state === 'unknown') : undefined;
  const deciding = undecided ?? (lowest && lowest.blockedBy >= 0 ? acc.levels[lowest.blockedBy] : undefined);
  if (deciding?.gate) {
    const word = deciding.gate.state;
    return { word, level: deciding, reason: gateReason(deciding) };
  }
  const open = acc.levels.slice(0, -1).findLast((l) => l.gate);
  return open ? { word: 'open', level: open, reason: gateReason(open) } : { word: 'none', level: null, reason: null };
}

/** A turn with its arithmetic and its gate. */
export interface TurnFacts extends TurnArithmetic {
  readonly turn: number;
  readonly lane: TurnGate;
  readonly undecided: boolean;
}

export const factsOf = (table: ScoreTable, acc: Accumulation, turn: number): TurnFacts => ({
  ...turnArithmetic(table, acc, turn),
  turn,
  lane: turnGate(acc, turn),
  undecided: acc.paidState[turn] === UNDECIDED,
});

/** One turn's reward in a sentence, for the slider role of the chart and for rows. */
export function turnSentence({ raw, paid, lane, undecided }: TurnFacts): string {
  if (raw.state !== 'scored') return raw.state === 'failed' ? `reward failed: ${raw.error}` : `no reward: ${raw.reason}`;
  if (lane.word === 'shut') {
    const still = paid.state === 'scored' && paid.value !== 0 ? `, ${reward(paid.value)} paid` : '';
    return `${reward(raw.value)} masked by ${lane.reason}${still}`;
  }
  if (undecided) return `${reward(raw.value)} undecided: ${lane.reason ?? 'not decided yet'}`;
  return `${reward(raw.value)} paid`;
}

/** Every digit of a score, or why it has none. */
export const exactTitle = (score: Score): string =>
  score.state === 'scored' ? exactReward(score.value) : score.state === 'failed' ? score.error : score.reason;
