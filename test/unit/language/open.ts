/** Opens real files with the real engine, for tests of pure features. */
import { join } from 'node:path';
import { createEngine, type Opened } from '../../../server/engine/index';
import { EpisodeModel } from '../../../server/language/model';

export const FIXTURE = join(import.meta.dirname, '../../fixtures/lsp/empty-patch.DERIVED.traj');
export const CORPUS = process.env['TURNPIKE_CORPUS'] ?? join(import.meta.dirname, '../../../../shared/corpus');

export const engine = createEngine({ rewardsFile: null, reportFile: null, mutedRules: [], trust: { all: false, hashes: [] }, roots: [] });

export async function opened(path: string = FIXTURE): Promise<Opened> {
  const result = await engine.open(path);
  if ('notEpisode' in result) throw new Error(`${path}: ${result.notEpisode.problems[0]?.message ?? 'no episode'}`);
  return result.opened;
}

export async function model(path: string = FIXTURE, attempt?: number): Promise<EpisodeModel> {
  const file = await opened(path);
  const found = EpisodeModel.of(file, attempt ?? file.episode.best);
  if (found === null) throw new Error(`${path}: no attempt ${attempt ?? file.episode.best}`);
  return found;
}
