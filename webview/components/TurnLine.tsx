import type { Accumulation } from '../../server/reward/types';
import { rowAt, rowError, retryRows, rowsVersion } from '../model/rows';
import { turnSentence } from '../model/turn-facts';
import { highlight } from '../text/highlight';
import { Runs, visible } from '../text/runs';
import { Badges } from './Badges';
import { RewardCell } from './RewardCell';

export const optionId = (index: number): string => `turn-${index}`;

interface Props {
  readonly index: number;
  readonly position: number;
  readonly count: number;
  readonly top: number;
  readonly height: number;
  readonly selected: boolean;
  readonly acc: Accumulation;
  readonly onSelect: (index: number) => void;
}

const firstLine = (text: string): string => text.trimStart().split('\n', 1)[0] ?? '';

/** A row of the turn list. Number and reward are known here; the texts follow when they arrive. */
export function TurnLine({ index, position, count, top, height, selected, acc, onSelect }: Props) {
  void rowsVersion.value;
  const row = rowAt(index);
  const error = row ? null : rowError(index);
  const action = row ? firstLine(row.action) : '';
  const thought = row ? firstLine(row.thought) : '';
  const seen = row ? firstLine(row.observation) : '';
  return (
    <div
      id={optionId(index)}
      class={selected ? 'turn-line selected' : 'turn-line'}
      role="option"
      aria-selected={selected}
      aria-setsize={count}
      aria-posinset={position + 1}
      aria-label={`Turn ${index + 1}${row ? `: ${action || 'no action'}` : ''}. ${turnSentence(acc, index)}`}
      data-turn={index}
      data-loaded={row !== null}
      style={{ transform: `translateY(${top}px)`, height: `${height}px` }}
      onClick={() => {
        if (error !== null) retryRows(index);
        onSelect(index);
      }}
    >
      <span class="turn-number">{index + 1}</span>
      <span class="turn-action">
        {row ? (
          action !== '' ? (
            <code>
              <Runs runs={highlight(action, 'shellscript')} />
            </code>
          ) : (
            <span class="quiet">{row.problem ?? 'no action'}</span>
          )
        ) : error !== null ? (
          <span class="quiet">
            {error} Click to ask again.
          </span>
        ) : (
          <span class="quiet">…</span>
        )}
      </span>
      <RewardCell acc={acc} turn={index} />
      <span class="turn-second">
        {thought !== '' && <span class="turn-thought">{visible(thought)}</span>}
        {thought !== '' && seen !== '' && <span aria-hidden="true"> → </span>}
        {seen !== '' && <code class="turn-observation">{visible(seen)}</code>}
      </span>
      <Badges index={index} row={row} />
    </div>
  );
}
