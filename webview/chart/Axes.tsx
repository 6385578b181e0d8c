import { ticks } from 'd3';
import { count, reward } from '../model/format';
import { centreOf, LEFT, RIGHT } from './geometry';
import type { Picture } from './marks';

/** Round values of a scale, zero among them. */
function valueTicks(domain: readonly number[], n: number): readonly number[] {
  return ticks(domain[0] ?? 0, domain[1] ?? 0, n);
}

export function Axes({ picture }: { readonly picture: Picture }) {
  const { frame, bar, sum } = picture;
  const { plot, chart } = frame.heights;
  const right = frame.width - RIGHT;
  const lines = Math.max(3, Math.round(plot / 40));
  const turns = ticks(frame.from + 1, frame.to, Math.max(2, Math.floor((right - LEFT) / 70))).filter(
    (n) => Number.isInteger(n) && n > frame.from && n <= frame.to,
  );
  const zero = bar(0);
  return (
    <g class="axes">
      {valueTicks(bar.domain(), lines).map((value) => (
        <g key={value}>
          <line class={value === 0 ? 'axis-zero' : 'axis-grid'} x1={LEFT} x2={right} y1={bar(value)} y2={bar(value)} />
          <text x={LEFT - 6} y={bar(value) + 3.5} text-anchor="end">
            {reward(value)}
          </text>
        </g>
      ))}
      {valueTicks(sum.domain(), lines).map((value) =>
        Math.abs(sum(value) - zero) < 1 && value !== 0 ? null : (
          <text key={value} class="sum-tick" x={right + 6} y={sum(value) + 3.5}>
            {Math.abs(value) >= 100 ? reward(value).replace(/\.\d+$/, '') : reward(value)}
          </text>
        ),
      )}
      {turns.map((n) => (
        <text key={n} x={centreOf(frame, n - 1)} y={chart - 4} text-anchor="middle">
          {count(n)}
        </text>
      ))}
      <line class="axis-grid" x1={LEFT} x2={right} y1={plot - 0.5} y2={plot - 0.5} />
    </g>
  );
}
