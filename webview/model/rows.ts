/** Lines of the turn list, asked for in windows and kept while the file stays as it is. */
import { signal } from '@preact/signals';
import { methods, type TurnRow } from '../../server/protocol/index';
import { Cancelled, call } from '../rpc';
import { view } from './store';

export const WINDOW = 100;

interface Window {
  readonly key: string;
  rows: readonly TurnRow[] | null;
  /** Rows of an earlier state of the file, shown until the new ones are here. */
  before: readonly TurnRow[] | null;
  controller: AbortController | null;
  error: string | null;
}

const windows = new Map<number, Window>();
/** Counts arrivals: whoever shows rows reads it. */
export const rowsVersion = signal(0);

const keyNow = (): string => {
  const current = view.peek();
  return current ? `${current.uri}\n${current.attempt}\n${current.revision}` : '';
};
const rolloutOf = (key: string): string => key.slice(0, key.lastIndexOf('\n'));

export function rowAt(index: number): TurnRow | null {
  const entry = windows.get(Math.floor(index / WINDOW));
  if (!entry || rolloutOf(entry.key) !== rolloutOf(keyNow())) return null;
  const at = index % WINDOW;
  return (entry.key === keyNow() ? entry.rows?.[at] : undefined) ?? entry.before?.[at] ?? null;
}

export function rowError(index: number): string | null {
  const entry = windows.get(Math.floor(index / WINDOW));
  return entry?.key === keyNow() ? entry.error : null;
}

async function load(number: number, key: string): Promise<void> {
  const current = view.peek();
  if (!current) return;
  const { uri, attempt, turnCount } = current;
  const old = windows.get(number);
  old?.controller?.abort();
  const before = old && rolloutOf(old.key) === rolloutOf(key) ? (old.rows ?? old.before) : null;
  const controller = new AbortController();
  const entry: Window = { key, rows: null, before, controller, error: null };
  windows.set(number, entry);
  try {
    const from = number * WINDOW;
    const result = await call(methods.rows, { uri, attempt, from, to: Math.min(turnCount, from + WINDOW) }, controller.signal);
    if (windows.get(number) !== entry || result.revision < (view.peek()?.revision ?? 0)) return;
    entry.rows = result.rows;
  } catch (error) {
    if (error instanceof Cancelled) {
      if (windows.get(number) === entry) windows.delete(number);
      return;
    }
    entry.error = error instanceof Error ? error.message : String(error);
  } finally {
    entry.controller = null;
    rowsVersion.value++;
  }
}

/** Asks for the windows around `[from, to)` that are not here; gives up those far from it that are still on their way. */
export function wantRows(from: number, to: number): void {
  const key = keyNow();
  const total = view.peek()?.turnCount ?? 0;
  if (key === '' || total === 0) return;
  const first = Math.floor(Math.max(0, from) / WINDOW);
  const last = Math.floor((Math.min(total, to) - 1) / WINDOW);
  const lastWindow = Math.floor((total - 1) / WINDOW);
  for (const [number, entry] of windows) {
    if (entry.controller && (number < first - 2 || number > last + 2)) entry.controller.abort();
  }
  const wanted: number[] = [];
  for (let n = first; n <= last; n++) wanted.push(n);
  // The neighbours come next, so that scrolling meets rows that are already here.
  for (const n of [last + 1, first - 1]) if (n >= 0 && n <= lastWindow) wanted.push(n);
  for (const n of wanted) {
    const entry = windows.get(n);
    if (entry?.key !== key) void load(n, key);
  }
}

/** Tries a window again that failed. */
export function retryRows(index: number): void {
  windows.delete(Math.floor(index / WINDOW));
  void load(Math.floor(index / WINDOW), keyNow());
}
