/** Defaults of every setting, as package.json states them; a unit test keeps the two equal. */
export const DEFAULTS = {
  'turnpike.rewards.file': '',
  'turnpike.hacks.mutedRules': [] as readonly string[],
  'turnpike.episodes.include': ['**/*.traj', '**/*.traj.json', '**/agent/trajectory.json'] as readonly string[],
  'turnpike.episodes.exclude': ['**/node_modules/**', '**/.git/**'] as readonly string[],
  'turnpike.episodes.limit': 1000,
  'turnpike.episodes.badges': true,
  'turnpike.replay.images': {} as Readonly<Record<string, unknown>>,
  'turnpike.replay.repositories': {} as Readonly<Record<string, unknown>>,
  'turnpike.replay.limits': {} as Readonly<Record<string, unknown>>,
  'turnpike.replay.runtime': '',
  'turnpike.replay.sweAgentTools': '',
  'turnpike.replay.active': 2,
  'turnpike.tests': {} as Readonly<Record<string, unknown>>,
  'turnpike.trace.server': 'off' as 'off' | 'messages' | 'verbose',
} as const;

/** Id of the custom editor. */
export const INSPECTOR = 'turnpike.inspector';
/** Scheme of texts that are shown once: what the model saw at a turn. */
export const TEXT_SCHEME = 'turnpike-text';
/** Scheme of the recorded and the replayed text of a turn. */
export const OBSERVATION_SCHEME = 'turnpike-replay';
/** Scheme of the repository as it was after a turn. */
export const STATE_SCHEME = 'turnpike-state';
/** Name of a reward configuration file. */
export const REWARDS_NAME = 'turnpike.rewards.yaml';
/** VS Code hands no larger text file to extensions. */
export const TEXT_LIMIT = 50 * 1024 * 1024;
