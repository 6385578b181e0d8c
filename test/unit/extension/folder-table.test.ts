import { describe, expect, test } from 'vitest';
import { COLUMNS, filterRows, sortRows, toCsv } from '../../../extension/pages/folder-table';
import type { FolderRow } from '../../../server/protocol/index';

const scored = (value: number) => ({ state: 'scored', value }) as const;
const unscored = { state: 'unscored', reason: 'needs tests' } as const;
const row = (path: string, more: Partial<FolderRow> = {}): FolderRow => ({
  uri: `file://${path}`,
  path,
  instance: null,
  attempt: null,
  outcome: 'fails',
  exitStatus: 'submitted',
  state: 'finished',
  totals: { dra: scored(1), gra: scored(0), outcomeOnly: scored(0), bounds: null, leftOut: 0 },
  paidShare: 0.5,
  findings: 0,
  turns: 3,
  cost: null,
  problem: null,
  ...more,
});
const open = (lo: number, hi: number): FolderRow['totals'] => ({
  dra: unscored,
  gra: unscored,
  outcomeOnly: unscored,
  bounds: { dra: [lo, hi], gra: [lo, hi], outcomeOnly: [0, 1] },
  leftOut: 0,
});

describe('the folder table', () => {
  test('sorts numbers as numbers, names naturally, the unknown last both ways', () => {
    const rows = [row('/t-10', { cost: 2 }), row('/t-9', { cost: null }), row('/t-1', { cost: 10 })];
    expect(sortRows(rows, { column: 'instance', descending: false }).map((r) => r.path)).toEqual(['/t-1', '/t-9', '/t-10']);
    expect(sortRows(rows, { column: 'cost', descending: false }).map((r) => r.cost)).toEqual([2, 10, null]);
    expect(sortRows(rows, { column: 'cost', descending: true }).map((r) => r.cost)).toEqual([10, 2, null]);
  });
  test('files that could not be read come last whatever the sort, and count nothing', () => {
    const why = { state: 'unscored', reason: 'The file is empty.' } as const;
    const totals = { dra: why, gra: why, outcomeOnly: why, bounds: null, leftOut: 0 };
    const rows = [
      row('/a', { outcome: 'unreadable', totals, paidShare: null, turns: 0, problem: 'The file is empty.' }),
      row('/b', { outcome: 'pending', totals, paidShare: null, cost: null }),
      row('/c', { findings: 2, cost: 1 }),
    ];
    for (const column of COLUMNS) {
      for (const descending of [false, true]) expect(sortRows(rows, { column, descending }).at(-1)?.path, column).toBe('/a');
    }
    expect(toCsv(rows).split('\r\n')[1]).toBe('/a,,,finished,unreadable,submitted,,,,,,,,,,,,The file is empty.');
  });
  test('sorts outcomes from worst to best and bounded totals by their middle', () => {
    const rows = [
      row('/a', { outcome: 'passes' }),
      row('/b', { outcome: 'no_submit' }),
      row('/c', { outcome: 'submitted', totals: open(0.4, 1.4) }),
    ];
    expect(sortRows(rows, { column: 'outcome', descending: false }).map((r) => r.path)).toEqual(['/b', '/c', '/a']);
    expect(sortRows([...rows], { column: 'gra', descending: true }).map((r) => r.path)).toEqual(['/c', '/a', '/b']);
  });
  test('filters by every word and by outcome', () => {
    const rows = [row('/x/django-1', { outcome: 'empty_patch' }), row('/x/django-2'), row('/x/flask-1')];
    expect(filterRows(rows, 'django', '').map((r) => r.path)).toEqual(['/x/django-1', '/x/django-2']);
    expect(filterRows(rows, 'EMPTY patch', '').map((r) => r.path)).toEqual(['/x/django-1']);
    expect(filterRows(rows, '1', 'fails').map((r) => r.path)).toEqual(['/x/flask-1']);
  });
  test('writes CSV in which the missing is empty, quotes survive and nothing is a formula', () => {
    const csv = toCsv([row('=cmd|"x"', { instance: 'a,b', cost: -0.5, totals: open(-0.2, 0.8), attempt: 0 })]).split('\r\n');
    expect(csv).toHaveLength(3);
    expect(csv[1]).toBe(`"'=cmd|""x""","a,b",1,finished,fails,submitted,,,,-0.2,0.8,-0.2,0.8,0.5,0,3,-0.5,`);
  });
});
