import type { ReplayMark } from '../../server/protocol/index';
import { isDrawn, replayPath } from '../chart/replay-marks';
import { MARK_WORD } from '../model/replay-words';

/** A replay's mark as a small sign. Its word is for the pointer and for screen readers. */
export function ReplaySign({ mark, spoken = true }: { readonly mark: ReplayMark | null; readonly spoken?: boolean }) {
  if (!isDrawn(mark)) return null;
  return (
    <span class="replay-sign" title={`Replay: ${MARK_WORD[mark]}`} data-mark={mark}>
      <svg width="11" height="12" aria-hidden="true">
        <path class={`replay-mark replay-${mark}`} d={replayPath(mark, 5.5, 6)} />
      </svg>
      {spoken && <span class="sr-only">replay {MARK_WORD[mark]}</span>}
    </span>
  );
}
