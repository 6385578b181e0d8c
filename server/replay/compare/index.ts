export { compare, type ReplayedCommand } from './compare';
export type { Normaliser, NormaliserContext } from './normaliser';
export { normalisers } from './registry';
