/** Why a replay did not come to an end, as data with a sentence. */
import type { ReplayFailure } from '../protocol/index';

const failure = (reason: ReplayFailure['reason'], sentence: string, images: readonly string[] = []): ReplayFailure => ({
  reason,
  sentence,
  images,
});

export const UNTRUSTED = failure(
  'untrusted',
  'A replay runs the episode’s commands in a container, so it needs a trusted workspace. Trust this workspace first.',
);

export interface BrokenOff {
  readonly signal: AbortSignal;
  /** Turns that were done; null: an image was being pulled. */
  readonly done: number | null;
}

/** @param error what a replay threw */
export async function replayFailure(error: unknown, { signal, done }: BrokenOff): Promise<ReplayFailure> {
  if (signal.aborted)
    return failure(
      'cancelled',
      done === null ? 'The pull was cancelled; layers that came whole are kept.' : 'The replay was cancelled; its container is removed.',
    );
  const { connect, NoImage, ReplayError } = await import('../replay/index');
  if (error instanceof ReplayError) return failure(error.reason, error.message, error instanceof NoImage ? error.candidates : []);
  const where = done === null ? 'while it pulled the image' : done === 0 ? 'before the first turn ended' : `after turn ${done} of the run`;
  const gone = await connect().then(
    () => null,
    (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
  );
  if (gone !== null) return failure('engine_stopped', `The engine went away ${where}. ${gone} Then replay again.`);
  return failure('cannot_replay', `The replay broke off ${where}: ${error instanceof Error ? error.message : String(error)}`);
}
