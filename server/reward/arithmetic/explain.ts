/** The arithmetic of one turn, term by term: what hover, detail and `inspect --json` show. Pure. */
import {
  FAILED,
  SCORED,
  UNDECIDED,
  failed,
  scored,
  unscored,
  type Accumulation,
  type EpisodeScore,
  type LevelScores,
  type Score,
  type ScoreTable,
  type TurnSeries,
} from '../types';

/** What became of one score: `left out` scores take part in no sum. */
export type Fate = 'paid' | 'masked' | 'undecided' | 'left out';

export interface Term {
  readonly level: number;
  readonly levelId: string;
  /** Unique name in the configuration. */
  readonly function: string;
  readonly label: string;
  readonly scope: 'turn' | 'episode';
  readonly weight: number;
  readonly score: Score;
  /** weight × value; null where nothing was scored. */
  readonly contribution: number | null;
  readonly fate: Fate;
  /** Id of the level that masked it or leaves it undecided. */
  readonly blockedBy: string | null;
}

export interface TurnArithmetic {
  readonly terms: readonly Term[];
  readonly raw: Score;
  readonly paid: Score;
  /**
   * How the gates above the turn's scores stand (above every level, where it has none), whatever `maskNegative` lets
   * through: null while one is pending or unknown. `blockedBy`: id of the level whose gate is shut.
   */
  readonly gate: { readonly open: boolean | null; readonly blockedBy: string | null };
  readonly returnToGo: Score;
  readonly leftOut: number;
}

/** The score of a turn in a series, with its reason where there is none. */
export function seriesScore(series: TurnSeries, turn: number): Score {
  const state = series.states[turn];
  if (state === SCORED) return scored(series.values[turn]!);
  const text = series.reasons[series.reasonIndex[turn] ?? -1] ?? 'no reason recorded';
  return state === FAILED ? failed(text) : unscored(text);
}

/** The score of an episode-scope function, where every outcome that is still possible gives the same. */
export function episodeScore(score: EpisodeScore): Score {
  const first = score.members[0];
  if (!first) return unscored('no score');
  if (score.members.every((one) => one.state === 'scored' && first.state === 'scored' && one.value === first.value)) return first;
  return score.members.find((one) => one.state !== 'scored') ?? unscored('needs tests');
}

function fateOf(level: LevelScores, i: number, accumulation: Accumulation, contribution: number | null): Fate {
  if (contribution === null) return 'left out';
  const verdict = accumulation.levels[i]?.verdict ?? 'paid';
  return verdict === 'paid' || (!level.maskNegative && contribution < 0) ? 'paid' : verdict;
}

/** Words for a gate that is not decided. */
function undecidedReason(accumulation: Accumulation): string {
  const level = accumulation.levels.find((one) => one.gate?.state === 'pending' || one.gate?.state === 'unknown');
  if (!level) return 'the gate is not decided';
  if (level.gate?.state === 'pending') return `gate of ${level.id} pending: the episode has not ended`;
  const why =
    level.value.state === 'unscored' ? level.value.reason : level.value.state === 'failed' ? level.value.error : 'its value is not known';
  return `gate of ${level.id} unknown: ${why}`;
}

/** Every score of a turn with its weight, its share of the sum and what the gates did with it. */
export function turnArithmetic(table: ScoreTable, accumulation: Accumulation, turn: number): TurnArithmetic {
  const terms: Term[] = [];
  table.levels.forEach((level, i) => {
    const add = (source: TurnSeries | EpisodeScore, scope: Term['scope'], score: Score): void => {
      const contribution = score.state === 'scored' ? score.value * source.weight : null;
      const fate = fateOf(level, i, accumulation, contribution);
      const blocker = fate === 'masked' || fate === 'undecided' ? (accumulation.levels[i]?.blockedBy ?? -1) : -1;
      terms.push({
        level: i,
        levelId: level.id,
        function: source.function,
        label: source.label,
        scope,
        weight: source.weight,
        score,
        contribution,
        fate,
        blockedBy: table.levels[blocker]?.id ?? null,
      });
    };
    for (const series of level.turns) add(series, 'turn', seriesScore(series, turn));
    if (i > 0 && turn === table.turnCount - 1) for (const one of level.episode) add(one, 'episode', episodeScore(one));
  });

  const missing = terms.find((term) => term.score.state === 'failed')?.score ?? terms[0]?.score ?? unscored('no function scores turns');
  const undecided = accumulation.paidState[turn] === UNDECIDED;
  const anyScore = accumulation.rawState[turn] === SCORED;
  const raw = anyScore ? scored(accumulation.raw[turn]!) : missing;
  return {
    terms,
    raw,
    paid: undecided ? unscored(undecidedReason(accumulation)) : anyScore ? scored(accumulation.paid[turn]!) : missing,
    gate: gateOver(accumulation, terms),
    returnToGo:
      accumulation.returnToGoState[turn] === SCORED
        ? scored(accumulation.returnToGo[turn]!)
        : unscored(
            table.pending || accumulation.undecided > 0
              ? undecidedReason(accumulation)
              : `the outcome that it ends in is not known: ${reasonOf(accumulation.outcome)}`,
          ),
    leftOut: accumulation.leftOut[turn] ?? 0,
  };
}

const reasonOf = (score: Score): string =>
  score.state === 'unscored' ? score.reason : score.state === 'failed' ? score.error : 'the outcome is not known';

function gateOver({ levels }: Accumulation, terms: readonly Term[]): TurnArithmetic['gate'] {
  const scoring = new Set(terms.filter((term) => term.contribution !== null).map((term) => term.level));
  const over = levels.filter((_, i) => scoring.size === 0 || scoring.has(i));
  const masked = over.find((level) => level.verdict === 'masked');
  if (masked) return { open: false, blockedBy: levels[masked.blockedBy]?.id ?? null };
  return { open: over.some((level) => level.verdict === 'undecided') ? null : true, blockedBy: null };
}
