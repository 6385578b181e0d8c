/** `turnpike doctor`: what is there, what works, and how to get what is missing. */
import { totalmem, freemem, availableParallelism, platform, arch } from 'node:os';
import { join } from 'node:path';
import { findConfig } from '../engine/index';
import { version } from '../../package.json';
import { painter } from './paint';

const MINIMUM_NODE = 20;

/** @returns 0 when everything that this version needs is there, else 1 */
export async function doctor(): Promise<number> {
  const paint = painter(process.stdout);
  const major = Number(process.versions.node.split('.')[0]);
  const config = await findConfig(join(process.cwd(), 'episode.traj'), null, [], new Map());
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const lines: readonly (readonly [boolean, string, string])[] = [
    [true, 'turnpike', version],
    [major >= MINIMUM_NODE, 'node', `${process.versions.node}${major >= MINIMUM_NODE ? '' : ` (${MINIMUM_NODE} or newer is needed)`}`],
    [true, 'system', `${platform()} ${arch()}, ${availableParallelism()} cores, ${gigabytes(freemem())} of ${gigabytes(totalmem())} free`],
    [config.problem === null, 'rewards', config.problem ?? config.path ?? 'default (no turnpike.rewards.yaml from here upward)'],
  ];
  for (const [ok, name, text] of lines)
    process.stdout.write(`${ok ? paint('green', 'ok ') : paint('red', 'no ')} ${name.padEnd(9)} ${text}\n`);
  return lines.every(([ok]) => ok) ? 0 : 1;
}
