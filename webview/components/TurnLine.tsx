import type { TurnRow } from '../../server/protocol/index';
import { isUntrusted, markAt } from '../model/replay';
import { rowAt, rowError, retryRows, rowsVersion } from '../model/rows';
import { highlight } from '../text/highlight';
import { Runs, visible } from '../text/runs';
import { Badges } from './Badges';
import { ReplaySign } from './ReplaySign';
import { RewardCell } from './RewardCell';

export const optionId = (index: number): string => `turn-${index}`;

interface Props {
  readonly index: number;
  readonly position: number;
  readonly count: number;
  readonly top: number;
  readonly height: number;
  readonly selected: boolean;
  readonly onSelect: (index: number) => void;
}

/** What the editor's own context menu is told of a turn. */
const contextOf = (turn: number): string => JSON.stringify({ webviewSection: 'turn', turn, preventDefaultContextMenuItems: true });

const firstLine = (text: string): string => text.trimStart().split('\n', 1)[0] ?? '';

function Action({ row, error }: { readonly row: TurnRow | null; readonly error: string | null }) {
  if (!row) return <span class="quiet">{error === null ? '…' : `${error} Click to ask again.`}</span>;
  const action = firstLine(row.action);
  if (action === '') return <span class="quiet">{row.problem ?? 'no action'}</span>;
  return (
    <code>
      <Runs runs={highlight(action, 'shellscript')} />
    </code>
  );
}

/** A row of the turn list. Number and reward are known here; the texts follow when they arrive. */
export function TurnLine({ index, position, count, top, height, selected, onSelect }: Props) {
  void rowsVersion.value;
  const row = rowAt(index);
  const error = row ? null : rowError(index);
  const thought = row ? firstLine(row.thought) : '';
  const mark = markAt(index);
  const seen = row ? firstLine(row.observation) : '';
  return (
    <div
      id={optionId(index)}
      class={`turn-line${selected ? ' selected' : ''}${isUntrusted(index) ? ' untrusted' : ''}`}
      role="option"
      aria-selected={selected}
      aria-setsize={count}
      aria-posinset={position + 1}
      data-turn={index}
      data-loaded={row !== null}
      data-vscode-context={contextOf(index)}
      style={{ transform: `translateY(${top}px)`, height: `${height}px` }}
      onClick={() => {
        if (error !== null) retryRows(index);
        onSelect(index);
      }}
    >
      <span class="turn-number">
        <span class="sr-only">Turn </span>
        {index + 1}
      </span>
      <ReplaySign mark={mark} spoken={mark !== 'untrusted'} />
      <span class="turn-first">
        <span class="turn-action">
          <Action row={row} error={error} />
        </span>
        <RewardCell index={index} />
      </span>
      <span class="turn-second">
        <span class="turn-texts">
          {thought !== '' && <span>{visible(thought)}</span>}
          {thought !== '' && seen !== '' && <span aria-hidden="true"> → </span>}
          {seen !== '' && <code>{visible(seen)}</code>}
        </span>
        <Badges index={index} row={row} />
      </span>
    </div>
  );
}
