import { toggleChart } from '../model/navigate';
import { folded } from '../model/store';

/** Folds the chart to its gate lane, and unfolds it. */
export function Fold() {
  const isFolded = folded.value;
  return (
    <button
      id="chart-fold"
      type="button"
      class="fold"
      aria-expanded={!isFolded}
      aria-controls="reward-chart"
      aria-keyshortcuts="c"
      title={isFolded ? 'Show the whole chart (c)' : 'Fold the chart to its gate lane (c)'}
      onClick={toggleChart}
    >
      <svg width="9" height="9" aria-hidden="true">
        <path d={isFolded ? 'M2.5 0.5L7 4.5L2.5 8.5' : 'M0.5 2.5L4.5 7L8.5 2.5'} />
      </svg>
      chart
    </button>
  );
}
