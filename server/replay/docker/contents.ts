/**
 * What is in an image, found without starting anything: its configuration, and single entries of its file system, asked of a
 * container that is made for it, never started and removed at once.
 */
import type { Container } from 'dockerode';
import type { IncomingMessage } from 'node:http';
import { posix } from 'node:path';
import type { Connection } from './connect';
import { createOptions, DEFAULT_LIMITS, removeContainer } from './container';
import { parsedObject, textAt } from './json';
import { owner } from './reap';
import { statusOf } from './answer';

export interface ImageContents {
  /** As the image says: `linux/amd64`. */
  readonly platform: string;
  /** Bytes on the engine's disk. */
  readonly size: number;
  /** Where each program that was asked for lies; null: the image's PATH has none. What a link names tells its version. */
  readonly programs: readonly { readonly name: string; readonly path: string | null; readonly version: string | null }[];
  /** Whether each path that was asked for is there. */
  readonly paths: Readonly<Record<string, boolean>>;
  /** Folders that the image keeps outside the layer whose size is watched. */
  readonly volumes: readonly string[];
}

export interface LookWish {
  readonly image: string;
  readonly programs: readonly string[];
  readonly paths: readonly string[];
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** A PATH of an image is anybody's text. */
const FOLDERS = 32;

export async function lookInto({ docker }: Connection, { image, programs, paths }: LookWish): Promise<ImageContents> {
  const { Os, Architecture, Size, Config } = await docker.getImage(image).inspect();
  const path = Config.Env?.find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? DEFAULT_PATH;
  const folders = [...new Set(path.split(':').filter((folder) => folder.startsWith('/')))].slice(0, FOLDERS);
  const container = await docker.createContainer(createOptions({ image, limits: DEFAULT_LIMITS, env: {}, runtime: null, owner: owner() }));
  try {
    const found = await Promise.all(programs.map((name) => programIn(container, folders, name)));
    const there = await Promise.all(paths.map(async (name) => [name, (await entry(container, name)) !== null] as const));
    return {
      platform: `${Os}/${Architecture}`,
      size: Size,
      programs: found,
      paths: Object.fromEntries(there),
      volumes: Object.keys(Config.Volumes ?? {}),
    };
  } finally {
    await removeContainer(container);
  }
}

async function programIn(container: Container, folders: readonly string[], name: string): Promise<ImageContents['programs'][number]> {
  for (const folder of folders) {
    const path = posix.join(folder, name);
    const found = await entry(container, path);
    if (found !== null) return { name, path, version: /\d+(?:\.\d+)+$/.exec(posix.basename(found.target))?.[0] ?? null };
  }
  return { name, path: null, version: null };
}

/** Null: nothing is there. `target`: what it names, where it is a link. */
async function entry(container: Container, path: string): Promise<{ readonly target: string } | null> {
  try {
    const answer = (await container.infoArchive({ path })) as unknown as IncomingMessage;
    answer.resume();
    const head = answer.headers['x-docker-container-path-stat'];
    const stat = parsedObject(Buffer.from(String(head ?? ''), 'base64').toString('utf8'));
    return { target: textAt(stat, 'linkTarget') ?? '' };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}
