/** Engines reached over TLS, over ssh and by contexts: real ones, at the other end of a real connection. */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { connect, NoEngine, replay, toolFolders, type Connection } from '../../server/replay/index';
import { removeEngineFolder, startEngine, type TestEngine } from '../../tools/lib/engine.mjs';
import { freePort } from '../../tools/lib/registry.mjs';
import { startSshd, type TestSshd } from '../../tools/lib/sshd.mjs';
import { testImage, connectToTestEngine } from './support';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-connect-'));
const path = process.env['PATH'];

afterEach(() => {
  process.env['PATH'] = path;
});

afterAll(() => removeEngineFolder(folder));

const failure = async (env: Record<string, string>): Promise<NoEngine> => {
  const error: unknown = await connect(env).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(NoEngine);
  return error as NoEngine;
};

/** As `docker context create` writes it. */
function context(name: string, docker: Record<string, unknown>, pems: readonly string[] = []): Record<string, string> {
  const config = mkdtempSync(join(folder, 'config-'));
  const id = createHash('sha256').update(name).digest('hex');
  mkdirSync(join(config, 'contexts/meta', id), { recursive: true });
  mkdirSync(join(config, 'contexts/tls', id, 'docker'), { recursive: true });
  writeFileSync(join(config, 'contexts/meta', id, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker } }));
  for (const pem of pems) copyFileSync(join(folder, 'tls', pem), join(config, 'contexts/tls', id, 'docker', pem));
  writeFileSync(join(config, 'config.json'), JSON.stringify({ currentContext: name }));
  return { DOCKER_CONFIG: config };
}

/** Terminal, pipes, uploads and events: all kinds of requests that a replay makes. */
async function replays(connection: Connection): Promise<void> {
  const facts = await replay(connection, {
    recording: {
      hash: '',
      format: 'swe-agent',
      version: '1.1.0',
      instance: null,
      configuration: { env: { repo: { repo_name: 'tmp' } }, agent: { tools: { bundles: [{ path: 'tools/registry' }] } } },
      problemStatement: null,
      submission: null,
      exitStatus: null,
      turns: ['echo over there', 'head -c 300000 /dev/zero | tr "\\0" x'].map((action, index) => ({
        index,
        executed: true,
        commands: [{ action, observation: index === 0 ? 'over there' : null, clipped: false, exitCode: null, timedOut: false }],
        state: null,
      })),
    },
    options: { image: testImage('python'), repository: null, limits: {}, until: null, runtime: null, tests: null },
    tools: toolFolders(),
  });
  expect(facts.turns[0]?.divergence?.class).toBe('equal');
  expect(facts.turns[1]?.printed).toBeGreaterThanOrEqual(300_000);
}

describe('over TLS', () => {
  const tls = join(folder, 'tls');
  let engine: TestEngine;
  let port: number;

  beforeAll(async () => {
    mkdirSync(tls);
    const openssl = (...rest: string[]): void => void execFileSync('openssl', rest, { cwd: tls, stdio: 'pipe' });
    const authority = (name: string): void =>
      openssl(
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        `${name}-key.pem`,
        '-out',
        `${name}.pem`,
        '-days',
        '1',
        '-subj',
        `/CN=${name}`,
      );
    authority('ca');
    authority('other');
    const signed = (name: string, extension: string): void => {
      openssl(
        'req',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        `${name}key.pem`,
        '-out',
        `${name}.csr`,
        '-subj',
        `/CN=${name || 'client'}`,
      );
      writeFileSync(join(tls, `${name}.ext`), extension);
      openssl(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca-key.pem',
        '-CAcreateserial',
        '-days',
        '1',
        '-out',
        `${name}cert.pem`,
        '-extfile',
        `${name}.ext`,
      );
    };
    signed('server-', 'subjectAltName = IP:127.0.0.1\nextendedKeyUsage = serverAuth\n');
    signed('', 'extendedKeyUsage = clientAuth\n');
    port = await freePort();
    const at = (name: string): string => join(tls, name);
    const options = [
      '--tlsverify',
      `--tlscacert=${at('ca.pem')}`,
      `--tlscert=${at('server-cert.pem')}`,
      `--tlskey=${at('server-key.pem')}`,
    ];
    engine = await startEngine({ folder: join(folder, 'engine'), options: [...options, `--host=tcp://127.0.0.1:${port}`] });
    const there = (await connectToTestEngine()).docker.getImage(testImage('python'));
    const loading = await (await connect({ DOCKER_HOST: engine.host })).docker.loadImage(await there.get(), {});
    await new Promise((done) => loading.once('end', done).resume());
  });

  afterAll(() => engine.stop());

  it('replays with the certificates that DOCKER_CERT_PATH names, and with those of a context', async () => {
    const host = `tcp://127.0.0.1:${port}`;
    await replays(await connect({ DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: tls }));
    const named = await connect(context('far', { Host: host }, ['ca.pem', 'cert.pem', 'key.pem']));
    expect(named.endpoint.source).toBe('Docker context "far"');
    expect((await named.docker.version()).Version).toMatch(/^\d/);
  });

  it('trusts no other engine, unless the context says so', async () => {
    const host = `tcp://127.0.0.1:${port}`;
    const wrong = join(folder, 'wrong');
    mkdirSync(wrong);
    for (const [from, to] of [
      ['other.pem', 'ca.pem'],
      ['cert.pem', 'cert.pem'],
      ['key.pem', 'key.pem'],
    ] as const)
      copyFileSync(join(tls, from), join(wrong, to));
    expect((await failure({ DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: wrong })).message).toMatch(
      /certificate.*Check ca\.pem/,
    );
    await connect(context('blind', { Host: host, SkipTLSVerify: true }, ['cert.pem', 'key.pem']));
  });

  it('says what lacks', async () => {
    const host = `tcp://127.0.0.1:${port}`;
    expect((await failure({ DOCKER_HOST: host })).message).toContain('it wants TLS. Set DOCKER_TLS_VERIFY=1');
    const bare = mkdtempSync(join(folder, 'bare-'));
    copyFileSync(join(tls, 'ca.pem'), join(bare, 'ca.pem'));
    expect((await failure({ DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: bare })).message).toMatch(
      /Check ca\.pem, cert\.pem and key\.pem/,
    );
  });
});

describe('over ssh', () => {
  let sshd: TestSshd;
  const address = (): string => `ssh://${sshd.user}@127.0.0.1:${sshd.port}${inject('engine').host.replace('unix://', '')}`;

  beforeAll(async () => {
    sshd = await startSshd(join(folder, 'sshd'));
  });

  afterAll(() => sshd.stop());

  it('replays through the user’s own ssh, by DOCKER_HOST and by a context', async () => {
    process.env['PATH'] = sshd.path;
    await replays(await connect({ DOCKER_HOST: address() }));
    const named = await connect(context('far', { Host: address() }));
    expect((await named.docker.version()).Version).toMatch(/^\d/);
  });

  it('refuses a host that is not known, and says how to see why', async () => {
    process.env['PATH'] = sshd.strangers;
    const { message } = await failure({ DOCKER_HOST: address() });
    expect(message).toMatch(/Host key verification failed/);
    expect(message).toContain(`"ssh ${sshd.user}@127.0.0.1:${sshd.port} docker version"`);
  });

  it('takes no part of an address for an option of ssh', async () => {
    process.env['PATH'] = sshd.path;
    const proof = join(folder, 'proof');
    await failure({ DOCKER_HOST: `ssh://-oProxyCommand=touch%20${encodeURIComponent(proof)}@127.0.0.1:${sshd.port}` });
    await failure({ DOCKER_HOST: `ssh://${sshd.user}@127.0.0.1:${sshd.port}/x'; touch ${proof}; '` });
    expect(() => readFileSync(proof)).toThrow(/ENOENT/);
  });
});

describe('on this machine', () => {
  it('says that a socket may not be opened by this user, and what to do', async () => {
    const socket = join(folder, 'closed.sock');
    const server = createServer();
    await new Promise<void>((done) => server.listen(socket, done));
    chmodSync(socket, 0);
    chmodSync(folder, 0o755);
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65534);
    try {
      expect((await failure({ DOCKER_HOST: `unix://${socket}` })).message).toMatch(/may not be opened by this user.*usermod -aG docker/);
    } finally {
      if (root) process.seteuid?.(0);
      server.close();
    }
  });

  it('says that nothing is there', async () => {
    expect((await failure({ DOCKER_HOST: `unix://${join(folder, 'none.sock')}` })).message).toContain(
      'its socket does not exist. Start it',
    );
    expect((await failure({ DOCKER_HOST: `tcp://127.0.0.1:${await freePort()}` })).message).toContain('nothing listens there');
    expect((await failure({ DOCKER_HOST: 'tcp://engine.invalid:2375' })).message).toContain('its host has no address');
  });
});
