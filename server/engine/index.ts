/**
 * The engine: opens files, runs the stages in order, keeps what is open. Both doors (the language server and the
 * command line) stand on it. All I/O of the server is here.
 */
export type { Engine, EngineOptions, Opened, OpenedRollout, WatchEvent } from './types';
export { createEngine } from './engine';
export { CONFIG_NAME, codeOf, findConfig } from './config-file';
export { StaleFileError } from './open-file';
export { recordingOf } from './recording';
export { ReplayService, type KeptReplay, type ReplayRequest, type ReplayServiceOptions } from './replay-service';
