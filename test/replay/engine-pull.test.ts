/** Pulls from a real registry on the loopback. */
import { randomBytes } from 'node:crypto';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { EXIT } from '../../server/cli/exit';
import { replayFiles } from '../../server/cli/replay';
import { connect, NoImage, pullImage, type Connection, type PullProgress } from '../../server/replay/index';
import { startEngine } from '../../tools/lib/engine.mjs';
import { rootPrefix } from '../../tools/lib/run.mjs';
import { startGate, startRegistry } from '../../tools/lib/registry.mjs';
import { connectToTestEngine, CORPUS } from './support';

const EPISODE = join(
  CORPUS,
  'mini-swe-agent/mit__mini-swe-agent/pr__deepseek_lite_dev__marshmallow-code__marshmallow-1343__91568b.traj.json',
);
const SIZES = [3_000_000, 5_000_000];
const folder = mkdtempSync(join(tmpdir(), 'turnpike-pull-'));
let connection: Connection;
let registry: Awaited<ReturnType<typeof startRegistry>>;
let closed: Awaited<ReturnType<typeof startRegistry>>;
const names: string[] = [];

/** An image of two layers that don't compress, pushed under the name and then removed here. */
async function publish(name: string, login?: { username: string; password: string; serveraddress: string }): Promise<string> {
  const { docker } = connection;
  const work = mkdtempSync(join(folder, 'build-'));
  writeFileSync(join(work, 'Dockerfile'), ['FROM scratch', ...SIZES.map((_, i) => `COPY ${i} /${i}`)].join('\n'));
  SIZES.forEach((size, i) => writeFileSync(join(work, String(i)), randomBytes(size)));
  const tar = spawn('tar', ['-C', work, '-cf', '-', '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const wait = (stream: NodeJS.ReadableStream): Promise<void> =>
    new Promise((done, failed) => {
      docker.modem.followProgress(stream, (error: Error | null, lines: { error?: string }[]) => {
        const said = error?.message ?? lines.find((line) => line.error !== undefined)?.error;
        if (said === undefined) done();
        else failed(new Error(said));
      });
    });
  await wait(await docker.buildImage(tar.stdout, { t: name }));
  const { Id } = await docker.getImage(name).inspect();
  await wait(await docker.getImage(name).push({ authconfig: login ?? { username: '', password: '', serveraddress: '' } }));
  await docker.getImage(name).remove();
  names.push(name);
  return Id;
}

const failure = async (name: string, wish = {}): Promise<NoImage> => {
  const error: unknown = await pullImage(connection, name, { env: { DOCKER_CONFIG: folder }, ...wish }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(NoImage);
  return error as NoImage;
};

beforeAll(async () => {
  connection = await connectToTestEngine();
  registry = await startRegistry({ folder: join(folder, 'open') });
  closed = await startRegistry({ folder: join(folder, 'closed'), login: true });
});

afterAll(async () => {
  for (const name of names)
    await connection.docker
      .getImage(name)
      .remove({ force: true })
      .catch(() => undefined);
  await registry.stop();
  await closed.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('pulls with the bytes and the phase of each layer', async () => {
  const gate = await startGate(registry.port, { bytesPerSecond: 6_000_000 });
  const name = `localhost:${gate.port}/turnpike/layers:1`;
  const id = await publish(name);
  const told: PullProgress[] = [];
  const pulled = await pullImage(connection, name, { progress: (progress) => told.push(progress), env: {} });
  await gate.stop();
  expect(pulled.id).toBe(id);
  expect(told.length).toBeGreaterThan(4);
  const middle = told.find(({ phase, layers }) => phase === 'downloading' && layers.some(({ phase: own }) => own === 'downloading'))!;
  expect(middle.layers).toHaveLength(2);
  expect(middle.done).toBeGreaterThan(0);
  expect(middle.done).toBeLessThanOrEqual(middle.of);
  const done = told.map((progress) => progress.done);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  const last = told.at(-1)!;
  expect(last).toMatchObject({ phase: 'done', known: true, done: last.of });
  expect(last.layers.map(({ phase }) => phase)).toEqual(['there', 'there']);
  expect(last.of).toBeGreaterThan(SIZES[0]! + SIZES[1]!);
});

it('stops the engine’s own work when it is cancelled', async () => {
  const gate = await startGate(registry.port, { bytesPerSecond: 400_000 });
  const name = `localhost:${gate.port}/turnpike/slow:1`;
  await publish(name);
  const [before, cancel] = [gate.gate.sent, new AbortController()];
  const reason = new Error('enough');
  const pull = pullImage(connection, name, {
    signal: cancel.signal,
    env: {},
    progress: ({ done }) => {
      if (done > 200_000) cancel.abort(reason);
    },
  });
  await expect(pull).rejects.toBe(reason);
  await expect.poll(() => gate.gate.open, { timeout: 5_000 }).toBe(0);
  const sent = gate.gate.sent;
  expect(sent - before).toBeLessThan(SIZES[0]! + SIZES[1]!);
  await sleep(1_000);
  expect(gate.gate.sent).toBe(sent);
  await expect(connection.docker.getImage(name).inspect()).rejects.toMatchObject({ statusCode: 404 });
  await gate.stop();
});

it('logs in with what docker login left, and says what it can’t', async () => {
  const host = `localhost:${closed.port}`;
  const name = `${host}/turnpike/private:1`;
  const id = await publish(name, { username: 'user', password: 'pass', serveraddress: host });
  const config = (value: unknown): { env: { DOCKER_CONFIG: string } } => {
    const DOCKER_CONFIG = mkdtempSync(join(folder, 'config-'));
    writeFileSync(join(DOCKER_CONFIG, 'config.json'), JSON.stringify(value));
    return { env: { DOCKER_CONFIG } };
  };
  const auth = Buffer.from('user:pass').toString('base64');
  expect((await failure(name)).message).toContain(`log in first: "docker login ${host}"`);
  expect((await failure(name, config({ credsStore: 'desktop' }))).message).toContain('the credential helper "desktop"');
  expect((await failure(name, config({ auths: { [host]: { auth: Buffer.from('user:no').toString('base64') } } }))).message).toContain(
    'docker login',
  );
  expect(await pullImage(connection, name, config({ auths: { [host]: { auth } } }))).toEqual({ id });
});

it('says why an image can’t be had, and what to do', async () => {
  const host = `localhost:${registry.port}`;
  const unknown = await failure(`${host}/turnpike/nothing:1`);
  expect(unknown.sentence).toContain(`${host} has no image ${host}/turnpike/nothing:1`);
  expect(unknown.candidates).toEqual([`${host}/turnpike/nothing:1`]);
  const limited = await startGate(registry.port, {
    refusal: { status: 429, code: 'TOOMANYREQUESTS', message: 'You have reached your pull rate limit.' },
  });
  expect((await failure(`localhost:${limited.port}/turnpike/any:1`)).message).toMatch(/too many pulls in a short time.*Wait, or log in/);
  await limited.stop();
  expect((await failure(`localhost:${limited.port}/turnpike/any:1`)).message).toContain(`can't reach localhost:${limited.port}`);
  expect((await failure('registry.invalid/turnpike/any:1')).message).toContain("can't reach registry.invalid");
  for (const bad of ['', '--all', 'sha256:00', 'a b', 'Ä/x', '../x'])
    expect((await failure(bad)).message).toContain('is no name of an image');
});

const root = (...command: string[]): void => {
  const [program = '', ...rest] = [...(rootPrefix() ?? []), ...command];
  execFileSync(program, rest);
};

it('pulls for turnpike replay only with --pull, and says that the image is of no use', async () => {
  const name = `localhost:${registry.port}/turnpike/asked:1`;
  await publish(name);
  const [said, host] = [vi.spyOn(process.stderr, 'write').mockReturnValue(true), process.env['DOCKER_HOST']];
  const text = (): string => said.mock.calls.map(([chunk]) => String(chunk)).join('');
  process.env['DOCKER_HOST'] = inject('engine').host;
  try {
    expect(await replayFiles([EPISODE], { image: name })).toBe(EXIT.noEngine);
    expect(text()).toContain(`The engine has no image ${name}. Pull it with --pull`);
    await expect(connection.docker.getImage(name).inspect()).rejects.toMatchObject({ statusCode: 404 });
    expect(await replayFiles([EPISODE], { image: name, pull: true })).toBe(EXIT.unread);
    expect(text()).toMatch(/pull localhost:\d+\/turnpike\/asked:1: pulled, 2 of 2 layers, 7\.\d MiB of 7\.\d MiB/);
    expect(text()).toMatch(/has no \/bin\/sh\..*--image/);
  } finally {
    said.mockRestore();
    if (host === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = host;
  }
});

it('says that the engine’s disk is full', async () => {
  const data = join(folder, 'full');
  mkdirSync(data);
  root('mount', '-t', 'tmpfs', '-o', 'size=12m,mode=1777', 'none', data);
  const engine = await startEngine({ folder: data });
  try {
    const name = `localhost:${registry.port}/turnpike/big:1`;
    await publish(name);
    const small = await connect({ DOCKER_HOST: engine.host });
    const error: unknown = await pullImage(small, name, { env: {} }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NoImage);
    expect((error as NoImage).sentence).toContain('The disk of the engine is full');
  } finally {
    await engine.stop();
    // What the engine had open there may end a moment after it.
    root('umount', '-l', data);
  }
});
