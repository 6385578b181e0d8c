import { line } from 'd3';
import { RING_RADIUS, type Mark, type Picture } from './marks';

export const SERIES_SLOTS = 6;
export const slotClass = (slot: number): string => `s${slot % SERIES_SLOTS}`;
const path = line();

/** Hatching in each series' own colour. */
export function HatchPatterns({ prefix }: { readonly prefix: string }) {
  return (
    <defs>
      {Array.from({ length: SERIES_SLOTS }, (_, slot) => (
        <pattern
          key={slot}
          id={`${prefix}${slot}`}
          class={slotClass(slot)}
          width="4"
          height="4"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="1.6" height="4" fill="currentColor" />
        </pattern>
      ))}
    </defs>
  );
}

function SvgMark({ mark }: { readonly mark: Mark }) {
  switch (mark.kind) {
    case 'bar': {
      const { x, y, w, h, slot, fate } = mark;
      if (fate === 'paid') return <rect class={slotClass(slot)} x={x} y={y} width={w} height={h} fill="currentColor" />;
      const inset = Math.min(0.5, w / 4);
      return (
        <rect
          class={slotClass(slot)}
          x={x + inset}
          y={y}
          width={w - inset * 2}
          height={h}
          fill={fate === 'masked' ? `url(#hatch${slot % SERIES_SLOTS})` : 'none'}
          stroke="currentColor"
          stroke-dasharray={fate === 'undecided' ? '3 2' : undefined}
        />
      );
    }
    case 'zero':
      return <rect class={slotClass(mark.slot)} x={mark.x} y={mark.y - 1} width={mark.w} height={2} fill="currentColor" />;
    case 'ring':
      return (
        <g class={mark.failed ? 'ring failed' : 'ring'}>
          <circle cx={mark.x} cy={mark.y} r={mark.failed ? RING_RADIUS + 1.8 : RING_RADIUS} />
          {mark.failed && (
            <text x={mark.x} y={mark.y + 3} text-anchor="middle">
              !
            </text>
          )}
        </g>
      );
    case 'whisker':
      return <line class="whisker" x1={mark.x} x2={mark.x} y1={mark.y0} y2={mark.y1} />;
  }
}

export function SvgMarks({ picture }: { readonly picture: Picture }) {
  const { marks, lines, bounds, frame } = picture;
  return (
    <svg class="marks" width={frame.width} height={frame.heights.plot} aria-hidden="true">
      <HatchPatterns prefix="hatch" />
      {marks.map((mark, i) => (
        <SvgMark key={i} mark={mark} />
      ))}
      {lines.map(({ name, points }) => (
        <path key={name} class={`sum ${name}`} d={path(points as [number, number][]) ?? ''} />
      ))}
      {bounds && (
        <g class="bounds">
          <path d={`M${bounds.x} ${bounds.fails}V${bounds.passes}M${bounds.x - 4} ${bounds.fails}h8M${bounds.x - 4} ${bounds.passes}h8`} />
        </g>
      )}
    </svg>
  );
}
