import type { Turn } from '../episode/index';
import { PENDING_REASON } from './arithmetic/index';
import type { FunctionConfig, RewardConfig } from './config/types';
import type { EpisodeFunction, FunctionInput, TurnFunction } from './functions/define';
import { functionById } from './functions/registry';
import type { ModuleScores } from './module-score';
import {
  FAILED,
  SCORED,
  UNSCORED,
  failed,
  unscored,
  type EpisodeScore,
  type LevelScores,
  type Score,
  type ScoreTable,
  type TurnSeries,
} from './types';

/** Below the top level an episode score counts on the last turn. */
export const NO_TURN_REASON = 'the episode has no turn on which it could count';

export const SYNTHETIC_REASON = 'written by the runner, not by the policy: earns nothing';

/** A turn that never ran earns its format score only, whatever a module says. */
export const NOT_RUN_REASON = 'nothing ran: only the action format is scored';

/**
 * Scores a rollout under a configuration, before any gate. A function that throws costs only itself.
 *
 * @param modules what own modules gave, by the function's name in the configuration
 */
export function scoreRollout(
  input: FunctionInput,
  config: RewardConfig,
  modules: ReadonlyMap<string, ModuleScores> = new Map(),
): ScoreTable {
  const { rollout, outcome } = input;
  const pending = outcome.classes.length === 0;
  const levels = config.levels.map((level, i): LevelScores => {
    const instead = pending ? PENDING_REASON : i > 0 && rollout.turns.length === 0 ? NO_TURN_REASON : null;
    const turns: TurnSeries[] = [];
    const episode: EpisodeScore[] = [];
    for (const one of level.functions) {
      const { name, label, weight } = one;
      const definition = one.id === null ? null : functionById(one.id);
      if (definition?.scope === 'turn') turns.push(pack(one, rollout.turns.map(turnScorer(definition, one, input))));
      else if (definition)
        episode.push({ function: name, label, weight, members: instead !== null ? [unscored(instead)] : members(definition, one, input) });
      else {
        const given = modules.get(name);
        if (given?.scope === 'episode')
          episode.push({ function: name, label, weight, members: [instead !== null ? unscored(instead) : given.score] });
        else
          turns.push(
            pack(
              one,
              rollout.turns.map((turn, t) => guardTurn(turn, given?.scores[t] ?? unscored('the module was not run'))),
            ),
          );
      }
    }
    return { id: level.id, gate: level.gate, maskNegative: level.maskNegative, turns, episode };
  });
  return { turnCount: rollout.turns.length, levels, outcome, discount: config.discount, pending };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function guardTurn(turn: Turn, score: Score): Score {
  if (turn.synthetic) return unscored(SYNTHETIC_REASON);
  return turn.kind === 'unparsable' || turn.kind === 'blocked' || turn.kind === 'syntax_error' ? unscored(NOT_RUN_REASON) : score;
}

function turnScorer(definition: TurnFunction, config: FunctionConfig, input: FunctionInput): (turn: Turn) => Score {
  let scorer: (turn: Turn) => Score;
  try {
    scorer = definition.score(input, definition.options.parse(config.options));
  } catch (error) {
    const broken = failed(messageOf(error));
    return () => broken;
  }
  return (turn) => {
    if (turn.synthetic) return unscored(SYNTHETIC_REASON);
    try {
      return finite(scorer(turn));
    } catch (error) {
      return failed(messageOf(error));
    }
  };
}

function members(definition: EpisodeFunction, config: FunctionConfig, input: FunctionInput): Score[] {
  const all = input.outcome.classes.map((one): Score => {
    try {
      return finite(definition.score(input, definition.options.parse(config.options), one));
    } catch (error) {
      return failed(messageOf(error));
    }
  });
  const first = JSON.stringify(all[0]);
  return all.every((one) => JSON.stringify(one) === first) ? all.slice(0, 1) : all;
}

const finite = (score: Score): Score =>
  score.state === 'scored' && !Number.isFinite(score.value) ? failed(`the function gave ${score.value}`) : score;

/** Scores of all turns as the arrays of a series; equal reasons are kept once. */
function pack({ name, label, weight }: FunctionConfig, scores: readonly Score[]): TurnSeries {
  const reasons: string[] = [];
  const known = new Map<string, number>();
  const indexOf = (reason: string): number => {
    let index = known.get(reason);
    if (index === undefined) known.set(reason, (index = reasons.push(reason) - 1));
    return index;
  };
  const reasonIndex = scores.map((one) => (one.state === 'scored' ? -1 : indexOf(one.state === 'failed' ? one.error : one.reason)));
  return {
    function: name,
    label,
    weight,
    states: scores.map((one) => (one.state === 'scored' ? SCORED : one.state === 'failed' ? FAILED : UNSCORED)),
    values: scores.map((one) => (one.state === 'scored' ? one.value : 0)),
    reasonIndex: reasons.length === 0 ? [] : reasonIndex,
    reasons,
  };
}
