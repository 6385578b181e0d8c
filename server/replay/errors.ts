/** The replay can't start, and the way out, in a sentence. */
export class CannotReplay extends Error {}
