/** What an error in the middle of a run means: the engine went away, or only its answer was bad. */
import { EngineStopped, ReplayError } from '../errors';
import { isLost, statusOf, wordsOf } from './answer';
import type { Connection } from './connect';

const PING_MS = 5_000;

/** Whether the engine answers within a few seconds. */
export async function answers({ docker }: Connection, timeoutMs = PING_MS): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  const pinged = docker.ping().then(
    () => true,
    () => false,
  );
  return Promise.race([pinged, late]).finally(() => {
    clearTimeout(timer);
  });
}

export function engineGone({ endpoint }: Connection, cause?: unknown): EngineStopped {
  return new EngineStopped(
    `The container engine at ${endpoint.host} stopped while the episode was replayed.`,
    'Start it and replay again.',
    { cause },
  );
}

/**
 * The error as a person should read it. Errors that have a sentence, and those that have nothing to do with the engine, stay
 * as they are.
 */
export async function explained(connection: Connection, error: unknown): Promise<unknown> {
  if (error instanceof ReplayError) return error;
  const status = statusOf(error);
  if (!isLost(error) && status === null) return error;
  if (!(await answers(connection))) return engineGone(connection, error);
  if (status === 404 || status === 409)
    return new EngineStopped(
      'The episode’s container was stopped or removed by something else than the replay.',
      'Replay again; if the engine was restarted meanwhile, that was why.',
      { cause: error },
    );
  return new EngineStopped(
    `The container engine at ${connection.endpoint.host} failed in the middle of the replay: ${wordsOf(error)}.`,
    'It answers again: replay again, and look into its log if that comes back.',
    { cause: error },
  );
}
