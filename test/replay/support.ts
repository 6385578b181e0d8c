/** What the replay tests share: a connection, the real repositories, recordings of corpus files. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inject } from 'vitest';
import { createEngine, recordingOf } from '../../server/engine/index';
import { connect, type Connection, type Recording, type ReplayFacts } from '../../server/replay/index';

export const CORPUS = resolve(process.env['TURNPIKE_CORPUS'] ?? '../shared/corpus');
const REPOSITORIES = resolve(process.env['TURNPIKE_REPLAY'] ?? join(CORPUS, '../replay'));

export const connectToTestEngine = (): Promise<Connection> => connect({ DOCKER_HOST: inject('engine').host });
export const testImage = (name: 'python' | 'marshmallow' | 'installed' | 'django'): string => inject('engine').images[name]!;

/** The bare clone that the mm1867 and mm1343 episodes started from, unpacked once per run. */
export function marshmallow(): string {
  const folder = resolve('out/replay');
  const clone = join(folder, 'marshmallow.git');
  if (!existsSync(clone)) {
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-xzf', join(REPOSITORIES, 'marshmallow.git.tar.gz'), '-C', folder]);
  }
  return clone;
}

export async function recordingOfFile(path: string): Promise<Recording> {
  const engine = createEngine({ rewardsFile: null, reportFile: null, mutedRules: [], trust: { all: false, hashes: [] }, roots: [CORPUS] });
  try {
    const result = await engine.open(path);
    if (!('opened' in result)) throw new Error(`${path} is no episode`);
    return await recordingOf(result.opened, result.opened.episode.best);
  } finally {
    engine.dispose();
  }
}

/** Turns by class of divergence. */
export function classes({ turns }: ReplayFacts): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { divergence } of turns) {
    const name = divergence?.class ?? 'not executed';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** An episode of plain commands, one per turn. `observed`: what the file says that a command printed; null: nothing. */
export const recordingOfActions = (
  { format, version, configuration }: Pick<Recording, 'format' | 'version' | 'configuration'>,
  actions: readonly string[],
  observed: (action: string) => string | null = () => null,
): Recording => ({
  hash: '',
  format,
  version,
  instance: null,
  configuration,
  problemStatement: null,
  submission: null,
  exitStatus: null,
  turns: actions.map((action, index) => ({
    index,
    executed: true,
    commands: [{ action, observation: observed(action), clipped: false, exitCode: null, timedOut: false }],
    state: null,
  })),
});
