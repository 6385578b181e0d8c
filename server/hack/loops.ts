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

/** What repetition rules ask of every turn, told once per rollout. */
export interface Repetition {
  /** Equal for turns with the same action and the same observation (times masked). */
  readonly keys: readonly number[];
  /** The command waits for a job. */
  readonly waits: readonly boolean[];
  readonly loops: readonly Loop[];
}

const told = new WeakMap<JudgeInput, Repetition>();

/** Cached: two rules ask, and long actions are costly to compare. */
export function repetitionOf(input: JudgeInput): Repetition {
  const known = told.get(input);
  if (known !== undefined) return known;
  const { turns } = input.rollout;
  const action = numbered((turn: Turn) => turn.actionText.trim());
  const observation = numbered(observationKey);
  const pair = numbered((both: string) => both);
  const waiting = new Map<number, boolean>();
  const actions = turns.map(action);
  const keys = turns.map((turn, at) => pair(`${String(actions[at])}/${String(turn.lengths.action)}/${String(observation(turn))}`));
  const waits = turns.map((turn, at) => {
    const id = actions[at] ?? -1;
    const found = (waiting.get(id) ?? commandWaits(turn.actionText)) || WAITING_TOOL.test(turn.tool?.name ?? '');
    waiting.set(id, found);
    return found;
  });
  const repetition = { keys, waits, loops: loopsOf(input, keys, waits) };
  told.set(input, repetition);
  return repetition;
}

/** Numbers equal texts equally, in order of appearance. */
function numbered<Item>(textOf: (item: Item) => string): (item: Item) => number {
  const numbers = new Map<string, number>();
  return (item) => {
    const text = textOf(item);
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  };
}

/**
 * Loops of rewarded turns, the shortest period first where several fit, none overlapping.
 *
 * A repetition is the same actions in the same order with the same observations (times masked) and states: paging
 * through a file or polling a job gives the same action with new observations and is no loop. Every turn is executed and
 * none edits, submits or waits, every repetition earns more than 0.
 */
function loopsOf(input: JudgeInput, keys: readonly number[], waits: readonly boolean[]): Loop[] {
  const { turns } = input.rollout;
  const same = (a: number, b: number): boolean =>
    keys[a] === keys[b] && turns[a]?.stateHash === turns[b]?.stateHash && mayLoop(turns[a], waits[a]) && mayLoop(turns[b], waits[b]);
  // agreeing[period - 1][at]: how many turns from `at` on equal the turn one period later.
  const agreeing = Array.from({ length: LONGEST_PERIOD }, (_, p) => {
    const run = new Int32Array(turns.length + 1);
    for (let at = turns.length - p - 2; at >= 0; at--) run[at] = same(at, at + p + 1) ? (run[at + 1] ?? 0) + 1 : 0;
    return run;
  });
  const loops: Loop[] = [];
  for (let start = 0; start < turns.length;) {
    const loop = loopAt(input, agreeing, start);
    if (loop === null) start++;
    else {
      loops.push(loop);
      start += loop.period * loop.repetitions;
    }
  }
  return loops;
}

function loopAt(input: JudgeInput, agreeing: readonly Int32Array[], start: number): Loop | null {
  const { turns } = input.rollout;
  for (const [p, run] of agreeing.entries()) {
    const period = p + 1;
    const repetitions = Math.floor((run[start] ?? 0) / period) + 1;
    if (repetitions < FEWEST_REPETITIONS) continue;
    let rewarded = 0;
    for (; rewarded < repetitions; rewarded++) {
      const block = turns.slice(start + rewarded * period, start + (rewarded + 1) * period);
      if (block.reduce((sum, turn) => sum + (rewardOf(input, turn) ?? 0), 0) <= 0) break;
    }
    if (rewarded >= FEWEST_REPETITIONS) return { start, period, repetitions: rewarded };
  }
  return null;
}

function mayLoop(turn: Turn | undefined, waits: boolean | undefined): boolean {
  return (
    turn !== undefined &&
    turn.executed &&
    !turn.synthetic &&
    !turn.edits &&
    !turn.submits &&
    waits !== true &&
    turn.lengths.action > 0 &&
    turn.observationHash !== null
  );
}

/** `in 0.52s`, `0.003 seconds`, `12 ms`, `"durationMs": 5`: differs between runs that tell the same. */
const DURATION = /\b\d+(\.\d+)?\s?(s|ms|secs?|seconds?)\b|"duration\w{0,8}":\s?[\d.]+/g;

/** The observation's hash is exact; one that is short enough to be known whole is compared with its times masked. */
function observationKey(turn: Turn): string {
  if (turn.observationHash === null) return 'none';
  if (turn.lengths.observation > turn.observationHead.length) return `#${String(turn.observationHash)}`;
  return turn.observationHead.trim().replace(DURATION, '#s');
}

const WAITING_TOOL = /^(?:TaskOutput|BashOutput|TaskStop)$/;

/** The command says that it waits for a job, or looks how one is doing. */
function commandWaits(text: string): boolean {
  return /(^|[;&|\n(][ \t]*)(sleep[ \t]+[\d.$]|wait\b|timeout[ \t]+\d+[ \t]+tail\b|tail[ \t]+(-\w+[ \t]+)*-[fF]\b|jobs\b|pgrep\b|ps[ \t]+-?\w)/.test(
    text,
  );
}
