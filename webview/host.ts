/** The one handle on the editor that hosts this page. */
import type { FromPage, PageAction, PageState } from '../server/protocol/index';

/** What is kept over a reload: where the reader was, and how the page was set up. */
export interface KeptState extends PageState {
  /** The chart is folded to its gate lane. Absent in what an earlier version kept. */
  readonly folded?: boolean;
}

interface VsCodeApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: KeptState): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

export const post = (message: FromPage): void => api.postMessage(message);

/** Asks the editor for something that only it can do. */
export const act = (action: PageAction): void => api.postMessage({ t: 'do', action });

/** Where the reader was before a reload; null where nothing (or something else) was kept. */
export function savedState(): KeptState | null {
  const state = api.getState();
  if (typeof state !== 'object' || state === null) return null;
  const { uri, attempt, turn, tab, thresholds, filter, folded } = state as Partial<KeptState>;
  if (typeof uri !== 'string' || typeof attempt !== 'number' || typeof turn !== 'number') return null;
  return {
    uri,
    attempt,
    turn,
    tab: typeof tab === 'string' ? tab : 'turns',
    thresholds: thresholds ?? {},
    filter: Array.isArray(filter) ? filter : [],
    folded: folded === true,
  };
}

export const saveState = (state: KeptState): void => api.setState(state);
