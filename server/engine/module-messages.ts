/** What the server and the process of an own reward module say to each other. Plain JSON; numbers as text, for NaN. */

export interface ModuleTurn {
  readonly index: number;
  readonly kind: string;
  readonly executed: boolean;
  readonly thought: string;
  readonly action: string;
  readonly observation: string;
  readonly seconds: number | null;
  readonly returnCode: number | null;
  readonly tool: string | null;
}

export interface ModuleEpisode {
  readonly instance: string | null;
  readonly model: string | null;
  readonly exitStatus: string | null;
  readonly outcome: readonly string[];
}

export type ToChild =
  /** `killAfterMs`: the process ends itself then, should the server be gone. */
  | { readonly t: 'load'; readonly source: string; readonly killAfterMs: number }
  | { readonly t: 'episode'; readonly episode: ModuleEpisode }
  | { readonly t: 'turn'; readonly turn: ModuleTurn }
  /** Scores the turns at these positions, in this order. */
  | { readonly t: 'run'; readonly positions: readonly number[] };

export type FromChild =
  | { readonly t: 'ready' }
  | { readonly t: 'loaded'; readonly scope: 'turn' | 'episode' }
  /** `number`: the value as text, null for no score. `wrong`: what came instead of a number. `threw`: its message. */
  | { readonly t: 'score'; readonly position: number; readonly number: string | null }
  | { readonly t: 'score'; readonly position: number; readonly wrong: string }
  | { readonly t: 'score'; readonly position: number; readonly threw: string }
  | { readonly t: 'done' }
  /** The module can't be used, or broke outside a call. */
  | { readonly t: 'broke'; readonly message: string };
