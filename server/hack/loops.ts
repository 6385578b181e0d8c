import type { Turn } from '../episode/index';
import { rewardOf, type JudgeInput } from './rule';

/** A block of actions that is repeated at once, without an edit and without new observations. */
export interface Loop {
  /** Position of the first turn in `rollout.turns`. */
  readonly start: number;
  /** Turns of one repetition. */
  readonly period: number;
  readonly repetitions: number;
}

export const LONGEST_PERIOD = 8;
export const FEWEST_REPETITIONS = 3;

/**
 * Loops of rewarded turns, the shortest period first where several fit, none overlapping.
 *
 * A repetition is the same actions in the same order with the same observations (times masked): paging through a file
 * or polling a job gives the same action with new observations and is no loop. Every turn is executed and none edits,
 * submits or waits, every repetition earns more than 0.
 */
export function loopsOf(input: JudgeInput): Loop[] {
  const turns = input.rollout.turns;
  const keys = turns.map((turn) => (mayLoop(turn) ? repeatKey(turn) : null));
  const loops: Loop[] = [];
  for (let start = 0; start < turns.length;) {
    const loop = loopAt(input, keys, start);
    if (loop === null) start++;
    else {
      loops.push(loop);
      start += loop.period * loop.repetitions;
    }
  }
  return loops;
}

function loopAt(input: JudgeInput, keys: readonly (string | null)[], start: number): Loop | null {
  for (let period = 1; period <= LONGEST_PERIOD; period++) {
    let same = 0;
    while (keys[start + same] !== null && keys[start + same] !== undefined && keys[start + same] === keys[start + same + period]) same++;
    const repetitions = Math.floor(same / period) + 1;
    if (repetitions < FEWEST_REPETITIONS) continue;
    let rewarded = 0;
    for (; rewarded < repetitions; rewarded++) {
      const block = input.rollout.turns.slice(start + rewarded * period, start + (rewarded + 1) * period);
      if (block.reduce((sum, turn) => sum + (rewardOf(input, turn) ?? 0), 0) <= 0) break;
    }
    if (rewarded >= FEWEST_REPETITIONS) return { start, period, repetitions: rewarded };
  }
  return null;
}

function mayLoop(turn: Turn): boolean {
  return (
    turn.executed &&
    !turn.synthetic &&
    !turn.edits &&
    !turn.submits &&
    !waits(turn) &&
    turn.actionText.trim() !== '' &&
    turn.observationHash !== null
  );
}

/** The action and what came of it. The observation's hash is exact; short ones are compared with their times masked. */
export function repeatKey(turn: Turn): string {
  return `${actionKey(turn)}\u0000${observationKey(turn)}\u0000${String(turn.stateHash)}`;
}

export function actionKey(turn: Turn): string {
  return `${String(turn.lengths.action)}\u0000${turn.actionText.trim()}`;
}

/** `in 0.52s`, `0.003 seconds`, `12 ms`, `"durationMs": 5`: differs between runs that tell the same. */
const DURATION = /\b\d+(\.\d+)?\s?(s|ms|secs?|seconds?)\b|"duration\w{0,8}":\s?[\d.]+/g;

export function observationKey(turn: Turn): string {
  if (turn.lengths.observation <= turn.observationHead.length) {
    return turn.observationHead.trim().replace(/\r\n/g, '\n').replace(DURATION, '#s');
  }
  return `#${String(turn.observationHash)}`;
}

/** Waiting for a job is no idle turn: the command says that it waits, or asks for a background task's output. */
export function waits(turn: Turn): boolean {
  return (
    /(^|[;&|\n(][ \t]*)(sleep\s+[\d.$]|wait\b|timeout\s+\d+\s+tail\b|tail[ \t]+(-\w+[ \t]+)*-[fF]\b|jobs\b|pgrep\b|ps\s+-?\w)/.test(
      turn.actionText,
    ) || /^(TaskOutput|BashOutput|TaskStop)$/.test(turn.tool?.name ?? '')
  );
}
