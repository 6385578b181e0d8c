/** A replay that was interrupted goes on from its last checkpoint and comes to the same end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  REAL,
  removeCheckpoints,
  replay,
  StateStore,
  toolFolders,
  type Connection,
  type ReplayFacts,
  type ReplayOptions,
  type ReplayWish,
} from '../../server/replay/index';
import { CORPUS, connectToTestEngine, marshmallow, recordingOfFile, testImage } from './support';

const SWE_AGENT = join(CORPUS, 'swe-agent/mit__SWE-agent');
const MINI = join(CORPUS, 'mini-swe-agent/mit__mini-swe-agent/pr__deepseek_lite_dev__marshmallow-code__marshmallow-1343__91568b.traj.json');

/** After how many turns each is interrupted, in the middle of what its shell has set. */
const EPISODES = [
  {
    name: 'SWE-agent 1.0',
    file: join(SWE_AGENT, 'demo__mm1867-function_calling__install-1__869aa18f.traj'),
    commit: 'mm1867',
    after: 6,
    until: null,
  },
  {
    name: 'SWE-agent 0.x',
    file: join(SWE_AGENT, 'demo__mm1867-default_sys-env_window100__t-0.20__p-0.95__c-2.00__install-1__6bf9ff77.traj'),
    commit: 'mm1867',
    after: 7,
    until: null,
  },
  { name: 'mini-swe-agent', file: MINI, commit: 'mm1343', after: 5, until: 8 },
];

const told = ({ turns, submission, firstDivergence, baseTree }: ReplayFacts): unknown => ({
  turns: turns.map(({ index, tree, cwd, exitCode, changedFiles, divergence }) => ({
    index,
    tree,
    cwd,
    exitCode,
    changedFiles,
    real: divergence !== null && REAL.has(divergence.class),
  })),
  submission,
  firstDivergence,
  baseTree,
});

describe('a replay that was interrupted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-resume-'));
  const store = new StateStore(folder);
  let connection: Connection;
  const images = new Set<string>();

  beforeAll(async () => {
    connection = await connectToTestEngine();
  });
  afterAll(async () => {
    for (const { checkpoints } of await store.runs()) for (const { image } of checkpoints) images.add(image);
    await removeCheckpoints(connection.docker, [...images]);
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(EPISODES)('$name goes on after its last checkpoint', async ({ name, file, commit, after, until }) => {
    const options: ReplayOptions = {
      image: testImage(name === 'mini-swe-agent' ? 'marshmallow' : 'installed'),
      repository: { directory: marshmallow(), commit },
      limits: {},
      until,
      runtime: null,
      tests: null,
    };
    const run = name.replaceAll(' ', '-');
    const wish: ReplayWish = { recording: await recordingOfFile(file), options, tools: toolFolders() };
    const states = { store, run, checkpoints: { everyMs: 1, share: Infinity } };
    const whole = await replay(connection, wish);
    const cancel = new AbortController();
    const stopped = replay(connection, {
      ...wish,
      states,
      signal: cancel.signal,
      progress: (done) => {
        if (done === after) cancel.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
    const kept = (await store.run(run))!;
    expect(kept.ended).toBe(false);
    expect(kept.facts.length).toBeGreaterThanOrEqual(after - 2);
    for (const { image } of kept.checkpoints) images.add(image);

    const ran: number[] = [];
    const resumed = await replay(connection, { ...wish, states, progress: (_done, _of, { index }) => ran.push(index) });
    expect(ran[0]).toBe(kept.facts.length);
    expect(resumed.problems.join(' ')).toContain(`went on after turn ${kept.facts.length}`);
    expect(told(resumed)).toEqual(told(whole));
    expect((await store.run(run))!).toMatchObject({ ended: true, facts: [] });
  });

  it('begins anew when it is asked to, or when its checkpoints are gone', async () => {
    const { file, commit } = EPISODES[0]!;
    const options: ReplayOptions = {
      image: testImage('installed'),
      repository: { directory: marshmallow(), commit },
      limits: {},
      until: 1,
      runtime: null,
      tests: null,
    };
    const wish: ReplayWish = { recording: await recordingOfFile(file), options, tools: toolFolders() };
    const states = { store, run: 'anew', checkpoints: { everyMs: 1, share: Infinity } };
    const interrupted = async (): Promise<void> => {
      const cancel = new AbortController();
      const stopped = replay(connection, { ...wish, states, signal: cancel.signal, progress: () => cancel.abort(new Error('enough')) });
      await expect(stopped).rejects.toThrow('enough');
    };
    await interrupted();
    const first = await replay(connection, { ...wish, states: { ...states, again: true } });
    expect(first.turns).toHaveLength(2);
    expect(first.problems).toEqual([]);
    await store.remove('anew');
    await interrupted();
    await removeCheckpoints(
      connection.docker,
      (await store.run('anew'))!.checkpoints.map(({ image }) => image),
    );
    const second = await replay(connection, { ...wish, states });
    expect(second.turns).toHaveLength(2);
    expect(second.problems).toEqual([]);
  });
});
