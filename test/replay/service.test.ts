/** The editor's replay requests over a real engine. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { PreflightView, ReplayProgress, StateEntry, TurnReplay } from '../../server/protocol/index';
import { uriOf } from '../integration/lsp/client';
import {
  containersOf,
  LONG,
  OTHERS,
  progressOf,
  ref,
  SHORT,
  startServer,
  storageFolder,
  viewOf,
  type StartResult,
} from './service-support';
import { testImage } from './support';

it('replays an episode: progress for every turn, a view, each turn’s texts, lenses, states, and the same again from the cache', async () => {
  const storage = storageFolder();
  const client = await startServer({ replay: { storage } });
  const before = await viewOf(client, SHORT);
  expect(before.replay).toBeNull();
  const told = client.next<{ revision: number }>('turnpike/changed', undefined, 200_000);
  const result = await client.request<StartResult>('turnpike/replay/start', ref(SHORT));
  if (!('view' in result)) throw new Error(result.failure.sentence);
  const { view } = result;
  expect(view.marks).toHaveLength(before.turnCount);
  expect(view.image.name).toBe(testImage('marshmallow'));
  expect(view.at).toBeGreaterThan(Date.now() - 200_000);
  expect(Object.values(view.counts).reduce((a, b) => a + b, 0)).toBe(before.turnCount);
  expect(view.marks.slice(0, 2)).toEqual(['equal', 'equal']);
  if (view.firstDivergence !== null) expect(view.marks.slice(view.firstDivergence + 1).every((mark) => mark === 'untrusted')).toBe(true);

  const steps = progressOf(client, SHORT);
  expect(steps[0]).toMatchObject({ phase: 'starting', done: 0, of: before.turnCount, attempt: 0 });
  const running = steps.filter(({ phase }) => phase === 'running');
  expect(running.map(({ done }) => done)).toEqual(view.marks.map((_, i) => i + 1));
  expect(running.map(({ turn }) => turn?.mark)).toEqual(view.marks);
  expect(running.every(({ secondsLeft }) => secondsLeft !== null && secondsLeft >= 0 && secondsLeft < 300)).toBe(true);
  expect(running.at(-1)!.secondsLeft).toBe(0);
  expect(steps.at(-1)).toMatchObject({ phase: 'ended', message: expect.stringMatching(/^replay \d+\/11 equal/) as string });

  const { revision } = await told;
  expect(revision).toBeGreaterThan(before.revision);
  const after = await viewOf(client, SHORT);
  expect(after.replay).toEqual(view);

  const turn = await client.request<TurnReplay>('turnpike/replay/turn', { ...ref(SHORT), index: 1 });
  expect(turn).toMatchObject({ facts: { index: 1, executed: true, exitCode: 0, cwd: '/testbed' }, tests: [] });
  expect(turn.replayed).toContain('[File: /testbed/reproduce.py (9 lines total)]');
  expect(turn.recorded?.trim()).toBe(turn.replayed?.trim());
  expect(turn.facts).not.toHaveProperty('observation');

  const lenses = await client.request<{ range: { start: { line: number } }; command: { title: string; command: string } }[]>(
    'textDocument/codeLens',
    { textDocument: ref(SHORT) },
  );
  expect(lenses[1]!.command.title).toMatch(/^replay \d+\/11 equal/);
  const ofTurns = lenses.filter(({ command }) => command.command === 'turnpike.diffObservation').map(({ command }) => command.title);
  expect(ofTurns).toContain('replay ✓');
  expect(ofTurns.length).toBeGreaterThanOrEqual(before.turnCount);

  const place = { ...ref(SHORT), turn: 1 };
  const root = await client.request<StateEntry[]>('turnpike/replay/folder', { ...place, path: '' });
  expect(root.map(({ name, type }) => `${name} ${type}`)).toEqual(expect.arrayContaining(['reproduce.py file', 'src folder']));
  const file = await client.request<string>('turnpike/replay/file', { ...place, path: 'reproduce.py' });
  expect(Buffer.from(file, 'base64').toString()).toContain('from marshmallow.fields import TimeDelta');
  expect(await client.request('turnpike/replay/file', { ...place, path: '../../../etc/passwd' }).catch(() => null)).toBeNull();
  expect(await client.request('turnpike/replay/changes', { ...ref(SHORT), from: -1, to: 1 })).toEqual([
    { path: 'reproduce.py', status: 'added' },
  ]);
  expect(await client.request('turnpike/replay/folder', { ...ref(SHORT), turn: 500, path: '' })).toBeNull();

  const script = await client.request<string>('turnpike/replay/script', ref(SHORT));
  expect(script).toMatch(/^#!\/bin\/sh\n/);
  expect(script).toContain('find_file fields.py src');
  expect(script).toContain(testImage('marshmallow'));

  const kept = client.said.length;
  expect(await client.request<StartResult>('turnpike/replay/start', ref(SHORT))).toEqual({ view });
  expect(
    client.said.slice(kept).filter(({ method, body }) => method.endsWith('progress') && (body as ReplayProgress).phase !== 'ended'),
  ).toEqual([]);
  // Nothing changed, so nothing is rewarded again.
  expect((await viewOf(client, SHORT)).revision).toBe(after.revision);
  expect(await containersOf(client.child.pid)).toBe(0);
  expect(readdirSync(join(storage, 'running'))).toEqual([]);
  await client.stop();

  const restarted = await startServer({ replay: { storage } });
  expect((await viewOf(restarted, SHORT)).replay).toEqual(view);
});

it('refuses with a sentence: no trust, no engine, no image, no commit', async () => {
  const untrusted = await startServer({ trusted: false });
  const refused = { failure: { reason: 'untrusted', sentence: expect.stringContaining('trusted workspace') as string, images: [] } };
  expect(await untrusted.request('turnpike/replay/start', ref(SHORT))).toEqual(refused);
  expect(await untrusted.request('turnpike/replay/pull', { ...ref(SHORT), image: 'a/b' })).toEqual(refused);
  const preflight = await untrusted.request<PreflightView>('turnpike/replay/preflight', ref(SHORT));
  expect(preflight).toMatchObject({ engine: null, image: null, runtime: 'swe-agent-1' });
  expect(preflight.problems[0]).toContain('not trusted');

  const lost = await startServer({ host: 'unix:///nowhere/docker.sock' });
  expect(await lost.request('turnpike/replay/start', ref(SHORT))).toMatchObject({
    failure: { reason: 'no_engine', sentence: expect.stringContaining('/nowhere/docker.sock') as string },
  });
  expect((await lost.request<PreflightView>('turnpike/replay/preflight', ref(SHORT))).problems[0]).toContain('/nowhere/docker.sock');

  const client = await startServer({});
  const ready = await client.request<PreflightView>('turnpike/replay/preflight', ref(SHORT));
  expect(ready).toMatchObject({ image: { name: testImage('marshmallow'), source: 'asked for' }, problems: [] });
  expect(ready.engine).toMatch(/^unix:/);
  expect(await client.request('turnpike/replay/start', { ...ref(SHORT), image: 'no/such:image' })).toMatchObject({
    failure: { reason: 'no_image', images: ['no/such:image'] },
  });
  expect(
    await client.request('turnpike/replay/start', { ...ref(SHORT), repository: { directory: process.cwd(), commit: 'no-such-commit' } }),
  ).toMatchObject({ failure: { reason: 'repository', sentence: expect.stringContaining('no-such-commit') as string } });
  expect(progressOf(client, SHORT).map(({ phase }) => phase)).toEqual(['ended', 'ended']);
  await expect(client.request('turnpike/replay/start', { ...ref(SHORT), until: -2 })).rejects.toThrow('until');
  expect(await containersOf(client.child.pid)).toBe(0);
});

it('ends with its request, and removes the container', async () => {
  const client = await startServer({});
  const source = new CancellationTokenSource();
  const third = client.next<ReplayProgress>('turnpike/replay/progress', ({ done }: ReplayProgress) => done === 3, 120_000);
  const result = client.request<StartResult>('turnpike/replay/start', ref(LONG), source.token);
  await third;
  expect(await containersOf(client.child.pid)).toBe(1);
  const began = Date.now();
  source.cancel();
  expect(await result).toMatchObject({ failure: { reason: 'cancelled' } });
  expect(Date.now() - began).toBeLessThan(10_000);
  expect(await containersOf(client.child.pid)).toBe(0);
  expect(progressOf(client, LONG).at(-1)).toMatchObject({ phase: 'ended' });
  expect((await viewOf(client, LONG)).replay).toBeNull();
});

it('ends with the server, which leaves no container', async () => {
  const client = await startServer({ replay: { storage: storageFolder() } });
  const second = client.next<ReplayProgress>('turnpike/replay/progress', ({ done }: ReplayProgress) => done === 2, 120_000);
  void client.request('turnpike/replay/start', ref(LONG)).catch(() => undefined);
  await second;
  expect(await containersOf(client.child.pid)).toBe(1);
  expect(await client.stop()).toBe(0);
  expect(await containersOf(client.child.pid)).toBe(0);
});

it('runs two at once, the third when one ended; the same asked twice runs once, and ends when nobody waits', async () => {
  const client = await startServer({ replay: { active: 2 } });
  const files = [SHORT, ...OTHERS] as const;
  const results = files.map((file) => client.request<StartResult>('turnpike/replay/start', { ...ref(file), until: 3 }));
  const source = new CancellationTokenSource();
  const started = client.next('turnpike/replay/progress', ({ uri }: ReplayProgress) => uri === uriOf(files[0]), 60_000);
  const twin = client.request<StartResult>('turnpike/replay/start', { ...ref(files[0]), until: 3 }, source.token);
  await started;
  source.cancel();
  expect(await twin).toMatchObject({ failure: { reason: 'cancelled' } });
  const ended = await Promise.all(results);
  expect(ended.filter((result) => !('view' in result))).toEqual([]);

  const phases = client.said.filter(({ method }) => method === 'turnpike/replay/progress').map(({ body }) => body as ReplayProgress);
  const waited = phases.filter(({ phase }) => phase === 'waiting').map(({ uri }) => uri);
  expect(waited.length).toBeGreaterThan(0);
  expect(new Set(waited).size).toBe(1);
  // While it waited the two others were at work, and it began when one of them was through.
  const at = (uri: string, wanted: ReplayProgress['phase'], done = -1): number =>
    phases.findIndex((p) => p.uri === uri && p.phase === wanted && (done < 0 || p.done === done));
  const others = files.map(uriOf).filter((uri) => uri !== waited[0]);
  for (const uri of others) expect(at(uri, 'starting')).toBeLessThan(at(waited[0]!, 'starting'));
  expect(Math.min(...others.map((uri) => at(uri, 'running', 4)))).toBeLessThan(at(waited[0]!, 'starting'));
  expect(Math.max(...others.map((uri) => at(uri, 'running', 4)))).toBeGreaterThanOrEqual(0);
  expect(phases.filter((p) => p.uri === uriOf(files[0]) && p.phase === 'starting').length).toBeLessThanOrEqual(2);
  expect((await viewOf(client, SHORT)).replay?.marks.slice(4).every((mark) => mark === 'not_replayed')).toBe(true);
});
