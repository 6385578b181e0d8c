export * from './types';
export * from './side/index';
