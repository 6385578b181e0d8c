/** Edit distance with transpositions, for "did you mean". */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length]!;
}

/** The candidate that was probably meant, or null. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const wanted = word.slice(0, 80).toLowerCase().replaceAll(/[\s-]/g, '_');
  let best: string | null = null;
  let least = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const lower = candidate.toLowerCase();
    const away =
      wanted.length >= 4 && (lower.startsWith(wanted) || lower.endsWith(wanted)) ? 1 : distance(wanted, lower.replaceAll('-', '_'));
    if (away < least) [best, least] = [candidate, away];
  }
  return best;
}
