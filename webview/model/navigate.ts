/** Moving about: one turn is current everywhere. */
import { batch } from '@preact/signals';
import { act } from '../host';
import { divergedTurns, replayLane } from './replay';
import { announcement, attempt, findingTurns, folded, tab, turn, view, visibleTurns, zoom, type Tab } from './store';

/** Said politely to screen readers; the same words twice are said twice. */
export function announce(text: string): void {
  announcement.value = announcement.peek() === text ? `${text}\u00a0` : text;
}

/** Makes a turn current. `echo` tells the editor, so that the other surfaces follow. */
export function select(index: number, echo = true): void {
  const total = view.peek()?.turnCount ?? 0;
  if (total === 0) return;
  const next = Math.max(0, Math.min(total - 1, index));
  const range = zoom.peek();
  batch(() => {
    turn.value = next;
    if (range && (next < range[0] || next >= range[1])) {
      const size = range[1] - range[0];
      const start = Math.max(0, Math.min(total - size, next - Math.floor(size / 2)));
      zoom.value = [start, start + size];
    }
  });
  if (echo) act({ kind: 'selected', attempt: attempt.peek() ?? 0, turn: next });
}

/** Position of the first entry ≥ `value` in an ascending list. */
export function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Steps through the turns that pass the filters. */
export function step(by: number): void {
  const list = visibleTurns.peek();
  if (list.length === 0) return;
  const at = lowerBound(list, turn.peek());
  const on = list[at] === turn.peek();
  const next = by > 0 && !on ? at + by - 1 : at + by;
  const target = list[Math.max(0, Math.min(list.length - 1, next))];
  if (target !== undefined) select(target);
}

/** Goes to the next (or previous) of the given turns, round the end. */
function jump(sorted: readonly number[], direction: 1 | -1, none: string): void {
  if (sorted.length === 0) {
    announce(none);
    return;
  }
  const here = turn.peek();
  const target = direction > 0 ? (sorted.find((t) => t > here) ?? sorted[0]) : (sorted.findLast((t) => t < here) ?? sorted.at(-1));
  if (target !== undefined) select(target);
}

export const nextFinding = (): void => jump(findingTurns.peek(), 1, 'No findings in this episode.');
export const previousFinding = (): void => jump(findingTurns.peek(), -1, 'No findings in this episode.');
/** Without exit codes a command may fail in silence, so "no errors" would claim too much. */
export const nextError = (): void =>
  jump(
    view.peek()?.marks.errors ?? [],
    1,
    'No turn records or shows an error. Where no exit code is recorded, a command that fails in silence is not seen.',
  );
export const nextEdit = (): void => jump(view.peek()?.marks.edits ?? [], 1, 'No edits in this episode.');

export const nextDivergence = (): void =>
  jump(divergedTurns.peek(), 1, replayLane.peek() === null ? 'This episode was not replayed.' : 'The replay diverged nowhere.');

export function firstFinding(): void {
  const first = findingTurns.peek()[0];
  if (first === undefined) announce('No findings in this episode.');
  else select(first);
}

/** Goes to the turn that submitted, or to the submission itself where no turn did. */
export function submission(): void {
  const last = view.peek()?.marks.submits.at(-1);
  if (last !== undefined && turn.peek() !== last) {
    openTab('turns');
    select(last);
  } else openTab('submission');
}

export function toggleChart(): void {
  folded.value = !folded.peek();
  announce(folded.peek() ? 'Chart folded to its gate lane.' : 'Chart shown.');
}

export function openTab(next: Tab): void {
  tab.value = next;
}
