/**
 * Finds and reads the files beside a trajectory (formats.md §1.8, §2.1, §2.6, §3.4). What they say is parsed in
 * `server/episode/side`. A bad side file costs a warning sentence and nothing else.
 */
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import {
  exitStatusesTime,
  parseExitStatuses,
  parseRewardJson,
  parseRewardText,
  parseRunArguments,
  parseTrialResult,
  type Episode,
  type Rollout,
  type SideFacts,
} from '../episode/index';
import { PREDICTION_FILES, SideReader, exists } from './side-read';
import { ReportSearch } from './side-reports';

export interface SideOptions {
  /** Folders above which nothing is looked for. The git root bounds it too. */
  readonly roots: readonly string[];
  /** A report that the user names; null: look for one. */
  readonly reportFile: string | null;
  readonly signal?: AbortSignal | undefined;
  /** Gets each folder that was looked into, there or not, nearest first. */
  readonly consulted?: Set<string>;
}

/** Folders looked through upward: inside a workspace or git root, and where there is neither. */
const LEVELS_INSIDE = 12;
const LEVELS_OUTSIDE = 3;

/**
 * What the files beside `path` say about this episode. Rejects only when `signal` aborts.
 *
 * `report` is of the rollout that counts (`episode.best`): its patch equals that rollout's submission, compared without
 * trailing white space and with CRLF as LF. Its `patchHash` tells other attempts apart.
 */
export async function findSideFacts(path: string, episode: Episode, options: SideOptions): Promise<SideFacts> {
  return new Search(resolve(path), episode, options).run();
}

class Search {
  private readonly reader: SideReader;
  private readonly reports: ReportSearch;
  private readonly folder: string;
  private readonly ids: string[];

  constructor(
    private readonly path: string,
    private readonly episode: Episode,
    private readonly options: SideOptions,
  ) {
    this.folder = dirname(path);
    const rollout = episode.rollouts[episode.best];
    this.ids = candidateIds(path, episode.instance);
    this.reader = new SideReader(options.signal, options.consulted);
    this.reports = new ReportSearch(this.reader, {
      ids: this.ids,
      instanceKnown: episode.instance !== null,
      hash: rollout?.submissionHash ?? null,
      empty: rollout !== undefined && submittedNothing(rollout),
      known: rollout !== undefined && (rollout.submissionKind !== null || rollout.exitStatus !== null),
    });
  }

  async run(): Promise<SideFacts> {
    const folders = await this.upward();
    const trial = this.episode.format === 'atif' ? await this.trial(folders) : null;
    const prediction = this.episode.format === 'atif' ? null : await this.ownPrediction(folders);
    const ran =
      this.episode.format === 'swe-agent' ? await this.reader.readCached('args', join(this.folder, 'args.yaml'), parseRunArguments) : null;
    const rollout = this.episode.rollouts[this.episode.best];
    // While no attempt of a RetryAgent is chosen, an attempt's own exit status is not the run's.
    const ended = rollout?.exitStatus != null && (rollout.attempt === null || this.episode.finished);
    const exitStatus = ended ? null : await this.exitStatus(folders);
    const { reportFile } = this.options;
    const report =
      reportFile !== null
        ? await this.reports.named(resolve(reportFile))
        : this.episode.format === 'atif'
          ? null
          : await this.reports.find(folders);
    return {
      instance: prediction?.instance ?? trial?.task ?? null,
      model: ran ?? prediction?.model ?? trial?.model ?? null,
      report,
      otherReports: this.reports.otherReports,
      unmatchedReports: this.reports.unmatchedReports,
      exitStatus: exitStatus ?? trial?.exitStatus ?? null,
      predicted: prediction === null ? null : prediction.empty ? 'empty' : 'patch',
      reward: trial?.reward ?? null,
      problems: this.reader.problems,
    };
  }

  /** The file's folder and those above it, up to a root, the git root, the home folder or a number of levels. */
  private async upward(): Promise<string[]> {
    const roots = this.options.roots.map((root) => resolve(root));
    const inside = roots.some((root) => this.folder === root || this.folder.startsWith(root.endsWith(sep) ? root : root + sep));
    const folders: string[] = [];
    const home = homedir();
    let bounded = inside;
    for (let folder = this.folder; folders.length < LEVELS_INSIDE; folder = dirname(folder)) {
      folders.push(folder);
      if (roots.includes(folder) || folder === dirname(folder) || folder === home) break;
      if (await exists(join(folder, '.git'))) {
        bounded = true;
        break;
      }
    }
    return bounded ? folders : folders.slice(0, LEVELS_OUTSIDE);
  }

  private async ownPrediction(
    folders: readonly string[],
  ): Promise<{ readonly instance: string; readonly model: string | null; readonly empty: boolean } | null> {
    for (const [level, folder] of folders.entries()) {
      const names = level === 0 ? [...this.ids.map((id) => `${id}.pred`), ...PREDICTION_FILES] : PREDICTION_FILES;
      for (const name of names) {
        const predictions = await this.reader.predictions(join(folder, name));
        for (const id of predictions === null ? [] : this.ids) {
          const found = predictions?.get(id);
          if (found === undefined) continue;
          // A prediction with another patch is another run's: its model may be another's too.
          return { instance: id, model: this.reports.equalsSubmission(found.hash) ? found.model : null, empty: found.hash === null };
        }
      }
    }
    return null;
  }

  private async exitStatus(folders: readonly string[]): Promise<{ readonly status: string; readonly source: string } | null> {
    for (const folder of folders) {
      const listed = await this.reader.list(folder);
      const timed = listed
        .flatMap((entry) => (exitStatusesTime(entry.name) === null ? [] : [{ name: entry.name, time: exitStatusesTime(entry.name) ?? 0 }]))
        .sort((a, b) => b.time - a.time)
        .map((entry) => entry.name);
      for (const name of ['run_batch_exit_statuses.yaml', ...timed]) {
        const source = join(folder, name);
        const statuses = await this.reader.readCached('statuses', source, parseExitStatuses);
        for (const id of statuses === null ? [] : this.ids) {
          const status = statuses?.get(id);
          if (status !== undefined) return { status, source };
        }
      }
    }
    return null;
  }

  /** Harbor: `<trial>/agent/trajectory.json` with `<trial>/verifier/` and `<trial>/result.json`. */
  private async trial(folders: readonly string[]): Promise<{
    readonly task: string | null;
    readonly model: string | null;
    readonly reward: { readonly value: number; readonly source: string } | null;
    readonly exitStatus: { readonly status: string; readonly source: string } | null;
  } | null> {
    for (const folder of folders.slice(0, 2)) {
      const resultFile = join(folder, 'result.json');
      const result = await this.reader.read('trial', resultFile, parseTrialResult);
      const text = join(folder, 'verifier', 'reward.txt');
      const json = join(folder, 'verifier', 'reward.json');
      const fromText = await this.reader.read('reward', text, parseRewardText);
      const fromJson = fromText === null ? await this.reader.read('reward', json, parseRewardJson) : null;
      if (result === null && fromText === null && fromJson === null) continue;
      const reward =
        fromText !== null
          ? { value: fromText, source: text }
          : fromJson !== null
            ? { value: fromJson, source: json }
            : result?.reward != null
              ? { value: result.reward, source: resultFile }
              : null;
      if (reward !== null && result?.reward != null && reward.value !== result.reward) {
        this.reader.warn(
          `${reward.source} gives the reward ${String(reward.value)}, ${resultFile} gives ${String(result.reward)}; the verifier's own file counts.`,
        );
      }
      // The verifier's exceptions say nothing about how the agent ended.
      const exception = result?.exception != null && !result.exception.startsWith('Verifier') ? result.exception : null;
      return {
        task: result?.task ?? null,
        model: result?.model ?? null,
        reward,
        exitStatus: exception === null ? null : { status: exception, source: resultFile },
      };
    }
    return null;
  }
}

/** An empty patch, or no recorded one after a submit. */
function submittedNothing({ submissionKind, exitStatus }: Rollout): boolean {
  return submissionKind === 'empty' || (submissionKind === null && exitStatus !== null && /^submitted\b/i.test(exitStatus));
}

/** Names under which side files may know the task: as recorded, then the file's name. Only those that are one plain path element. */
function candidateIds(path: string, instance: string | null): string[] {
  const stem = basename(path).replace(/(\.traj)?\.json$|\.traj$|\.jsonl$/i, '');
  const folder = basename(dirname(path));
  // SWE-agent and mini-swe-agent both write <iid>/<iid>.traj; the folder's name alone is no evidence.
  const ids = [instance, stem, stem === folder ? folder : null];
  return [...new Set(ids.filter((id): id is string => id !== null && isPlainName(id)))];
}

/** The text comes from an episode: it must never lead out of a folder. */
function isPlainName(name: string): boolean {
  return /^[\w.+@=,~ -]{1,255}$/.test(name) && !/^\.+$/.test(name) && !isAbsolute(name);
}
