/** gVisor as the container's runtime: a kernel of its own between the episode and this machine. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, describeEngine, replay, toolFolders, type Connection, type Recording, type ReplayFacts } from '../../server/replay/index';
import { debianProgram } from '../../tools/lib/debian.mjs';
import { removeEngineFolder, startEngine, type TestEngine } from '../../tools/lib/engine.mjs';
import { connectToTestEngine, marshmallow, testImage, recordingOfActions } from './support';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-gvisor-'));
let engine: TestEngine;
let connection: Connection;

beforeAll(async () => {
  const path = await debianProgram('runsc', 'usr/bin/runsc');
  const config = join(folder, 'daemon.json');
  const runtimeArgs = ['--platform=ptrace', '--network=none'];
  const runtimes = { runsc: { path, runtimeArgs: [...runtimeArgs, '--file-access=shared'] }, 'runsc-alone': { path, runtimeArgs } };
  writeFileSync(config, JSON.stringify({ runtimes }));
  engine = await startEngine({ folder: join(folder, 'engine'), options: [`--config-file=${config}`] });
  connection = await connect({ DOCKER_HOST: engine.host });
  const there = (await connectToTestEngine()).docker.getImage(testImage('python'));
  const loading = await connection.docker.loadImage(await there.get(), {});
  await new Promise((done) => loading.once('end', done).resume());
});

afterAll(async () => {
  await engine.stop();
  await removeEngineFolder(folder);
});

const recording = (actions: readonly string[]): Recording => {
  const configuration = { env: { repo: { repo_name: 'testbed' } }, agent: { tools: { execution_timeout: 20 } } };
  return recordingOfActions({ format: 'swe-agent', version: '1.1.0', configuration }, actions);
};

const run = (actions: readonly string[], runtime = 'runsc'): Promise<ReplayFacts> =>
  replay(connection, {
    recording: recording(actions),
    options: {
      image: testImage('python'),
      repository: { directory: marshmallow(), commit: 'mm1867' },
      limits: {},
      until: null,
      runtime,
      tests: null,
    },
    tools: toolFolders(),
  });

it('is named by the engine', async () => {
  expect((await describeEngine(connection)).runtimes).toEqual(expect.arrayContaining(['runsc', 'runsc-alone']));
});

it('runs an episode, with its states', async () => {
  const facts = await run(['cat /proc/version', 'cd src && echo "x = 1" > new.py', 'pwd', 'kill -9 -1', 'sleep 60', 'echo still here']);
  expect(facts.turns[0]?.observation).toMatch(/^Linux version 4\.4\.0 /);
  expect(facts.turns[1]?.changedFiles).toEqual([{ path: 'src/new.py', status: 'added' }]);
  expect(facts.turns[2]?.observation?.trim()).toBe('/testbed/src');
  expect(facts.turns[4]?.timedOut).toBe(true);
  expect(facts.turns[5]?.observation?.trim()).toBe('still here');
});

it('is refused where it would not see the repository', async () => {
  await expect(run(['true'], 'runsc-alone')).rejects.toThrow(/"--file-access=shared"/);
  expect((await describeEngine(connection)).notes.join()).toContain('"runsc-alone"');
});
