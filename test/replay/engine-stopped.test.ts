/** An engine of the test's own that goes away in the middle of a run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  connect,
  EngineStopped,
  LABEL,
  replay,
  toolFolders,
  type Connection,
  type Recording,
  type ReplayFacts,
} from '../../server/replay/index';
import { removeEngineFolder, startEngine, type TestEngine } from '../../tools/lib/engine.mjs';
import { rootPrefix } from '../../tools/lib/run.mjs';
import { connectToTestEngine, marshmallow, testImage, recordingOfActions } from './support';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-stop-'));
let engine: TestEngine;
const connected = (): Promise<Connection> => connect({ DOCKER_HOST: engine.host });

const root = (...command: string[]): void => {
  const [program = '', ...rest] = [...(rootPrefix() ?? []), ...command];
  execFileSync(program, rest);
};
const pidIn = (file: string): string => readFileSync(join(dirname(engine.socket), file), 'utf8').trim();

beforeAll(async () => {
  engine = await startEngine({ folder });
  const there = (await connectToTestEngine()).docker.getImage(testImage('python'));
  const { docker } = await connected();
  const loading = await docker.loadImage(await there.get(), {});
  await new Promise((done) => loading.once('end', done).resume());
});

afterAll(async () => {
  await engine.stop();
  await removeEngineFolder(folder);
});

const recording = (format: string, version: string, actions: readonly string[]): Recording => {
  const configuration = {
    env: { repo: { repo_name: 'tmp' } },
    environment: { cwd: '/tmp', timeout: 60 },
    agent: { tools: { execution_timeout: 60 } },
  };
  return recordingOfActions({ format, version, configuration }, actions);
};

async function run(format: string, version: string, actions: readonly string[], progress?: (done: number) => void): Promise<ReplayFacts> {
  return replay(await connected(), {
    recording: recording(format, version, actions),
    options: {
      image: testImage('python'),
      repository: { directory: marshmallow(), commit: 'mm1867' },
      limits: {},
      until: null,
      runtime: null,
      tests: null,
    },
    tools: toolFolders(),
    ...(progress !== undefined && { progress }),
  });
}

const KILLED = ['kill', '-KILL'];
const ASKED = ['kill', '-TERM'];

it.each([
  ['mini-swe-agent', '2.0', 'killed', KILLED],
  ['swe-agent', '1.1.0', 'killed', KILLED],
  ['swe-agent', '0.7', 'killed', KILLED],
  ['mini-swe-agent', '2.0', 'asked to end', ASKED],
  ['swe-agent', '1.1.0', 'asked to end', ASKED],
])('%s %s: ends at once with a sentence when the engine is %s, and goes on when it is back', async (format, version, _how, stop) => {
  let stopped = 0;
  const done: number[] = [];
  const error: unknown = await run(format, version, ['echo one', 'sleep 50', 'echo three'], (turns) => {
    done.push(turns);
    if (turns !== 1) return;
    setTimeout(() => {
      stopped = performance.now();
      root(...stop, pidIn('docker.pid'));
    }, 500);
  }).catch((reason: unknown) => reason);
  const after = performance.now() - stopped;
  expect(error).toBeInstanceOf(EngineStopped);
  expect((error as EngineStopped).sentence).toMatch(/^The (?:container engine at unix:.* stopped while|episode’s container was stopped)/);
  expect((error as EngineStopped).remedy).not.toBe('');
  expect(done).toEqual([1]);
  // An engine that is asked to end gives its containers five seconds.
  expect(after).toBeLessThan(stop === KILLED ? 3_000 : 10_000);

  // Killed alone, the engine's helper lives on and holds what the next one needs.
  if (stop === KILLED) root('kill', '-KILL', pidIn('exec/containerd/containerd.pid'));
  await engine.stop();
  engine = await startEngine({ folder });
  const facts = await run(format, version, ['echo one']);
  expect(facts.turns[0]?.observation).toContain('one');
  const { docker } = await connected();
  expect(await docker.listContainers({ all: true, filters: { label: [LABEL] } })).toEqual([]);
});
