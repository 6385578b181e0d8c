/** Pulls an image. Only ever called because somebody asked for it: a pull sends a name to a registry and fills a disk. */
import type { Readable } from 'node:stream';
import { EngineStopped, NoImage } from '../errors';
import type { Connection } from './connect';
import { credentialsOf } from './credentials';
import { objectAt, parsedObject, textAt } from './json';
import { pullError } from './pull-errors';
import { PullState, type PullProgress } from './pull-progress';
import { isLost, wordsOf } from './answer';
import { answers } from './stopped';

export interface PullWish {
  /** Aborting it makes the engine stop pulling; layers that came whole stay. */
  readonly signal?: AbortSignal;
  /** Told at most ten times a second, and once at the end. */
  readonly progress?: (progress: PullProgress) => void;
  /** Where `docker login` wrote; default: this process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const EVERY_MS = 100;
/** `registry/path/name:tag` or `…@sha256:…`; an id can't be asked of a registry. */
const NAME = /^(?!sha256:)[a-z0-9][\w.:/-]{0,254}(?:@sha256:[0-9a-f]{64})?$/i;

/**
 * Pulls and returns the image's id.
 * @throws NoImage where the registry does not give it, EngineStopped, the signal's reason
 */
export async function pullImage(
  connection: Connection,
  name: string,
  { signal, progress, env }: PullWish = {},
): Promise<{ readonly id: string }> {
  signal?.throwIfAborted();
  if (!NAME.test(name)) throw pullError(name, 'invalid reference format', { login: null, helper: null });
  const credentials = credentialsOf(name, env);
  const state = new PullState();
  const failed = (said: string): NoImage => pullError(name, said, credentials);
  try {
    const stream = (await connection.docker.pull(name, {
      ...(credentials.login !== null && { authconfig: credentials.login }),
      ...(signal !== undefined && { abortSignal: signal }),
    })) as Readable;
    await follow(stream, state, progress, failed);
    const { Id } = await connection.docker.getImage(name).inspect();
    state.end();
    progress?.(state.now());
    return { id: Id };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof NoImage) throw error;
    if (isLost(error) && !(await answers(connection)))
      throw new EngineStopped(
        `The container engine at ${connection.endpoint.host} stopped while it pulled ${name}.`,
        'Start it and pull again: layers that came whole are kept.',
        { cause: error },
      );
    throw failed(wordsOf(error));
  }
}

/** Reads the engine's lines to their end. An error is one of them: the answer's status is 200 long before. */
async function follow(
  stream: Readable,
  state: PullState,
  progress: PullWish['progress'],
  failed: (said: string) => NoImage,
): Promise<void> {
  stream.setEncoding('utf8');
  let [rest, told] = ['', 0];
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    let changed = false;
    for (const line of lines) {
      const message = parsedObject(line);
      if (message === null) continue;
      const said = textAt(objectAt(message, 'errorDetail'), 'message') ?? textAt(message, 'error');
      if (said !== null) throw failed(said);
      changed = state.take(message) || changed;
    }
    if (!changed || performance.now() - told < EVERY_MS) continue;
    told = performance.now();
    progress?.(state.now());
  }
}
