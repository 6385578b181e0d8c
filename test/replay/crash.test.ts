import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, inject, it } from 'vitest';
import { LABEL, reap } from '../../server/replay/index';
import { storageFolder } from './service-support';
import { CORPUS, connectToTestEngine, marshmallow, testImage } from './support';

const FILE = join(CORPUS, 'mini-swe-agent/mit__mini-swe-agent/pr__deepseek_lite_dev__marshmallow-code__marshmallow-1343__91568b.traj.json');

it('leaves no container behind: one of a killed process goes at the next start, one of a living process stays', async () => {
  const { docker } = await connectToTestEngine();
  const owners = async (): Promise<string[]> =>
    (await docker.listContainers({ all: true, filters: { label: [LABEL] } })).map(({ Labels }) => Labels[LABEL]!);
  const child = spawn(
    process.execPath,
    [
      resolve('dist/turnpike.cjs'),
      ...['replay', FILE, '--image', testImage('marshmallow'), '--repo', marshmallow(), '--base', 'mm1343', '--storage', storageFolder()],
    ],
    { env: { ...process.env, DOCKER_HOST: inject('engine').host }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const mine = (all: readonly string[]): boolean => all.some((owner) => owner.endsWith(`/${child.pid}`));
  // In the middle of it: some turns are done.
  await new Promise<void>((done) => {
    let lines = 0;
    child.stdout.on('data', (text: Buffer) => {
      lines += text.toString().split('\n').length - 1;
      if (lines > 3) done();
    });
  });
  expect(mine(await owners())).toBe(true);
  await reap(docker);
  expect(mine(await owners())).toBe(true);
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await gone;
  expect(mine(await owners())).toBe(true);
  expect(await reap(docker)).toBeGreaterThanOrEqual(1);
  expect(mine(await owners())).toBe(false);
});
