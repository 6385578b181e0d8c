/** Why a replay can't start or go on. Each says what is wrong and what could be done about it. */

/** As the editor is told it (`ReplayFailure` in the protocol). */
export type ReplayErrorReason = 'no_engine' | 'no_image' | 'cannot_replay' | 'repository' | 'engine_stopped';

export abstract class ReplayError extends Error {
  abstract readonly reason: ReplayErrorReason;

  /** `message` is both: the sentence, then the way out. */
  constructor(
    /** What is wrong, with the place. */
    readonly sentence: string,
    /** What could be done, in a sentence; empty: nothing that we know of. */
    readonly remedy = '',
    options?: ErrorOptions,
  ) {
    super(remedy === '' ? sentence : `${sentence} ${remedy}`, options);
    this.name = new.target.name;
  }
}

/** No engine answers. */
export class NoEngine extends ReplayError {
  readonly reason = 'no_engine';
}

/** The engine has none of the images that would do, or could not get one. */
export class NoImage extends ReplayError {
  readonly reason = 'no_image';

  constructor(
    sentence: string,
    remedy: string,
    /** What could be pulled, best first. */
    readonly candidates: readonly string[],
  ) {
    super(sentence, remedy);
  }
}

/** Nothing that Turnpike has can run this episode, or not in this image or on this engine. */
export class CannotReplay extends ReplayError {
  readonly reason = 'cannot_replay';
}

/** The local clone can't be had. */
export class RepositoryError extends ReplayError {
  readonly reason = 'repository';
}

/** The engine, or the episode's container, went away in the middle. What was replayed until then is lost with the container. */
export class EngineStopped extends ReplayError {
  readonly reason = 'engine_stopped';
}
