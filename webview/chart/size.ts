/** How tall the chart is: as the reader wants it, else as the window has room for. */
import { computed, signal } from '@preact/signals';
import { folded } from '../model/store';
import type { ChartSize } from './geometry';

const cramped = matchMedia('(max-height: 600px), (max-width: 480px)');
const isCramped = signal(cramped.matches);
cramped.addEventListener('change', () => (isCramped.value = cramped.matches));

export const chartSize = computed<ChartSize>(() => (folded.value ? 'folded' : isCramped.value ? 'low' : 'full'));
