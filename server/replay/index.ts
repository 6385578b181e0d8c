export { connect, findEndpoint, NoEngine, type Connection } from './docker/connect';
export { findImage, NoImage } from './docker/image';
export { RepositoryError } from './docker/repository';
export { compare, normalisers } from './compare/index';
export { CannotReplay, imageFor, replay, type ReplayProgress, type ReplayWish } from './replay';
export { preflight, type Preflight } from './preflight';
export { toolFolders } from './tools';
export type { ToolFolders } from './runtime/runtime';
export * from './types';
