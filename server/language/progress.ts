/** Work-done progress, where the client takes it. */
import type { Connection, ProgressToken } from 'vscode-languageserver/node';
import type { Client } from './client';
import { grouped } from './words';

export interface Progress {
  report(done: number, total: number): void;
  done(): void;
}

/** A client shows a few steps a second; more is noise. */
const STEP_MS = 100;

/** @param token the request's own, if it brought one; else one is made where the client allows */
export async function startProgress(
  connection: Connection,
  client: Client,
  token: ProgressToken | undefined,
  title: string,
): Promise<Progress> {
  if (token === undefined && !client.progress) return { report: () => undefined, done: () => undefined };
  const reporter = token === undefined ? await connection.window.createWorkDoneProgress() : connection.window.attachWorkDoneProgress(token);
  reporter.begin(title, 0, undefined, false);
  let last = 0;
  return {
    report(done, total) {
      const now = Date.now();
      if (done < total && now - last < STEP_MS) return;
      last = now;
      reporter.report(total === 0 ? 100 : Math.floor((100 * done) / total), `${grouped(done)} of ${grouped(total)}`);
    },
    done: () => reporter.done(),
  };
}
