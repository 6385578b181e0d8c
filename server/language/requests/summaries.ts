/** Summaries for the episodes tree. */
import { type EpisodeSummary, pathOfUri } from '../../protocol/index';
import type { Outcome } from '../../reward/index';
import { BadRequest } from '../failure';
import { EpisodeModel } from '../model';
import type { Session } from '../session';

/** One class's name; `submitted` where tests decide; `pending` before the end. */
export function outcomeName({ classes }: Outcome): string {
  return classes.length === 0 ? 'pending' : classes.length === 1 ? (classes[0] ?? 'pending') : 'submitted';
}

const NOTHING = {
  instance: null,
  format: null,
  exitStatus: null,
  outcome: null,
  dra: null,
  gra: null,
  graBounds: null,
  findings: 0,
  turns: 0,
  state: null,
} as const;

/** One summary per address, in order; what can't be read says why. */
export async function episodeSummaries(session: Session, uris: readonly string[], signal: AbortSignal): Promise<EpisodeSummary[]> {
  const out: EpisodeSummary[] = [];
  for (const uri of uris) {
    signal.throwIfAborted();
    out.push(await summary(session, uri, signal));
  }
  return out;
}

async function summary(session: Session, uri: string, signal: AbortSignal): Promise<EpisodeSummary> {
  const path = pathOfUri(uri) ?? uri;
  try {
    const result = await session.open(uri, signal);
    if ('notEpisode' in result) {
      const { recognised, problems } = result.notEpisode;
      return { uri, path, ...NOTHING, problem: problems[0]?.message ?? recognised ?? 'No episode that Turnpike knows.' };
    }
    const { opened } = result;
    const model = EpisodeModel.of(opened, opened.episode.best);
    if (model === null) return { uri, path, ...NOTHING, problem: 'The file holds no rollout.' };
    const { rollout, outcome, accumulation, findings } = model.of;
    return {
      uri,
      path: opened.path,
      instance: opened.side.instance ?? opened.episode.instance,
      format: opened.episode.format,
      exitStatus: rollout.exitStatus ?? opened.side.exitStatus?.status ?? null,
      outcome: outcomeName(outcome),
      dra: accumulation.totals.dra,
      gra: accumulation.totals.gra,
      graBounds: accumulation.totals.gra.state === 'scored' ? null : (accumulation.totals.bounds?.gra ?? null),
      findings: findings.filter((f) => !f.suppressed).length,
      turns: rollout.turns.length,
      state: opened.state,
      problem: null,
    };
  } catch (error) {
    if (signal.aborted) throw error;
    const message = error instanceof BadRequest || error instanceof Error ? error.message : String(error);
    return { uri, path, ...NOTHING, problem: message };
  } finally {
    session.release(uri);
  }
}
