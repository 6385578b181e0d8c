/**
 * Finds the test report of a submission (formats.md §1.8, §3.4). One folder often holds reports of several runs, so a
 * report counts only when the patch that it graded is the submission.
 */
import { basename, dirname, join, sep } from 'node:path';
import { parseReport, verdictOn, type Report, type ReportFile, type Verdict } from '../episode/index';
import { PREDICTION_FILES, exists, hashOf, type SideReader } from './side-read';

/** Folders listed below one `logs/run_evaluation`, its depth (run id / model / …) and sub-folders tried for predictions. */
const LOG_FOLDERS = 512;
const LOG_DEPTH = 3;
const RUN_SUBFOLDERS = 64;
/** Names of folders that hold a run's reports: the run's own folder is the one above. */
const REPORT_FOLDERS = new Set(['reports', 'results', 'logs']);

/** What the episode hands in, as far as reports are concerned. */
export interface Submitted {
  /** Names under which reports may know the task, each one plain path element. */
  readonly ids: readonly string[];
  /** The episode records its task itself. */
  readonly instanceKnown: boolean;
  readonly hash: number | null;
  readonly empty: boolean;
  /** The file tells what was handed in, if only that nothing was. */
  readonly known: boolean;
}

export class ReportSearch {
  /** Reports that graded another patch. */
  readonly otherReports: string[] = [];
  /** Reports of which nothing tells the patch that they graded. */
  readonly unmatchedReports: string[] = [];

  constructor(
    private readonly reader: SideReader,
    private readonly submitted: Submitted,
  ) {}

  /** The first report, nearest first, that graded this submission. */
  async find(folders: readonly string[]): Promise<Report | null> {
    let counted: Report | null = null;
    const seen = new Set<string>();
    for await (const candidate of this.candidates(folders)) {
      if (seen.has(candidate)) continue;
      seen.add(candidate);
      const file = await this.reader.readCached('report', candidate, parseReport);
      const verdict = file === null ? null : verdictOn(file, this.submitted.ids);
      if (file === null || verdict === null) continue;
      const graded = await this.gradedPatches(candidate, file, verdict);
      if (graded.length === 0) {
        this.unmatchedReports.push(candidate);
      } else if (!graded.every((hash) => this.equalsSubmission(hash))) {
        this.otherReports.push(candidate);
      } else if (counted === null) {
        counted = this.asReport(verdict, candidate, this.submitted.hash);
      } else if (counted.resolved !== verdict.resolved) {
        this.reader.warn(
          `Two reports of this patch disagree: ${counted.source} (${outcome(counted)}) and ${candidate} (${outcome(verdict)}). The first one counts.`,
        );
      }
    }
    return counted;
  }

  /**
   * A report that the user names is taken at the user's word where nothing tells which patch it graded, and a problem
   * says so. It does not count where it can be seen to have graded another patch, or to be of another instance.
   */
  async named(path: string): Promise<Report | null> {
    if (!(await exists(path))) {
      this.reader.warn(`The report ${path} is not there. Name an existing file.`);
      return null;
    }
    const file = await this.reader.readCached('report', path, parseReport);
    if (file === null) {
      if (!this.reader.complainedOf(path))
        this.reader.warn(`${path} is no test report: it has neither "resolved" nor a list of resolved instances.`);
      return null;
    }
    const own = verdictOn(file, this.submitted.ids);
    // A file that does not name its task may be of the one instance of the report, if the patches are equal.
    const foreign = own === null && !this.submitted.instanceKnown && file.verdicts.size === 1 ? [...file.verdicts.keys()] : [];
    const verdict = own ?? verdictOn(file, foreign);
    if (verdict === null) {
      const count = file.verdicts.size.toLocaleString('en');
      this.reader.warn(
        `The report ${path} has no result for ${this.submitted.ids[0] ?? 'this instance'} (it has results for ${count} ${file.verdicts.size === 1 ? 'instance' : 'instances'}).`,
      );
      return null;
    }
    const graded = await this.gradedPatches(path, file, verdict, foreign);
    const refuse = (why: string, reports: string[] = this.otherReports): null => {
      reports.push(path);
      this.reader.warn(`The report ${path} ${why}, so it does not count.`);
      return null;
    };
    const comparable = this.submitted.known && graded.length > 0;
    if (comparable && !graded.every((hash) => this.equalsSubmission(hash)))
      return refuse("graded another patch than this episode's submission");
    if (!comparable && this.submitted.known && (this.submitted.empty || this.submitted.hash === null))
      return refuse('graded a patch, and this episode handed in none');
    if (!comparable && foreign.length > 0)
      return refuse(
        `is of the instance ${foreign.join()}, which this file does not name, and nothing shows that it graded this submission (a patch.diff beside it would)`,
        this.unmatchedReports,
      );
    if (!comparable)
      this.reader.warn(
        this.submitted.known
          ? `The report ${path} counts because it was named: no patch.diff or prediction beside it says which patch it graded.`
          : `The report ${path} counts because it was named: this file records no submission to compare with the patch that it graded.`,
      );
    return this.asReport(verdict, path, comparable ? this.submitted.hash : null);
  }

  private asReport(verdict: Verdict, source: string, hash: number | null): Report {
    const { resolved, failToPass, passToPass, lists } = verdict;
    return { resolved, source, failToPass, passToPass, ...(lists !== undefined && { lists }), patchHash: hash };
  }

  /** Paths where a report of this instance may lie, nearest first; lists over a whole run come last. */
  private async *candidates(folders: readonly string[]): AsyncGenerator<string> {
    for (const [level, folder] of folders.entries()) {
      if (level < 2) yield join(folder, 'report.json');
      for (const id of this.submitted.ids) {
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
        for (const id of this.submitted.ids) {
          const candidate = join(folder, id, 'report.json');
          if (await exists(candidate)) yield candidate;
        }
        if (depth === LOG_DEPTH) continue;
        if (++listed > LOG_FOLDERS) {
          this.reader.warnOnce(
            root,
            `Only the first ${LOG_FOLDERS.toLocaleString('en')} folders below ${root} were searched for reports; name one with --report.`,
          );
          return;
        }
        const entries = await this.reader.list(folder);
        // Folders of instances hold no further runs: a folder with a report, a log or a patch is one.
        if (entries.some((entry) => entry.name === 'report.json' || entry.name === 'run_instance.log' || entry.name === 'patch.diff'))
          continue;
        next.push(...entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name)));
      }
      level = next;
    }
  }

  /**
   * Hashes of the patches that a report may have graded: of `patch.diff` beside it, else of the predictions of its own
   * run, nearest first. Empty: nothing tells. Other runs' predictions are no evidence, even where their patch is equal.
   */
  private async gradedPatches(
    report: string,
    file: ReportFile,
    verdict: Verdict,
    foreign: readonly string[] = [],
  ): Promise<(number | null)[]> {
    if (verdict.patchIsNone) return [null];
    const ids = [...this.submitted.ids, ...foreign];
    const folder = dirname(report);
    const patchFiles =
      file.kind === 'run'
        ? []
        : basename(report) === 'report.json'
          ? ['patch.diff']
          : ids.flatMap((id) => [`${id}.patch.diff`, `${id}.patch`, `${id}.diff`]);
    for (const name of patchFiles) {
      const patch = await this.reader.read('patch', join(folder, name), (text) => ({ facts: text, complaint: null }));
      if (patch !== null) return [hashOf(patch)];
    }
    const logs = folder.lastIndexOf(join(sep, 'logs', 'run_evaluation', sep));
    if (logs >= 0) {
      // Below logs/run_evaluation the folder's name says whose predictions were graded.
      const inside = folder.slice(logs).split(sep);
      return this.listedPatches(folder.slice(0, logs), ids, (model) => model !== null && inside.includes(model.replaceAll('/', '__')));
    }
    for (const place of placesOfRun(folder, ids)) {
      const patches = await this.predictedPatches(place, ids);
      if (patches.length > 0) return patches;
    }
    return basename(folder) === 'reports' ? this.patchesBelow(dirname(folder), ids) : [];
  }

  /** Of a folder's lists, which the harness grades, else of the instance's own prediction. */
  private async predictedPatches(folder: string, ids: readonly string[]): Promise<(number | null)[]> {
    const listed = await this.listedPatches(folder, ids, () => true);
    if (listed.length > 0) return listed;
    for (const id of ids) {
      for (const path of [join(folder, `${id}.pred`), join(folder, id, `${id}.pred`)]) {
        const found = (await this.reader.predictions(path))?.get(id);
        if (found !== undefined) return [found.hash];
      }
    }
    return [];
  }

  private async listedPatches(
    folder: string,
    ids: readonly string[],
    ofModel: (model: string | null) => boolean,
    quiet = false,
  ): Promise<(number | null)[]> {
    const patches: (number | null)[] = [];
    for (const name of PREDICTION_FILES) {
      const predictions = await this.reader.predictions(join(folder, name), quiet);
      for (const id of predictions === null ? [] : ids) {
        const found = predictions?.get(id);
        if (found !== undefined && ofModel(found.model)) patches.push(found.hash);
      }
    }
    return patches;
  }

  /** Of lists in the run's sub-folders. They may be other runs' too, so a damaged one is no news of this episode. */
  private async patchesBelow(run: string, ids: readonly string[]): Promise<(number | null)[]> {
    const folders = (await this.reader.list(run)).filter((entry) => entry.isDirectory()).slice(0, RUN_SUBFOLDERS);
    const patches: (number | null)[] = [];
    for (const { name } of folders) patches.push(...(await this.listedPatches(join(run, name), ids, () => true, true)));
    return patches;
  }

  /** `null` stands for the empty patch. */
  equalsSubmission(hash: number | null): boolean {
    return hash === null ? this.submitted.empty : hash === this.submitted.hash;
  }
}

const outcome = (verdict: { readonly resolved: boolean }): string => (verdict.resolved ? 'resolved' : 'not resolved');

/** Where the predictions that a report graded may lie: its folder, and those above as far as they are of the same run. */
function placesOfRun(folder: string, ids: readonly string[]): string[] {
  const places = [folder];
  for (let at = folder; ids.includes(basename(at)) || REPORT_FOLDERS.has(basename(at)); at = dirname(at)) places.push(dirname(at));
  return places;
}
