/** What an image must hold for an episode, against what it holds. No container is started. */
import { posix } from 'node:path';
import type { Connection } from './docker/connect';
import { DEFAULT_LIMITS } from './docker/container';
import { lookInto, type ImageContents } from './docker/contents';
import { describeEngine, type EngineDescription } from './docker/describe';
import { EngineStopped } from './errors';
import { explained } from './docker/stopped';
import type { Plan } from './runtime/runtime';
import type { ReplayOptions } from './types';

export interface ImageCheck {
  /** Null: it could not be looked into, and a problem says why. */
  readonly inside: ImageContents | null;
  readonly problems: readonly string[];
}

export interface ImageQuestion {
  readonly image: string;
  readonly runtime: string;
  readonly plan: Plan;
  readonly options: ReplayOptions;
}

/** @throws EngineStopped */
export async function checkImage(connection: Connection, { image, runtime, plan, options }: ImageQuestion): Promise<ImageCheck> {
  const programs = ['sh', 'bash', 'git', 'python3'];
  const paths = [plan.cwd, posix.join(plan.cwd, '.git')];
  try {
    const [engine, inside] = await Promise.all([describeEngine(connection), lookInto(connection, { image, programs, paths })]);
    return { inside, problems: [...ofEngine(engine, inside, options), ...ofImage(inside, runtime, plan, options)] };
  } catch (error) {
    const told = await explained(connection, error);
    if (told instanceof EngineStopped && !told.sentence.includes('failed in the middle')) throw told;
    return {
      inside: null,
      problems: [`The image could not be looked into: ${error instanceof Error ? error.message.trim() : String(error)}`],
    };
  }
}

function ofEngine(engine: EngineDescription, { platform }: ImageContents, { runtime, limits }: ReplayOptions): string[] {
  const [system, processor] = platform.split('/');
  const [hostSystem, hostProcessor] = engine.platform.split('/');
  const room = limits.diskBytes ?? DEFAULT_LIMITS.diskBytes;
  return [
    system === 'windows' || hostSystem === 'windows'
      ? 'Windows containers can’t replay an episode: it needs an image and an engine of Linux.'
      : processor !== hostProcessor
        ? `The image is for ${processor ?? '?'} and the engine runs on ${hostProcessor ?? '?'}: it needs emulation (QEMU’s binfmt), is many times slower, and time limits strike earlier.`
        : null,
    runtime !== null && runtime !== 'runc' && !engine.runtimes.includes(runtime)
      ? `The engine has no runtime "${runtime}": install it on the engine’s machine and name it in its daemon.json.`
      : null,
    ...engine.notes.filter((note) => runtime !== null && note.includes(`runtime "${runtime}"`)),
    engine.freeBytes !== null && engine.freeBytes < room
      ? `The engine’s disk has ${gibibytes(engine.freeBytes)} left, and the run may write ${gibibytes(room)}.`
      : null,
    engine.lacks.length > 0 ? `The engine has no ${engine.lacks.join(', no ')}: the episode’s commands run without.` : null,
  ].filter((problem) => problem !== null);
}

function ofImage({ programs, paths, volumes }: ImageContents, runtime: string, { cwd }: Plan, { repository }: ReplayOptions): string[] {
  const lacks = (name: string): boolean => programs.find((program) => program.name === name)?.path == null;
  const agent = runtime.startsWith('swe-agent');
  const here = paths[cwd] === true || repository !== null;
  return [
    lacks('sh') ? 'The image has no sh: nothing can be replayed in it.' : null,
    lacks('bash') ? 'The image has no bash, in which the recorded commands ran.' : null,
    lacks('python3') && agent
      ? 'The image has no python3, which the agent’s tools are written in: turns that call them will diverge.'
      : null,
    lacks('git') ? 'The image has no git: the repository’s state after each turn will not be known.' : null,
    here ? null : `The image has no ${cwd}, where the episode worked: put the repository there with --repo and --base.`,
    here && repository === null && paths[posix.join(cwd, '.git')] !== true
      ? `${cwd} in the image is no git repository: its state after each turn will not be known.`
      : null,
    volumes.length > 0
      ? `What is written to ${volumes.slice(0, 3).join(', ')} (volumes of the image) does not count to the limit of disk.`
      : null,
  ].filter((problem) => problem !== null);
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
