/** What it costs to keep the state of every turn, and to get it back: git trees against commits against copies of the folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connect,
  openState,
  removeCheckpoints,
  replay,
  StateStore,
  toolFolders,
  type Connection,
  type Recording,
  type ReplayOptions,
} from '../../server/replay/index';
import { DEFAULT_LIMITS, removeContainer, startContainer } from '../../server/replay/docker/container';
import { owner } from '../../server/replay/docker/reap';
import { putRepository } from '../../server/replay/docker/repository';
import { exec } from '../../server/replay/shell/exec';
import { TreeProbe } from '../../server/replay/tree';
import { ensureImage, startEngine } from '../../tools/lib/engine.mjs';
import { ROOT } from '../../tools/lib/paths.mjs';
import { median, ms, percentile, type Row } from './table';

type Container = Awaited<ReturnType<typeof startContainer>>;

const IMAGE = 'turnpike-test:python';
const TURNS = 30;
const JUMPS = 50;
const ROUNDS = 5;
const CWD = '/testbed';
/** Of `package.json` and one file of its own: what an agent does. */
const edit = (turn: number): string =>
  `echo '// turn ${turn}' >> package.json; echo ${turn} > turn-${turn}.txt; rm -f turn-${turn - 3}.txt`;

/** One row that says why, where no engine can start. */
export async function stateRows(): Promise<Row[]> {
  const running = process.env['TURNPIKE_TEST_ENGINE'];
  let engine;
  try {
    engine =
      running === undefined
        ? await startEngine()
        : { host: running, socket: running.replace('unix://', ''), stop: () => Promise.resolve() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [{ row: 'states of turns', budget: '≤ 200 ms to any turn', met: null, measured: `left out: ${why}`, notes: [], data: null }];
  }
  try {
    const image = await ensureImage(engine.socket, IMAGE);
    const connection = await connect({ DOCKER_HOST: engine.host });
    return [await jumps(connection, image), await ways(connection, image)];
  } finally {
    await engine.stop();
  }
}

async function jumps(connection: Connection, image: string): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-bench-'));
  const store = new StateStore(folder);
  const options: ReplayOptions = {
    image,
    repository: { directory: ROOT, commit: 'HEAD' },
    limits: {},
    until: null,
    runtime: null,
    tests: null,
  };
  try {
    const run = async (states: boolean): Promise<number> => {
      const began = performance.now();
      await replay(connection, {
        recording: recordingOf(),
        options,
        tools: toolFolders(),
        ...(states && { states: { store, run: 'bench' } }),
      });
      return performance.now() - began;
    };
    const [bare, kept] = [await run(false), await run(true)];
    const bytes = await store.bytes();
    const known = (await store.run('bench'))!;
    const began = performance.now();
    const opened = await openState(connection, { store, run: 'bench', turn: 0 });
    const openMs = performance.now() - began;
    const taken: number[] = [];
    try {
      for (let n = 0; n < JUMPS; n++) {
        const start = performance.now();
        // Far and near, there and back, the same in every run.
        await opened.goTo((n * 17) % TURNS);
        taken.push(performance.now() - start);
      }
    } finally {
      await opened.close();
    }
    const listing = performance.now();
    for (let turn = 0; turn < TURNS; turn++) await store.changes(known.turns[turn]!.tree!, known.turns[turn + 1]!.tree!);
    const changesMs = (performance.now() - listing) / TURNS;
    const p95 = percentile(taken, 95);
    await removeCheckpoints(
      connection.docker,
      known.checkpoints.map((checkpoint) => checkpoint.image),
    );
    return {
      row: 'jump to any turn of a replayed episode',
      budget: '≤ 200 ms, p95 of 50 jumps in a container that is open',
      met: p95 <= 200,
      measured: `median ${ms(median(taken))}, p95 ${ms(p95)}; opening the container ${ms(openMs)}`,
      notes: [
        `the changes between two turns, on the host without git: ${ms(changesMs)}`,
        `on disk ${(bytes / TURNS / 1000).toFixed(1)} kB a turn, the repository itself included (${(bytes / 1e6).toFixed(1)} MB for ${TURNS} turns)`,
        `the replay with its states kept ${ms(kept)}, without ${ms(bare)}; checkpoints: ${known.checkpoints.map((c) => ms(c.commitMs)).join(', ')}`,
        `load ${loadavg()[0]!.toFixed(1)}`,
      ],
      data: {
        taken,
        openMs,
        changesMs,
        bytes,
        bare,
        kept,
        checkpoints: known.checkpoints.map(({ commitMs, bytes }) => ({ commitMs, bytes })),
      },
    };
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The three ways to keep one turn's state and to come back to it. */
async function ways(connection: Connection, image: string): Promise<Row> {
  const { docker } = connection;
  const start = (from: string): Promise<Container> =>
    startContainer(docker, { image: from, limits: DEFAULT_LIMITS, env: {}, runtime: null, owner: owner() });
  const container = await start(image);
  const taken = { gitKeep: [], gitBack: [], copyKeep: [], copyBack: [], commitKeep: [], commitBack: [] } as Record<string, number[]>;
  const timed = async <T>(into: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const made = await work();
    taken[into]!.push(performance.now() - began);
    return made;
  };
  const shell = (command: string): Promise<unknown> =>
    exec(container, { command: ['/bin/sh', '-c', command], cwd: '/', timeoutMs: 120_000, outputBytes: 4096 });
  const disk = { copy: 0, commit: 0 };
  const images: string[] = [];
  try {
    await putRepository(container, { directory: ROOT, commit: 'HEAD' }, CWD);
    const probe = (await TreeProbe.open(container, CWD))!;
    const base = (await probe.now()).tree!;
    const below = (await docker.getImage(image).inspect()).Size;
    for (let n = 0; n < ROUNDS; n++) {
      await shell(`cd ${CWD}; ${edit(n)}`);
      const { tree } = await timed('gitKeep', () => probe.now());
      await timed('copyKeep', () => shell(`mkdir -p /copies && cp -a ${CWD} /copies/${n}`));
      const { Id } = (await timed('commitKeep', () => container.commit({}))) as { readonly Id: string };
      images.push(Id);
      disk.commit = (await docker.getImage(Id).inspect()).Size - below;
      await probe.checkout(base);
      await timed('gitBack', () => probe.checkout(tree!));
      await timed('copyBack', () => shell(`rm -rf ${CWD} && cp -a /copies/${n} ${CWD}`));
      await removeContainer(await timed('commitBack', () => start(Id)));
    }
    const { stdout } = await exec(container, { command: ['du', '-sk', `/copies/0`], timeoutMs: 60_000, outputBytes: 4096 });
    disk.copy = Number(/^\d+/.exec(stdout.text)?.[0]) * 1024;
    probe.close();
  } finally {
    await removeContainer(container);
    await removeCheckpoints(docker, images);
  }
  const pair = (name: string): string => `keep ${ms(median(taken[`${name}Keep`]!))}, back ${ms(median(taken[`${name}Back`]!))}`;
  return {
    row: 'keep one turn’s state and come back',
    budget: 'none: these are the ways to choose from',
    met: null,
    measured: `git tree: ${pair('git')}`,
    notes: [
      `copy of the folder: ${pair('copy')}, ${(disk.copy / 1e6).toFixed(1)} MB each`,
      `commit of the container: ${pair('commit')} (a new container), ${(disk.commit / 1e6).toFixed(1)} MB with ${ROUNDS} copies in it`,
      `medians of ${ROUNDS}; load ${loadavg()[0]!.toFixed(1)}`,
    ],
    data: { taken, disk },
  };
}

const recordingOf = (): Recording => ({
  hash: '0'.repeat(64),
  format: 'mini-swe-agent',
  version: '1.0',
  instance: null,
  configuration: { environment: { cwd: CWD } },
  problemStatement: null,
  submission: null,
  exitStatus: null,
  turns: Array.from({ length: TURNS }, (_, index) => ({
    index,
    executed: true,
    state: null,
    commands: [{ action: edit(index), observation: '', clipped: false, exitCode: null, timedOut: false }],
  })),
});
