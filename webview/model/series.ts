/** The turn rewards as the chart and the arithmetic show them: one series per function, in the configuration's order. */
import { episodeScore, seriesScore } from '../../server/reward/arithmetic';
import { SCORED, type LevelResult, type LevelVerdict, type Score, type ScoreTable } from '../../server/reward/types';

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

/** Every function that puts a value on a turn: turn functions, and episode functions below the top level. */
export function seriesOf(table: ScoreTable): readonly Series[] {
  const out: Series[] = [];
  const { turnCount } = table;
  table.levels.forEach((entry, level) => {
    const base = { level, levelId: entry.id, maskNegative: entry.maskNegative };
    for (const source of entry.turns) {
      const { function: id, label, weight, states, values } = source;
      const weighted = new Float64Array(turnCount);
      for (let t = 0; t < turnCount; t++) if (states[t] === SCORED) weighted[t] = weight * (values[t] ?? 0);
      const score = (t: number): Score => seriesScore(source, t);
      out.push({ ...base, id, label, weight, slot: out.length, episode: false, weighted, score });
    }
    if (level === 0 || turnCount === 0) return;
    for (const source of entry.episode) {
      const { function: id, label, weight } = source;
      const score = episodeScore(source);
      const weighted = new Float64Array(turnCount);
      if (score.state === 'scored') weighted[turnCount - 1] = weight * score.value;
      out.push({
        ...base,
        id,
        label,
        weight,
        slot: out.length,
        episode: true,
        weighted,
        score: (t) => (t === turnCount - 1 ? score : null),
      });
    }
  });
  return out;
}

/** What became of one function's reward at a turn under the present gates. */
export function fateAt(series: Series, turn: number, levels: readonly LevelResult[]): LevelVerdict {
  const verdict = levels[series.level]?.verdict ?? 'paid';
  return verdict !== 'paid' && !series.maskNegative && (series.weighted[turn] ?? 0) < 0 ? 'paid' : verdict;
}
