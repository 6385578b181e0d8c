/** What replays show, in words. */
import type { DivergenceClass, ReplayMark, ReplayProgress, ReplayView } from '../../server/protocol/index';
import { count, plural } from './format';
import type { TestTurn } from './replay';

export const MARK_WORD: Readonly<Record<ReplayMark, string>> = {
  equal: 'equal',
  noise: 'noise',
  diverged: 'diverged',
  untrusted: 'not trusted',
  unrecorded: 'nothing to compare',
  not_executed: 'not executed',
  not_replayed: 'not replayed',
};

export const CLASS_WORD: Readonly<Record<DivergenceClass, string>> = {
  equal: 'equal',
  noise: 'noise',
  value: 'other text',
  exit_status: 'other exit code',
  timeout: 'time ran out',
  missing: 'tool or file missing',
  truncated: 'cut, equal as far as both go',
  unrecorded: 'nothing to compare',
};
/** From harmless to telling. */
const CLASSES = ['equal', 'noise', 'truncated', 'unrecorded', 'value', 'exit_status', 'timeout', 'missing'] as const;

export interface ReplaySum {
  /** Turns that came out the same, of those that could be compared. */
  readonly same: number;
  readonly of: number;
  readonly untrusted: number;
  /** Each class with its number. */
  readonly classes: string;
}

export function sumOf({ marks, counts }: ReplayView): ReplaySum {
  const sum = (...wanted: readonly ReplayMark[]): number => marks.reduce((n, mark) => n + (wanted.includes(mark) ? 1 : 0), 0);
  const same = sum('equal', 'noise');
  return {
    same,
    of: same + sum('diverged', 'untrusted'),
    untrusted: sum('untrusted'),
    classes: CLASSES.filter((one) => (counts[one] ?? 0) > 0)
      .map((one) => `${count(counts[one] ?? 0)} ${CLASS_WORD[one]}`)
      .join(', '),
  };
}

/** How the turns that came out the same are called. */
export const sameWords = ({ marks }: ReplayView): string => (marks.includes('noise') ? 'equal or noise' : 'equal');

/** The result in a sentence. */
export function replayed(facts: ReplayView): string {
  const { same, of } = sumOf(facts);
  const where = facts.firstDivergence === null ? '' : `, first divergence at turn ${facts.firstDivergence + 1}`;
  return `Replayed: ${count(same)} of ${plural(of, 'turn')} ${sameWords(facts)}${where}.`;
}

/** `about 40 s left`, coarse enough not to flicker; empty where it is not known. */
export function timeLeft(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0) return '';
  if (seconds < 5) return 'a few seconds left';
  if (seconds < 60) return `about ${Math.ceil(seconds / 5) * 5} s left`;
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${(seconds / 3600).toFixed(1)} h left`;
}

/** `812 bytes`, `12.4 MB`. */
function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1000)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** What happens now, in a line. */
export function progressWords({ phase, done, of, secondsLeft, message }: ReplayProgress): string {
  const left = timeLeft(secondsLeft);
  const tail = left === '' ? '' : ` · ${left}`;
  switch (phase) {
    case 'running':
      return `Turn ${count(Math.min(done + 1, of))} of ${count(of)}${tail}`;
    case 'pulling':
      return `${message || 'Pulling the image'}${of > 0 ? ` · ${size(done)} of ${size(of)}` : ''}${tail}`;
    case 'starting':
      return message || 'Starting the container';
    case 'waiting':
      return message || 'Waiting for another replay to end';
    case 'ended':
      return message;
  }
}

/** Why nothing should rest on a turn. A command that was skipped costs the trust too, without a divergence. */
export const distrust = (turn: number, firstDivergence: number | null): string =>
  firstDivergence === null || firstDivergence >= turn
    ? 'Not trusted: a command before it could not be run again, so the state may not be that of the recorded run.'
    : `Not trusted: the replay went another way at turn ${firstDivergence + 1}, so the state is no longer that of the recorded run.`;

/** `+3 −1`; empty where no test turned. */
export const turned = ({ green, red }: { readonly green: number; readonly red: number }): string =>
  [green > 0 ? `+${count(green)}` : '', red > 0 ? `−${count(red)}` : ''].filter((part) => part !== '').join(' ');

export const turnedWords = ({ green, red }: { readonly green: number; readonly red: number }): string =>
  [green > 0 ? `${plural(green, 'test')} turned green` : '', red > 0 ? `${plural(red, 'test')} turned red` : '']
    .filter((part) => part !== '')
    .join(', ');

/** `28 of 31 pass, 3 tests turned green`: the tests of the state after a turn. */
export function testsWords(tests: TestTurn): string {
  const { passed, collected } = tests;
  if (passed === 0 && (collected ?? 0) === 0) return 'none found: the test command named no test';
  const pass = collected === null ? `${count(passed)} pass` : `${count(passed)} of ${count(collected)} pass`;
  return [pass, turnedWords(tests) || 'none turned'].join(', ');
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
/** `3 minutes ago`. */
export function ago(at: number, now = Date.now()): string {
  const seconds = Math.round((at - now) / 1000);
  if (Math.abs(seconds) < 60) return 'just now';
  if (Math.abs(seconds) < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (Math.abs(seconds) < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  return relative.format(Math.round(seconds / 86_400), 'day');
}
