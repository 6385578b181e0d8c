import { Arithmetic } from '../components/Arithmetic';
import { factsAt, findingsByTurn, hover } from '../model/store';
import { plural, reward } from '../model/format';
import { markAt, testsAt } from '../model/replay';
import { MARK_WORD, turnedWords } from '../model/replay-words';
import type { Bin } from './bins';
import { centreOf, type Frame } from './geometry';

const WIDTH = 580;
const EDGE = 8;
/** Findings named in the card; the list and the detail name them all. */
const NAMED = 3;

/** Under the chart: there the card covers no bar, no lane and no total, and it doesn't change sides under the pointer. */
function placeOf({ heights, width }: Frame, x: number): Readonly<Record<string, string>> {
  const wide = Math.min(WIDTH, width - 2 * EDGE);
  const left = Math.max(EDGE, Math.min(width - EDGE - wide, x - wide / 2));
  return { left: `${left}px`, width: `${wide}px`, top: `${heights.chart + 2}px` };
}

/** The arithmetic of the turn (or bin) under the pointer. */
export function Tooltip({ frame, bins }: { readonly frame: Frame; readonly bins: readonly Bin[] }) {
  const at = hover.value;
  const facts = at === null ? null : factsAt(at);
  if (at === null || !facts) return null;
  const bin = frame.perBin > 1 ? bins.find((b) => at >= b.from && at < b.to) : undefined;
  const found = findingsByTurn.value.get(at) ?? [];
  const mark = markAt(at);
  const tests = testsAt(at);
  return (
    <div class="tooltip" style={placeOf(frame, centreOf(frame, at))} aria-hidden="true">
      <strong>Turn {at + 1}</strong>
      {bin && (
        <span class="quiet">
          {' '}
          in turns {bin.from + 1} to {bin.to}: least {reward(bin.min)}, mean {reward(bin.mean)}, greatest {reward(bin.max)},{' '}
          {plural(bin.scored, 'turn')} scored
        </span>
      )}
      <Arithmetic facts={facts} compact />
      {mark !== null && (
        <div class="tooltip-replay">
          replay: {MARK_WORD[mark]}
          {tests && (tests.green > 0 || tests.red > 0) && `, ${turnedWords(tests)}`}
        </div>
      )}
      {found.slice(0, NAMED).map((f) => (
        <div key={f.id} class="tooltip-finding">
          {f.rule} {f.grade}: {f.title}
        </div>
      ))}
      {found.length > NAMED && <div class="tooltip-finding">and {plural(found.length - NAMED, 'more finding')}</div>}
    </div>
  );
}
