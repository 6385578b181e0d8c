/** `turnpike/replay/pull`: pulls an image because somebody asked for it, and says how far it is. */
import { replayFailure, UNTRUSTED } from '../../engine/index';
import type { EpisodeRef, ReplayFailure, ReplayProgress } from '../../protocol/index';
import type { PullProgress } from '../../replay/index';
import type { Session } from '../session';
import type { StartContext } from './start';

export async function pullImage(
  session: Session,
  ref: EpisodeRef,
  image: string,
  { signal, tell, log }: StartContext,
): Promise<{ readonly failure: ReplayFailure } | null> {
  if (!session.trusted) return { failure: UNTRUSTED };
  const { model, uri } = await session.resolve(ref, signal);
  const begun = Date.now();
  const say = (progress: Pick<ReplayProgress, 'phase' | 'done' | 'of' | 'secondsLeft' | 'message'>): void =>
    tell({ uri, attempt: model.attempt, turn: null, ...progress });
  let last = { done: 0, of: 0 };
  say({ phase: 'pulling', ...last, secondsLeft: null, message: `Asking for ${image}` });
  try {
    await session.replays.pull(image, signal, (progress) => {
      const { done, of, known } = progress;
      last = { done, of };
      const secondsLeft = known && done > 0 ? (((Date.now() - begun) / 1000) * (of - done)) / done : null;
      say({ phase: 'pulling', ...last, secondsLeft, message: messageOf(progress, image) });
    });
    say({ phase: 'ended', ...last, secondsLeft: 0, message: `${image} is there` });
    return null;
  } catch (error) {
    const failure = await replayFailure(error, { signal, done: null });
    if (failure.reason === 'cannot_replay' || failure.reason === 'engine_stopped')
      log(String(error instanceof Error ? error.stack : error));
    say({ phase: 'ended', ...last, secondsLeft: 0, message: failure.sentence });
    return { failure };
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function messageOf({ phase, layers, done, of, known }: PullProgress, image: string): string {
  switch (phase) {
    case 'resolving':
      return `Asking for ${image}`;
    case 'downloading':
      return `Downloading ${megabytes(done)} of ${known ? '' : 'at least '}${megabytes(of)}`;
    case 'extracting':
      return `Unpacking layer ${layers.filter((layer) => layer.phase === 'there').length + 1} of ${layers.length}`;
    case 'done':
      return `${image} is there`;
  }
}
