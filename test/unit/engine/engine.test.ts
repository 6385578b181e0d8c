/** The engine on real files in a folder of its own: caching, following a run, configurations, texts. */
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createEngine,
  findConfig,
  StaleFileError,
  type Engine,
  type EngineOptions,
  type Opened,
  type WatchEvent,
} from '../../../server/engine/index';
import { scored } from '../../../server/reward/index';

const SAMPLE = 'extension/samples/marshmallow-1867.traj';
const OPTIONS: EngineOptions = { rewardsFile: null, reportFile: null, mutedRules: [], trust: { all: false, hashes: [] }, roots: [] };

let folder: string;
let file: string;
let engine: Engine;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-engine-'));
  mkdirSync(join(folder, '.git'));
  file = join(folder, 'run.traj');
  copyFileSync(SAMPLE, file);
  engine = createEngine(OPTIONS);
});
afterEach(() => {
  engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const opened = async (path = file): Promise<Opened> => {
  const result = await engine.open(path);
  if (!('opened' in result)) throw new Error(result.notEpisode.problems[0]?.message ?? 'not opened');
  return result.opened;
};

interface Sample {
  trajectory: { action: string; observation: string; state: unknown }[];
  info: { exit_status?: string | null };
}
const sample = (): Sample => JSON.parse(readFileSync(SAMPLE, 'utf8')) as Sample;

/** The first event that satisfies `wanted`. */
function event(wanted: (e: WatchEvent) => boolean): { readonly seen: Promise<WatchEvent>; readonly stop: () => void } {
  let stop = (): void => undefined;
  const seen = new Promise<WatchEvent>((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error('no such event within 15 s'));
    }, 15_000);
    stop = engine.watch(file, (e) => {
      if (!wanted(e)) return;
      clearTimeout(late);
      resolve(e);
    });
  });
  return { seen, stop };
}

describe('opening', () => {
  test('an unchanged file is read once; a changed one again, with a higher revision', async () => {
    const first = await opened();
    expect(await opened()).toBe(first);
    appendFileSync(file, '\n');
    const second = await opened();
    expect(second).not.toBe(first);
    expect(second.revision).toBeGreaterThan(first.revision);
  });

  test('new rewards stand on the same reading', async () => {
    const first = await opened();
    engine.configure({ mutedRules: ['H22'] });
    const second = await opened();
    expect(second.revision).toBeGreaterThan(first.revision);
    expect(second.episode).toBe(first.episode);
  });

  test('one caller that gives up leaves another waiting; nothing is lost when all do', async () => {
    const leaving = new AbortController();
    const left = engine.open(file, leaving.signal);
    const staying = engine.open(file, new AbortController().signal);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect('opened' in (await staying)).toBe(true);
    appendFileSync(file, ' ');
    const alone = new AbortController();
    const lost = engine.open(file, alone.signal);
    alone.abort(new Error('gone too'));
    await expect(lost).rejects.toThrow('gone too');
    expect((await opened()).rollouts[0]?.rollout.turns.length).toBeGreaterThan(0);
  });

  test('texts are what JSON.parse gives, and are cut on request with the whole length told', async () => {
    const { trajectory } = sample();
    const { rollouts, text } = await opened();
    for (const [i, step] of trajectory.entries()) {
      const turn = rollouts[0]?.rollout.turns[i];
      for (const field of ['action', 'observation'] as const) {
        const passage = turn?.[field][0];
        if (passage === undefined) expect(step[field] ?? '').toBe('');
        else expect((await text(passage)).text).toBe(step[field]);
      }
    }
    const long = rollouts[0]?.rollout.turns.find((turn) => turn.lengths.observation > 500)?.observation[0];
    if (long === undefined) throw new Error('the sample has a long observation');
    const whole = (await text(long)).text;
    expect(await text(long, 100)).toEqual({ text: whole.slice(0, 100), wholeLength: whole.length });
  });

  test('a line and column point at the byte', async () => {
    const { position, rollouts } = await opened();
    const start = rollouts[0]?.rollout.turns[3]?.action[0]?.span.start ?? -1;
    const lines = readFileSync(file, 'utf8').split('\n');
    const { line, character } = await position(start);
    expect(lines[line - 1]?.slice(character - '"action": "'.length, character)).toBe('"action": "');
  });

  test('bytes of a file that was rewritten in place are refused, not wrong', async () => {
    const first = await opened();
    const passage = first.rollouts[0]?.rollout.turns[0]?.observation[0] ?? first.rollouts[0]?.rollout.turns[0]?.action[0];
    if (passage === undefined) throw new Error('the sample has a first action');
    writeFileSync(file, '{}');
    await expect(first.text(passage)).rejects.toBeInstanceOf(StaleFileError);
  });
});

describe('following a run', () => {
  test('a new step is told, the run counts as running, and its gate is pending', async () => {
    const episode = sample();
    const last = episode.trajectory.pop();
    episode.info.exit_status = null;
    writeFileSync(file, JSON.stringify(episode, null, 2));
    const before = await opened();
    expect(before.state).toBe('unfinished');
    expect(before.rollouts[0]?.accumulation.levels[0]?.gate?.state).toBe('pending');
    const { seen, stop } = event((e) => e.stale === null);
    await new Promise((done) => setTimeout(done, 200));
    if (last !== undefined) episode.trajectory.push(last);
    writeFileSync(file, JSON.stringify(episode, null, 2));
    await seen;
    const after = await opened();
    expect(after.state).toBe('running');
    expect(after.rollouts[0]?.rollout.turns).toHaveLength((before.rollouts[0]?.rollout.turns.length ?? 0) + 1);
    stop();
  });

  test('a half-written file keeps the last whole picture until it is whole again', async () => {
    const text = readFileSync(file, 'utf8');
    const before = await opened();
    const stale = event((e) => e.stale !== null);
    await new Promise((done) => setTimeout(done, 200));
    writeFileSync(file, text.slice(0, text.length >> 1));
    expect((await stale.seen).stale).toMatch(/being written/);
    stale.stop();
    const fresh = event((e) => e.stale === null);
    writeFileSync(file, text);
    await fresh.seen;
    fresh.stop();
    const after = await opened();
    expect(after.rollouts[0]?.rollout.turns).toHaveLength(before.rollouts[0]?.rollout.turns.length ?? -1);
    expect(after.episode.problems.filter((p) => p.severity === 'error')).toEqual([]);
  });
});

describe('configurations', () => {
  const config = (threshold: number): string =>
    `version: 1\nlevels:\n  - id: outcome\n    functions: [{ id: outcome }]\n    gate: { threshold: ${threshold}, op: '>=' }\n  - id: steps\n    functions: [{ id: action_format, weight: 1 }]\n`;

  test('the nearest file upward applies, up to the git root', async () => {
    const deep = join(folder, 'a', 'b');
    mkdirSync(deep, { recursive: true });
    copyFileSync(SAMPLE, join(deep, 'x.traj'));
    expect((await opened(join(deep, 'x.traj'))).config.source).toBe('default');
    writeFileSync(join(folder, 'turnpike.rewards.yaml'), config(0));
    engine.configure({});
    expect((await opened(join(deep, 'x.traj'))).config.source).toBe(join(folder, 'turnpike.rewards.yaml'));
    writeFileSync(join(folder, 'a', 'turnpike.rewards.yaml'), config(0));
    engine.configure({});
    expect((await opened(join(deep, 'x.traj'))).config.source).toBe(join(folder, 'a', 'turnpike.rewards.yaml'));
    expect((await findConfig(join(deep, 'x.traj'), null, [join(folder, 'a', 'b')], new Map())).path).toBeNull();
  });

  test('unsaved text wins over the disk, rewards again at once', async () => {
    const path = join(folder, 'turnpike.rewards.yaml');
    writeFileSync(path, config(0));
    const gate = async (): Promise<string | undefined> => (await opened()).rollouts[0]?.accumulation.levels[0]?.gate?.state;
    expect(await gate()).toBe('open');
    const told = event((e) => e.stale === null);
    engine.overlay(path, config(7));
    await told.seen;
    told.stop();
    expect(await gate()).toBe('shut');
    const shut = (await opened()).rollouts[0]?.accumulation;
    expect(shut?.paid.every((value) => value === 0)).toBe(true);
    engine.overlay(path, null);
    expect(await gate()).toBe('open');
  });

  test('a text that can’t be read keeps the rewards of the last one that could, and says where and why', async () => {
    const path = join(folder, 'turnpike.rewards.yaml');
    writeFileSync(path, config(0));
    engine.overlay(path, config(7));
    const good = await opened();
    engine.overlay(path, config(7).replace('weight: 1', 'weight: x'));
    const broken = await opened();
    expect(broken.revision).toBeGreaterThan(good.revision);
    expect(broken.config).toMatchObject({ source: path, levels: good.config.levels, broken: { line: 7 } });
    expect(broken.config.broken?.message).toMatch(/number/);
    expect(broken.config.problems[0]).toMatch(/turnpike\.rewards\.yaml:7:\d+: /);
    expect(broken.config.problems.at(-1)).toContain('last version that could be read');
    expect(broken.rollouts[0]?.accumulation).toEqual(good.rollouts[0]?.accumulation);
    // An episode that is opened meanwhile is rewarded as the others are.
    copyFileSync(SAMPLE, join(folder, 'other.traj'));
    expect((await opened(join(folder, 'other.traj'))).config.broken).toEqual(broken.config.broken);
    engine.overlay(path, config(-1));
    const mended = await opened();
    expect(mended.config.broken).toBeUndefined();
    expect(mended.config.levels[0]?.gate?.threshold).toBe(-1);
  });

  test('a text that never could be read falls back to the default with its line', async () => {
    writeFileSync(join(folder, 'turnpike.rewards.yaml'), 'levels: [');
    const { config: head } = await opened();
    expect(head.source).toBe('default');
    expect(head.broken).toBeUndefined();
    expect(head.problems[0]).toMatch(/turnpike\.rewards\.yaml:1:\d+: /);
    expect(head.problems.at(-1)).toContain('default');
  });

  test('a folder may have a file of its own; the innermost counts, and none means the nearest upward', async () => {
    const other = join(folder, 'other.yaml');
    writeFileSync(other, config(3));
    writeFileSync(join(folder, 'turnpike.rewards.yaml'), config(0));
    mkdirSync(join(folder, 'a', 'b'), { recursive: true });
    const inner = join(folder, 'a', 'b', 'x.traj');
    copyFileSync(SAMPLE, inner);
    const threshold = async (path: string): Promise<number | undefined> => (await opened(path)).config.levels[0]?.gate?.threshold;
    engine.configure({
      rewardsFile: null,
      rewardsFiles: new Map([
        [folder, null],
        [join(folder, 'a'), other],
        [join(folder, 'a', 'bb'), null],
      ]),
    });
    expect([await threshold(file), await threshold(inner)]).toEqual([0, 3]);
    engine.configure({ rewardsFile: other, rewardsFiles: new Map([[join(folder, 'a'), null]]) });
    expect([await threshold(file), await threshold(inner)]).toEqual([3, 0]);
  });

  test('a named file that does not exist is said', async () => {
    engine.configure({ rewardsFile: join(folder, 'none.yaml') });
    expect((await opened()).config.problems[0]).toContain('does not exist');
  });

  test('a report of this submission decides the outcome', async () => {
    const { submission, text } = await opened().then(async (o) => ({
      submission: o.rollouts[0]?.rollout.submission ?? null,
      text: o.text,
    }));
    if (submission === null) throw new Error('the sample has a submission');
    mkdirSync(join(folder, 'logs'));
    const report = join(folder, 'logs', 'report.json');
    writeFileSync(join(folder, 'logs', 'patch.diff'), (await text(submission)).text);
    writeFileSync(
      report,
      JSON.stringify({
        'marshmallow-code__marshmallow-1867': {
          patch_is_None: false,
          patch_exists: true,
          patch_successfully_applied: true,
          resolved: true,
        },
      }),
    );
    engine.configure({ reportFile: report });
    const graded = await opened();
    expect(graded.rollouts[0]?.outcome).toMatchObject({ classes: ['passes'] });
    expect(graded.rollouts[0]?.accumulation.totals.outcomeOnly).toEqual(scored(1));
  });
});

describe('files beside an open episode', () => {
  const ID = 'marshmallow-code__marshmallow-1867';
  const write = (at: string, resolved: boolean, patch: string): void => {
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, 'patch.diff'), patch);
    writeFileSync(
      join(at, 'report.json'),
      JSON.stringify({ [ID]: { patch_is_None: false, patch_exists: true, patch_successfully_applied: true, resolved } }),
    );
  };
  const patchOf = async ({ rollouts, text }: Opened): Promise<string> => {
    const passage = rollouts[0]?.rollout.submission ?? null;
    if (passage === null) throw new Error('the sample has a submission');
    return (await text(passage)).text;
  };
  const classes = async (): Promise<readonly string[] | undefined> => (await opened()).rollouts[0]?.outcome.classes;

  test.each([
    ['beside it', ''],
    ['in folders that are made for it', join('logs', 'run_evaluation', 'run-1', 'model', ID)],
  ])('a report that appears %s is told, counts, and counts no more when it is gone', async (_name, place) => {
    const at = join(folder, place);
    const first = await opened();
    expect(await classes()).toEqual(['fails', 'passes']);
    const patch = await patchOf(first);
    if (place !== '')
      writeFileSync(
        join(folder, 'preds.json'),
        JSON.stringify({ [ID]: { instance_id: ID, model_name_or_path: 'model', model_patch: patch } }),
      );
    const came = event((e) => e.stale === null);
    write(at, false, patch);
    await came.seen;
    came.stop();
    // Two writes may be told as two changes.
    await expect.poll(classes, { timeout: 5000 }).toEqual(['fails']);
    const { stop } = event(() => false);
    write(at, true, patch);
    await expect.poll(classes, { timeout: 5000 }).toEqual(['passes']);
    rmSync(join(at, 'report.json'));
    await expect.poll(classes, { timeout: 5000 }).toEqual(['fails', 'passes']);
    stop();
  });

  test('a file that says nothing of the episode is no news', async () => {
    const before = await opened();
    const events: WatchEvent[] = [];
    const stop = engine.watch(file, (e) => events.push(e));
    await new Promise((done) => setTimeout(done, 100));
    writeFileSync(join(folder, 'notes.json'), '{}');
    await new Promise((done) => setTimeout(done, 1200));
    expect(events).toEqual([]);
    expect(await opened()).toBe(before);
    stop();
  });
});
