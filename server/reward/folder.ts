/** What a folder of episodes says together: rates, means, rank inversions. Missing is not zero: each says what it left out. */
import { OUTCOME_CLASSES, type Outcome, type Score, type Totals } from './types';
import { completed, modified, resolved } from './rates';
import type { Rollout } from '../episode/index';

/** One rollout of the folder. The copy that a RetryAgent file makes of its best attempt is not one. */
export interface FolderEntry {
  /** Task id; rollouts of one task are compared with each other. Null: not known. */
  readonly instance: string | null;
  readonly rollout: Rollout;
  readonly outcome: Outcome;
  readonly totals: Totals;
}

export interface Rate {
  /** Share of the rollouts for which it is known, 0 to 1; null: known for none. */
  readonly value: number | null;
  readonly of: number;
  readonly leftOut: number;
}
export interface Mean {
  readonly mean: number | null;
  readonly of: number;
  readonly leftOut: number;
}

export interface FolderStatistics {
  readonly rates: { readonly completion: Rate; readonly modification: Rate; readonly resolution: Rate };
  /** CR − MR over the rollouts for which both are known; null: none. */
  readonly gap: number | null;
  readonly dra: Mean;
  readonly gra: Mean;
  /** Pairs of one task in which the better outcome has the lower total. `pairs`: how many could be compared. */
  readonly inversions: { readonly dra: number; readonly gra: number; readonly pairs: number };
}

function rate(values: readonly (boolean | null)[]): Rate {
  const known = values.filter((one) => one !== null);
  return {
    value: known.length === 0 ? null : known.filter(Boolean).length / known.length,
    of: known.length,
    leftOut: values.length - known.length,
  };
}

function mean(scores: readonly Score[]): Mean {
  const values = scores.flatMap((one) => (one.state === 'scored' ? [one.value] : []));
  return {
    mean: values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length,
    of: values.length,
    leftOut: scores.length - values.length,
  };
}

type Interval = readonly [low: number, high: number];

const sorted = ([a, b]: readonly [number, number]): Interval => (a <= b ? [a, b] : [b, a]);

function total(totals: Totals, key: 'dra' | 'gra'): Interval | null {
  const score = totals[key];
  if (score.state === 'scored') return [score.value, score.value];
  return totals.bounds ? sorted(totals.bounds[key]) : null;
}

/** Whether `a < b`, for intervals; null: they overlap. */
const below = (a: Interval, b: Interval): boolean | null => (a[1] < b[0] ? true : a[0] >= b[1] ? false : null);

interface Ranked {
  readonly outcome: Interval;
  readonly dra: Interval;
  readonly gra: Interval;
}

function ranked(entry: FolderEntry): Ranked | null {
  const dra = total(entry.totals, 'dra');
  const gra = total(entry.totals, 'gra');
  const ranks = entry.outcome.classes.map((one) => OUTCOME_CLASSES.indexOf(one));
  return dra && gra && ranks.length > 0 ? { outcome: [Math.min(...ranks), Math.max(...ranks)], dra, gra } : null;
}

/**
 * Rates, means and rank inversions of a folder.
 *
 * CR, MR and RR are shares of completed, modified and resolved rollouts (rewards.md §1.2). A rank inversion is a pair of
 * rollouts of one task whose better outcome has the lower total. A rollout that needs tests takes part with both of its
 * bounds, and a pair counts only where they leave no doubt.
 *
 * @source rewards.md §1.2 and §1.4
 */
export function folderStatistics(entries: readonly FolderEntry[]): FolderStatistics {
  const completion = entries.map((one) => completed(one.rollout, one.outcome));
  const modification = entries.map((one) => modified(one.rollout, one.outcome));
  const both = entries.map((_, i) => i).filter((i) => completion[i] !== null && modification[i] !== null);
  const share = (values: readonly (boolean | null)[]): number => both.filter((i) => values[i]).length / both.length;
  return {
    rates: {
      completion: rate(completion),
      modification: rate(modification),
      resolution: rate(entries.map((one) => resolved(one.outcome))),
    },
    gap: both.length === 0 ? null : share(completion) - share(modification),
    dra: mean(entries.map((one) => one.totals.dra)),
    gra: mean(entries.map((one) => one.totals.gra)),
    inversions: inversions(entries),
  };
}

function inversions(entries: readonly FolderEntry[]): FolderStatistics['inversions'] {
  const tasks = new Map<string, Ranked[]>();
  for (const entry of entries) {
    const one = entry.instance === null ? null : ranked(entry);
    if (!one || entry.instance === null) continue;
    const task = tasks.get(entry.instance);
    if (task) task.push(one);
    else tasks.set(entry.instance, [one]);
  }
  const result = { dra: 0, gra: 0, pairs: 0 };
  for (const task of tasks.values()) {
    for (let i = 0; i < task.length; i++) {
      for (let j = i + 1; j < task.length; j++) count(task[i]!, task[j]!, result);
    }
  }
  return result;
}

function count(a: Ranked, b: Ranked, result: { dra: number; gra: number; pairs: number }): void {
  const aWorse = below(a.outcome, b.outcome);
  const bWorse = below(b.outcome, a.outcome);
  if (aWorse !== true && bWorse !== true) return;
  const [better, worse] = aWorse === true ? [b, a] : [a, b];
  const dra = below(better.dra, worse.dra);
  const gra = below(better.gra, worse.gra);
  if (dra === null || gra === null) return;
  result.pairs++;
  if (dra) result.dra++;
  if (gra) result.gra++;
}
