import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Episode, SideFacts } from '../../../server/episode/index';
import { findSideFacts, type SideOptions } from '../../../server/engine/side-files';
import { corpus, readText, rows } from './corpus-files';

const IID = 'django__django-11163';
const PATCH = 'diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\n+b\n';
const OTHER = PATCH.replace('+b', '+c');

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'turnpike-side-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, content: unknown): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, typeof content === 'string' ? content : JSON.stringify(content));
  return full;
}

function episode(submission: string | null, exitStatus: string | null = 'submitted'): Episode {
  const step = { action: 'ls', observation: 'a', response: '', thought: '', state: '{}', execution_time: 1 };
  const result = readText(
    JSON.stringify({ environment: 'swe_main', trajectory: [step], history: [], info: { exit_status: exitStatus, submission } }),
  );
  if (!('episode' in result)) throw new Error('no episode');
  return result.episode;
}

const find = (path: string, of: Episode, options: Partial<SideOptions> = {}): Promise<SideFacts> =>
  findSideFacts(join(root, path), of, { roots: [root], reportFile: null, ...options });
const report = (resolved: boolean, extra: object = {}): object => ({
  [IID]: {
    patch_is_None: false,
    patch_successfully_applied: true,
    resolved,
    tests_status: { FAIL_TO_PASS: { success: ['a'], failure: resolved ? [] : ['b'] }, PASS_TO_PASS: { success: [], failure: [] } },
    ...extra,
  },
});
const TRAJ = `out/${IID}/${IID}.traj`;

describe('predictions beside a trajectory', () => {
  it('give task and model from .pred', async () => {
    put(`out/${IID}/${IID}.pred`, { instance_id: IID, model_name_or_path: 'gpt-x', model_patch: PATCH });
    expect(await find(TRAJ, episode(PATCH))).toMatchObject({ instance: IID, model: 'gpt-x', report: null, problems: [] });
  });

  it('give task and model from preds.json above, and no model where the patch is another run’s', async () => {
    put('out/preds.json', { [IID]: { instance_id: IID, model_name_or_path: 'gpt-x', model_patch: PATCH } });
    expect(await find(TRAJ, episode(PATCH))).toMatchObject({ instance: IID, model: 'gpt-x' });
    expect(await find(TRAJ, episode(OTHER))).toMatchObject({ instance: IID, model: null });
  });
});

describe('what was predicted', () => {
  it('is told as a patch or an empty one', async () => {
    expect((await find(TRAJ, episode(PATCH))).predicted).toBeNull();
    put('out/preds.json', { [IID]: { model_patch: '' } });
    expect((await find(TRAJ, episode(PATCH))).predicted).toBe('empty');
    put(`out/${IID}/${IID}.pred`, { instance_id: IID, model_patch: OTHER });
    expect((await find(TRAJ, episode(PATCH))).predicted).toBe('patch');
  });
});

describe('args.yaml of SWE-agent 0.x', () => {
  it('names the model, where predictions hold the name of the folder', async () => {
    put('out/all_preds.jsonl', { instance_id: IID, model_name_or_path: 'gpt4__data__default', model_patch: PATCH });
    cpSync(
      `${corpus}/${rows('swe-agent-aux').find(({ file }) => file.includes('td__gpt4') && file.includes('args.yaml'))!.file}`,
      join(root, 'out/args.yaml'),
    );
    expect(await find(`out/${IID}.traj`, episode(PATCH))).toMatchObject({ instance: IID, model: 'gpt4', problems: [] });
    put('out/args.yaml', 'other: {program: true}');
    expect(await find(`out/${IID}.traj`, episode(PATCH))).toMatchObject({ model: 'gpt4__data__default', problems: [] });
  });
});

describe('exit statuses of a batch', () => {
  it('are used where the trajectory records none', async () => {
    const file = put('out/run_batch_exit_statuses.yaml', `instances_by_exit_status:\n    Uncaught KeyError:\n    - ${IID}\n`);
    expect((await find(TRAJ, episode(null, null))).exitStatus).toEqual({ status: 'Uncaught KeyError', source: file });
    expect((await find(TRAJ, episode(PATCH))).exitStatus).toBeNull();
  });

  it('are used for a RetryAgent that has not chosen, whatever its last attempt says', async () => {
    put('out/run_batch_exit_statuses.yaml', `instances_by_exit_status:\n    exit_cost:\n    - ${IID}\n`);
    const of = episode(PATCH);
    const retry = { ...of, finished: false, rollouts: of.rollouts.map((rollout) => ({ ...rollout, attempt: 0 })) };
    expect((await find(TRAJ, retry)).exitStatus?.status).toBe('exit_cost');
    expect((await find(TRAJ, { ...retry, finished: true })).exitStatus).toBeNull();
  });

  it('of mini-swe-agent are taken from the newest file that knows the instance', async () => {
    put('out/exit_statuses_100.5.yaml', `instances_by_exit_status:\n    Old:\n    - ${IID}\n`);
    put('out/exit_statuses_200.5.yaml', `instances_by_exit_status:\n    New:\n    - ${IID}\n`);
    put('out/exit_statuses_300.5.yaml', 'instances_by_exit_status:\n    Newest:\n    - x\n');
    expect((await find(TRAJ, episode(null, null))).exitStatus?.status).toBe('New');
  });
});

describe('test reports', () => {
  it.each([
    ['beside the file', `out/${IID}/report.json`, `out/${IID}/patch.diff`],
    ['in logs/<iid> of a leaderboard folder', `logs/${IID}/report.json`, `logs/${IID}/patch.diff`],
    [
      'in logs/run_evaluation',
      `logs/run_evaluation/run-1/some__model/${IID}/report.json`,
      `logs/run_evaluation/run-1/some__model/${IID}/patch.diff`,
    ],
    [
      'in logs/run_evaluation without a model folder',
      `out/logs/run_evaluation/run-1/${IID}/report.json`,
      `out/logs/run_evaluation/run-1/${IID}/patch.diff`,
    ],
  ])('%s count when patch.diff is the submission', async (_name, where, patch) => {
    const source = put(where, report(false));
    put(patch, PATCH.replaceAll('\n', '\r\n') + '\n \n');
    const side = await find(TRAJ, episode(PATCH));
    expect(side.report).toMatchObject({
      resolved: false,
      source,
      failToPass: { passed: 1, total: 2 },
      passToPass: { passed: 0, total: 0 },
    });
    expect(side.otherReports).toEqual([]);
    put(patch, OTHER);
    const other = await find(TRAJ, episode(PATCH));
    expect([other.report, other.otherReports]).toEqual([null, [source]]);
  });

  it('in reports/ count when the nearest prediction is the submission', async () => {
    const source = put(`out/reports/${IID}.report.json`, (report(true) as Record<string, unknown>)[IID]);
    put('out/preds.json', { [IID]: { model_patch: PATCH } });
    expect((await find(TRAJ, episode(PATCH))).report).toMatchObject({ resolved: true, source });
    expect(await find(TRAJ, episode(OTHER))).toMatchObject({ report: null, otherReports: [source] });
  });

  it('of a run count when the instance’s own .pred is the submission', async () => {
    const source = put('out/results.json', { resolved_ids: [IID], submitted_ids: [IID], completed_ids: [IID] });
    put(`out/${IID}/${IID}.pred`, { instance_id: IID, model_patch: PATCH });
    expect((await find(TRAJ, episode(PATCH))).report).toMatchObject({ resolved: true, source });
    expect(await find(TRAJ, episode(OTHER))).toMatchObject({ report: null, otherReports: [source] });
  });

  it('of a run are not proved by the predictions of a run beside it, nor by those above', async () => {
    const source = put('runA/results.json', { resolved_ids: [IID], completed_ids: [IID] });
    put('runB/preds.json', { [IID]: { model_patch: PATCH } });
    put('preds.json', { [IID]: { model_patch: PATCH } });
    const path = `runA/${IID}/${IID}.traj`;
    expect(await find(path, episode(PATCH))).toMatchObject({
      report: null,
      otherReports: [],
      unmatchedReports: [source],
    });
    put(`runA/${IID}/${IID}.pred`, { instance_id: IID, model_patch: OTHER });
    expect(await find(path, episode(PATCH))).toMatchObject({ report: null, otherReports: [source] });
  });

  it('in results/ and logs/<iid> are of the run whose folder holds that one', async () => {
    put('preds.json', { [IID]: { model_patch: PATCH } });
    put('results/results.json', { resolved: [IID], applied: [IID] });
    expect((await find(TRAJ, episode(PATCH))).report?.resolved).toBe(true);
    const nearer = put(`logs/${IID}/report.json`, report(true));
    expect((await find(TRAJ, episode(PATCH))).report?.source).toBe(nearer);
  });

  it('in reports/ do not count while predictions in the run’s folders differ; a damaged one there is no news', async () => {
    const source = put(`out/reports/${IID}.report.json`, report(true));
    put('out/a/preds.json', { [IID]: { model_patch: PATCH } });
    put('out/b/preds.json', '{"half": ');
    expect(await find(TRAJ, episode(PATCH))).toMatchObject({ report: { source }, problems: [] });
    put('out/b/preds.json', { [IID]: { model_patch: OTHER } });
    expect(await find(TRAJ, episode(PATCH))).toMatchObject({ report: null, otherReports: [source] });
  });

  it('of one run say nothing of damaged files of others', async () => {
    put('runA/results.json', { resolved_ids: [IID], completed_ids: [IID] });
    put('runB/preds.json', '{"half": ');
    expect((await find(`runA/${IID}/${IID}.traj`, episode(PATCH))).problems).toEqual([]);
  });

  it('do not count while nothing tells which patch they graded', async () => {
    const source = put(`out/reports/${IID}.report.json`, report(true));
    const side = await find(TRAJ, episode(PATCH));
    expect([side.report, side.otherReports, side.unmatchedReports]).toEqual([null, [], [source]]);
  });

  it('below logs/run_evaluation are compared with the predictions of their own model only', async () => {
    const where = (model: string): string => `logs/run_evaluation/r/${model}/${IID}/report.json`;
    const mine = put(where('org__mine'), report(true));
    const yours = put(where('org__yours'), report(false));
    put('preds.json', { [IID]: { model_name_or_path: 'org/mine', model_patch: PATCH } });
    const side = await find(TRAJ, episode(PATCH));
    expect(side.report?.source).toBe(mine);
    expect([side.otherReports, side.unmatchedReports]).toEqual([[], [yours]]);
  });

  it('that disagree about the same patch are announced', async () => {
    for (const [run, resolved] of [
      ['a', true],
      ['b', false],
    ] as const) {
      put(`logs/run_evaluation/${run}/m/${IID}/report.json`, report(resolved));
      put(`logs/run_evaluation/${run}/m/${IID}/patch.diff`, PATCH);
    }
    const side = await find(TRAJ, episode(PATCH));
    expect(side.report?.resolved).toBe(true);
    expect(side.problems[0]?.message).toMatch(
      /^Two reports of this patch disagree: .*\(resolved\) and .*\(not resolved\)\. The first one counts\.$/,
    );
  });

  it('of an empty patch belong to an empty submission', async () => {
    put(`out/${IID}/report.json`, report(false, { patch_is_None: true }));
    expect((await find(TRAJ, episode(' \n'))).report).toMatchObject({ resolved: false });
    expect((await find(TRAJ, episode(null))).report).toMatchObject({ resolved: false });
    expect((await find(TRAJ, episode(PATCH))).report).toBeNull();
  });

  it('are found in results.json of a run, after the reports of instances', async () => {
    const run = put('out/results.json', { resolved_ids: [], submitted_ids: [IID], completed_ids: [IID] });
    put('out/preds.json', { [IID]: { model_patch: PATCH } });
    expect((await find(TRAJ, episode(PATCH))).report).toMatchObject({ resolved: false, source: run, failToPass: null });
    put(`out/${IID}/report.json`, report(false));
    put(`out/${IID}/patch.diff`, PATCH);
    expect((await find(TRAJ, episode(PATCH))).report?.failToPass).toEqual({ passed: 1, total: 2 });
  });

  it('are looked for up to the root, the git root or three folders, not above', async () => {
    put(`logs/run_evaluation/r/m/${IID}/report.json`, report(true));
    put(`logs/run_evaluation/r/m/${IID}/patch.diff`, PATCH);
    const deep = `a/b/c/d/${IID}.traj`;
    expect((await find(deep, episode(PATCH))).report).not.toBeNull();
    expect((await find(deep, episode(PATCH), { roots: [join(root, 'a')] })).report).toBeNull();
    expect((await find(deep, episode(PATCH), { roots: [] })).report).toBeNull();
    mkdirSync(join(root, '.git'));
    expect((await find(deep, episode(PATCH), { roots: [] })).report).not.toBeNull();
    mkdirSync(join(root, 'a/b/.git'), { recursive: true });
    expect((await find(deep, episode(PATCH), { roots: [] })).report).toBeNull();
  });
});

describe('a report that the user names', () => {
  const named = (file: string, of = episode(PATCH)): Promise<SideFacts> => find(`${IID}.traj`, of, { reportFile: join(root, file) });

  const messages = ({ problems }: SideFacts): string[] => problems.map(({ message }) => message);

  it('counts where nothing tells which patch it graded, and a sentence says so', async () => {
    const source = put('x/mine.json', report(true));
    const side = await named('x/mine.json');
    expect(side.report).toMatchObject({ resolved: true, patchHash: null });
    expect(messages(side)).toEqual([
      `The report ${source} counts because it was named: no patch.diff or prediction beside it says which patch it graded.`,
    ]);
  });

  it.each([
    ['a limit without submission', null, 'exit_cost'],
    ['an empty submission', '', 'submitted'],
    ['a submit without submission', null, 'submitted'],
  ])('does not count for %s, when it graded a patch', async (_name, submission, exitStatus) => {
    const source = put('x/mine.json', report(true));
    const side = await named('x/mine.json', episode(submission, exitStatus));
    expect([side.report, side.otherReports]).toEqual([null, [source]]);
    expect(messages(side)).toEqual([`The report ${source} graded a patch, and this episode handed in none, so it does not count.`]);
  });

  it('of another instance counts for a file that names none only where the patches are equal', async () => {
    const source = put('x/report.json', { other: (report(true) as Record<string, unknown>)[IID] });
    const nameless = (of = episode(PATCH)): Promise<SideFacts> => find('ep.traj', of, { reportFile: source });
    const unproved = await nameless();
    expect([unproved.report, unproved.otherReports, unproved.unmatchedReports]).toEqual([null, [], [source]]);
    expect(messages(unproved)).toEqual([
      `The report ${source} is of the instance other, which this file does not name, and nothing shows that it graded this submission (a patch.diff beside it would), so it does not count.`,
    ]);
    put('preds.json', { other: { model_patch: OTHER } });
    put('x/preds.json', { other: { model_patch: PATCH } });
    const proved = await nameless();
    expect([proved.report?.resolved, messages(proved)]).toEqual([true, []]);
    expect((await nameless(episode(OTHER))).report).toBeNull();
  });

  it('does not count where it graded another patch', async () => {
    const source = put('x/report.json', report(true));
    put('x/patch.diff', OTHER);
    const side = await named('x/report.json');
    expect([side.report, side.otherReports]).toEqual([null, [source]]);
    expect(side.problems.map(({ message }) => message)).toEqual([
      `The report ${source} graded another patch than this episode's submission, so it does not count.`,
    ]);
  });

  it('is taken at the user’s word where the file records neither a submission nor an end', async () => {
    put('x/report.json', report(true));
    put('x/patch.diff', OTHER);
    const side = await named('x/report.json', episode(null, null));
    expect(side.report).toMatchObject({ resolved: true, patchHash: null });
    expect(messages(side)[0]).toMatch(/counts because it was named: this file records no submission to compare/);
    expect((await named('x/report.json', episode(null, 'exit_cost'))).report).toBeNull();
  });

  it('without the instance gives a sentence', async () => {
    const source = put('r.json', { resolved_ids: ['b'], unresolved_ids: ['c'] });
    expect((await named('r.json')).problems.map(({ message }) => message)).toEqual([
      `The report ${source} has no result for ${IID} (it has results for 2 instances).`,
    ]);
  });

  it.each([
    ['missing.json', null, /is not there\. Name an existing file\.$/],
    ['bad.json', '{"a": ', /bad\.json is not used: it is no valid JSON \(.*\)\.$/],
    ['other.json', '{"a": 1}', /is no test report: it has neither "resolved" nor a list of resolved instances\.$/],
  ])('%s gives a sentence', async (file, content, sentence) => {
    if (content !== null) put(file, content);
    const side = await named(file);
    expect(side.report).toBeNull();
    expect(side.problems).toHaveLength(1);
    expect(side.problems[0]).toMatchObject({ severity: 'warning', message: expect.stringMatching(sentence) as string });
  });
});

describe('Harbor trials', () => {
  const atif = JSON.stringify({
    schema_version: 'ATIF-v1.2',
    session_id: 's',
    agent: { name: 'a', version: '1' },
    steps: [],
    final_metrics: {},
  });
  const trial = (): Episode => (readText(atif) as { episode: Episode }).episode;

  it('give reward, task and model', async () => {
    const source = put('t/verifier/reward.txt', '0.5\n');
    put('t/result.json', {
      trial_name: 't__1',
      task_name: 't',
      task_id: {},
      config: { agent: { model_name: 'm' } },
      verifier_result: { rewards: { reward: 1 } },
      exception_info: { exception_type: 'AgentTimeoutError' },
    });
    const side = await find('t/agent/trajectory.json', trial());
    expect(side).toMatchObject({ reward: { value: 0.5, source }, instance: 't', model: 'm', exitStatus: { status: 'AgentTimeoutError' } });
    expect(side.problems[0]?.message).toMatch(/gives the reward 0\.5, .* gives 1; the verifier's own file counts\.$/);
  });

  it('fall back to reward.json, then result.json', async () => {
    put('t/result.json', { trial_name: 't__1', task_id: {}, verifier_result: { rewards: { reward: 1 } } });
    expect((await find('t/agent/trajectory.json', trial())).reward?.source).toMatch(/result\.json$/);
    put('t/verifier/reward.json', { reward: 0 });
    expect((await find('t/agent/trajectory.json', trial())).reward).toMatchObject({ value: 0 });
  });
});

describe('bad side files', () => {
  it('give one sentence each and never stop the reading', async () => {
    put('out/preds.json', '{"half": ');
    put('out/run_batch_exit_statuses.yaml', 'a: [');
    put(`out/${IID}/report.json`, '');
    mkdirSync(join(root, `out/${IID}/preds.json`), { recursive: true });
    execFileSync('mkfifo', [join(root, `out/${IID}/all_preds.jsonl`)]);
    truncateSync(put('all_preds.jsonl', ''), 70 * 1024 * 1024);
    const side = await find(TRAJ, episode(PATCH, null));
    expect(side).toMatchObject({ instance: null, model: null, report: null, exitStatus: null });
    const messages = side.problems.map(({ message }) => message.replace(root, ''));
    expect(messages.sort()).toEqual([
      '/all_preds.jsonl is not used: it has 70 MB, more than the 64 MB that are read.',
      `/out/${IID}/report.json is not used: it is empty.`,
      '/out/preds.json is not used: it is no valid JSON (it ends early).',
      '/out/run_batch_exit_statuses.yaml is not used: it is no valid YAML (line 1).',
    ]);
    expect(side.problems.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  it('without permission give a sentence', async () => {
    const file = put('out/preds.json', '{}');
    chmodSync(file, 0);
    const { problems } = await find(TRAJ, episode(PATCH));
    // Root may read everything.
    const rootUser = process.getuid?.() === 0;
    expect(problems.map(({ message }) => message)).toEqual(rootUser ? [] : [`${file} is not used: there is no permission to read it.`]);
  });

  it('are not reached by a hostile instance name', async () => {
    put('secret/report.json', report(true));
    const of: Episode = { ...episode(PATCH), instance: '../../secret' };
    expect(await find('out/x/..traj', of)).toMatchObject({ report: null, otherReports: [], problems: [] });
  });

  it('stop when the signal aborts', async () => {
    await expect(find(TRAJ, episode(PATCH), { signal: AbortSignal.abort() })).rejects.toThrow();
  });
});

describe('side files of the corpus', () => {
  const open = (file: string): Episode => {
    const result = readText(readFileSync(`${corpus}/${file}`, 'utf8'));
    if (!('episode' in result)) throw new Error(file);
    return result.episode;
  };

  it('give each mini-swe-agent run of one folder its own report', async () => {
    const runs = rows('mini-swe-agent').filter(({ file }) => file.includes('gruckion'));
    expect(runs).toHaveLength(16);
    const verdicts = new Map<string, boolean>();
    for (const { file } of runs) {
      const side = await findSideFacts(`${corpus}/${file}`, open(file), { roots: [corpus], reportFile: null });
      const iid = file.slice(file.lastIndexOf('/') + 1, -'.traj.json'.length);
      const direct = JSON.parse(readFileSync(`${corpus}/mini-swe-agent/mit__gruckion-gemini3/reports/${iid}.report.json`, 'utf8')) as {
        resolved: boolean;
      };
      expect(side.report?.resolved, iid).toBe(direct.resolved);
      expect(side.otherReports).toEqual([]);
      verdicts.set(iid, direct.resolved);
    }
    expect([...verdicts.values()].filter(Boolean)).toHaveLength(8);
  });

  it('tell a rerun from the run that was graded', async () => {
    const folder = 'swe-bench/mit__mini-deepseek-run_evaluation';
    const expected = new Map<string, boolean | null>([
      ['pydicom__pydicom-1413', null],
      ['marshmallow-code__marshmallow-1343', null],
    ]);
    for (const [iid, resolved] of expected) {
      const { file } = rows('mini-swe-agent').find((row) => row.file.includes(iid))!;
      const side = await findSideFacts(`${corpus}/${file}`, open(file), {
        roots: [corpus],
        reportFile: `${corpus}/${folder}/${iid}/report.json`,
      });
      const submitted = (
        JSON.parse(readFileSync(`${corpus}/${file}`, 'utf8')) as { info: { submission: string } }
      ).info.submission.trimEnd();
      const same = submitted === readFileSync(`${corpus}/${folder}/${iid}/patch.diff`, 'utf8').trimEnd();
      expect(same, iid).toBe(resolved !== null);
      expect(side.report?.resolved ?? null, iid).toBe(resolved);
      expect(side.otherReports).toHaveLength(same ? 0 : 1);
    }
  });

  it('of a SWE-agent batch in its real layout give task, model and exit status', async () => {
    const from = `${corpus}/swe-agent/mit__SE-Agent`;
    const iid = 'sphinx-doc__sphinx-8638';
    const run = 'Demo_Structure__iteration_1__';
    mkdirSync(join(root, 'iteration_1', iid), { recursive: true });
    cpSync(`${from}/${run}${iid}__${iid}__8892d2.traj`, join(root, 'iteration_1', iid, `${iid}.traj`));
    cpSync(`${from}/run-files/${run}${iid}__${iid}.pred`, join(root, 'iteration_1', iid, `${iid}.pred`));
    cpSync(`${from}/run-files/${run}run_batch_exit_statuses.yaml`, join(root, 'iteration_1', 'run_batch_exit_statuses.yaml'));
    const of = open(`swe-agent/mit__SE-Agent/${run}${iid}__${iid}__8892d2.traj`);
    expect(await find(`iteration_1/${iid}/${iid}.traj`, of)).toMatchObject({ instance: iid, model: 'iteration_1', problems: [] });
    const unfinished = { ...of, rollouts: of.rollouts.map((rollout) => ({ ...rollout, exitStatus: null })) };
    expect((await find(`iteration_1/${iid}/${iid}.traj`, unfinished)).exitStatus?.status).toBe('submitted');
  });

  it('read a 2 MB preds.json once for a folder of runs', async () => {
    const runs = rows('mini-swe-agent').filter(({ file }) => file.includes('gruckion'));
    const episodes = runs.map(({ file }) => [file, open(file)] as const);
    const start = performance.now();
    for (const [file, of] of episodes) await findSideFacts(`${corpus}/${file}`, of, { roots: [corpus], reportFile: null });
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
