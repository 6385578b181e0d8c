/** What `docker login` left for a registry. Credential helpers are programs of the user's: they are named, never called. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { objectAt, parsedObject, textAt } from './json';

export interface Credentials {
  /** As the engine takes them; null: none in the file. */
  readonly login: Login | null;
  /** Name of the helper that keeps this registry's login; null: none does. */
  readonly helper: string | null;
}

export interface Login {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
  readonly identitytoken?: string;
}

/** Docker Hub's name in the file. */
const HUB = 'https://index.docker.io/v1/';
const HUB_HOSTS = [HUB, 'index.docker.io', 'docker.io', 'registry-1.docker.io'];

/** The registry that an image comes from, by its name: `docker.io` where none is named. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}

export function credentialsOf(
  image: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
  home = homedir(),
): Credentials {
  const registry = registryOf(image);
  const names = HUB_HOSTS.includes(registry) ? HUB_HOSTS : [registry, `https://${registry}`, `https://${registry}/`];
  const config = parsedObject(read(join(env['DOCKER_CONFIG'] ?? join(home, '.docker'), 'config.json')));
  const helpers = objectAt(config, 'credHelpers');
  const helper = names.map((name) => textAt(helpers, name)).find((name) => name !== null) ?? textAt(config, 'credsStore');
  const auths = objectAt(config, 'auths');
  for (const name of names) {
    const login = loginOf(objectAt(auths, name), names[0] ?? registry);
    if (login !== null) return { login, helper: null };
  }
  return { login: null, helper };
}

function loginOf(entry: Readonly<Record<string, unknown>> | null, serveraddress: string): Login | null {
  const [auth, token] = [textAt(entry, 'auth'), textAt(entry, 'identitytoken')];
  if (auth === null && token === null) return null;
  const plain = Buffer.from(auth ?? '', 'base64').toString('utf8');
  const cut = plain.indexOf(':');
  if (cut === -1 && token === null) return null;
  return {
    username: plain.slice(0, Math.max(cut, 0)),
    password: plain.slice(cut + 1),
    serveraddress,
    ...(token !== null && { identitytoken: token }),
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
