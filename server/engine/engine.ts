/**
 * Runs the stages in order for a file and keeps the result while the file and the options stay as they are.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openEpisode, type OpenResult } from './open-episode';
import type { Engine, EngineOptions, WatchEvent } from './types';
import { watchFile } from './watch';

/** A run counts as running this long after its file last changed. */
const RUNNING_MS = 30_000;
/** A file that was whole and is damaged now may be in the middle of a write: look again, this often, this far apart. */
const TRANSIENT_TRIES = 6;
const TRANSIENT_WAIT_MS = 250;

interface Entry {
  key: string;
  result: Promise<OpenResult>;
  close: () => void;
}

interface Watched {
  readonly listeners: Set<(event: WatchEvent) => void>;
  stop: () => void;
  lastChange: number;
  settle: NodeJS.Timeout | null;
}

export function createEngine(initial: EngineOptions): Engine {
  let options = initial;
  let optionsRevision = 0;
  let revision = 0;
  let disposed = false;
  const entries = new Map<string, Entry>();
  const watched = new Map<string, Watched>();
  const unsaved = new Map<string, string>();
  const reports = new Map<string, string>();

  const running = (path: string): boolean => Date.now() - (watched.get(path)?.lastChange ?? 0) < RUNNING_MS;

  const open = async (given: string, signal?: AbortSignal): Promise<OpenResult> => {
    const path = resolve(given);
    const info = await stat(path).then(
      (s) => `${s.size}:${s.mtimeMs}:${s.ino}`,
      () => 'missing',
    );
    const report = reports.get(path) ?? options.reportFile;
    const key = `${info}:${optionsRevision}:${running(path)}:${report ?? ''}`;
    const known = entries.get(path);
    if (known !== undefined && known.key === key) return known.result;
    const result = openEpisode(path, {
      options: { ...options, reportFile: report },
      unsaved,
      revision: ++revision,
      running: running(path),
      ...(signal === undefined ? {} : { signal }),
    });
    const entry: Entry = {
      key,
      result,
      close: () => void result.then((r) => ('opened' in r ? r.close() : undefined)).catch(() => undefined),
    };
    // An aborted or failed reading is nobody's answer but this caller's.
    result.catch(() => {
      if (entries.get(path) === entry) entries.delete(path);
    });
    known?.close();
    entries.set(path, entry);
    return result;
  };

  const tell = (path: string, event: WatchEvent): void => {
    for (const listener of watched.get(path)?.listeners ?? []) listener(event);
  };

  /** Reads a changed file again. A damaged picture after a whole one is retried before anybody hears of it. */
  const refresh = async (path: string): Promise<void> => {
    const state = watched.get(path);
    if (state === undefined || disposed) return;
    state.lastChange = Date.now();
    if (state.settle !== null) clearTimeout(state.settle);
    // When the file has rested, `running` becomes `unfinished`.
    state.settle = setTimeout(() => {
      void open(path).then((r) => tell(path, { revision: 'opened' in r ? r.opened.revision : revision, stale: null }));
    }, RUNNING_MS + 50);
    state.settle.unref();
    const before = await entries.get(path)?.result.catch(() => null);
    const wasWhole = before !== null && before !== undefined && 'opened' in before && !damaged(before);
    const held = entries.get(path);
    if (wasWhole && held !== undefined) entries.delete(path);
    for (let attempt = 0; ; attempt++) {
      const now = await open(path).catch(() => null);
      if (disposed) return;
      if (now !== null && (!wasWhole || !damaged(now) || attempt >= TRANSIENT_TRIES)) {
        if (wasWhole) held?.close();
        tell(path, { revision: 'opened' in now ? now.opened.revision : ++revision, stale: null });
        return;
      }
      if (attempt === 0) tell(path, { revision, stale: 'The file is being written. The picture is of the last whole state.' });
      await new Promise((done) => setTimeout(done, TRANSIENT_WAIT_MS));
    }
  };

  const rewardAgain = (): void => {
    optionsRevision++;
    for (const path of watched.keys()) {
      void open(path)
        .then((r) => tell(path, { revision: 'opened' in r ? r.opened.revision : revision, stale: null }))
        .catch(() => undefined);
    }
  };

  return {
    open: async (path, signal) => {
      const result = await open(path, signal);
      return 'opened' in result ? { opened: result.opened } : result;
    },
    watch(given, listener) {
      const path = resolve(given);
      let state = watched.get(path);
      if (state === undefined) {
        state = { listeners: new Set(), stop: watchFile(path, () => void refresh(path)), lastChange: 0, settle: null };
        watched.set(path, state);
      }
      const { listeners } = state;
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        const current = watched.get(path);
        if (current === undefined || listeners.size > 0) return;
        current.stop();
        if (current.settle !== null) clearTimeout(current.settle);
        watched.delete(path);
      };
    },
    configure(changed) {
      options = { ...options, ...changed };
      rewardAgain();
    },
    overlay(path, text) {
      if (text === null) unsaved.delete(resolve(path));
      else unsaved.set(resolve(path), text);
      rewardAgain();
    },
    setReport(given, report) {
      const path = resolve(given);
      if ((reports.get(path) ?? null) === report) return;
      if (report === null) reports.delete(path);
      else reports.set(path, report);
      if (!watched.has(path)) return;
      void open(path)
        .then((r) => tell(path, { revision: 'opened' in r ? r.opened.revision : revision, stale: null }))
        .catch(() => undefined);
    },
    release(given) {
      const path = resolve(given);
      if (watched.has(path)) return;
      entries.get(path)?.close();
      entries.delete(path);
    },
    dispose() {
      disposed = true;
      for (const state of watched.values()) {
        state.stop();
        if (state.settle !== null) clearTimeout(state.settle);
      }
      watched.clear();
      for (const entry of entries.values()) entry.close();
      entries.clear();
    },
  };
}

/** The file could not be read as far as it should: a sign of a write in progress. */
function damaged(result: OpenResult): boolean {
  if (!('opened' in result)) return true;
  return result.opened.episode.problems.some((problem) => problem.severity === 'error');
}
