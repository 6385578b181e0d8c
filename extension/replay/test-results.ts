/** What a replay means as tests: one per turn of the episode. Pure. */
import type { DivergenceClass, ReplayMark, ReplayView } from '../../server/protocol/index';

export type TurnResult = 'passed' | 'failed' | 'skipped';

const RESULTS: Readonly<Record<ReplayMark, TurnResult>> = {
  equal: 'passed',
  noise: 'passed',
  diverged: 'failed',
  // After the first divergence the state is another one: neither a pass nor a failure would mean anything.
  untrusted: 'skipped',
  unrecorded: 'skipped',
  not_executed: 'skipped',
  not_replayed: 'skipped',
};

export const resultOf = (mark: ReplayMark): TurnResult => RESULTS[mark];

/** Turns that are tests: those that ran, or were to run. */
export const tested = ({ marks }: Pick<ReplayView, 'marks'>): readonly number[] =>
  marks.flatMap((mark, turn) => (mark === 'not_executed' ? [] : [turn]));

const CLASSES: Readonly<Record<DivergenceClass, string>> = {
  equal: 'the same text',
  noise: 'the same but for noise',
  value: 'another observation',
  exit_status: 'another exit code',
  timeout: 'one of the two ran out of time',
  missing: 'something of the recorded run is missing',
  truncated: 'one of the two is cut',
  unrecorded: 'nothing is recorded',
};

/** What a failed turn says, in one sentence and the likely cause. */
export function failureText(
  turn: number,
  divergence: { readonly class: DivergenceClass; readonly reason: string | null; readonly first: { readonly line: number } | null } | null,
  cause: string | null,
): string {
  const what = divergence ? CLASSES[divergence.class] : 'another observation';
  const line = divergence?.first ? `, first in line ${divergence.first.line}` : '';
  return [`Turn ${turn + 1} diverged: ${what}${line}.`, divergence?.reason, cause].filter((part) => part != null && part !== '').join(' ');
}
