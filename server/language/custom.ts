/** The `turnpike/*` requests: thin handlers over pure functions in `requests/`. */
import { basename } from 'node:path';
import type { CancellationToken, Connection } from 'vscode-languageserver/node';
import type { z } from 'zod';
import { methods, type OpenResult, type Request, parseReadableUri, pathOfUri } from '../protocol/index';
import type { Client } from './client';
import { answer, checked } from './failure';
import { episodeRef, shapes } from './params';
import { turnAtLine } from './readable';
import { failureOf } from './requests/failure-text';
import { find, HITS_AT_MOST, HITS_DEFAULT } from './requests/find';
import { folderView } from './requests/folder';
import { locate, readableText } from './requests/places';
import { seenAt } from './requests/seen';
import { episodeSummaries } from './requests/summaries';
import { PIECE_DEFAULT, turnDetail, turnRows, wholeText } from './requests/turns';
import { episodeView } from './requests/view';
import type { Session } from './session';
import { turnOfLine } from './sheet';
import type { Documents } from './documents';
import type { HeldDiagnostics } from './held-diagnostics';
import { startProgress } from './progress';

export function registerCustomRequests(
  connection: Connection,
  session: Session,
  client: Client,
  documents: Documents,
  held: HeldDiagnostics,
): void {
  const on = <P, R, S extends z.ZodType>(
    request: Request<P, R>,
    shape: S,
    work: (params: z.infer<S>, signal: AbortSignal) => Promise<R> | R,
  ): void => {
    connection.onRequest(request.method, (params: unknown, token: CancellationToken) =>
      answer(token, (signal) => work(checked(shape, params), signal)),
    );
  };
  const {
    open,
    close,
    rows,
    turn,
    seen,
    text,
    find: findRequest,
    readable,
    locate: locateRequest,
    turnAt,
    folder,
    summaries,
    allowModule,
  } = methods;

  on(open, shapes.open, async (params, signal): Promise<OpenResult> => {
    session.setReport(params.uri, params.report ?? null);
    const isNew = documents.openByRequest(params.uri);
    const result = await whileBusy(connection, params.uri, session.open(params.uri, signal));
    if ('notEpisode' in result) return { failure: failureOf(result.notEpisode) };
    const { model, uri } = await session.resolve(episodeRef(params), signal);
    if (isNew) held.changed(uri);
    return { view: episodeView(model, uri) };
  });
  on(close, shapes.close, (params) => {
    documents.closeByRequest(params.uri);
    held.changed(parseReadableUri(params.uri)?.uri ?? params.uri);
    return null;
  });
  on(rows, shapes.rows, async (params, signal) => {
    const { model } = await session.resolve(episodeRef(params), signal);
    return { revision: model.opened.revision, rows: turnRows(model, params.from, params.to) };
  });
  on(turn, shapes.turn, async (params, signal) => {
    const { model } = await session.resolve(episodeRef(params), signal);
    return turnDetail(model, params.index, params.limit ?? PIECE_DEFAULT);
  });
  on(seen, shapes.seen, async (params, signal) => {
    const { model } = await session.resolve(episodeRef(params), signal);
    return seenAt(model, params.index, { limit: params.limit ?? PIECE_DEFAULT, from: params.from, to: params.to }, signal);
  });
  on(text, shapes.text, async (params, signal) => {
    const { model } = await session.resolve(episodeRef(params), signal);
    return wholeText(model, params.what);
  });
  on(findRequest, shapes.find, async (params, signal) => {
    const { model } = await session.resolve(episodeRef(params), signal);
    return find(model, params.query, Math.min(params.limit ?? HITS_DEFAULT, HITS_AT_MOST), signal);
  });
  on(readable, shapes.readable, async (params, signal) => {
    const { model } = await session.resolve(episodeRef(params), signal);
    return readableText(model, params.page);
  });
  on(locateRequest, shapes.locate, async (params, signal) => {
    const { model, uri } = await session.resolve(episodeRef(params), signal);
    return locate(model, uri, params.turn, params.field, params.span);
  });
  on(turnAt, shapes.turnAt, async (params, signal) => {
    const place = parseReadableUri(params.uri);
    if (place === null) {
      const { sheet } = await session.sheet(params.uri, signal);
      const found = turnOfLine(sheet, params.line);
      return found === null ? null : { turn: found.turn };
    }
    const { model } = await session.resolve({ uri: params.uri }, signal);
    const lines = turnAtLine(await model.page(place.page), params.line);
    return lines === null ? null : { turn: lines.turn };
  });
  on(summaries, shapes.summaries, (params, signal) => episodeSummaries(session, params.uris, signal));
  on(allowModule, shapes.allowModule, async (params) => ({ hash: await session.allowModule(params.path) }));
  on(folder, shapes.folder, async (params, signal) => {
    const progress = await startProgress(connection, client, params.workDoneToken, 'Reading episodes');
    try {
      return await folderView(session, params.uri, signal, (done, total) => progress.report(done, total));
    } finally {
      progress.done();
    }
  });
}

/** Files that open faster are not worth a word. */
const BUSY_AFTER_MS = 300;

/** Says in the status what is being read, where that takes long enough to be seen. */
async function whileBusy<T>(connection: Connection, uri: string, work: Promise<T>): Promise<T> {
  const tell = (busy: boolean, message: string): void => {
    void connection.sendNotification(methods.status.method, { health: 'ok', busy, message });
  };
  let told = false;
  const timer = setTimeout(() => {
    told = true;
    tell(true, `Reading ${basename(pathOfUri(uri) ?? uri)}`);
  }, BUSY_AFTER_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    if (told) tell(false, 'Ready');
  }
}
