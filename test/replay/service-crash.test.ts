/** A server that is killed, and an engine that goes away, in the middle of a replay. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { connect } from '../../server/replay/index';
import type { ReplayProgress, TurnReplay } from '../../server/protocol/index';
import { removeEngineFolder, startEngine } from '../../tools/lib/engine.mjs';
import { rootPrefix } from '../../tools/lib/run.mjs';
import { containersOf, LONG, progressOf, ref, SHORT, startServer, storageFolder, viewOf, type StartResult } from './service-support';
import { connectToTestEngine, testImage } from './support';

it('a killed server: the next one removes its container by itself, and keeps earlier results', async () => {
  const storage = storageFolder();
  const first = await startServer({ replay: { storage } });
  const earlier = await first.request<StartResult>('turnpike/replay/start', { ...ref(SHORT), until: 2 });
  if (!('view' in earlier)) throw new Error(earlier.failure.sentence);
  const tenth = first.next('turnpike/replay/progress', ({ done }: ReplayProgress) => done === 10, 200_000);
  void first.request('turnpike/replay/start', ref(LONG)).catch(() => undefined);
  await tenth;
  const { pid } = first.child;
  expect(await containersOf(pid)).toBe(1);
  expect(readdirSync(join(storage, 'running'))).toEqual([String(pid)]);
  const gone = new Promise((done) => first.child.once('exit', done));
  first.child.kill('SIGKILL');
  await gone;
  expect(await containersOf(pid)).toBe(1);

  // Nothing is asked of it: that it starts is enough.
  const second = await startServer({ replay: { storage } });
  await expect.poll(() => containersOf(pid), { timeout: 20_000, interval: 200 }).toBe(0);
  await expect.poll(() => readdirSync(join(storage, 'running')), { timeout: 5_000 }).toEqual([]);
  expect((await viewOf(second, SHORT)).replay).toEqual(earlier.view);
  expect((await viewOf(second, LONG)).replay).toBeNull();
  const again = await second.request<StartResult>('turnpike/replay/start', { ...ref(LONG), until: 12 });
  if (!('view' in again)) throw new Error(again.failure.sentence);
  expect(again.view.marks.slice(0, 13)).not.toContain('not_replayed');
  // The recorded text is what the command printed, without what the scaffold wrote around it.
  const equal = again.view.marks.indexOf('equal');
  const turn = await second.request<TurnReplay>('turnpike/replay/turn', { ...ref(LONG), index: equal });
  expect(turn.recorded?.trim()).toBe(turn.replayed?.trim());
  expect(await containersOf(second.child.pid)).toBe(0);
});

it('an engine that is killed: a sentence with the way out, and the same request goes on when it is back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-away-'));
  const storage = storageFolder();
  const root = (...command: string[]): void => {
    const [program = '', ...rest] = [...(rootPrefix() ?? []), ...command];
    execFileSync(program, rest);
  };
  let engine = await startEngine({ folder });
  onTestFinished(async () => {
    await engine.stop();
    await removeEngineFolder(folder);
  });
  const pidIn = (file: string): string => readFileSync(join(dirname(engine.socket), file), 'utf8').trim();
  const there = (await connectToTestEngine()).docker.getImage(testImage('marshmallow'));
  const loading = await (await connect({ DOCKER_HOST: engine.host })).docker.loadImage(await there.get(), {});
  await new Promise((done) => loading.once('end', done).resume());

  // Long enough that a checkpoint is worth it after the second turn; the fourth is cut short.
  const slow = join(storage, 'slow.marshmallow-code__marshmallow-1867.traj');
  const episode = JSON.parse(readFileSync(SHORT, 'utf8')) as { trajectory: { action: string; observation: string }[] };
  for (const [turn, action] of [
    [1, 'sleep 20; export LEFT=here; cd src'],
    [2, 'pwd; echo "$LEFT"'],
    [3, 'sleep 8'],
  ] as const)
    episode.trajectory[turn] = { ...episode.trajectory[turn]!, action, observation: '' };
  writeFileSync(slow, JSON.stringify(episode));

  const client = await startServer({ replay: { storage }, host: engine.host });
  const third = client.next('turnpike/replay/progress', ({ done }: ReplayProgress) => done === 3, 200_000);
  const broken = client.request<StartResult>('turnpike/replay/start', ref(slow));
  await third;
  const [daemon, helper] = [pidIn('docker.pid'), pidIn('exec/containerd/containerd.pid')];
  root('kill', '-KILL', daemon);
  const failure = await broken;
  expect(failure).toMatchObject({ failure: { reason: 'engine_stopped' } });
  expect('failure' in failure && failure.failure.sentence).toMatch(/engine.*\. .*(?:again|start)/i);
  expect(progressOf(client, slow).at(-1)).toMatchObject({ phase: 'ended' });
  expect(await client.request('turnpike/replay/start', ref(slow))).toMatchObject({ failure: { reason: 'no_engine' } });

  root('kill', '-KILL', helper);
  await engine.stop();
  engine = await startEngine({ folder });
  const before = progressOf(client, slow).length;
  const result = await client.request<StartResult>('turnpike/replay/start', ref(slow));
  if (!('view' in result)) throw new Error(result.failure.sentence);
  expect(result.view.problems.join('\n')).toMatch(/was interrupted and went on after turn 2/);
  const fresh = progressOf(client, slow).slice(before);
  expect(fresh.filter(({ phase }) => phase === 'running').map(({ done }) => done)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(result.view.marks).not.toContain('not_replayed');
  // The shell's folder and its exported variables came back with the checkpoint.
  const turn = await client.request<TurnReplay>('turnpike/replay/turn', { ...ref(slow), index: 2 });
  expect(turn.replayed?.trim()).toBe('/testbed/src\nhere');
  const { docker } = await connect({ DOCKER_HOST: engine.host });
  expect(await docker.listContainers({ all: true })).toEqual([]);
});
