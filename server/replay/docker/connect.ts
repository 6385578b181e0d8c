/** Finds the engine that `docker` would use, without starting or changing anything. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { NoEngine } from '../errors';

export interface Endpoint {
  /** `unix:///…`, `tcp://…`, `ssh://…`, `npipe://…` */
  readonly host: string;
  /** Where the address comes from, in words. */
  readonly source: string;
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer } | null;
}

export interface Connection {
  readonly docker: Docker;
  readonly endpoint: Endpoint;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The address that counts: `DOCKER_HOST`, else the current context (`DOCKER_CONTEXT`, else the one in `config.json`), else
 * the first socket that exists where Docker, rootless Docker, Docker Desktop, Colima and Podman put theirs.
 */
export function findEndpoint(env: Environment = process.env, home = homedir()): Endpoint {
  const config = env['DOCKER_CONFIG'] ?? join(home, '.docker');
  const host = env['DOCKER_HOST'];
  if (host !== undefined && host !== '') {
    const tls = env['DOCKER_TLS_VERIFY'] !== undefined && env['DOCKER_TLS_VERIFY'] !== '' ? pems(env['DOCKER_CERT_PATH'] ?? config) : null;
    return { host, source: 'DOCKER_HOST', tls };
  }
  const context = env['DOCKER_CONTEXT'] ?? currentContext(config);
  if (context !== null && context !== '' && context !== 'default') return contextEndpoint(config, context);
  for (const path of sockets(env, home)) if (isSocket(path)) return { host: `unix://${path}`, source: path, tls: null };
  throw new NoEngine(
    'No container engine was found: DOCKER_HOST is not set, there is no Docker context, and no socket of Docker or Podman exists. Install Docker or Podman and start it, or set DOCKER_HOST.',
  );
}

/** Where engines put their sockets, in the order in which they are tried. */
export function sockets(env: Environment, home: string): string[] {
  const run = env['XDG_RUNTIME_DIR'];
  return [
    '/var/run/docker.sock',
    ...(run === undefined ? [] : [join(run, 'docker.sock')]),
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    ...(run === undefined ? [] : [join(run, 'podman/podman.sock')]),
    '/run/podman/podman.sock',
  ];
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}

function currentContext(config: string): string | null {
  const value = json(join(config, 'config.json'))?.['currentContext'];
  return typeof value === 'string' ? value : null;
}

function contextEndpoint(config: string, name: string): Endpoint {
  // The CLI stores a context under the hash of its name.
  const id = createHash('sha256').update(name).digest('hex');
  const meta = json(join(config, 'contexts/meta', id, 'meta.json'));
  const endpoints = meta?.['Endpoints'] as { docker?: { Host?: unknown } } | undefined;
  const host = endpoints?.docker?.Host;
  if (typeof host !== 'string')
    throw new NoEngine(
      `The Docker context "${name}" is not in ${join(config, 'contexts')}. Choose another one with "docker context use", or set DOCKER_HOST.`,
    );
  const folder = join(config, 'contexts/tls', id, 'docker');
  return { host, source: `Docker context "${name}"`, tls: existsSync(folder) ? pems(folder) : null };
}

function json(path: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function pems(folder: string): NonNullable<Endpoint['tls']> {
  const read = (name: string): Buffer | undefined => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path) : undefined;
  };
  const [ca, cert, key] = [read('ca.pem'), read('cert.pem'), read('key.pem')];
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

/** A client for the endpoint; nothing is sent yet. Throws {@link NoEngine} for an address of no known kind. */
export function clientOf({ host, tls, source }: Endpoint): Docker {
  if (host.startsWith('unix://')) return new Docker({ socketPath: host.slice('unix://'.length) });
  if (host.startsWith('npipe://')) return new Docker({ socketPath: host.slice('npipe://'.length) });
  let url: URL;
  try {
    url = new URL(host.replace(/^tcp:/, tls === null ? 'http:' : 'https:'));
  } catch {
    throw new NoEngine(`"${host}" (from ${source}) is no address of an engine. It begins with unix://, tcp:// or ssh://.`);
  }
  const port = url.port === '' ? {} : { port: Number(url.port) };
  if (url.protocol === 'ssh:')
    return new Docker({
      protocol: 'ssh',
      host: url.hostname,
      ...port,
      ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
      ...(process.env['SSH_AUTH_SOCK'] !== undefined && { sshOptions: { agent: process.env['SSH_AUTH_SOCK'] } }),
    });
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new NoEngine(`"${host}" (from ${source}) is no address of an engine. It begins with unix://, tcp:// or ssh://.`);
  return new Docker({ protocol: url.protocol === 'https:' ? 'https' : 'http', host: url.hostname, ...port, ...tls });
}

/** Connects, and asks once whether the engine answers. Throws {@link NoEngine}. */
export async function connect(env: Environment = process.env, timeoutMs = 10_000): Promise<Connection> {
  const endpoint = findEndpoint(env);
  const docker = clientOf(endpoint);
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs).unref();
  });
  try {
    await Promise.race([docker.ping(), late]);
  } catch (error) {
    throw new NoEngine(
      `The container engine at ${endpoint.host} (from ${endpoint.source}) does not answer: ${why(error)}. Start it, or set DOCKER_HOST.`,
    );
  }
  return { docker, endpoint };
}

function why(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOENT') return 'its socket does not exist';
  if (code === 'EACCES') return 'its socket may not be opened by this user (on Linux, join the group "docker" or use rootless Docker)';
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  return error instanceof Error ? error.message : String(error);
}
