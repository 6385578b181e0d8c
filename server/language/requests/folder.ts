/** The folder table: every episode under a folder with its totals, and what they are together. */
import { basename, dirname, join } from 'node:path';
import type { Opened, OpenedRollout } from '../../engine/index';
import { type FolderRow, type FolderView, fileUri, pathOfUri } from '../../protocol/index';
import { folderStatistics, SCORED, unscored, type Accumulation, type FolderEntry, type Totals } from '../../reward/index';
import { BadRequest } from '../failure';
import type { Session } from '../session';
import { walk } from '../walk';
import { failureOf } from './failure-text';
import { outcomeName } from './summaries';

/** Files read at a time: each has a thread of its own. */
const AT_ONCE = 2;

interface Read {
  readonly rows: readonly FolderRow[];
  readonly entries: readonly FolderEntry[];
}

/** @param progress called with files read and files found */
export async function folderView(
  session: Session,
  uri: string,
  signal: AbortSignal,
  progress: (done: number, total: number) => void,
): Promise<FolderView> {
  const folder = pathOfUri(uri);
  if (folder === null) throw new BadRequest('Only a folder on this machine can be compared.');
  const found = await walk(folder, signal);
  const files = withoutAttemptCopies(found.files);
  const read = new Array<Read>(files.length);
  let next = 0;
  let done = 0;
  progress(0, files.length);
  const work = async (): Promise<void> => {
    for (let i = next++; i < files.length; i = next++) {
      signal.throwIfAborted();
      const path = files[i] ?? '';
      read[i] = await readFile(session, path, signal);
      progress(++done, files.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const statistics = folderStatistics(read.flatMap((r) => r.entries));
  return { folder, rows: read.flatMap((r) => r.rows), ...statistics, leftOut: found.leftOut + (found.endedEarly ? 1 : 0) };
}

/**
 * RetryAgent also writes each attempt on its own, to `attempt_<i>/<name>.traj` beside `<name>.traj`: the same rollouts
 * a second time.
 */
export function withoutAttemptCopies(files: readonly string[]): readonly string[] {
  const all = new Set(files);
  return files.filter((file) => !/^attempt_\d+$/.test(basename(dirname(file))) || !all.has(join(dirname(dirname(file)), basename(file))));
}

async function readFile(session: Session, path: string, signal: AbortSignal): Promise<Read> {
  const uri = fileUri(path);
  try {
    const result = await session.open(uri, signal);
    if ('notEpisode' in result) return { rows: [unreadable(uri, path, failureOf(result.notEpisode).sentences.join(' '))], entries: [] };
    const { opened } = result;
    return {
      rows: opened.rollouts.map((rollout, i) => row(uri, opened, rollout, i)),
      entries: opened.rollouts.map((rollout) => entry(opened, rollout)),
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return { rows: [unreadable(uri, path, error instanceof Error ? error.message : String(error))], entries: [] };
  } finally {
    session.release(uri);
  }
}

function row(uri: string, opened: Opened, { rollout, outcome, accumulation, findings }: OpenedRollout, i: number): FolderRow {
  return {
    uri,
    path: opened.path,
    instance: opened.side.instance ?? opened.episode.instance,
    attempt: rollout.attempt === null ? null : i,
    outcome: outcomeName(outcome),
    exitStatus: rollout.exitStatus ?? opened.side.exitStatus?.status ?? null,
    state: opened.state,
    totals: accumulation.totals,
    paidShare: paidShare(accumulation),
    findings: findings.filter((f) => !f.suppressed).length,
    turns: rollout.turns.length,
    cost: rollout.cost,
    problem: opened.problems.find((p) => p.severity === 'error')?.message ?? null,
  };
}

/** What the statistics look at: of the turns, those that submit. A folder may hold millions of others. */
function entry(opened: Opened, { rollout, outcome, accumulation }: OpenedRollout): FolderEntry {
  const slim = { ...rollout, turns: rollout.turns.filter((turn) => turn.submits) };
  return { instance: opened.side.instance ?? opened.episode.instance, rollout: slim, outcome, totals: accumulation.totals };
}

/** Σ|paid| ÷ Σ|raw| over scored turns; null where nothing was scored, or all scored 0. */
export function paidShare({ raw, rawState, paid, paidState }: Accumulation): number | null {
  let all = 0;
  let kept = 0;
  for (let i = 0; i < raw.length; i++) {
    if (rawState[i] !== SCORED) continue;
    all += Math.abs(raw[i] ?? 0);
    if (paidState[i] === SCORED) kept += Math.abs(paid[i] ?? 0);
  }
  return all === 0 ? null : kept / all;
}

function unreadable(uri: string, path: string, problem: string): FolderRow {
  const none = unscored(problem);
  const totals: Totals = { dra: none, gra: none, outcomeOnly: none, bounds: null, leftOut: 0 };
  return {
    uri,
    path,
    instance: null,
    attempt: null,
    outcome: 'unreadable',
    exitStatus: null,
    state: 'unfinished',
    totals,
    paidShare: null,
    findings: 0,
    turns: 0,
    cost: null,
    problem,
  };
}
