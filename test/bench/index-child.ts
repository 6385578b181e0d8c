/** The index of one file in a fresh process, as the engine makes it: worker and all. Prints {"ms", "peak", "turns"}. */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readFileEpisode } from '../../server/engine/read-file';

async function main(): Promise<void> {
  const file = process.argv[2] ?? '';
  const began = performance.now();
  // dist/ is given: this bundle lies elsewhere
  const result = await readFileEpisode(file, { worker: join(process.argv[3] ?? '', 'read-worker.cjs') });
  const ms = performance.now() - began;
  if (!('episode' in result)) throw new Error(JSON.stringify(result.notEpisode.problems));
  const turns = result.episode.rollouts[result.episode.best]?.turns.length ?? 0;
  console.log(JSON.stringify({ ms, peak: process.resourceUsage().maxRSS * 1024, turns, problems: result.episode.problems.length }));
}

void main();
