/** What is kept of a replay besides its facts: the repository after each turn, and images of the container to go on from. */
import type { TurnFacts } from '../types';

/** A state can't be read or opened, and the way out, in a sentence. */
export class StateError extends Error {}

/** What of a shell can be put into another one. Functions, aliases and background jobs can't. */
export interface ShellState {
  /** Null: not known. */
  readonly cwd: string | null;
  /** `export -p`, as the shell printed it; null: the scaffold keeps no shell. */
  readonly exported: string | null;
}

export const UNKNOWN_SHELL: ShellState = { cwd: null, exported: null };

/** The whole container as an image of the engine. */
export interface Checkpoint {
  /** `sha256:…` */
  readonly image: string;
  /** The last turn that ran; −1: before the first. */
  readonly turn: number;
  readonly shell: ShellState;
  /** What it adds to the image below it. */
  readonly bytes: number;
  readonly commitMs: number;
}

/** One turn's state. */
export interface StateTurn {
  /** −1: before the first turn. */
  readonly index: number;
  /** Git tree, hex; null: no repository, or git could not say. */
  readonly tree: string | null;
  readonly cwd: string | null;
  /** Where in {@link RunStates.exports} what the shell exported is; null: not known. */
  readonly exported: number | null;
}

/** What is kept of one run, by the key that it was given. */
export interface RunStates {
  readonly run: string;
  /** The repository's folder in the container. */
  readonly cwd: string;
  /** Image id that the run started from. */
  readonly image: string;
  readonly baseTree: string | null;
  readonly turns: readonly StateTurn[];
  /** What shells exported, each text once. */
  readonly exports: readonly string[];
  readonly checkpoints: readonly Checkpoint[];
  /** False: the run was interrupted; it can go on from its last checkpoint. */
  readonly ended: boolean;
  /** Facts of the turns that the last checkpoint holds, for a run that goes on. Empty once it ended. */
  readonly facts: readonly TurnFacts[];
  /** What these turns submitted; null: nothing. */
  readonly submission: string | null;
  /** Names of packs, in the order in which they were made; the base's first. */
  readonly packs: readonly string[];
}

export interface StateEntry {
  readonly name: string;
  /** A link is never followed. A repository inside the repository is an empty folder: git keeps only its commit. */
  readonly type: 'file' | 'folder' | 'link';
  /** Bytes; 0 for a folder. */
  readonly size: number;
}

export interface StateFile {
  readonly type: 'file' | 'link';
  /** Of a link: where it points. */
  readonly bytes: Uint8Array;
}
