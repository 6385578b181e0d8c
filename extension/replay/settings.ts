import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { ReplaySettings } from '../../server/protocol/index';

type Limits = NonNullable<ReplaySettings['limits']>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The settings of replays as a person writes them: anything may stand there. */
export interface Written {
  readonly images: unknown;
  readonly repositories: unknown;
  readonly limits: unknown;
  readonly runtime: unknown;
  readonly sweAgentTools: unknown;
  readonly active: unknown;
  readonly tests: unknown;
}

const GIB = 2 ** 30;

const entries = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const positive = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null);

/** Pattern → text; what is no text is left out. */
function texts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(entries(value).flatMap(([key, v]) => (text(v) === '' ? [] : [[key, text(v)]])));
}

/** `~` and paths that start at the workspace folder become absolute. */
export function absolute(path: string, root: string | null): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  return isAbsolute(path) || root === null ? path : join(root, path);
}

/** One unit of each limit as it is written, in the unit that the server counts in. */
const LIMITS: readonly (readonly [written: string, limit: keyof Limits, unit: number])[] = [
  ['memoryGiB', 'memoryBytes', GIB],
  ['cpus', 'cpus', 1],
  ['processes', 'pids', 1],
  ['diskGiB', 'diskBytes', GIB],
  ['actionSeconds', 'actionMs', 1000],
  ['totalSeconds', 'totalMs', 1000],
];

function limitsOf(written: unknown): Limits {
  const given = new Map(entries(written));
  const limits: Mutable<Limits> = {};
  for (const [name, limit, unit] of LIMITS) {
    const value = positive(given.get(name));
    if (value !== null) limits[limit] = unit === 1 ? value : Math.round(value * unit);
  }
  return limits;
}

/**
 * What the server is told of the settings `turnpike.replay.*` and `turnpike.tests`.
 * @param root folder that relative paths start at; null: no folder is open
 * @param storage folder for results and states; null: nothing survives a restart
 */
export function replaySettings(written: Written, root: string | null, storage: string | null): ReplaySettings {
  const repositories = entries(written.repositories).flatMap(([pattern, value]) => {
    const given = new Map(entries(value));
    const [directory, commit] = [text(given.get('directory')), text(given.get('commit'))];
    return directory === '' || commit === '' ? [] : [[pattern, { directory: absolute(directory, root), commit }] as const];
  });
  const tools = text(written.sweAgentTools);
  return {
    images: texts(written.images),
    repositories: Object.fromEntries(repositories),
    limits: limitsOf(written.limits),
    runtime: text(written.runtime),
    sweAgentTools: tools === '' ? '' : absolute(tools, root),
    active: Math.min(16, Math.max(1, Math.floor(positive(written.active) ?? 2))),
    tests: texts(written.tests),
    ...(storage === null ? {} : { storage }),
  };
}
