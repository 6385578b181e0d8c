/** Messages between the inspector page and the extension that hosts it: JSON-RPC shaped, discriminated by `t`. */
import type { Field, Span } from '../episode/index';
import type { ReplayProgress } from './replay';

export type FromPage =
  | { readonly t: 'ready' }
  | { readonly t: 'request'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly t: 'cancel'; readonly id: number }
  | { readonly t: 'do'; readonly action: PageAction };

/** Things that only the host can do. */
export type PageAction =
  | { readonly kind: 'openReadable'; readonly attempt: number; readonly turn: number; readonly field?: Field; readonly span?: Span }
  | { readonly kind: 'openRaw'; readonly span: Span }
  | { readonly kind: 'openConfig' }
  | { readonly kind: 'openPath'; readonly path: string }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'copyLink'; readonly attempt: number; readonly turn: number }
  | { readonly kind: 'selected'; readonly attempt: number; readonly turn: number }
  | { readonly kind: 'muteRule'; readonly rule: string }
  | { readonly kind: 'allowModules' }
  /** Starts a replay, with `again` even where the same was replayed before. */
  | { readonly kind: 'replay'; readonly attempt: number; readonly again: boolean }
  | { readonly kind: 'cancelReplay' }
  /** Recorded and replayed observation of a turn, side by side. */
  | { readonly kind: 'diffObservation'; readonly attempt: number; readonly turn: number }
  /** The repository after two turns; −1: before the first. */
  | { readonly kind: 'diffStates'; readonly attempt: number; readonly from: number; readonly to: number }
  | { readonly kind: 'browseState'; readonly attempt: number; readonly turn: number }
  | { readonly kind: 'openTerminal'; readonly attempt: number; readonly turn: number }
  /** The reader's thresholds by level id, after each change; empty: all as configured. */
  | { readonly kind: 'tried'; readonly thresholds: Readonly<Record<string, number>> }
  /** Writes them into the reward configuration. */
  | { readonly kind: 'applyThresholds' };

export type ToPage =
  /** First message after `ready`: which file, and where the reader was. */
  | { readonly t: 'hello'; readonly uri: string; readonly attempt: number | null; readonly turn: number | null; readonly sample: boolean }
  | { readonly t: 'result'; readonly id: number; readonly result: unknown }
  | { readonly t: 'error'; readonly id: number; readonly message: string }
  /** Ask again with `turnpike/open`. */
  | { readonly t: 'changed'; readonly revision: number; readonly stale: string | null }
  /**
   * Where the replay of this file (or the pull of its image) is; null: none runs. A phase `ended` clears it too. `earlier`:
   * the turns that it finished before, for a page that was loaded anew.
   */
  | {
      readonly t: 'replaying';
      readonly progress: ReplayProgress | null;
      readonly earlier?: readonly NonNullable<ReplayProgress['turn']>[];
    }
  /** Another surface made a turn current. */
  | { readonly t: 'select'; readonly attempt: number; readonly turn: number }
  /** A command of the palette or a key. */
  | { readonly t: 'command'; readonly command: PageCommand };

export type PageCommand = 'next' | 'previous' | 'find' | 'firstFinding' | 'nextError' | 'nextEdit' | 'submission' | 'seen' | 'help';

/** What the page keeps over a reload (`setState`): where the reader was, never data. */
export interface PageState {
  readonly uri: string;
  readonly attempt: number;
  readonly turn: number;
  readonly tab: string;
  readonly thresholds: Readonly<Record<string, number>>;
  readonly filter: readonly string[];
}
