import { fates, series, zoom } from '../model/store';
import { count } from '../model/format';
import { gradePath, kindPath } from './Lanes';
import { slotClass } from './SvgMarks';

const Glyph = ({ d, name }: { readonly d: string; readonly name: string }) => (
  <svg width="11" height="12" class="glyph" aria-hidden="true">
    <path class={name} d={d} />
  </svg>
);

export function Legend({ perBin, shown }: { readonly perBin: number; readonly shown: number }) {
  const acc = fates.value;
  return (
    <div class="legend">
      {series.value.map((one) => (
        <span key={`${one.level} ${one.id}`} class="legend-item">
          <svg width="10" height="10" class={slotClass(one.slot)} aria-hidden="true">
            <rect width="10" height="10" fill="currentColor" />
          </svg>
          {one.label}
        </span>
      ))}
      {acc && acc.masked > 0 && (
        <span class="legend-item">
          <svg width="14" height="10" class="s0" aria-hidden="true">
            <rect x="0.5" y="0.5" width="13" height="9" fill="url(#hatch-legend0)" stroke="currentColor" />
            <defs>
              <pattern id="hatch-legend0" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width="1.6" height="4" fill="currentColor" />
              </pattern>
            </defs>
          </svg>
          masked
        </span>
      )}
      {acc && acc.undecided > 0 && (
        <span class="legend-item">
          <svg width="14" height="10" class="s0" aria-hidden="true">
            <rect x="0.5" y="0.5" width="13" height="9" fill="none" stroke="currentColor" stroke-dasharray="3 2" />
          </svg>
          undecided
        </span>
      )}
      <span class="legend-item">
        <svg width="18" height="10" aria-hidden="true">
          <path class="sum gra" d="M0 5H18" />
        </svg>
        Σ G-RA
      </span>
      <span class="legend-item">
        <svg width="18" height="10" aria-hidden="true">
          <path class="sum dra" d="M0 5H18" />
        </svg>
        Σ D-RA
      </span>
      <span class="legend-item">
        <Glyph d={gradePath('weak', 5.5, 6)} name="finding-mark grade-weak" />
        weak
        <Glyph d={gradePath('strong', 5.5, 6)} name="finding-mark grade-strong" />
        strong
        <Glyph d={gradePath('proved', 5.5, 6)} name="finding-mark grade-proved" />
        proved
      </span>
      <span class="legend-item">
        <Glyph d={kindPath(3, 5.5, 6)} name="kind-mark kind-error" />
        error
        <Glyph d={kindPath(1, 5.5, 6)} name="kind-mark kind-edit" />
        edit
        <Glyph d={kindPath(2, 5.5, 6)} name="kind-mark kind-submit" />
        submit
      </span>
      {perBin > 1 && <span class="legend-note">one bar is the mean of {perBin} turns, the line its least and greatest</span>}
      {zoom.value && (
        <button type="button" class="link" onClick={() => (zoom.value = null)}>
          {count(shown)} turns shown, show all
        </button>
      )}
    </div>
  );
}
