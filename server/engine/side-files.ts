/**
 * Finds and reads the files beside a trajectory (formats.md §1.8, §2.1, §2.6, §3.4). What they say is parsed in
 * `server/episode/side`. A bad side file costs a warning sentence and nothing else.
 */
import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import {
  exitStatusesTime,
  parseExitStatuses,
  parsePredictions,
  parseReport,
  parseRewardJson,
  parseRewardText,
  parseRunArguments,
  parseTrialResult,
  patchHash,
  verdictOn,
  type Episode,
  type Parsed,
  type Problem,
  type Report,
  type ReportFile,
  type Rollout,
  type SideFacts,
  type Verdict,
} from '../episode/index';

export interface SideOptions {
  /** Folders above which nothing is looked for. The git root bounds it too. */
  readonly roots: readonly string[];
  /** A report that the user names; null: look for one. */
  readonly reportFile: string | null;
  readonly signal?: AbortSignal | undefined;
}

const MEBI = 1024 * 1024;
/** Larger side files are not read, and a warning says so. Predictions of 500 instances take about 2 MB. */
const SIZE_LIMIT = {
  predictions: 64 * MEBI,
  report: 32 * MEBI,
  statuses: 16 * MEBI,
  args: 4 * MEBI,
  patch: 32 * MEBI,
  trial: 16 * MEBI,
  reward: 64 * 1024,
} as const;
/** Folders looked through upward: inside a workspace or git root, and where there is neither. */
const LEVELS_INSIDE = 12;
const LEVELS_OUTSIDE = 3;
/** Folders listed below one `logs/run_evaluation`, its depth (run id / model / …) and sub-folders tried for predictions. */
const LOG_FOLDERS = 512;
const LOG_DEPTH = 3;
const SIBLING_FOLDERS = 64;
const PREDICTION_FILES = ['preds.json', 'all_preds.jsonl', 'predictions.jsonl', 'predictions.json'] as const;

/**
 * What the files beside `path` say about this episode. Rejects only when `signal` aborts.
 *
 * `report` is of the rollout that counts (`episode.best`): its patch equals that rollout's submission, compared without
 * trailing white space and with CRLF as LF. Its `patchHash` tells other attempts apart.
 */
export async function findSideFacts(path: string, episode: Episode, options: SideOptions): Promise<SideFacts> {
  return new Search(resolve(path), episode, options).run();
}

interface PatchFact {
  readonly hash: number | null;
  readonly model: string | null;
}

/** Parsed side files, shared by the episodes of a folder: a batch of 500 reads its `preds.json` once. */
const CACHE_ENTRIES = 16;
const cache = new Map<string, { readonly stamp: string; readonly value: Parsed<unknown> }>();

class Search {
  private readonly problems: Problem[] = [];
  private readonly complained = new Set<string>();
  private readonly otherReports: string[] = [];
  private readonly folder: string;
  private readonly ids: string[];
  private readonly submission: { readonly hash: number | null; readonly empty: boolean };

  constructor(
    private readonly path: string,
    private readonly episode: Episode,
    private readonly options: SideOptions,
  ) {
    this.folder = dirname(path);
    const rollout = episode.rollouts[episode.best];
    this.submission = { hash: rollout?.submissionHash ?? null, empty: rollout !== undefined && submittedNothing(rollout) };
    this.ids = candidateIds(path, episode.instance);
  }

  async run(): Promise<SideFacts> {
    const folders = await this.upward();
    const trial = this.episode.format === 'atif' ? await this.trial(folders) : null;
    const prediction = this.episode.format === 'atif' ? null : await this.ownPrediction(folders);
    const ran =
      this.episode.format === 'swe-agent' ? await this.readCached('args', join(this.folder, 'args.yaml'), parseRunArguments) : null;
    const exitStatus = this.episode.rollouts[this.episode.best]?.exitStatus == null ? await this.exitStatus(folders) : null;
    const report = await this.report(folders);
    return {
      instance: prediction?.instance ?? trial?.task ?? null,
      model: ran ?? prediction?.model ?? trial?.model ?? null,
      report,
      otherReports: this.otherReports,
      exitStatus: exitStatus ?? trial?.exitStatus ?? null,
      reward: trial?.reward ?? null,
      problems: this.problems,
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

  private async ownPrediction(folders: readonly string[]): Promise<{ readonly instance: string; readonly model: string | null } | null> {
    for (const [level, folder] of folders.entries()) {
      const names = level === 0 ? [...this.ids.map((id) => `${id}.pred`), ...PREDICTION_FILES] : PREDICTION_FILES;
      for (const name of names) {
        const predictions = await this.predictions(join(folder, name));
        for (const id of predictions === null ? [] : this.ids) {
          const found = predictions?.get(id);
          if (found === undefined) continue;
          // A prediction with another patch is another run's: its model may be another's too.
          return { instance: id, model: this.equalsSubmission(found.hash) ? found.model : null };
        }
      }
    }
    return null;
  }

  private async exitStatus(folders: readonly string[]): Promise<{ readonly status: string; readonly source: string } | null> {
    for (const folder of folders) {
      const listed = await this.list(folder);
      const timed = listed
        .flatMap((entry) => (exitStatusesTime(entry.name) === null ? [] : [{ name: entry.name, time: exitStatusesTime(entry.name) ?? 0 }]))
        .sort((a, b) => b.time - a.time)
        .map((entry) => entry.name);
      for (const name of ['run_batch_exit_statuses.yaml', ...timed]) {
        const source = join(folder, name);
        const statuses = await this.readCached('statuses', source, parseExitStatuses);
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
      const result = await this.read('trial', resultFile, parseTrialResult);
      const text = join(folder, 'verifier', 'reward.txt');
      const json = join(folder, 'verifier', 'reward.json');
      const fromText = await this.read('reward', text, parseRewardText);
      const fromJson = fromText === null ? await this.read('reward', json, parseRewardJson) : null;
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
        this.warn(
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

  private async report(folders: readonly string[]): Promise<Report | null> {
    if (this.options.reportFile !== null) return this.namedReport(resolve(this.options.reportFile));
    // ATIF records no submission that a report could be compared with.
    if (this.episode.format === 'atif') return null;
    let counted: Report | null = null;
    const seen = new Set<string>();
    for await (const candidate of this.candidates(folders)) {
      if (seen.has(candidate)) continue;
      seen.add(candidate);
      const file = await this.readCached('report', candidate, parseReport);
      const verdict = file === null ? null : verdictOn(file, this.ids);
      if (file === null || verdict === null) continue;
      const graded = await this.gradedPatches(candidate, file, verdict);
      if (graded.length === 0) {
        this.otherReports.push(`${candidate} (no patch.diff or prediction beside it says which patch it graded)`);
      } else if (!graded.some((hash) => this.equalsSubmission(hash))) {
        this.otherReports.push(candidate);
      } else if (counted === null) {
        counted = this.asReport(verdict, candidate, this.submission.hash);
      } else if (counted.resolved !== verdict.resolved) {
        this.warn(
          `Two reports of this patch disagree: ${counted.source} (${outcome(counted)}) and ${candidate} (${outcome(verdict)}). The first one counts.`,
        );
      }
    }
    return counted;
  }

  /** A report that the user names is taken at its word, unless it can be seen to have graded another patch. */
  private async namedReport(path: string): Promise<Report | null> {
    if (!(await exists(path))) {
      this.warn(`The report ${path} is not there. Name an existing file.`);
      return null;
    }
    const file = await this.readCached('report', path, parseReport);
    if (file === null) {
      if (!this.complained.has(path)) this.warn(`${path} is no test report: it has neither "resolved" nor a list of resolved instances.`);
      return null;
    }
    const only = file.verdicts.size === 1 && this.episode.instance === null ? [...file.verdicts.keys()] : [];
    const verdict = verdictOn(file, [...this.ids, ...only]);
    if (verdict === null) {
      const count = file.verdicts.size.toLocaleString('en');
      this.warn(
        `The report ${path} has no result for ${this.ids[0] ?? 'this instance'} (it has results for ${count} ${file.verdicts.size === 1 ? 'instance' : 'instances'}).`,
      );
      return null;
    }
    const graded = await this.gradedPatches(path, file, verdict);
    if (graded.length > 0 && !graded.some((hash) => this.equalsSubmission(hash))) {
      this.otherReports.push(path);
      this.warn(`The report ${path} graded another patch than this episode's submission, so it does not count.`);
      return null;
    }
    return this.asReport(verdict, path, graded.length > 0 ? this.submission.hash : null);
  }

  private asReport(verdict: Verdict, source: string, hash: number | null): Report {
    return { resolved: verdict.resolved, source, failToPass: verdict.failToPass, passToPass: verdict.passToPass, patchHash: hash };
  }

  /** Paths where a report of this instance may lie, nearest first; lists over a whole run come last. */
  private async *candidates(folders: readonly string[]): AsyncGenerator<string> {
    for (const [level, folder] of folders.entries()) {
      if (level < 2) yield join(folder, 'report.json');
      for (const id of this.ids) {
        yield join(folder, `${id}.report.json`);
        yield join(folder, 'reports', `${id}.report.json`);
        yield join(folder, 'logs', id, 'report.json');
      }
      yield* this.evaluationLogs(join(folder, 'logs', 'run_evaluation'));
    }
    for (const folder of folders) {
      yield join(folder, 'results.json');
      yield join(folder, 'results', 'results.json');
    }
  }

  /** `<iid>/report.json` at any depth of `logs/run_evaluation`, breadth first, in the order of names. */
  private async *evaluationLogs(root: string): AsyncGenerator<string> {
    let level = (await exists(root)) ? [root] : [];
    let listed = 0;
    for (let depth = 0; depth <= LOG_DEPTH && level.length > 0; depth++) {
      const next: string[] = [];
      for (const folder of level) {
        for (const id of this.ids) {
          const candidate = join(folder, id, 'report.json');
          if (await exists(candidate)) yield candidate;
        }
        if (depth === LOG_DEPTH) continue;
        if (++listed > LOG_FOLDERS) {
          this.warnOnce(
            root,
            `Only the first ${LOG_FOLDERS.toLocaleString('en')} folders below ${root} were searched for reports; name one with --report.`,
          );
          return;
        }
        const entries = await this.list(folder);
        // Folders of instances hold no further runs: a folder with a report, a log or a patch is one.
        if (entries.some((entry) => entry.name === 'report.json' || entry.name === 'run_instance.log' || entry.name === 'patch.diff'))
          continue;
        next.push(...entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name)));
      }
      level = next;
    }
  }

  /**
   * Hashes of the patches that a report may have graded: of `patch.diff` beside it, else of the nearest predictions for
   * this instance. Empty: nothing tells.
   */
  private async gradedPatches(report: string, file: ReportFile, verdict: Verdict): Promise<(number | null)[]> {
    if (verdict.patchIsNone) return [null];
    const folder = dirname(report);
    const patchFiles =
      file.kind === 'run'
        ? []
        : basename(report) === 'report.json'
          ? ['patch.diff']
          : this.ids.flatMap((id) => [`${id}.patch.diff`, `${id}.patch`, `${id}.diff`]);
    for (const name of patchFiles) {
      const patch = await this.read('patch', join(folder, name), (text) => ({ facts: text, complaint: null }));
      if (patch !== null) return [hashOf(patch)];
    }
    const logs = folder.lastIndexOf(join(sep, 'logs', 'run_evaluation', sep));
    if (logs >= 0) {
      // Below logs/run_evaluation the folder's name says whose predictions were graded.
      const inside = folder.slice(logs).split(sep);
      return this.predictedPatches([folder.slice(0, logs)], (model) => model !== null && inside.includes(model.replaceAll('/', '__')));
    }
    const own = await this.predictedPatches([folder], () => true);
    if (own.length > 0) return own;
    const above = dirname(folder);
    const inAbove = await this.predictedPatches([above], () => true);
    if (inAbove.length > 0) return inAbove;
    const siblings = (await this.list(above)).filter((entry) => entry.isDirectory()).slice(0, SIBLING_FOLDERS);
    return this.predictedPatches(
      siblings.map((entry) => join(above, entry.name)),
      () => true,
    );
  }

  private async predictedPatches(folders: readonly string[], ofModel: (model: string | null) => boolean): Promise<(number | null)[]> {
    const patches: (number | null)[] = [];
    for (const folder of folders) {
      for (const name of [...this.ids.map((id) => `${id}.pred`), ...PREDICTION_FILES]) {
        const predictions = await this.predictions(join(folder, name));
        for (const id of predictions === null ? [] : this.ids) {
          const found = predictions?.get(id);
          if (found !== undefined && ofModel(found.model)) patches.push(found.hash);
        }
      }
    }
    return patches;
  }

  private predictions(path: string): Promise<ReadonlyMap<string, PatchFact> | null> {
    return this.readCached('predictions', path, (text) => {
      const all = parsePredictions(text);
      if (all.facts === null) return { facts: null, complaint: all.complaint };
      return { facts: new Map([...all.facts].map(([id, { model, patch }]) => [id, { model, hash: hashOf(patch) }])), complaint: null };
    });
  }

  /** `null` stands for the empty patch. */
  private equalsSubmission(hash: number | null): boolean {
    return hash === null ? this.submission.empty : hash === this.submission.hash;
  }

  private async readCached<Facts>(
    kind: keyof typeof SIZE_LIMIT,
    path: string,
    parse: (text: string) => Parsed<Facts>,
  ): Promise<Facts | null> {
    this.options.signal?.throwIfAborted();
    const stats = await stat(path).catch(() => null);
    if (stats === null) return null;
    const key = `${kind}:${path}`;
    const stamp = `${String(stats.mtimeMs)}:${String(stats.size)}`;
    const hit = cache.get(key);
    let value: Parsed<Facts>;
    if (hit?.stamp === stamp) {
      value = hit.value as Parsed<Facts>;
      cache.delete(key);
    } else {
      value = await this.parseFile(kind, path, parse);
    }
    cache.set(key, { stamp, value });
    for (const oldest of cache.keys()) {
      if (cache.size <= CACHE_ENTRIES) break;
      cache.delete(oldest);
    }
    return this.accept(path, value);
  }

  private async read<Facts>(kind: keyof typeof SIZE_LIMIT, path: string, parse: (text: string) => Parsed<Facts>): Promise<Facts | null> {
    this.options.signal?.throwIfAborted();
    return this.accept(path, await this.parseFile(kind, path, parse));
  }

  private accept<Facts>(path: string, value: Parsed<Facts>): Facts | null {
    if (value.complaint !== null) this.warnOnce(path, `${path} is not used: ${value.complaint}.`);
    return value.facts;
  }

  private async parseFile<Facts>(
    kind: keyof typeof SIZE_LIMIT,
    path: string,
    parse: (text: string) => Parsed<Facts>,
  ): Promise<Parsed<Facts>> {
    const text = await readText(path, SIZE_LIMIT[kind]);
    if (text === null) return { facts: null, complaint: null };
    return 'complaint' in text ? { facts: null, complaint: text.complaint } : parse(text.text);
  }

  private async list(folder: string): Promise<Dirent[]> {
    this.options.signal?.throwIfAborted();
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private warnOnce(key: string, message: string): void {
    if (this.complained.has(key)) return;
    this.complained.add(key);
    this.warn(message);
  }

  private warn(message: string): void {
    this.problems.push({ message, byte: null, line: null, turn: null, severity: 'warning' });
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

function hashOf(patch: string): number | null {
  return patch.trim() === '' ? null : patchHash(patch);
}

const outcome = (verdict: { readonly resolved: boolean }): string => (verdict.resolved ? 'resolved' : 'not resolved');

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** A regular file's text; null where there is none; a clause where it can't be read. */
async function readText(path: string, limit: number): Promise<{ readonly text: string } | { readonly complaint: string } | null> {
  let file;
  try {
    // A pipe of this name would block an open for reading for ever.
    if (!(await stat(path)).isFile()) return null;
    file = await open(path, 'r');
    const stats = await file.stat();
    if (stats.size > limit) return { complaint: `it has ${megabytes(stats.size)}, more than the ${megabytes(limit)} that are read` };
    return { text: await file.readFile('utf8') };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null;
    return {
      complaint:
        code === 'EACCES' || code === 'EPERM' ? 'there is no permission to read it' : `it could not be read (${code ?? 'unknown error'})`,
    };
  } finally {
    await file?.close().catch(() => undefined);
  }
}

const megabytes = (bytes: number): string =>
  bytes < MEBI ? `${Math.ceil(bytes / 1024).toLocaleString('en')} KB` : `${Math.ceil(bytes / MEBI).toLocaleString('en')} MB`;
