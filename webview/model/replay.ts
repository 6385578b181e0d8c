/** What is known of a replay: the facts of one that ended, and what a running one has said so far. */
import { batch, computed, signal } from '@preact/signals';
import type { ReplayMark, ReplayProgress, ReplayView } from '../../server/protocol/index';
import { kinds, view } from './store';

/** Where the replay of this file is; null: none runs. */
export const replaying = signal<ReplayProgress | null>(null);

interface Live {
  readonly attempt: number;
  /** Filled as turns end, by turn. The array stays the same: a replay of 10,000 turns must not copy it 10,000 times. */
  readonly marks: (ReplayMark | undefined)[];
  readonly firstDivergence: number | null;
}
/** Marks of the replay that runs, or that ended a moment ago and whose facts are not here yet. */
export const live = signal<Live | null>(null);

/** Takes where the replay is. True when a replay just ended: its facts can be asked for. */
export function takeProgress(next: ReplayProgress | null, earlier: readonly NonNullable<ReplayProgress['turn']>[] = []): boolean {
  const before = replaying.peek();
  if (next === null || next.phase === 'ended') {
    replaying.value = null;
    return before !== null;
  }
  batch(() => {
    replaying.value = next;
    const known = before === null ? null : live.peek();
    // Before a container is there, what an earlier replay showed stays in sight.
    const turns = next.turn === null ? earlier : [...earlier, next.turn];
    if (!known && turns.length === 0 && (next.phase === 'waiting' || next.phase === 'pulling')) return;
    const mine = known?.attempt === next.attempt ? known : { attempt: next.attempt, marks: [], firstDivergence: null };
    for (const { index, mark } of turns) mine.marks[index] = mark;
    const first = mine.firstDivergence ?? turns.find(({ mark }) => mark === 'diverged')?.index ?? null;
    if (turns.length > 0 || mine !== known) live.value = { ...mine, firstDivergence: first };
  });
  return false;
}

/** What a replay that ended left is replaced by its facts, or by nothing where it was cancelled. */
export function dropLive(): void {
  if (replaying.peek() === null) live.value = null;
}

export interface ReplayLane {
  /** Undefined: not replayed (yet). */
  readonly marks: readonly (ReplayMark | undefined)[];
  readonly firstDivergence: number | null;
}

/** The marks to show: those of the running replay, else those of the last one; null: this rollout was never replayed. */
export const replayLane = computed<ReplayLane | null>(() => {
  const current = view.value;
  if (!current) return null;
  return live.value?.attempt === current.attempt ? live.value : current.replay;
});

/** Facts that belong to what the lanes show: none while a replay runs. */
export const replayFacts = computed<ReplayView | null>(() =>
  replayLane.value === view.value?.replay ? (view.value?.replay ?? null) : null,
);

/** Whether its tests found any: a command that finds none turns none. */
export const hasTests = computed(
  () => replayFacts.value?.tests?.some((one) => one !== null && (one.passed > 0 || (one.collected ?? 0) > 0)) ?? false,
);

export type TestTurn = NonNullable<NonNullable<ReplayView['tests']>[number]>;
export const testsAt = (index: number): TestTurn | null => replayFacts.value?.tests?.[index] ?? null;

export const markAt = (index: number): ReplayMark | null => replayLane.value?.marks[index] ?? null;

/** The state at this turn is no longer that of the recorded run. */
export function isUntrusted(index: number): boolean {
  const first = replayLane.value?.firstDivergence ?? null;
  const mark = markAt(index);
  if (mark === 'not_executed' || mark === 'not_replayed') return false;
  return (first !== null && index > first) || mark === 'untrusted';
}

/** Turns that diverged, ascending. */
export const divergedTurns = computed<readonly number[]>(() => {
  const marks = replayLane.value?.marks ?? [];
  const out: number[] = [];
  for (let t = 0; t < marks.length; t++) if (marks[t] === 'diverged') out.push(t);
  return out;
});

/** Turns that a replay would run. */
export const replayable = computed(() => (view.value?.turnCount ?? 0) - kinds.value.notExecuted.size);
