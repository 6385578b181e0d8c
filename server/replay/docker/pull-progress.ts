/** What an engine tells while it pulls, one object per line, kept as the state of each layer. */
import { numberAt, objectAt, textAt, type JsonObject } from './json';

export type LayerPhase = 'waiting' | 'downloading' | 'downloaded' | 'extracting' | 'there';

export interface LayerProgress {
  /** The start of the layer's hash, as the engine shows it. */
  readonly id: string;
  readonly phase: LayerPhase;
  /** Bytes of `of` that this phase has done. */
  readonly done: number;
  /** Compressed bytes; null: not known yet, or the layer was there before. */
  readonly of: number | null;
}

export interface PullProgress {
  readonly phase: 'resolving' | 'downloading' | 'extracting' | 'done';
  /** In the image's order, the lowest first. */
  readonly layers: readonly LayerProgress[];
  /** Compressed bytes that have come. */
  readonly done: number;
  /** Compressed bytes of the layers whose size is known by now. */
  readonly of: number;
  /** Whether `of` is all: no layer waits whose size is not known. */
  readonly known: boolean;
}

const PHASES: Readonly<Record<string, LayerPhase>> = {
  'pulling fs layer': 'waiting',
  waiting: 'waiting',
  downloading: 'downloading',
  'verifying checksum': 'downloaded',
  'download complete': 'downloaded',
  extracting: 'extracting',
  'pull complete': 'there',
  'already exists': 'there',
};

/** An engine that tries a layer again says so in words with a number. */
const RETRY = /^retrying in/;

export class PullState {
  private readonly layers = new Map<string, LayerProgress>();
  private ended = false;

  /** @returns whether something changed */
  take(message: JsonObject): boolean {
    const id = textAt(message, 'id');
    const status = (textAt(message, 'status') ?? '').toLowerCase();
    const phase = RETRY.test(status) ? 'waiting' : PHASES[status];
    if (id === null || phase === undefined) return false;
    const detail = objectAt(message, 'progressDetail');
    const before = this.layers.get(id);
    const total = numberAt(detail, 'total');
    const of = total !== null && total > 0 ? total : (before?.of ?? null);
    const done = phase === 'waiting' ? 0 : (numberAt(detail, 'current') ?? of ?? 0);
    this.layers.set(id, { id, phase, done, of });
    return true;
  }

  end(): void {
    this.ended = true;
  }

  now(): PullProgress {
    const layers = [...this.layers.values()];
    const came = layers.map(({ phase, done, of }) => (phase === 'waiting' || phase === 'downloading' ? done : (of ?? 0)));
    const open = layers.filter(({ phase }) => phase === 'waiting' || phase === 'downloading');
    return {
      phase: this.ended ? 'done' : layers.length === 0 ? 'resolving' : open.length > 0 ? 'downloading' : 'extracting',
      layers,
      done: came.reduce((sum, bytes) => sum + bytes, 0),
      of: layers.reduce((sum, { of }) => sum + (of ?? 0), 0),
      known: open.every(({ of }) => of !== null),
    };
  }
}
