/** Recorded turns that our tools print otherwise, and why. */
export const MISSES: readonly { readonly file: string; readonly turn: number; readonly reason: string }[] = [];
