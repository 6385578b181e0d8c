/** `turnpike doctor`: what is there, what works, and how to get what is missing. */
import { totalmem, freemem, availableParallelism, platform, arch } from 'node:os';
import { join } from 'node:path';
import { findConfig } from '../engine/index';
import { version } from '../../package.json';
import { painter } from './paint';

const MINIMUM_NODE = 20;
/** An image of SWE-bench takes a few GiB, and a run may write four more. */
const ROOM = 10 * 2 ** 30;

/** @returns 0 when everything but an engine is there, else 1 */
export async function doctor(): Promise<number> {
  const paint = painter(process.stdout);
  const major = Number(process.versions.node.split('.')[0]);
  const config = await findConfig(join(process.cwd(), 'episode.traj'), null, [], new Map());
  const lines: readonly Row[] = [
    [true, 'turnpike', version],
    [major >= MINIMUM_NODE, 'node', `${process.versions.node}${major >= MINIMUM_NODE ? '' : ` (${MINIMUM_NODE} or newer is needed)`}`],
    [true, 'system', `${platform()} ${arch()}, ${availableParallelism()} cores, ${gigabytes(freemem())} of ${gigabytes(totalmem())} free`],
    [config.problem === null, 'rewards', config.problem ?? config.path ?? 'default (no turnpike.rewards.yaml from here upward)'],
    ...(await engineRows()),
  ];
  for (const [ok, name, text] of lines)
    process.stdout.write(`${ok ? paint('green', 'ok ') : paint('red', 'no ')} ${name.padEnd(9)} ${text}\n`);
  // Without an engine everything but a replay works.
  return lines.every(([ok, name]) => ok || OF_REPLAY.has(name)) ? 0 : 1;
}

type Row = readonly [ok: boolean, name: string, text: string];
const OF_REPLAY = new Set(['engine', 'limits', 'storage', 'runtimes', 'note']);

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

async function engineRows(): Promise<Row[]> {
  const { connect, describeEngine, NoEngine } = await import('../replay/index');
  try {
    const connection = await connect();
    const { endpoint } = connection;
    const engine = await describeEngine(connection);
    const { freeBytes, lacks, notes, runtimes } = engine;
    const cgroup = engine.cgroup === null ? '' : `, cgroup ${engine.cgroup}`;
    const room = freeBytes === null ? 'free disk not known: it is on another machine' : `${gigabytes(freeBytes)} free`;
    const linux = engine.platform.startsWith('linux/');
    return [
      [
        linux,
        'engine',
        `${engine.name} ${engine.version} at ${endpoint.host} (${endpoint.source}), ${engine.platform}${engine.rootless ? ', rootless' : ''}` +
          (linux ? '' : '. Replays need Linux containers: switch the engine to them.'),
      ],
      [
        lacks.length === 0,
        'limits',
        `${lacks.length === 0 ? 'memory, processors, processes and seccomp work' : `without ${lacks.join(', ')}`}${cgroup}`,
      ],
      [
        freeBytes === null || freeBytes >= ROOM,
        'storage',
        `${engine.storage}, ${room}${freeBytes !== null && freeBytes < ROOM ? ': an image and a run may need more' : ''}`,
      ],
      [
        true,
        'runtimes',
        runtimes.length === 0 ? 'the default one (gVisor’s runsc is not there)' : `the default one, ${runtimes.join(', ')}`,
      ],
      ...notes.map((note): Row => [true, 'note', note]),
    ];
  } catch (error) {
    if (!(error instanceof NoEngine)) throw error;
    return [[false, 'engine', `${error.message} Only a replay needs one.`]];
  }
}
