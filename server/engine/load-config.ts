/** The reward configuration of an episode, ready to use, with what is wrong in it as sentences. */
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

/** Errors in a configuration never stop the reading: the default applies, and the problems say so. */
export async function loadConfig(episodePath: string, options: EngineOptions, unsaved: ReadonlyMap<string, string>): Promise<LoadedConfig> {
  const found = await findConfig(episodePath, options.rewardsFile, options.roots, unsaved);
  const fallback = (problems: readonly string[]): LoadedConfig => ({
    config: defaultConfig(),
    head: configHead(defaultConfig(), 'default', problems),
    path: null,
  });
  if (found.text === null) return fallback(found.problem === null ? [] : [found.problem]);
  const parsed = parseConfig(found.text);
  const sentences = parsed.problems.map((p) => `${found.path ?? 'configuration'}:${p.line}:${p.column}: ${p.message}`);
  if (parsed.config === null) return fallback([...sentences, 'The default reward configuration applies until these errors are mended.']);
  return { config: parsed.config, head: configHead(parsed.config, found.path ?? 'default', sentences), path: found.path };
}
