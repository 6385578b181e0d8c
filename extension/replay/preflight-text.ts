import type { PreflightView } from '../../server/protocol/index';
import { count } from '../words';
import { oneLine } from './words';

/** What a replay needs and can't do, as a text for a person. */
export function preflightText(name: string, found: PreflightView): string {
  const row = (ok: boolean, what: string, text: string): string => `${ok ? '✓' : '✗'} ${what.padEnd(8)} ${oneLine(text, 300)}`;
  const { engine, runtime, image, wanted, obstacles, problems } = found;
  const images = wanted.length === 0 ? 'the episode names none' : `none of ${wanted.join(', ')}`;
  return [
    `What a replay of ${oneLine(name)} needs`,
    '',
    row(engine !== null, 'engine', engine ?? 'no container engine answers'),
    row(runtime !== null, 'runtime', runtime ?? 'episodes of this format can’t be replayed'),
    row(image !== null, 'image', image === null ? images : `${image.name} (${image.source})`),
    ...(problems.length === 0 ? [] : ['', ...problems.map((p) => oneLine(p, 1000))]),
    '',
    obstacles.length === 0
      ? 'Nothing is known that would keep a turn from coming out the same.'
      : `${count(obstacles.length, 'turn')} can’t come out the same:`,
    ...obstacles.map(({ turn, reason }) => `  turn ${turn + 1}  ${oneLine(reason, 300)}`),
    '',
  ].join('\n');
}
