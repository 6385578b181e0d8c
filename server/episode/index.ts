export * from './types';
export * from './side/index';
export { patchHash } from './facts';
