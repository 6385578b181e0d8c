import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { filter, turn, view, visibleTurns } from '../model/store';
import { lowerBound, select, step } from '../model/navigate';
import { wantRows } from '../model/rows';
import { useVirtualizer } from '../model/virtual';
import { TurnLine, optionId } from './TurnLine';

const OVERSCAN = 8;

/** Two lines of the present font, so that zoom and font settings keep rows whole. */
function useRowHeight(): number {
  const [height, setHeight] = useState(46);
  useLayoutEffect(() => {
    const size = Number.parseFloat(getComputedStyle(document.body).fontSize) || 13;
    setHeight(Math.round(size * 1.45) * 2 + 8);
  }, []);
  return height;
}

export function TurnList() {
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight();
  const list = visibleTurns.value;
  const current = turn.value;
  const virtual = useVirtualizer({ count: list.length, rowHeight, scroller, overscan: OVERSCAN });
  const items = virtual.getVirtualItems();
  const { revision = 0, attempt = 0 } = view.value ?? {};

  const first = items[0] ? list[items[0].index] : undefined;
  const last = items.at(-1);
  const lastTurn = last ? list[last.index] : undefined;
  useEffect(() => {
    if (first !== undefined && lastTurn !== undefined) wantRows(first, lastTurn + 1);
  }, [first, lastTurn, revision, attempt]);

  const at = lowerBound(list, current);
  const there = list[at] === current;
  useEffect(() => {
    if (!there) return;
    // A step keeps the reader's place; a jump shows what surrounds the turn.
    const range = virtual.range;
    const near = range !== null && at >= range.startIndex - 2 && at <= range.endIndex + 2;
    virtual.scrollToIndex(at, { align: near ? 'auto' : 'center' });
  }, [at, there, list.length === 0, virtual]);

  const place = useRef({ at, shown: there });
  place.current.at = at;
  useEffect(() => {
    const list = scroller.current;
    if (list === null) return;
    const look = (): void => {
      const top = place.current.at * rowHeight;
      place.current.shown = top + rowHeight > list.scrollTop && top < list.scrollTop + list.clientHeight;
    };
    let height = list.clientHeight;
    // A pane that gets smaller (an editor opened beside) keeps the current turn in sight, if it was.
    const resized = new ResizeObserver(() => {
      if (list.clientHeight === height) return;
      height = list.clientHeight;
      if (place.current.shown) virtual.scrollToIndex(place.current.at, { align: 'auto' });
    });
    list.addEventListener('scroll', look, { passive: true });
    resized.observe(list);
    return () => {
      list.removeEventListener('scroll', look);
      resized.disconnect();
    };
  }, [virtual, rowHeight]);
  useEffect(() => {
    place.current.shown = there;
  }, [at, there]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1);
    if (event.key === 'PageDown') step(page);
    else if (event.key === 'PageUp') step(-page);
    else if (event.key === 'Home') select(list[0] ?? 0);
    else if (event.key === 'End') select(list.at(-1) ?? 0);
    else return;
    event.preventDefault();
  };

  return (
    <div
      id="turn-list"
      class="turn-list"
      ref={scroller}
      role="listbox"
      tabIndex={0}
      aria-label="Turns"
      aria-activedescendant={there ? optionId(current) : undefined}
      data-testid="turn-list"
      onKeyDown={onKeyDown}
    >
      {list.length === 0 && (
        <p class="empty" role="presentation">
          {filter.value.length > 0 ? 'No turn passes these filters. ' : 'This episode has no turns yet.'}
          {filter.value.length > 0 && (
            <button type="button" class="link" onClick={() => (filter.value = [])}>
              Show all turns
            </button>
          )}
        </p>
      )}
      <div class="turn-rows" role="presentation" style={{ height: `${virtual.getTotalSize()}px` }}>
        {items.map((item) => {
          const index = list[item.index];
          return index === undefined ? null : (
            <TurnLine
              key={index}
              index={index}
              position={item.index}
              count={list.length}
              top={item.start}
              height={item.size}
              selected={index === current}
              onSelect={select}
            />
          );
        })}
      </div>
    </div>
  );
}
