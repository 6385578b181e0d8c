/** The `turnpike/replay/*` requests. Refusals are answers with a sentence, not errors. */
import type { CancellationToken, Connection } from 'vscode-languageserver/node';
import type { z } from 'zod';
import { optionsOf, recordingOf } from '../../engine/index';
import { replayMethods, type EpisodeRef, type PreflightView, type ReplayChoice, type Request } from '../../protocol/index';
import type { Recording, ReplayOptions } from '../../replay/index';
import { answer, BadRequest, checked } from '../failure';
import { episodeRef, replayChoice, shapes } from '../params';
import type { Session } from '../session';
import { pullImage } from './pull';
import { onStates } from './states';
import { startReplay, type StartContext } from './start';
import { turnReplay } from './view';

export function registerReplayRequests(connection: Connection, session: Session): void {
  const on = <P, R, S extends z.ZodType>(
    request: Request<P, R>,
    shape: S,
    work: (params: z.infer<S>, signal: AbortSignal) => Promise<R>,
  ): void => {
    connection.onRequest(request.method, (params: unknown, token: CancellationToken) =>
      answer(token, (signal) => work(checked(shape, params), signal)),
    );
  };
  const context = (signal: AbortSignal): StartContext => ({
    signal,
    tell: (progress) => void connection.sendNotification(replayMethods.progress.method, progress),
    log: (text) => connection.console.error(text),
  });
  on(replayMethods.start, shapes.replayStart, (params, signal) =>
    startReplay(session, episodeRef(params), replayChoice(params), context(signal)),
  );
  on(replayMethods.pull, shapes.replayPull, (params, signal) => pullImage(session, episodeRef(params), params.image, context(signal)));
  on(replayMethods.preflight, shapes.replayStart, async (params, signal) =>
    preflightView(session, await wishOf(session, episodeRef(params), replayChoice(params), signal)),
  );
  on(replayMethods.script, shapes.replayStart, async (params, signal) =>
    script(session, await wishOf(session, episodeRef(params), replayChoice(params), signal)),
  );
  on(replayMethods.turn, shapes.replayTurn, async (params, signal) => {
    const { model } = await session.resolve(episodeRef(params), signal);
    return turnReplay(model, params.index);
  });
  on(replayMethods.changes, shapes.replayChanges, (params, signal) =>
    onStates(session, episodeRef(params), signal, (states) => states.changes(params.from, params.to)),
  );
  on(replayMethods.folder, shapes.replayPath, (params, signal) =>
    onStates(session, episodeRef(params), signal, (states) => states.folder(params.turn, params.path)),
  );
  on(replayMethods.file, shapes.replayPath, (params, signal) =>
    onStates(session, episodeRef(params), signal, (states) => states.file(params.turn, params.path)),
  );
}

const UNASKED = 'This workspace is not trusted, so no engine was asked. Trust the workspace to replay.';

interface Wish {
  readonly recording: Recording;
  readonly options: ReplayOptions;
}

async function wishOf(session: Session, ref: EpisodeRef, choice: ReplayChoice, signal: AbortSignal): Promise<Wish> {
  const { model } = await session.resolve(ref, signal);
  const recording = await recordingOf(model.opened, model.attempt);
  return { recording, options: optionsOf(choice, session.replaySettings, recording.instance, model.opened.side.report) };
}

async function preflightView(session: Session, { recording, options }: Wish): Promise<PreflightView> {
  const { found, engine, why } = await session.replays.preflight(recording, options, session.trusted);
  const { runtime, image, wanted, obstacles, problems } = found;
  const refusals = [...(session.trusted ? [] : [UNASKED]), ...(why === null ? [] : [why])];
  return { engine, runtime, image, wanted, obstacles, problems: [...refusals, ...problems] };
}

async function script(session: Session, { recording, options }: Wish): Promise<string> {
  try {
    return await session.replays.script(recording, options);
  } catch (error) {
    const { ReplayError } = await import('../../replay/index');
    throw error instanceof ReplayError ? new BadRequest(error.message) : error;
  }
}
