/** `turnpike/replay/start`: replays an episode, says where it is, and rewards the episode again. */
import { optionsOf, recordingOf, replayFailure, UNTRUSTED, type ReplayStep } from '../../engine/index';
import type { EpisodeRef, ReplayChoice, ReplayFailure, ReplayProgress, ReplayView } from '../../protocol/index';
import type { EpisodeModel } from '../model';
import type { Session } from '../session';
import { counted } from '../words';
import { secondsLeft } from './estimate';
import { className, markOf, replayTitle } from './marks';
import { replayView } from './view';

export interface StartContext {
  readonly signal: AbortSignal;
  tell(progress: ReplayProgress): void;
  log(text: string): void;
}

export async function startReplay(
  session: Session,
  ref: EpisodeRef,
  choice: ReplayChoice,
  { signal, tell, log }: StartContext,
): Promise<{ readonly view: ReplayView } | { readonly failure: ReplayFailure }> {
  if (!session.trusted) return { failure: UNTRUSTED };
  const { model, uri } = await session.resolve(ref, signal);
  const { attempt } = model;
  const recording = await recordingOf(model.opened, attempt);
  const teller = new Teller(model, { uri, attempt }, choice.until, tell);
  try {
    const kept = await session.replays.replay({
      path: model.opened.path,
      rollout: attempt,
      recording,
      options: optionsOf(choice, session.replaySettings, recording.instance, model.opened.side.report),
      again: choice.again ?? false,
      progress: (step) => teller.step(step),
      signal,
    });
    if (kept.facts !== model.of.replay) session.replayed(uri, kept.facts);
    teller.end(replayTitle(kept.facts));
    return { view: replayView(kept.facts, model.turns) };
  } catch (error) {
    const failure = await replayFailure(error, { signal, done: teller.done });
    if (failure.reason === 'cannot_replay' || failure.reason === 'engine_stopped')
      log(String(error instanceof Error ? error.stack : error));
    teller.end(failure.sentence);
    return { failure };
  }
}

/** Turns steps of a replay into what a person is told. */
class Teller {
  done = 0;
  private since = 0;
  private readonly recorded: readonly (number | null)[];

  constructor(
    private readonly model: EpisodeModel,
    private readonly of: Pick<ReplayProgress, 'uri' | 'attempt'>,
    until: number | undefined,
    private readonly tell: (progress: ReplayProgress) => void,
  ) {
    const wanted = model.turns.filter(({ index }) => until === undefined || index <= until);
    this.recorded = wanted.map(({ seconds, executed }) => (executed ? seconds : 0));
  }

  step(step: ReplayStep): void {
    switch (step.phase) {
      case 'waiting':
        this.say(
          'waiting',
          step.ahead === 0 ? 'Waiting for another replay to end' : `Waiting: ${counted(step.ahead, 'replay')} before this one`,
        );
        break;
      case 'starting':
        this.say('starting', 'Starting the container');
        break;
      case 'running': {
        const { index, divergence } = step.facts;
        // The start of the container says nothing of the turns to come.
        if (this.done === 0) this.since = Date.now() - (step.facts.durationMs ?? 0);
        this.done = step.done;
        const mark = markOf(step.facts, this.model.turns[index]?.executed ?? true);
        const words = mark === 'diverged' ? `diverged (${className(divergence?.class ?? 'value')})` : mark.replace('_', ' ');
        this.say('running', `Turn ${index + 1} of ${this.recorded.length}: ${words}`, { index, mark });
        break;
      }
    }
  }

  end(message: string): void {
    this.say('ended', message);
  }

  private say(phase: ReplayProgress['phase'], message: string, turn: ReplayProgress['turn'] = null): void {
    const spent = this.since === 0 ? 0 : (Date.now() - this.since) / 1000;
    this.tell({
      ...this.of,
      phase,
      done: this.done,
      of: this.recorded.length,
      secondsLeft: phase === 'ended' ? 0 : secondsLeft(this.recorded, this.done, spent),
      message,
      turn,
    });
  }
}
