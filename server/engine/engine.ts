/**
 * Runs the stages in order for a file and keeps the results: what was read while the file stays as it is, what was rewarded
 * while the options do too.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LastGood } from './load-config';
import { readForOpening, rewardReading, type OpenResult, type ReadingResult } from './open-episode';
import { Shared } from './shared';
import { findSideFacts } from './side-files';
import type { Engine, EngineOptions, WatchEvent } from './types';
import { watchFile } from './watch';
import { SideWatch } from './watch-side';

/** A run counts as running this long after its file last changed. */
const RUNNING_MS = 30_000;
/** A file that was whole and is damaged now may be in the middle of a write: look again, this often, this far apart. */
const TRANSIENT_TRIES = 6;
const TRANSIENT_WAIT_MS = 250;
const BEING_WRITTEN = 'The file is being written. The picture is of the last whole state.';

interface Entry {
  /** State of the file. */
  readonly stamp: string;
  readonly reading: Shared<ReadingResult>;
  /** State of everything else that the rewards stand on. */
  rewardKey: string;
  rewarded: Shared<OpenResult>;
  /** Folders in which side files were looked for. */
  readonly consulted: Set<string>;
}

interface Watched {
  readonly listeners: Set<(event: WatchEvent) => void>;
  readonly stop: () => void;
  readonly side: SideWatch;
  lastChange: number;
  settle: NodeJS.Timeout | null;
  /** The last whole picture, shown while the file is being written. */
  held: Entry | null;
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
  const lastGood: LastGood = new Map();
  /** Counts how often something beside a file was seen to have changed: its side files, its replay. */
  const sideRevisions = new Map<string, number>();

  const running = (path: string): boolean => Date.now() - (watched.get(path)?.lastChange ?? 0) < RUNNING_MS;

  /** The entry of the file as it is now, made or renewed where something changed. */
  const current = async (path: string): Promise<Entry> => {
    const stamp = await stat(path).then(
      (s) => `${s.size}:${s.mtimeMs}:${s.ino}`,
      () => 'missing',
    );
    const report = reports.get(path) ?? options.reportFile;
    const rewardKey = `${optionsRevision}:${running(path)}:${sideRevisions.get(path) ?? 0}:${report ?? ''}`;
    const known = entries.get(path);
    const same = known !== undefined && known.stamp === stamp && !known.reading.abandoned;
    if (same && known.rewardKey === rewardKey && !known.rewarded.abandoned) return known;
    const reading = same ? known.reading : new Shared((signal) => readForOpening(path, signal));
    const consulted = new Set<string>();
    const request = {
      options: { ...options, reportFile: report },
      unsaved,
      lastGood,
      consulted,
      revision: ++revision,
      running: running(path),
    };
    const rewarded = new Shared(async (signal) => rewardReading(path, await reading.wait(signal), { ...request, signal }));
    const entry: Entry = { stamp, reading, rewardKey, rewarded, consulted };
    if (known !== undefined && !same && watched.get(path)?.held !== known) close(known);
    entries.set(path, entry);
    rewarded.result.then(
      () => watched.get(path)?.side.follow(consulted),
      () => {
        if (entries.get(path) === entry) entries.delete(path);
      },
    );
    return entry;
  };

  const open = async (path: string, signal?: AbortSignal): Promise<OpenResult> => {
    const entry = watched.get(path)?.held ?? (await current(path));
    return entry.rewarded.wait(signal);
  };

  const tell = (path: string, event: WatchEvent): void => {
    for (const listener of watched.get(path)?.listeners ?? []) listener(event);
  };
  const tellFresh = (path: string): void => {
    void open(path)
      .then((result) => {
        tell(path, { revision: 'opened' in result ? result.opened.revision : ++revision, stale: null });
      })
      .catch(() => undefined);
  };

  /** Reads a changed file again. A damaged picture after a whole one is retried before anybody hears of it. */
  const refresh = async (path: string): Promise<void> => {
    const state = watched.get(path);
    if (state === undefined || disposed) return;
    state.lastChange = Date.now();
    if (state.settle !== null) clearTimeout(state.settle);
    // When the file has rested, `running` becomes `unfinished`.
    state.settle = setTimeout(() => {
      tellFresh(path);
    }, RUNNING_MS + 50);
    state.settle.unref();
    if (state.held !== null) return;
    const before = entries.get(path);
    const last = await before?.rewarded.result.catch(() => null);
    if (before !== undefined && last !== undefined && last !== null && !damaged(last)) state.held = before;
    for (let attempt = 0; state.held !== null && attempt < TRANSIENT_TRIES; attempt++) {
      const now = await current(path)
        .then((entry) => entry.rewarded.result)
        .catch(() => null);
      if (disposed || (now !== null && !damaged(now))) break;
      if (attempt === 0) tell(path, { revision, stale: BEING_WRITTEN });
      await new Promise((done) => setTimeout(done, TRANSIENT_WAIT_MS));
    }
    const { held } = state;
    state.held = null;
    if (held !== null && entries.get(path)?.reading !== held.reading) close(held);
    if (!disposed) tellFresh(path);
  };

  /** Looks at the files beside an episode again; only where they say something else is it rewarded again. */
  const lookBeside = async (path: string): Promise<void> => {
    const entry = entries.get(path);
    const last = await entry?.rewarded.result.catch(() => null);
    if (entry === undefined || last === undefined || last === null || !('opened' in last)) return;
    const consulted = new Set<string>();
    const { roots } = options;
    const reportFile = reports.get(path) ?? options.reportFile;
    const side = await findSideFacts(path, last.opened.episode, { roots, reportFile, consulted });
    if (disposed || entries.get(path) !== entry) return;
    watched.get(path)?.side.follow(consulted);
    if (JSON.stringify(side) === JSON.stringify(last.opened.side)) return;
    sideRevisions.set(path, (sideRevisions.get(path) ?? 0) + 1);
    tellFresh(path);
  };

  const rewardAllAgain = (): void => {
    optionsRevision++;
    for (const path of watched.keys()) tellFresh(path);
  };

  return {
    open: (path, signal) => open(resolve(path), signal),
    watch(given, listener) {
      const path = resolve(given);
      let state = watched.get(path);
      if (state === undefined) {
        const stop = watchFile(path, () => void refresh(path));
        const side = new SideWatch(() => void lookBeside(path).catch(() => undefined));
        state = { listeners: new Set(), stop, side, lastChange: 0, settle: null, held: null };
        watched.set(path, state);
        const known = entries.get(path);
        // What changed before the folders were watched is looked at now.
        void known?.rewarded.result
          .then(() => {
            watched.get(path)?.side.follow(known.consulted);
            return lookBeside(path);
          })
          .catch(() => undefined);
      }
      const { listeners } = state;
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        const now = watched.get(path);
        if (now === undefined || listeners.size > 0) return;
        end(now);
        watched.delete(path);
      };
    },
    configure(changed) {
      options = { ...options, ...changed };
      rewardAllAgain();
    },
    overlay(path, text) {
      if (text === null) unsaved.delete(resolve(path));
      else unsaved.set(resolve(path), text);
      rewardAllAgain();
    },
    setReport(given, report) {
      const path = resolve(given);
      if ((reports.get(path) ?? null) === report) return;
      if (report === null) reports.delete(path);
      else reports.set(path, report);
      if (watched.has(path)) tellFresh(path);
    },
    rewardAgain(given) {
      const path = resolve(given);
      sideRevisions.set(path, (sideRevisions.get(path) ?? 0) + 1);
      if (watched.has(path)) tellFresh(path);
    },
    release(given) {
      const path = resolve(given);
      const entry = entries.get(path);
      if (entry === undefined || watched.has(path)) return;
      close(entry);
      entries.delete(path);
    },
    dispose() {
      disposed = true;
      for (const state of watched.values()) end(state);
      for (const entry of entries.values()) close(entry);
      watched.clear();
      entries.clear();
    },
  };
}

function end(state: Watched): void {
  state.stop();
  state.side.close();
  if (state.settle !== null) clearTimeout(state.settle);
}

/** Closes the file once nobody computes on it. */
function close({ reading, rewarded }: Entry): void {
  void Promise.allSettled([reading.result, rewarded.result]).then(([read]) => {
    if (read.status === 'fulfilled' && 'file' in read.value) void read.value.file.close().catch(() => undefined);
  });
}

/** The file could not be read as far as it should: a sign of a write in progress. */
function damaged(result: OpenResult): boolean {
  if (!('opened' in result)) return true;
  return result.opened.episode.problems.some((problem) => problem.severity === 'error');
}
