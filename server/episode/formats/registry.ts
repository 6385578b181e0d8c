import type { FormatReader } from './format';

/** Every readable format, in the order in which they are tried (formats.md §0). */
export const readers: readonly FormatReader[] = [];
