/** `turnpike doctor`: what is there, what works, and how to get what is missing. */
import { totalmem, freemem, availableParallelism, platform, arch } from 'node:os';
import { join } from 'node:path';
import { findConfig } from '../engine/index';
import { version } from '../../package.json';
import { painter } from './paint';

const MINIMUM_NODE = 20;

/** @returns 0 when everything but an engine is there, else 1 */
export async function doctor(): Promise<number> {
  const paint = painter(process.stdout);
  const major = Number(process.versions.node.split('.')[0]);
  const config = await findConfig(join(process.cwd(), 'episode.traj'), null, [], new Map());
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const engine = await engineRow();
  const lines: readonly Row[] = [
    [true, 'turnpike', version],
    [major >= MINIMUM_NODE, 'node', `${process.versions.node}${major >= MINIMUM_NODE ? '' : ` (${MINIMUM_NODE} or newer is needed)`}`],
    [true, 'system', `${platform()} ${arch()}, ${availableParallelism()} cores, ${gigabytes(freemem())} of ${gigabytes(totalmem())} free`],
    [config.problem === null, 'rewards', config.problem ?? config.path ?? 'default (no turnpike.rewards.yaml from here upward)'],
    engine,
  ];
  for (const [ok, name, text] of lines)
    process.stdout.write(`${ok ? paint('green', 'ok ') : paint('red', 'no ')} ${name.padEnd(9)} ${text}\n`);
  // Without an engine everything but a replay works.
  return lines.every(([ok, name]) => ok || name === ENGINE) ? 0 : 1;
}

type Row = readonly [ok: boolean, name: string, text: string];
const ENGINE = 'engine';

async function engineRow(): Promise<Row> {
  const { connect, describeEngine, NoEngine } = await import('../replay/index');
  try {
    const connection = await connect();
    const { name, version: number, storage, lacks, runtimes } = await describeEngine(connection);
    const parts = [
      `${name} ${number} at ${connection.endpoint.host} (${connection.endpoint.source})`,
      `storage ${storage}`,
      lacks.length === 0 ? 'limits and seccomp work' : `without ${lacks.join(', ')}`,
      runtimes.length === 0 ? null : `runtimes ${runtimes.join(', ')}`,
    ];
    return [true, ENGINE, parts.filter((part) => part !== null).join(', ')];
  } catch (error) {
    if (!(error instanceof NoEngine)) throw error;
    return [false, ENGINE, `${error.message} Only a replay needs one.`];
  }
}
