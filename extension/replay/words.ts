import type { ReplayMark, ReplayProgress, ReplayView } from '../../server/protocol/index';
import { count } from '../words';

/** How a mark is written. Never by colour alone. */
export const MARKS: Readonly<Record<ReplayMark, string>> = {
  equal: '=',
  noise: '~',
  diverged: '≠',
  untrusted: '?',
  unrecorded: '·',
  not_executed: '–',
  not_replayed: ' ',
};

/** A time that is left, roughly: nobody needs the second of a quarter of an hour. */
export function timeLeft(seconds: number): string {
  if (seconds < 10) return 'a few seconds left';
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} s left`;
  return `about ${Math.round(seconds / 60)} min left`;
}

/** What a replay, or the pull of its image, does now. */
export function progressWords(p: ReplayProgress): string {
  const left = p.secondsLeft === null ? null : timeLeft(p.secondsLeft);
  const where =
    p.phase === 'running'
      ? `turn ${Math.min(p.done + 1, Math.max(p.of, 1))} of ${p.of}`
      : p.phase === 'pulling' && p.of > 0
        ? `${megabytes(p.done)} of ${megabytes(p.of)} MB`
        : null;
  // While turns run, the message says what became of the last one, which the reader sees where turns are listed.
  return [where, p.phase === 'running' ? null : oneLine(p.message), left].filter((part) => part !== null && part !== '').join(' · ');
}

const megabytes = (bytes: number): string => Math.round(bytes / 1e6).toLocaleString('en-US');

/** Turns whose observation could be compared and was the same, but for noise. */
export const same = ({ marks }: Pick<ReplayView, 'marks'>): number => marks.filter((m) => m === 'equal' || m === 'noise').length;
/** Turns that ran and are recorded. */
export const compared = ({ marks }: Pick<ReplayView, 'marks'>): number =>
  marks.filter((m) => m === 'equal' || m === 'noise' || m === 'diverged' || m === 'untrusted').length;

/** What a replay showed, in a line. */
export function replayWords(view: Pick<ReplayView, 'marks' | 'firstDivergence'>): string {
  const share = `${same(view)} of ${count(compared(view), 'turn')} as recorded`;
  return view.firstDivergence === null ? share : `${share}, diverged at turn ${view.firstDivergence + 1}`;
}

/** The next turn of a mark after a place, from the start again where none follows; null: there is none. */
export function nextOf(marks: readonly ReplayMark[], mark: ReplayMark, after: number | null): number | null {
  const at = marks.indexOf(mark, (after ?? -1) + 1);
  const found = at === -1 ? marks.indexOf(mark) : at;
  return found === -1 ? null : found;
}

// eslint-disable-next-line no-control-regex -- control characters are what it is about
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** Text of an episode on one line, without what a terminal or a label would obey. */
export const oneLine = (text: string, limit = 120): string => {
  const line = text.trim().replaceAll(CONTROL, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
};
