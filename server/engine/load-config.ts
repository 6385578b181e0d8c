/** The reward configuration of an episode, ready to use, with what is wrong in it as sentences. */
import { resolve, sep } from 'node:path';
import type { ConfigHead } from '../protocol/index';
import { configHead, defaultConfig, parseConfig, type RewardConfig } from '../reward/index';
import { findConfig } from './config-file';
import type { EngineOptions } from './types';

export interface LoadedConfig {
  readonly config: RewardConfig;
  readonly head: ConfigHead;
  /** Path of the file in use; null: the default. Own modules are named relative to it. */
  readonly path: string | null;
}

/** The newest version of each file that could be read, by path: what holds while somebody types in the file. */
export type LastGood = Map<string, RewardConfig>;

/**
 * Errors in a configuration never stop the reading: the file's last version without errors applies, or, where none was
 * read, the default; the problems say which.
 */
export async function loadConfig(
  episodePath: string,
  options: EngineOptions,
  unsaved: ReadonlyMap<string, string>,
  lastGood: LastGood,
): Promise<LoadedConfig> {
  const found = await findConfig(episodePath, fileNamedFor(episodePath, options), options.roots, unsaved);
  const fallback = (problems: readonly string[]): LoadedConfig => ({
    config: defaultConfig(),
    head: configHead(defaultConfig(), 'default', problems),
    path: null,
  });
  const { path, text } = found;
  if (path === null || text === null) return fallback(found.problem === null ? [] : [found.problem]);
  const parsed = parseConfig(text);
  const sentences = parsed.problems.map((p) => `${path}:${p.line}:${p.column}: ${p.message}`);
  if (parsed.config !== null) {
    lastGood.set(path, parsed.config);
    return { config: parsed.config, head: configHead(parsed.config, path, sentences), path };
  }
  const kept = lastGood.get(path);
  const error = parsed.problems.find((p) => p.severity === 'error');
  if (kept === undefined || error === undefined)
    return fallback([...sentences, 'The default reward configuration applies until these errors are mended.']);
  const until = 'The rewards are those of the last version that could be read, until these errors are mended.';
  const head = configHead(kept, path, [...sentences, until]);
  return { config: kept, head: { ...head, broken: { line: error.line, message: error.message } }, path };
}

/** The configuration that the settings name for an episode: those of the innermost folder around it, else of all. */
function fileNamedFor(episodePath: string, { rewardsFile, rewardsFiles }: EngineOptions): string | null {
  const path = resolve(episodePath);
  const around = [...(rewardsFiles ?? [])].filter(([folder]) => path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
  const innermost = around.sort(([a], [b]) => b.length - a.length)[0];
  return innermost === undefined ? rewardsFile : innermost[1];
}
