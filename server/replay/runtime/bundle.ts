/** What a bundle's `config.yaml` says that a replay needs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { stringAt } from './values';

/** The command that runs after each action; null: the bundle has none. */
export async function bundleState(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, 'config.yaml'), 'utf8').catch(() => null);
  return text === null ? null : stringAt(parse(text) as unknown, 'state_command');
}
