/** What the folder table does with rows: pure, so that a test can hold it to numbers. */
import type { FolderRow } from '../../server/protocol/index';

export const COLUMNS = ['instance', 'outcome', 'dra', 'gra', 'paidShare', 'findings', 'turns', 'cost'] as const;
export type Column = (typeof COLUMNS)[number];
export interface Order {
  readonly column: Column;
  readonly descending: boolean;
}

/** The outcome classes from worst to best: sorting by outcome means this order, not the alphabet's. */
const OUTCOMES = ['no_submit', 'empty_patch', 'fails', 'submitted', 'passes'];

const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
type Score = FolderRow['totals']['dra'];

const known = (score: Score, bounds: readonly [number, number] | undefined): number | null =>
  score.state === 'scored' ? score.value : bounds ? (bounds[0] + bounds[1]) / 2 : null;

/** What a row is sorted by: a total known only within bounds stands in their middle; null: not known. */
export function sortKey(row: FolderRow, column: Column): number | string | null {
  if (unread(row)) return null;
  switch (column) {
    case 'instance':
      return row.instance ?? row.path;
    case 'outcome': {
      const rank = OUTCOMES.indexOf(row.outcome);
      return rank === -1 ? null : rank;
    }
    case 'dra':
      return known(row.totals.dra, row.totals.bounds?.dra);
    case 'gra':
      return known(row.totals.gra, row.totals.bounds?.gra);
    default:
      return row[column];
  }
}

/** The file could not be read: nothing of it is known, neither turns nor findings. */
export const unread = (row: FolderRow): boolean => row.outcome === 'unreadable';

/** Rows in order. What is not known comes last, whichever way the order runs; files that could not be read come last of all. */
export function sortRows(rows: readonly FolderRow[], order: Order): FolderRow[] {
  const sign = order.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, key: sortKey(row, order.column) }))
    .sort((a, b) => {
      const last = Number(unread(a.row)) - Number(unread(b.row));
      if (last !== 0) return last;
      if (a.key === null || b.key === null) return a.key === b.key ? natural.compare(a.row.path, b.row.path) : a.key === null ? 1 : -1;
      const by = typeof a.key === 'string' || typeof b.key === 'string' ? natural.compare(String(a.key), String(b.key)) : a.key - b.key;
      return sign * by || natural.compare(a.row.path, b.row.path);
    })
    .map(({ row }) => row);
}

/** Rows whose task, path, outcome or exit status holds every word of the filter. */
export function filterRows(rows: readonly FolderRow[], filter: string, outcome: string): FolderRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (outcome !== '' && row.outcome !== outcome) return false;
    const text = `${row.instance ?? ''} ${row.path} ${row.outcome.replace('_', ' ')} ${row.exitStatus ?? ''} ${row.state}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

const HEAD = [
  'path',
  'instance',
  'attempt',
  'state',
  'outcome',
  'exit_status',
  'dra',
  'gra',
  'outcome_only',
  'dra_if_fails',
  'dra_if_passes',
  'gra_if_fails',
  'gra_if_passes',
  'paid_share',
  'findings',
  'turns',
  'cost',
  'problem',
];

/** RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe: episodes are written by anybody. */
const cell = (value: string | number | null): string => {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const value = (score: Score): number | null => (score.state === 'scored' ? score.value : null);

/** The table as CSV, in the order shown. An absent score is an empty cell, never 0. */
export function toCsv(rows: readonly FolderRow[]): string {
  const lines = rows.map((r) => {
    const { dra, gra, outcomeOnly, bounds } = r.totals;
    return [
      r.path,
      r.instance,
      r.attempt === null ? null : r.attempt + 1,
      r.state,
      r.outcome,
      r.exitStatus,
      value(dra),
      value(gra),
      value(outcomeOnly),
      bounds?.dra[0] ?? null,
      bounds?.dra[1] ?? null,
      bounds?.gra[0] ?? null,
      bounds?.gra[1] ?? null,
      r.paidShare,
      unread(r) ? null : r.findings,
      unread(r) ? null : r.turns,
      r.cost,
      r.problem,
    ]
      .map(cell)
      .join(',');
  });
  return `${[HEAD.join(','), ...lines].join('\r\n')}\r\n`;
}
