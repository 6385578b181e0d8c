import { line } from 'd3';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { RING_RADIUS, type Mark, type Picture } from './marks';
import { SERIES_SLOTS, slotClass } from './SvgMarks';
import { themeVersion } from './theme';

interface Palette {
  readonly slots: readonly string[];
  readonly hatches: readonly CanvasPattern[];
  readonly foreground: string;
  readonly muted: string;
  readonly background: string;
  readonly failed: string;
}

const colourOf = (parent: Element, name: string): string => {
  const probe = document.createElement('span');
  probe.className = name;
  parent.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};

function hatch(context: CanvasRenderingContext2D, colour: string): CanvasPattern | null {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const pen = tile.getContext('2d');
  if (!pen) return null;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.8;
  pen.beginPath();
  for (const offset of [-8, 0, 8]) {
    pen.moveTo(offset, 8);
    pen.lineTo(offset + 8, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat');
}

function paletteOf(context: CanvasRenderingContext2D, parent: Element): Palette {
  const slots = Array.from({ length: SERIES_SLOTS }, (_, i) => colourOf(parent, slotClass(i)));
  return {
    slots,
    hatches: slots.map((colour) => hatch(context, colour)).filter((pattern) => pattern !== null),
    foreground: colourOf(parent, 'ink'),
    muted: colourOf(parent, 'ink-muted'),
    background: colourOf(parent, 'ink-background'),
    failed: colourOf(parent, 'ink-failed'),
  };
}

function paintMark(context: CanvasRenderingContext2D, mark: Mark, palette: Palette): void {
  switch (mark.kind) {
    case 'bar': {
      const colour = palette.slots[mark.slot % SERIES_SLOTS] ?? palette.foreground;
      if (mark.fate === 'paid') {
        context.fillStyle = colour;
        context.fillRect(mark.x, mark.y, mark.w, mark.h);
        return;
      }
      if (mark.fate === 'masked') {
        context.fillStyle = palette.hatches[mark.slot % SERIES_SLOTS] ?? colour;
        context.fillRect(mark.x, mark.y, mark.w, mark.h);
        // An outline round a bar of three pixels would leave no room for its hatching.
        if (mark.w < 5) return;
      }
      context.strokeStyle = colour;
      context.lineWidth = 0.75;
      context.setLineDash(mark.fate === 'undecided' ? [3, 2] : []);
      context.strokeRect(mark.x + 0.4, mark.y, Math.max(0.2, mark.w - 0.8), mark.h);
      context.setLineDash([]);
      return;
    }
    case 'zero':
      context.fillStyle = palette.slots[mark.slot % SERIES_SLOTS] ?? palette.foreground;
      context.fillRect(mark.x, mark.y - 1, mark.w, 2);
      return;
    case 'ring':
      context.beginPath();
      context.arc(mark.x, mark.y, mark.failed ? RING_RADIUS + 1.8 : RING_RADIUS, 0, Math.PI * 2);
      context.fillStyle = palette.background;
      context.strokeStyle = mark.failed ? palette.failed : palette.muted;
      context.lineWidth = 1.2;
      context.fill();
      context.stroke();
      if (mark.failed) {
        context.fillStyle = palette.failed;
        context.font = 'bold 9px sans-serif';
        context.textAlign = 'center';
        context.fillText('!', mark.x, mark.y + 3);
      }
      return;
    case 'whisker':
      context.strokeStyle = palette.muted;
      context.lineWidth = 0.75;
      context.beginPath();
      context.moveTo(mark.x, mark.y0);
      context.lineTo(mark.x, mark.y1);
      context.stroke();
  }
}

function paint(context: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  for (const mark of picture.marks) paintMark(context, mark, palette);
  const pen = line().context(context);
  for (const { name, points } of picture.lines) {
    context.beginPath();
    pen(points as [number, number][]);
    context.strokeStyle = name === 'gra' ? palette.foreground : palette.muted;
    context.lineWidth = 1.5;
    context.setLineDash(name === 'gra' ? [] : [4, 3]);
    context.stroke();
  }
  context.setLineDash([]);
  if (picture.bounds) {
    const { x, fails, passes } = picture.bounds;
    context.strokeStyle = palette.foreground;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, fails);
    context.lineTo(x, passes);
    for (const y of [fails, passes]) {
      context.moveTo(x - 4, y);
      context.lineTo(x + 4, y);
    }
    context.stroke();
  }
}

interface Painted {
  readonly canvas: HTMLCanvasElement;
  readonly version: number;
  readonly ratio: number;
}
/** A gate that flips back shows a picture that was painted before: it is only hung up again. */
const paintings = new WeakMap<Picture, Painted>();
let palette: { readonly version: number; readonly colours: Palette } | null = null;

function paintingOf(picture: Picture, host: Element, version: number): HTMLCanvasElement {
  const ratio = globalThis.devicePixelRatio || 1;
  const known = paintings.get(picture);
  if (known?.version === version && known.ratio === ratio) return known.canvas;
  const { width, heights } = picture.frame;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(heights.plot * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${heights.plot}px`;
  const context = canvas.getContext('2d');
  if (context) {
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (palette?.version !== version) palette = { version, colours: paletteOf(context, host) };
    paint(context, picture, palette.colours);
  }
  paintings.set(picture, { canvas, version, ratio });
  return canvas;
}

/** The same picture as the SVG one, for more marks than a document tree should hold. */
export function CanvasMarks({ picture }: { readonly picture: Picture }) {
  const host = useRef<HTMLDivElement>(null);
  const version = themeVersion.value;
  useLayoutEffect(() => {
    if (host.current) host.current.replaceChildren(paintingOf(picture, host.current, version));
  }, [picture, version]);
  return <div class="marks" ref={host} aria-hidden="true" />;
}
