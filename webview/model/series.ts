/** The turn rewards as the chart and the arithmetic show them: one series per function, in the configuration's order. */
import { FAILED, SCORED, UNSCORED, type LevelResult, type LevelVerdict, type Score, type ScoreTable } from '../../server/reward/types';

export interface Series {
  /** Index of the level in the table. */
  readonly level: number;
  readonly levelId: string;
  readonly maskNegative: boolean;
  readonly id: string;
  readonly label: string;
  readonly weight: number;
  /** Position of the series' colour, in configuration order. */
  readonly slot: number;
  /** Scores the episode as a whole; its value stands on the last turn. */
  readonly episode: boolean;
  /** weight × value where scored, else 0. */
  readonly weighted: Float64Array;
  /** The function's own score at a turn; null where it has none there (an episode function before the last turn). */
  score(turn: number): Score | null;
}

/** An episode score where all outcomes that are still possible agree on it. */
function agreedScore(members: readonly Score[]): Score {
  const first = members[0];
  if (!first) return { state: 'unscored', reason: 'no score' };
  const same = members.every((one) => one.state === first.state && (one.state !== 'scored' || (first.state === 'scored' && one.value === first.value)));
  return same ? first : { state: 'unscored', reason: 'differs by what the tests would say' };
}

/** Every function that puts a value on a turn: turn functions, and episode functions below the top level. */
export function seriesOf(table: ScoreTable): readonly Series[] {
  const out: Series[] = [];
  const { turnCount } = table;
  table.levels.forEach((entry, level) => {
    const base = { level, levelId: entry.id, maskNegative: entry.maskNegative };
    for (const { function: id, label, weight, states, values, reasonIndex, reasons } of entry.turns) {
      const weighted = new Float64Array(turnCount);
      for (let t = 0; t < turnCount; t++) if (states[t] === SCORED) weighted[t] = weight * (values[t] ?? 0);
      const score = (t: number): Score => {
        const state = states[t] ?? UNSCORED;
        if (state === SCORED) return { state: 'scored', value: values[t] ?? 0 };
        const why = reasons[reasonIndex[t] ?? -1] ?? 'no reason recorded';
        return state === FAILED ? { state: 'failed', error: why } : { state: 'unscored', reason: why };
      };
      out.push({ ...base, id, label, weight, slot: out.length, episode: false, weighted, score });
    }
    if (level === 0 || turnCount === 0) return;
    for (const { function: id, label, weight, members } of entry.episode) {
      const score = agreedScore(members);
      const weighted = new Float64Array(turnCount);
      if (score.state === 'scored') weighted[turnCount - 1] = weight * score.value;
      out.push({ ...base, id, label, weight, slot: out.length, episode: true, weighted, score: (t) => (t === turnCount - 1 ? score : null) });
    }
  });
  return out;
}

/** What became of one function's reward at a turn under the present gates. */
export function fateAt(series: Series, turn: number, levels: readonly LevelResult[]): LevelVerdict {
  const verdict = levels[series.level]?.verdict ?? 'paid';
  return verdict !== 'paid' && !series.maskNegative && (series.weighted[turn] ?? 0) < 0 ? 'paid' : verdict;
}
