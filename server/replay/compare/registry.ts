import type { Normaliser } from './normaliser';
import { addresses } from './normalisers/addresses';
import { durations } from './normalisers/durations';
import { hashes } from './normalisers/hashes';
import { microVersions } from './normalisers/micro-versions';
import { ordering } from './normalisers/ordering';
import { owners } from './normalisers/owners';
import { paths } from './normalisers/paths';
import { pids } from './normalisers/pids';
import { shellLines } from './normalisers/shell-lines';
import { tempNames } from './normalisers/temp-names';
import { times } from './normalisers/times';

/** In the order in which they are applied: one that needs a whole listing line comes before what changes it. */
export const normalisers: readonly Normaliser[] = [
  times,
  owners,
  durations,
  addresses,
  pids,
  shellLines,
  tempNames,
  paths,
  microVersions,
  hashes,
  ordering,
];
