import type { ComponentChildren } from 'preact';
import { fates, series, view, zoom } from '../model/store';
import { count } from '../model/format';
import { gradePath, kindPath } from './Lanes';
import { hasTests, replayLane } from '../model/replay';
import { MARK_WORD } from '../model/replay-words';
import { replayPath, testPath } from './replay-marks';
import { HatchPatterns, slotClass } from './SvgMarks';

interface Entry {
  readonly words: string;
  /** Width of the swatch in pixels. */
  readonly width: number;
  readonly height?: number;
  readonly swatch: ComponentChildren;
}

const box = (fill: string, dashes?: string): ComponentChildren => (
  <rect class="s0" x="0.5" y="0.5" width="13" height="9" fill={fill} stroke="currentColor" stroke-dasharray={dashes} />
);
const mark = (words: string, name: string, d: string): Entry => ({ words, width: 11, height: 12, swatch: <path class={name} d={d} /> });
const sum = (words: string, name: string): Entry => ({ words, width: 18, swatch: <path class={`sum ${name}`} d="M0 5H18" /> });

const MASKED: Entry = {
  words: 'masked',
  width: 14,
  swatch: (
    <>
      <HatchPatterns prefix="legend-hatch" />
      {box('url(#legend-hatch0)')}
    </>
  ),
};
const UNDECIDED: Entry = { words: 'undecided', width: 14, swatch: box('none', '3 2') };
const SUMS: readonly Entry[] = [sum('Σ G-RA', 'gra'), sum('Σ D-RA', 'dra')];
/** Words that belong together stand together, however the line wraps. */
const GRADES: readonly Entry[] = (['weak', 'strong', 'proved'] as const).map((grade) =>
  mark(grade, `finding-mark grade-${grade}`, gradePath(grade, 5.5, 6)),
);
const KINDS: readonly Entry[] = [
  mark('error', 'kind-mark kind-error', kindPath(3, 5.5, 6)),
  mark('edit', 'kind-mark kind-edit', kindPath(1, 5.5, 6)),
  mark('submit', 'kind-mark kind-submit', kindPath(2, 5.5, 6)),
];

const REPLAY: readonly Entry[] = (['equal', 'noise', 'diverged', 'untrusted'] as const).map((sign) =>
  mark(MARK_WORD[sign], `replay-mark replay-${sign}`, replayPath(sign, 5.5, 6)),
);
const TESTS: readonly Entry[] = [
  mark('tests turned green', 'tests-mark tests-green', testPath(1, 5.5, 6)),
  mark('red', 'tests-mark tests-red', testPath(2, 5.5, 6)),
];

/** What the chart can show of this episode under any threshold: an entry that comes and goes would move the chart. */
function groups(): readonly (readonly Entry[])[] {
  const scores = view.value?.scores;
  const functions = series.value.map(({ label, slot }): Entry => {
    const swatch = <rect class={slotClass(slot)} width="10" height="10" fill="currentColor" />;
    return { words: label, width: 10, swatch };
  });
  const single = [
    ...functions,
    ...(scores?.levels.some((one) => one.gate) ? [MASKED] : []),
    ...((fates.value?.undecided ?? 0) > 0 || (scores && scores.outcome.classes.length > 1) ? [UNDECIDED] : []),
    ...SUMS,
  ];
  return [...single.map((entry) => [entry]), GRADES, KINDS, ...(replayLane.value ? [REPLAY] : []), ...(hasTests.value ? [TESTS] : [])];
}

export function Legend({ perBin, shown }: { readonly perBin: number; readonly shown: number }) {
  return (
    <div class="legend">
      {groups().map((group, i) => (
        <span key={i} class="legend-item">
          {group.map(({ words, width, height = 10, swatch }) => (
            <span key={words} class="legend-entry">
              <svg width={width} height={height} aria-hidden="true">
                {swatch}
              </svg>
              {words}
            </span>
          ))}
        </span>
      ))}
      {perBin > 1 && <span class="legend-note">one bar is the mean of {perBin} turns, the line its least and greatest</span>}
      {zoom.value && (
        <button type="button" class="link" onClick={() => (zoom.value = null)}>
          {count(shown)} turns shown, show all
        </button>
      )}
    </div>
  );
}
