/** Why an image could not be pulled, from what the engine says of it. */
import { NoImage } from '../errors';
import { registryOf, type Credentials } from './credentials';

interface Kind {
  readonly when: RegExp;
  readonly sentence: (image: string, registry: string) => string;
  readonly remedy: (registry: string, login: string) => string;
}

/** The first that matches; engines pass on what registries say, so the words are those of many programs. */
const KINDS: readonly Kind[] = [
  {
    when: /toomanyrequests|too many requests|rate limit/i,
    sentence: (image, registry) => `${registry} refuses to give ${image} now: too many pulls in a short time.`,
    remedy: (_, login) => `Wait, or log in for a higher limit: ${login}.`,
  },
  {
    when: /no space left on device|disk quota exceeded/i,
    sentence: (image) => `The disk of the engine is full: ${image} does not fit.`,
    remedy: () => 'Remove images that are not needed ("docker image ls", "docker image rm") and pull again: what came is kept.',
  },
  {
    when: /no matching manifest|does not match the specified platform|image operating system .* cannot be used/i,
    sentence: (image) => `${image} is not there for the processor or system of this engine.`,
    remedy: () => 'Use an engine on the image’s kind of machine (SWE-bench images are linux/amd64), or another image with --image.',
  },
  {
    when: /unauthorized|authentication required|no basic auth credentials|incorrect username or password|access to the resource is denied|pull access denied|requested access .* denied/i,
    sentence: (image, registry) => `${registry} has no image ${image}, or not for everyone.`,
    remedy: (_, login) => `Check the name; where it is private, log in first: ${login}.`,
  },
  {
    when: /manifest unknown|manifest for .* not found|name unknown|repository .* not found|not found: manifest|: not found$/i,
    sentence: (image, registry) => `${registry} has no image ${image}.`,
    remedy: () => 'Check the name and the tag, or name another image with --image.',
  },
  {
    when: /HTTP response to HTTPS client/i,
    sentence: (_, registry) => `The registry ${registry} speaks plain HTTP, which the engine does not accept.`,
    remedy: (registry) => `Add ${registry} to "insecure-registries" in the engine's daemon.json, if you trust the way to it.`,
  },
  {
    when: /x509|certificate/i,
    sentence: (_, registry) => `The engine does not trust the certificate of ${registry}.`,
    remedy: (registry) => `Put its authority into /etc/docker/certs.d/${registry} on the engine's machine.`,
  },
  {
    when: /no such host|dial tcp|i\/o timeout|connection refused|network is unreachable|no route to host|TLS handshake timeout|Client\.Timeout|connection reset|EOF|temporary failure in name resolution|context deadline exceeded/i,
    sentence: (image, registry) => `The engine can't reach ${registry}, so ${image} can't be pulled.`,
    remedy: () => 'Check its network, or bring the image in from elsewhere ("docker save" there, "docker load" here).',
  },
  {
    when: /invalid reference format|invalid tag|invalid repository name|must be lowercase/i,
    sentence: (image) => `"${image}" is no name of an image.`,
    remedy: () => 'It looks like registry/name:tag, in lower case.',
  },
];

/** @param said the engine's own words */
export function pullError(image: string, said: string, { helper }: Credentials): NoImage {
  const registry = registryOf(image);
  const words = said.trim().replace(/\s+/g, ' ').slice(0, 300);
  const kind = KINDS.find(({ when }) => when.test(words));
  const command = registry === 'docker.io' ? 'docker login' : `docker login ${registry}`;
  const login =
    helper === null
      ? `"${command}"`
      : `its login is kept by the credential helper "${helper}", which Turnpike does not call, so pull it yourself with "docker pull ${image}"`;
  if (kind === undefined) return new NoImage(`${image} could not be pulled: ${words}.`, 'Try "docker pull" to see more.', [image]);
  return new NoImage(`${kind.sentence(image, registry)} The engine says: ${words}`, kind.remedy(registry, login), [image]);
}
