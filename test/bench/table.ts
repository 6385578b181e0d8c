/** What a measurement says, and how it is printed. */
export interface Row {
  readonly row: string;
  readonly budget: string;
  /** Null where nothing was promised. */
  readonly met: boolean | null;
  readonly measured: string;
  /** Everything that was measured, for out/bench.json. */
  readonly data: unknown;
  readonly notes: readonly string[];
}

export const median = (values: readonly number[]): number => percentile(values, 50);

export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil((p / 100) * sorted.length) - 1))] ?? Number.NaN;
}

export const ms = (value: number): string => (value >= 100 ? `${value.toFixed(0)} ms` : `${value.toFixed(1)} ms`);
export const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

export function print({ row, budget, met, measured, notes }: Row): void {
  const verdict = met === null ? '      ' : met ? 'met   ' : 'MISSED';
  console.log(`\n${verdict}  ${row}\n        budget    ${budget}\n        measured  ${measured}`);
  for (const note of notes) console.log(`                  ${note}`);
}
