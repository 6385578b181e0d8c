/** Where the engine is that `docker` would use. Only files are read. */
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { NoEngine } from '../errors';
import { howToGetEngine } from './install';
import { objectAt, parsedObject, textAt, type JsonObject } from './json';

export interface Endpoint {
  /** `unix:///…`, `tcp://…`, `ssh://…`, `npipe://…` */
  readonly host: string;
  /** Where the address comes from, in words. */
  readonly source: string;
  /** Null: plain. */
  readonly tls: Tls | null;
}

export interface Tls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  /** False: the engine's certificate is taken as it is, since the user said so. */
  readonly verify: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const PIPE = 'npipe:////./pipe/docker_engine';

/**
 * The address that counts: `DOCKER_HOST`, else the current context (`DOCKER_CONTEXT`, else the one in `config.json`), else
 * the first socket that may be opened, or at least exists, where Docker, rootless Docker, Docker Desktop, OrbStack, Colima,
 * Rancher Desktop and Podman put theirs.
 */
export function findEndpoint(env: Environment = process.env, home = homedir(), platform = process.platform): Endpoint {
  const config = env['DOCKER_CONFIG'] ?? join(home, '.docker');
  const host = env['DOCKER_HOST'];
  if (host) return { host, source: 'DOCKER_HOST', tls: tlsOf(env, config) };
  const context = env['DOCKER_CONTEXT'] ?? textAt(json(join(config, 'config.json')), 'currentContext');
  if (context && context !== 'default') return contextEndpoint(config, context);
  if (platform === 'win32') return { host: PIPE, source: 'the default pipe', tls: null };
  const there = sockets(env, home).filter((path) => isSocket(path));
  const path = there.find((socket) => mayOpen(socket)) ?? there[0];
  if (path !== undefined) return { host: `unix://${path}`, source: path, tls: null };
  throw new NoEngine(
    'No container engine was found: DOCKER_HOST is not set, there is no Docker context, and no socket of Docker or Podman exists.',
    `${howToGetEngine(platform)} Or set DOCKER_HOST.`,
  );
}

/** Where engines put their sockets, in the order in which they are tried. */
export function sockets(env: Environment, home: string, uid = process.getuid?.()): string[] {
  const run = env['XDG_RUNTIME_DIR'] ?? (uid === undefined || uid === 0 ? null : `/run/user/${uid}`);
  return [
    '/var/run/docker.sock',
    ...(run === null ? [] : [join(run, 'docker.sock')]),
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    join(home, '.orbstack/run/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    join(home, '.rd/docker.sock'),
    ...(run === null ? [] : [join(run, 'podman/podman.sock')]),
    join(home, '.local/share/containers/podman/machine/podman.sock'),
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

function mayOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** As the `docker` command reads it: `DOCKER_TLS_VERIFY` for TLS with a check of the engine, `DOCKER_TLS` for TLS without. */
function tlsOf(env: Environment, config: string): Tls | null {
  const verify = Boolean(env['DOCKER_TLS_VERIFY']);
  if (!verify && !env['DOCKER_TLS']) return null;
  return { ...pems(env['DOCKER_CERT_PATH'] ?? config), verify };
}

function contextEndpoint(config: string, name: string): Endpoint {
  // The CLI stores a context under the hash of its name.
  const id = createHash('sha256').update(name).digest('hex');
  const docker = objectAt(objectAt(json(join(config, 'contexts/meta', id, 'meta.json')), 'Endpoints'), 'docker');
  const host = textAt(docker, 'Host');
  if (host === null)
    throw new NoEngine(
      `The Docker context "${name}" is not in ${join(config, 'contexts')}.`,
      'Choose another one with "docker context use", or set DOCKER_HOST.',
    );
  const material = pems(join(config, 'contexts/tls', id, 'docker'));
  const skip = docker?.['SkipTLSVerify'] === true;
  const tls = Object.keys(material).length > 0 || skip ? { ...material, verify: !skip } : null;
  return { host, source: `Docker context "${name}"`, tls };
}

function json(path: string): JsonObject | null {
  const bytes = content(path);
  return bytes === null ? null : parsedObject(bytes.toString('utf8'));
}

function pems(folder: string): Omit<Tls, 'verify'> {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => content(join(folder, name)));
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

function content(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
