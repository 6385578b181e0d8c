import type { TurnRow } from '../../server/protocol/index';
import { gradePath } from '../chart/Lanes';
import { isUntrusted, replayLane } from '../model/replay';
import { distrust } from '../model/replay-words';
import { RANK_GRADE, findingsByTurn, gradeRank, kinds } from '../model/store';

const KIND_BADGE: Partial<Record<TurnRow['kind'], string>> = {
  unparsable: 'unparsable',
  blocked: 'blocked',
  syntax_error: 'syntax error',
  retry: 'retry',
  exit: 'exit',
  autosubmission: 'autosubmitted',
  limit_exit: 'limit',
  message: 'message',
};

export const OBSERVED_ERROR = 'error in the observation (no exit code recorded)';

/** What is special about a turn, in words and glyphs. */
export function Badges({ index, row }: { readonly index: number; readonly row: TurnRow | null }) {
  const found = findingsByTurn.value.get(index);
  const worst = found ? RANK_GRADE[Math.max(...found.map((f) => gradeRank(f.grade)))] : null;
  const { errors, observedErrors, edits, submits, tests, synthetic } = kinds.value;
  const kind = row ? KIND_BADGE[row.kind] : undefined;
  return (
    <span class="badges">
      {found && worst && (
        <span class="badge badge-finding" title={found.map((f) => `${f.rule} ${f.grade}: ${f.title}`).join('\n')}>
          <svg width="11" height="12" aria-hidden="true">
            <path class={`finding-mark grade-${worst}`} d={gradePath(worst, 5.5, 6)} />
          </svg>
          {found[0]?.rule}
          {found.length > 1 ? ` +${found.length - 1}` : ''} <span class="sr-only">{worst} finding</span>
        </span>
      )}
      {isUntrusted(index) && (
        <span class="badge badge-untrusted" title={distrust(index, replayLane.value?.firstDivergence ?? null)}>
          not trusted
        </span>
      )}
      {kind && <span class="badge">{kind}</span>}
      {errors.has(index) && !kind && (
        <span class="badge badge-error" title={observedErrors.has(index) ? OBSERVED_ERROR : undefined}>
          × error
        </span>
      )}
      {edits.has(index) && <span class="badge badge-edit">+ edit</span>}
      {tests.has(index) && <span class="badge">tests</span>}
      {submits.has(index) && <span class="badge badge-submit">↑ submit</span>}
      {synthetic.has(index) && <span class="badge">synthetic</span>}
      {row?.returnCode !== null && row?.returnCode !== undefined && row.returnCode !== 0 && (
        <span class="badge">exit {row.returnCode}</span>
      )}
    </span>
  );
}
