/**
 * The container that an episode runs in: no network, few capabilities, no new privileges, bounded memory, processes and
 * time. The settings and what each costs were measured (docs/replay.md); package tools need the six capabilities.
 */
import type { Container, ContainerCreateOptions } from 'dockerode';
import type Docker from 'dockerode';
import { CannotReplay } from '../errors';
import type { Limits } from '../types';
import { GVISOR_PIDS, isGvisor, runtimeProblem, type RuntimeInfo } from './gvisor';
import { isLost, statusOf, wordsOf } from './answer';

export const DEFAULT_LIMITS: Limits = {
  memoryBytes: 4 * 2 ** 30,
  cpus: 2,
  pids: 512,
  diskBytes: 4 * 2 ** 30,
  outputBytes: 4 * 2 ** 20,
  actionMs: 120_000,
  totalMs: 3_600_000,
};

/** Marks containers as ours, with the process that answers for them. */
export const LABEL = 'dev.turnpike.replay';

/** `kill -9 -1` in the container spares PID 1, so this one stays: it reaps what is left to it and ends when asked to. */
const INIT = 'trap "exit 0" TERM; while :; do sleep 2147483647 & wait $!; done';

export interface ContainerWish {
  readonly image: string;
  readonly limits: Limits;
  readonly env: Readonly<Record<string, string>>;
  readonly runtime: string | null;
  /** Value of the label: who made it. */
  readonly owner: string;
}

const pidsOf = (pids: number, runtime: string | null): number =>
  runtime !== null && isGvisor(runtime, undefined) ? Math.max(pids, GVISOR_PIDS) : pids;

export function createOptions({ image, limits, env, runtime, owner }: ContainerWish): ContainerCreateOptions {
  return {
    Image: image,
    User: '0:0',
    Hostname: 'turnpike',
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: { [LABEL]: owner },
    Entrypoint: ['/bin/sh', '-c', INIT],
    Cmd: [],
    WorkingDir: '/',
    NetworkDisabled: true,
    HostConfig: {
      NetworkMode: 'none',
      Memory: limits.memoryBytes,
      MemorySwap: limits.memoryBytes,
      NanoCpus: Math.round(limits.cpus * 1e9),
      PidsLimit: pidsOf(limits.pids, runtime),
      CapDrop: ['ALL'],
      CapAdd: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETUID', 'SETGID', 'KILL'],
      SecurityOpt: ['no-new-privileges'],
      IpcMode: 'private',
      Ulimits: [
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'fsize', Soft: limits.diskBytes, Hard: limits.diskBytes },
      ],
      LogConfig: { Type: 'none', Config: {} },
      Init: false,
      ...(runtime !== null && { Runtime: runtime }),
    },
  };
}

/** Makes and starts a container. The caller removes it. */
export async function startContainer(docker: Docker, wish: ContainerWish): Promise<Container> {
  if (wish.runtime !== null) await fit(docker, wish.runtime);
  for (const id of owed) await removeContainer(docker.getContainer(id));
  const container = await docker.createContainer(createOptions(wish)).catch((error: unknown) => {
    throw refusal(error, wish);
  });
  try {
    await container.start();
  } catch (error) {
    await container.remove({ force: true, v: true }).catch(() => undefined);
    throw refusal(error, wish);
  }
  return container;
}

/** Throws CannotReplay for a runtime in which a replay would go wrong unseen. */
async function fit(docker: Docker, runtime: string): Promise<void> {
  const { Runtimes } = (await docker.info()) as { readonly Runtimes?: Readonly<Record<string, RuntimeInfo>> | null };
  const problem = runtimeProblem(runtime, Runtimes?.[runtime]);
  if (problem !== null) throw new CannotReplay(problem, 'Or use the default runtime.');
}

/** What an engine refuses for good, with the way out; everything else as it came. */
function refusal(error: unknown, { runtime, image }: ContainerWish): unknown {
  const words = wordsOf(error);
  if (runtime !== null && /runtime/i.test(words))
    return new CannotReplay(
      `The engine can't run containers with the runtime "${runtime}": ${words}.`,
      'Install it on the engine’s machine and name it in its daemon.json ("runtimes"), or use the default one.',
    );
  if (/\/bin\/sh.*(?:no such file|not found)|(?:no such file|not found).*\/bin\/sh/i.test(words))
    return new CannotReplay(
      `The image ${image} has no /bin/sh.`,
      'A replay needs an image with a POSIX shell: name another one with --image.',
    );
  return error;
}

/** Containers that could not be removed since their engine was gone. */
const owed = new Set<string>();

/** Removes it whatever it does; one that is gone already is fine. Where the engine is gone, it is done before the next start. */
export async function removeContainer(container: Container): Promise<void> {
  await container.remove({ force: true, v: true }).then(
    () => owed.delete(container.id),
    async (error: unknown) => {
      const status = statusOf(error);
      if (isLost(error)) owed.add(container.id);
      else if (status === 404 || status === 409) owed.delete(container.id);
      else throw error;
      if (status === 409) await gone(container);
    },
  );
}

/** Somebody else removes it: that ends in moments, or the engine's next start does it. */
async function gone(container: Container): Promise<void> {
  const deadline = Date.now() + 10_000;
  const there = (): Promise<boolean> =>
    container.inspect().then(
      () => true,
      () => false,
    );
  while (Date.now() < deadline && (await there())) await new Promise((done) => setTimeout(done, 50));
}
