/** What is known of engines and registries without one. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ProgressLine, progressText } from '../../../server/cli/pull';
import { credentialsOf, registryOf } from '../../../server/replay/docker/credentials';
import { runtimeProblem } from '../../../server/replay/docker/gvisor';
import { pullError } from '../../../server/replay/docker/pull-errors';
import { PullState, type PullProgress } from '../../../server/replay/docker/pull-progress';
import { sshArguments } from '../../../server/replay/docker/ssh';
import { findEndpoint, howToGetEngine } from '../../../server/replay/index';

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

async function socket(path: string): Promise<void> {
  mkdirSync(join(path, '..'), { recursive: true });
  const server = createServer();
  servers.push(server);
  await new Promise<void>((done) => server.listen(path, done));
}

describe('where the engine is', () => {
  it('is a socket of rootless Docker before one of Podman', async () => {
    const home = mkdtempSync(join(tmpdir(), 'tp-'));
    const env = { XDG_RUNTIME_DIR: join(home, 'run') };
    // On a machine with an engine of its own that one comes first.
    const first = (): string => findEndpoint(env, home, 'linux').host;
    await socket(join(home, 'run/podman/podman.sock'));
    expect([`unix://${home}/run/podman/podman.sock`, 'unix:///var/run/docker.sock']).toContain(first());
    await socket(join(home, 'run/docker.sock'));
    expect([`unix://${home}/run/docker.sock`, 'unix:///var/run/docker.sock']).toContain(first());
  });

  it('is the pipe on Windows', () => {
    expect(findEndpoint({}, mkdtempSync(join(tmpdir(), 'tp-')), 'win32').host).toBe('npipe:////./pipe/docker_engine');
  });

  it('has TLS only where it is asked for, with or without a check', () => {
    const far = { DOCKER_HOST: 'tcp://far:1', DOCKER_CERT_PATH: '/nowhere' };
    expect(findEndpoint(far).tls).toBeNull();
    expect(findEndpoint({ ...far, DOCKER_TLS_VERIFY: '' }).tls).toBeNull();
    expect(findEndpoint({ ...far, DOCKER_TLS_VERIFY: '1' }).tls).toEqual({ verify: true });
    expect(findEndpoint({ ...far, DOCKER_TLS: '1' }).tls).toEqual({ verify: false });
  });

  it('outlives a damaged configuration', () => {
    const DOCKER_CONFIG = mkdtempSync(join(tmpdir(), 'tp-'));
    for (const text of ['{', '[]', '{"currentContext": 3}', '{"currentContext": ""}']) {
      writeFileSync(join(DOCKER_CONFIG, 'config.json'), text);
      expect(() => findEndpoint({ DOCKER_CONFIG }, '/nowhere', 'win32')).not.toThrow();
      expect(credentialsOf('a/b', { DOCKER_CONFIG })).toEqual({ login: null, helper: null });
    }
  });
});

describe('ssh', () => {
  it('gets user, port, host and the socket over there, none of them as an option or as shell', () => {
    const last = (address: string): string[] => sshArguments(new URL(address)).slice(sshArguments(new URL(address)).indexOf('-T') + 1);
    expect(last('ssh://far')).toEqual(['--', 'far', 'docker system dial-stdio']);
    expect(last('ssh://me@[::1]:22/run/docker.sock')).toEqual([
      '-l',
      'me',
      '-p',
      '22',
      '--',
      '::1',
      "docker --host 'unix:///run/docker.sock' system dial-stdio",
    ]);
    expect(last("ssh://-oProxyCommand=x@-f/a';reboot'")).toEqual([
      '-l',
      '-oProxyCommand=x',
      '--',
      '-f',
      String.raw`docker --host 'unix:///a'\'';reboot'\''' system dial-stdio`,
    ]);
  });
});

it.each([
  ['linux', 'ID=debian\n', /apt-get install docker\.io/],
  ['linux', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', /apt-get install docker\.io/],
  ['linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', /dnf install podman.*podman\.socket/],
  ['linux', 'ID=fedora\n', /moby-engine/],
  ['linux', 'ID=nixos\n', /configuration\.nix/],
  ['linux', 'ID=ours\n', /package manager/],
  ['linux', '', /package manager/],
  ['darwin', '', /Colima/],
  ['win32', '', /WSL/],
  ['freebsd', '', /Docker or Podman/],
] as const)('says how to get an engine on %s %j', (platform, release, words) => {
  expect(howToGetEngine(platform, release)).toMatch(words);
});

it('knows which registry an image comes from', () => {
  const from = Object.fromEntries(
    ['a', 'a/b', 'a/b/c:1', 'docker.io/a', 'localhost/a', 'host:5000/a', 'ghcr.io/a/b@sha256:0'].map((name) => [name, registryOf(name)]),
  );
  expect(from).toEqual({
    a: 'docker.io',
    'a/b': 'docker.io',
    'a/b/c:1': 'docker.io',
    'docker.io/a': 'docker.io',
    'localhost/a': 'localhost',
    'host:5000/a': 'host:5000',
    'ghcr.io/a/b@sha256:0': 'ghcr.io',
  });
});

it('finds the login of a registry where docker login left it', () => {
  const DOCKER_CONFIG = mkdtempSync(join(tmpdir(), 'tp-'));
  const auth = Buffer.from('me:se:cret').toString('base64');
  const config = {
    auths: { 'https://index.docker.io/v1/': { auth }, 'ghcr.io': {} },
    credHelpers: { 'ghcr.io': 'gh' },
    credsStore: 'desktop',
  };
  writeFileSync(join(DOCKER_CONFIG, 'config.json'), JSON.stringify(config));
  const of = (name: string): ReturnType<typeof credentialsOf> => credentialsOf(name, { DOCKER_CONFIG });
  expect(of('swebench/x')).toEqual({
    login: { username: 'me', password: 'se:cret', serveraddress: 'https://index.docker.io/v1/' },
    helper: null,
  });
  expect(of('ghcr.io/x')).toEqual({ login: null, helper: 'gh' });
  expect(of('quay.io/x')).toEqual({ login: null, helper: 'desktop' });
});

it.each([
  ['toomanyrequests: You have reached your pull rate limit.', /too many pulls.*docker login/],
  ['write /var/lib/docker/tmp/GetImageBlob1: no space left on device', /disk of the engine is full/],
  ['no matching manifest for linux/arm64/v8 in the manifest list entries', /not there for the processor/],
  [
    "pull access denied for x/y, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    /or not for everyone/,
  ],
  ['manifest for x/y:1 not found: manifest unknown: manifest unknown', /docker\.io has no image x\/y:1\./],
  ['Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host', /can't reach docker\.io/],
  ['Get "https://r/v2/": x509: certificate signed by unknown authority', /does not trust the certificate/],
  ['Get "https://r/v2/": http: server gave HTTP response to HTTPS client', /plain HTTP/],
  ['a new kind of trouble', /could not be pulled: a new kind of trouble\./],
])('makes a sentence of %j', (said, words) => {
  expect(pullError('x/y:1', said, { login: null, helper: null }).message).toMatch(words);
});

describe('progress of a pull', () => {
  const state = new PullState();
  const take = (id: string, status: string, current?: number, total?: number): void =>
    void state.take({ id, status, progressDetail: current === undefined ? {} : { current, total } });

  it('counts each layer once, through all its phases', () => {
    expect(state.now().phase).toBe('resolving');
    state.take({ status: 'Pulling from x/y', id: 'latest' });
    expect(state.now().layers).toEqual([]);
    take('a', 'Pulling fs layer');
    take('b', 'Pulling fs layer');
    take('c', 'Already exists');
    take('a', 'Downloading', 40, 100);
    expect(state.now()).toMatchObject({ phase: 'downloading', done: 40, of: 100, known: false });
    take('b', 'Downloading', 10, 50);
    expect(state.now()).toMatchObject({ done: 50, of: 150, known: true });
    take('b', 'Retrying in 5 seconds');
    expect(state.now()).toMatchObject({ done: 40, of: 150 });
    take('b', 'Download complete');
    take('a', 'Download complete');
    take('a', 'Extracting', 30, 100);
    expect(state.now()).toMatchObject({ phase: 'extracting', done: 150, of: 150 });
    expect(state.now().layers.map(({ phase }) => phase)).toEqual(['extracting', 'downloaded', 'there']);
    state.end();
    expect(state.now().phase).toBe('done');
  });

  it('is one changing line on a terminal, and a few lines in a file', () => {
    const at = (done: number): PullProgress => ({
      phase: done === 100 ? 'done' : 'downloading',
      layers: [{ id: 'a', phase: 'downloading', done, of: 100 }],
      done,
      of: 100,
      known: false,
    });
    expect(progressText('x\u001b[2J', at(50))).toBe('pull x: downloading, 0 of 1 layers, 0.0 MiB of at least 0.0 MiB');
    const written: string[] = [];
    const file = new ProgressLine('x', { write: (text) => written.push(text) });
    for (let done = 0; done <= 100; done++) file.show(at(done));
    file.end();
    expect(written.length).toBeGreaterThan(5);
    expect(written.length).toBeLessThan(13);
    expect(written.at(-1)).toContain('pulled');
  });
});

it('knows when gVisor would not see files', () => {
  expect(runtimeProblem('runsc', { path: '/usr/bin/runsc' })).toContain('--file-access=shared');
  expect(runtimeProblem('safe', { path: '/usr/bin/runsc', runtimeArgs: ['--platform=kvm'] })).toContain('"safe"');
  expect(runtimeProblem('runsc', { path: '/usr/bin/runsc', runtimeArgs: ['-file-access=shared'] })).toBeNull();
  expect(runtimeProblem('crun', { path: '/usr/bin/crun' })).toBeNull();
});
