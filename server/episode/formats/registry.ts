import type { Doc, FormatReader } from './format';
import { reader as sweAgent } from './swe-agent';

/** Every readable format, in the order in which they are tried (formats.md §0). */
export const readers: readonly FormatReader[] = [sweAgent];

/** The name of a format that is known but not yet readable, or null. */
export const recogniseOther: (doc: Doc, firstBytes: Uint8Array) => string | null = () => null;
