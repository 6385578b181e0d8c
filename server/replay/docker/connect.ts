/** Connects to the engine that `docker` would use, without starting or changing anything. */
import { Agent as TlsAgent } from 'node:https';
import Docker, { type DockerOptions } from 'dockerode';
import { NoEngine } from '../errors';
import { findEndpoint, type Endpoint, type Environment } from './endpoint';
import { sshAgent } from './ssh';
import { statusOf } from './answer';

export interface Connection {
  readonly docker: Docker;
  readonly endpoint: Endpoint;
}

/** What the client would else take from this process's environment, whatever endpoint was found. */
const NOTHING: DockerOptions = {
  host: undefined,
  port: undefined,
  socketPath: undefined,
  protocol: undefined,
  username: undefined,
  ca: undefined,
  cert: undefined,
  key: undefined,
  timeout: undefined,
  pathPrefix: '/',
} as unknown as DockerOptions;

const FORMS = 'It begins with unix://, tcp:// or ssh://, on Windows also npipe://.';

/** A client for the endpoint; nothing is sent yet. Throws {@link NoEngine} for an address of no known kind. */
export function clientOf(endpoint: Endpoint): Docker {
  try {
    return new Docker({ ...NOTHING, ...optionsOf(endpoint) });
  } catch (error) {
    if (error instanceof NoEngine) throw error;
    throw new NoEngine(
      `The container engine at ${endpoint.host} (from ${endpoint.source}) can't be asked: ${error instanceof Error ? error.message : String(error)}.`,
      'Check the environment variables that begin with DOCKER_.',
    );
  }
}

function optionsOf({ host, tls, source }: Endpoint): DockerOptions {
  for (const scheme of ['unix://', 'npipe://']) if (host.startsWith(scheme)) return { socketPath: host.slice(scheme.length) };
  const url = URL.canParse(host) ? new URL(host.replace(/^tcp:/, tls === null ? 'http:' : 'https:')) : null;
  if (url?.hostname && url.protocol === 'ssh:') return { host: 'docker', port: 80, protocol: 'http', ...{ agent: sshAgent(url) } };
  if (!url?.hostname || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new NoEngine(`"${host}" (from ${source}) is no address of an engine.`, FORMS);
  const secure = url.protocol === 'https:';
  return {
    host: url.hostname,
    port: Number(url.port) || (secure ? 2376 : 2375),
    protocol: secure ? 'https' : 'http',
    ...(secure && {
      agent: new TlsAgent({ ca: tls?.ca, cert: tls?.cert, key: tls?.key, rejectUnauthorized: tls?.verify !== false, keepAlive: true }),
    }),
  };
}

/** Connects, and asks once whether the engine answers. Throws {@link NoEngine}. */
export async function connect(env: Environment = process.env, timeoutMs = 10_000): Promise<Connection> {
  const endpoint = findEndpoint(env);
  const docker = clientOf(endpoint);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
  });
  try {
    await Promise.race([docker.ping(), late]);
  } catch (error) {
    const [reason, remedy] = why(error, endpoint);
    throw new NoEngine(`The container engine at ${endpoint.host} (from ${endpoint.source}) does not answer: ${reason}.`, remedy);
  } finally {
    clearTimeout(timer);
  }
  return { docker, endpoint };
}

function why(error: unknown, { host }: Endpoint): readonly [reason: string, remedy: string] {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const message = (error instanceof Error ? error.message : String(error)).trim();
  if (code === 'ENOENT') return ['its socket does not exist', 'Start it, or set DOCKER_HOST.'];
  if (code === 'EACCES' || code === 'EPERM')
    return [
      'its socket may not be opened by this user',
      'Join its group ("sudo usermod -aG docker $USER", then log in again), or use rootless Docker or Podman.',
    ];
  if (code === 'ECONNREFUSED') return ['nothing listens there', 'Start it, or set DOCKER_HOST.'];
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return ['its host has no address', 'Check the name, or set DOCKER_HOST.'];
  if (host.startsWith('ssh://'))
    return [
      message,
      `Check that "ssh ${host.slice('ssh://'.length).split('/')[0]} docker version" works without a question: Turnpike can't answer one.`,
    ];
  if (statusOf(error) === 400 && /HTTPS/.test(message)) return ['it wants TLS', 'Set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH.'];
  if (/certificate|alert|SSL|TLS|EPROTO/i.test(`${code} ${message}`))
    return [message, 'Check ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH or in the context: both sides must know each other.'];
  return [message, 'Start it, or set DOCKER_HOST.'];
}
