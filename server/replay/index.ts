export { connect, type Connection } from './docker/connect';
export { findEndpoint } from './docker/endpoint';
export { howToGetEngine } from './docker/install';
export { LABEL } from './docker/container';
export { describeEngine, type EngineDescription } from './docker/describe';
export { reap } from './docker/reap';
export { findImage } from './docker/image';
export { pullImage, type PullWish } from './docker/pull';
export type { LayerProgress, PullProgress } from './docker/pull-progress';
export { commitOf } from './docker/repository';
export { compare, normalisers } from './compare/index';
export * from './errors';
export { imageFor, replay, type ReplayProgress, type ReplayWish } from './replay';
export { preflight, type Preflight } from './preflight';
export { reapCopies } from './tests/copies';
export { parserIds } from './tests/read-log';
export { interpreted } from './runtime/atif/interpret';
export { DEFAULT_CHECKPOINTS, reapCheckpoints, removeCheckpoints, type CheckpointBudget } from './state/checkpoints';
export type { StatesWish } from './state/keeper';
export { keptContainer, keptContainers, removeKept, type KeptContainer } from './state/kept';
export { openState, type OpenedState, type OpenWish } from './state/open';
export { StateStore } from './state/store';
export { attachShell, type TerminalWish } from './state/terminal';
export {
  StateError,
  UNKNOWN_SHELL,
  type Checkpoint,
  type RunStates,
  type ShellState,
  type StateEntry,
  type StateFile,
} from './state/types';
export { scriptOf } from './script/script';
export { toolFolders } from './tools';
export type { ToolFolders } from './runtime/runtime';
export * from './types';
