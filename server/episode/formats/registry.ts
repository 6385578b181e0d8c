import { reader as atif } from './atif';
import type { FormatReader } from './format';
import { reader as miniSweAgent } from './mini-swe-agent';
import { reader as sweAgent } from './swe-agent';

/** Every readable format, in the order in which they are tried (formats.md §0). */
export const readers: readonly FormatReader[] = [sweAgent, miniSweAgent, atif];

export { recogniseOther } from './unreadable';
