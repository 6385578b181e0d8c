import type { HackRule } from './rule';
import { h22 } from './rules/h22';
import { h23 } from './rules/h23';
import { h24 } from './rules/h24';
import { h25 } from './rules/h25';

/** Every hack rule. A new one is a file in `rules/` and a line here. */
export const rules: readonly HackRule[] = [h22, h23, h24, h25];
