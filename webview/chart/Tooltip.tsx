import { Arithmetic } from '../components/Arithmetic';
import { factsAt, findingsByTurn, hover } from '../model/store';
import { plural, reward } from '../model/format';
import { centreOf } from './geometry';
import type { Picture } from './marks';

const WIDTH = 440;

/** The arithmetic of the turn (or bin) under the pointer. */
export function Tooltip({ picture }: { readonly picture: Picture }) {
  const at = hover.value;
  const facts = at === null ? null : factsAt(at);
  if (at === null || !facts) return null;
  const { frame } = picture;
  const x = centreOf(frame, at);
  const width = Math.min(WIDTH, frame.width - 16);
  const left = x + 14 + width > frame.width ? Math.max(4, x - width - 14) : x + 14;
  const bin = frame.perBin > 1 ? picture.bins.find((b) => at >= b.from && at < b.to) : undefined;
  const found = findingsByTurn.value.get(at) ?? [];
  return (
    <div class="tooltip" style={{ left: `${left}px`, width: `${width}px` }} aria-hidden="true">
      <strong>Turn {at + 1}</strong>
      {bin && (
        <span class="quiet">
          {' '}
          in turns {bin.from + 1} to {bin.to}: least {reward(bin.min)}, mean {reward(bin.mean)}, greatest {reward(bin.max)},{' '}
          {plural(bin.scored, 'turn')} scored
        </span>
      )}
      <Arithmetic facts={facts} compact />
      {found.map((f) => (
        <div key={f.id} class="tooltip-finding">
          {f.rule} {f.grade}: {f.title}
        </div>
      ))}
    </div>
  );
}
