/** Pointer and wheel on the chart: click selects, drag chooses a range, wheel zooms at the pointer, double click resets. */
import { turnAtX, type Frame } from './geometry';

export interface PointerTargets {
  readonly frame: () => Frame;
  readonly total: () => number;
  readonly onHover: (turn: number | null) => void;
  readonly onSelect: (turn: number) => void;
  readonly onDrag: (range: readonly [number, number] | null) => void;
  readonly onZoom: (range: readonly [number, number] | null) => void;
}

const DRAG_START = 5;
const MIN_WINDOW = 5;

/** A window of `size` turns that keeps `anchor` at the same fraction of the width, inside `[0, total)`. */
export function zoomedAround(anchor: number, from: number, to: number, factor: number, total: number): readonly [number, number] | null {
  const size = Math.round(Math.max(Math.min(MIN_WINDOW, total), Math.min(total, (to - from) * factor)));
  if (size >= total) return null;
  const share = (anchor - from) / Math.max(1, to - from);
  const start = Math.max(0, Math.min(total - size, Math.round(anchor - share * size)));
  return [start, start + size];
}

/** Wires an element; the returned function takes everything off again. */
export function wirePointer(element: HTMLElement, targets: PointerTargets): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let down: { x: number; turn: number; dragging: boolean } | null = null;
  const xOfEvent = (event: MouseEvent): number => event.clientX - element.getBoundingClientRect().left;
  const range = (a: number, b: number): readonly [number, number] => [Math.min(a, b), Math.max(a, b) + 1];

  element.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return;
      const x = xOfEvent(event);
      down = { x, turn: turnAtX(targets.frame(), x), dragging: false };
      element.setPointerCapture(event.pointerId);
    },
    { signal },
  );
  element.addEventListener(
    'pointermove',
    (event) => {
      const x = xOfEvent(event);
      const at = turnAtX(targets.frame(), x);
      if (down && (down.dragging || Math.abs(x - down.x) > DRAG_START)) {
        down.dragging = true;
        targets.onHover(null);
        targets.onDrag(range(down.turn, at));
      } else targets.onHover(at);
    },
    { signal },
  );
  element.addEventListener(
    'pointerup',
    (event) => {
      const started = down;
      down = null;
      if (!started) return;
      targets.onDrag(null);
      const at = turnAtX(targets.frame(), xOfEvent(event));
      if (!started.dragging) targets.onSelect(at);
      else if (at !== started.turn) targets.onZoom(range(started.turn, at));
    },
    { signal },
  );
  element.addEventListener(
    'pointercancel',
    () => {
      down = null;
      targets.onDrag(null);
    },
    { signal },
  );
  element.addEventListener('pointerleave', () => targets.onHover(null), { signal });
  element.addEventListener('dblclick', () => targets.onZoom(null), { signal });
  element.addEventListener(
    'wheel',
    (event) => {
      const frame = targets.frame();
      const total = targets.total();
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const zoomed = frame.to - frame.from < total;
      if (sideways && !zoomed) return;
      if (!sideways && !zoomed && (event.deltaY >= 0 || total <= MIN_WINDOW)) return;
      event.preventDefault();
      if (sideways) {
        const by = Math.round((event.deltaX || event.deltaY) / frame.step) || Math.sign(event.deltaX || event.deltaY);
        const size = frame.to - frame.from;
        const start = Math.max(0, Math.min(total - size, frame.from + by));
        targets.onZoom([start, start + size]);
        return;
      }
      const anchor = turnAtX(frame, xOfEvent(event)) + 0.5;
      targets.onZoom(zoomedAround(anchor, frame.from, frame.to, event.deltaY > 0 ? 1.25 : 0.8, total));
    },
    { signal, passive: false },
  );
  return () => controller.abort();
}
