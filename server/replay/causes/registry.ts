import type { FindCauses } from './cause';
import { image } from './image';
import { network } from './network';
import { processors } from './processors';
import { time } from './time';
import { tools } from './tools';
import { elsewhere, unrecorded } from './unrecorded';
import { versions } from './versions';

/** The likeliest first: what one turn shows comes before what may have been. */
export const finders: readonly FindCauses[] = [network, processors, tools, versions, time, elsewhere, unrecorded, image];
