/** Which image an episode runs in, and whether it is there. Nothing is ever pulled here. */
import type Docker from 'dockerode';
import { statusOf } from './answer';
import { NoImage } from '../errors';
import type { Recording } from '../types';

export interface FoundImage {
  readonly name: string;
  /** `sha256:…` */
  readonly id: string;
  /** Why this one, in words. */
  readonly source: string;
}

interface Candidate {
  readonly name: string;
  readonly source: string;
}

/** SWE-bench's name for an instance: two underscores become `_1776_`, all in lower case (formats.md §3.1). */
export function sweBenchImages(instance: string): string[] {
  const id = instance.toLowerCase();
  return [`swebench/sweb.eval.x86_64.${id.replace('__', '_1776_')}:latest`, `sweb.eval.x86_64.${id}:latest`];
}

/** In the order in which they are looked for. */
export function candidates(recording: Recording, recorded: string | null, asked: string | null): Candidate[] {
  if (asked !== null) return [{ name: asked, source: 'asked for' }];
  const { instance } = recording;
  const named = [
    ...(recorded === null ? [] : [recorded, recorded.replace(/^docker\.io\//, '')].map((name) => ({ name, source: 'the episode’s own' }))),
    ...(instance === null || !/^[\w.-]+__[\w.-]+$/.test(instance)
      ? []
      : sweBenchImages(instance).map((name) => ({ name, source: 'SWE-bench’s name for the task' }))),
  ];
  return named.filter(({ name }, at) => named.findIndex((other) => other.name === name) === at);
}

/** The first candidate that the engine has. Throws {@link NoImage}. */
export async function findImage(docker: Docker, recording: Recording, recorded: string | null, asked: string | null): Promise<FoundImage> {
  const tried = candidates(recording, recorded, asked);
  for (const { name, source } of tried) {
    const found = await docker
      .getImage(name)
      .inspect()
      .catch((error: unknown) => {
        if (statusOf(error) === 404) return null;
        throw error;
      });
    if (found !== null) return { name, id: found.Id, source };
  }
  const names = tried.map(({ name }) => name);
  if (names.length === 0) throw new NoImage('The episode does not say which image it ran in.', 'Name one with --image.', names);
  throw new NoImage(`The engine has no image ${names.join(' or ')}.`, 'Pull it with --pull, or name another one with --image.', names);
}
