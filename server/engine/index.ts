/**
 * The engine: opens files, runs the stages in order, keeps what is open. Both doors (the language server and the
 * command line) stand on it. All I/O of the server is here.
 */
export type { Engine, EngineOptions, Opened, OpenedRollout, WatchEvent } from './types';
export { createEngine } from './engine';
export { CONFIG_NAME, codeOf, findConfig } from './config-file';
export { StaleFileError } from './open-file';
export { recordingOf } from './recording';
export { matches, optionsOf } from './replay-choice';
export { replayFailure, UNTRUSTED } from './replay-failure';
export { REPLAY_DEFAULTS, ReplayService, type ReplayRequest, type ReplayServiceOptions, type ReplayStep } from './replay-service';
export { keptOf, type KeptReplay } from './replay-store';
