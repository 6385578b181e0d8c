/** How long a replay will still take. Pure. */

/**
 * The recorded seconds of the turns to come, scaled by how the turns so far went against theirs; where the file has none,
 * the mean of the turns so far.
 *
 * @param recorded seconds of each turn in the order in which they run; null: not recorded
 * @param done how many ended
 * @param spentSeconds since the first began
 * @returns seconds; null: nothing to go by
 */
export function secondsLeft(recorded: readonly (number | null)[], done: number, spentSeconds: number): number | null {
  if (done >= recorded.length) return 0;
  const known = recorded.filter((seconds) => seconds !== null);
  if (known.length === 0) return done === 0 ? null : (spentSeconds / done) * (recorded.length - done);
  const mean = sum(known) / known.length;
  const filled = recorded.map((seconds) => seconds ?? mean);
  const past = sum(filled.slice(0, done));
  const left = sum(filled.slice(done));
  // Before something has run, or where all took no time, the recorded times are all there is.
  return past === 0 ? left : (left * spentSeconds) / past;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
