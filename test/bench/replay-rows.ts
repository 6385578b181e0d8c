/** What a replay costs beside the commands themselves: against a `docker exec`, SWE-ReX's round trip, the commands' own time. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { connect, replay, type Connection, type Limits, type RecordedTurn, type Recording } from '../../server/replay/index';
import { DEFAULT_LIMITS, removeContainer, startContainer } from '../../server/replay/docker/container';
import { owner } from '../../server/replay/docker/reap';
import { putRepository } from '../../server/replay/docker/repository';
import { sweAgent1 } from '../../server/replay/runtime/swe-agent-1';
import { exec } from '../../server/replay/shell/exec';
import { bashFrame } from '../../server/replay/shell/frame';
import { LiveShell } from '../../server/replay/shell/live-shell';
import { TreeProbe } from '../../server/replay/tree';
import { ensureImage, startEngine } from '../../tools/lib/engine.mjs';
import { CACHE, DIST, ROOT } from '../../tools/lib/paths.mjs';
import { median, ms, percentile, type Row } from './table';

type Container = Awaited<ReturnType<typeof startContainer>>;

const TIMES = 100;
const TOOLS = { bundles: join(DIST, 'tools/bundles'), commands: join(DIST, 'tools/commands') };
const REX = 'swe-rex==1.4.0';
const IMAGE = 'turnpike-test:python';

export async function replayRows(): Promise<Row[]> {
  const running = process.env['TURNPIKE_TEST_ENGINE'];
  const engine =
    running === undefined ? await startEngine() : { host: running, socket: running.replace('unix://', ''), stop: () => Promise.resolve() };
  try {
    const image = await ensureImage(engine.socket, IMAGE);
    const connection = await connect({ DOCKER_HOST: engine.host });
    return [...(await perAction(connection, image)), ...(await wholeEpisodes(connection, image))];
  } finally {
    await engine.stop();
  }
}

/** Medians of `TIMES` runs each; the kinds take turns, so that a noisy moment falls on all. */
async function perAction(connection: Connection, image: string): Promise<Row[]> {
  const container = await startContainer(connection.docker, { image, limits: DEFAULT_LIMITS, env: {}, runtime: null, owner: owner() });
  try {
    await putRepository(container, { directory: ROOT, commit: 'HEAD' }, '/testbed');
    const shells = await openShells(container);
    const recording = recordingOf(['true']);
    const stage = {
      container,
      recording,
      plan: sweAgent1.plan(recording),
      limits: DEFAULT_LIMITS,
      tools: TOOLS,
      signal: undefined,
    };
    const session = await sweAgent1.open(stage);
    const probe = await TreeProbe.open(container, '/testbed');
    await probe?.now();
    const command = recording.turns[0]!.commands[0]!;
    const taken = { exec: [] as number[], pipe: [] as number[], terminal: [] as number[], whole: [] as number[] };
    const timed = async (into: number[], work: () => Promise<unknown>): Promise<void> => {
      const began = performance.now();
      await work();
      into.push(performance.now() - began);
    };
    for (let i = 0; i < TIMES; i++) {
      await timed(taken.exec, () => exec(container, { command: ['true'], timeoutMs: 30_000, outputBytes: 1024 }));
      await timed(taken.pipe, () => shells.pipe.run(bashFrame('true', 'nothing'), WITHIN));
      await timed(taken.terminal, () => shells.terminal.run(bashFrame('true', 'terminal'), WITHIN));
      await timed(taken.whole, async () => {
        await session.run(command, undefined);
        await Promise.all([probe?.now(), session.settle?.()]);
      });
    }
    session.close();
    probe?.close();
    const middle = {
      exec: median(taken.exec),
      pipe: median(taken.pipe),
      terminal: median(taken.terminal),
      whole: median(taken.whole),
    };
    const rex = sweRex();
    const note = `medians of ${TIMES} each, in turn, in one container; one exec ${ms(middle.exec)} (p95 ${ms(percentile(taken.exec, 95))}); load ${loadavg()[0]!.toFixed(1)}`;
    return [
      {
        row: 'replay: framing alone, per action',
        budget: '≤ 0.2 × one exec round trip',
        met: middle.terminal <= 0.2 * middle.exec,
        measured: `${(middle.terminal / middle.exec).toFixed(3)} × on a terminal (${ms(middle.terminal)}), ${(middle.pipe / middle.exec).toFixed(3)} × on pipes (${ms(middle.pipe)})`,
        notes: [note],
        data: taken,
      },
      {
        row: 'replay: framing, state command, tree and environment, per action',
        budget: '≤ 1 × one exec round trip',
        met: middle.whole <= middle.exec,
        measured: `${(middle.whole / middle.exec).toFixed(2)} × (${ms(middle.whole)})`,
        notes: [note, 'SWE-agent 1.1’s bundles registry, edit_anthropic and submit; the tree of this repository'],
        data: taken.whole,
      },
      {
        row: 'replay: framing against SWE-ReX’s own round trip',
        budget: 'none: for comparison',
        met: null,
        measured:
          typeof rex === 'string'
            ? rex
            : `${(middle.terminal / median(rex)).toFixed(3)} × (${ms(middle.terminal)} in a container, SWE-ReX ${ms(median(rex))} in process, without one)`,
        notes: [`${REX}, run_in_session with check="ignore"`],
        data: rex,
      },
    ];
  } finally {
    await removeContainer(container);
  }
}

const WITHIN = { timeoutMs: 30_000, outputBytes: 64 * 1024 };

async function openShells(container: Container): Promise<{ readonly pipe: LiveShell; readonly terminal: LiveShell }> {
  const wish = { command: ['/bin/bash', '--norc'], cwd: '/', env: {} };
  const terminal = await LiveShell.open(container, { ...wish, terminal: { columns: 80, rows: 24 } });
  await terminal.run(bashFrame('stty -echo; PS1=; PS2=', 'terminal'), WITHIN);
  return { pipe: await LiveShell.open(container, { ...wish, terminal: null }), terminal };
}

/** Milliseconds of each round trip, or why there are none. */
function sweRex(): readonly number[] | string {
  const venv = join(CACHE, 'bench/swe-rex');
  const python = join(venv, 'bin/python');
  try {
    if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', venv], { stdio: 'pipe' });
    // It forgets to require aiohttp.
    execFileSync(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', REX, 'aiohttp'], { stdio: 'pipe' });
    return JSON.parse(execFileSync(python, [join(ROOT, 'test/bench/swe-rex.py'), String(TIMES)], { stdio: 'pipe' }).toString()) as number[];
  } catch (error) {
    return `left out: ${REX} could not be run here (${String((error as Error).message).split('\n')[0]})`;
  }
}

/** What an agent does, each a tenth of a second and more, so that there is something to compare an overhead with. */
const WORK = [
  'ls -F',
  'git log --oneline | head -3',
  'grep -rn "export const" server | wc -l',
  'python3 -c "import time; time.sleep(0.3); print(1)"',
  'find . -name "*.ts" | xargs wc -l | tail -1',
  'python3 -c "print(sum(i * i for i in range(2_000_000)))"',
  'echo x >> notes.txt && git status --short',
  'git diff',
];

async function wholeEpisodes(connection: Connection, image: string): Promise<Row[]> {
  const recording = recordingOf(Array.from({ length: 3 }, () => WORK).flat());
  const limits: Partial<Limits> = {};
  const once = async (): Promise<{ readonly wall: number; readonly own: number }> => {
    const began = performance.now();
    const facts = await replay(connection, {
      recording,
      options: { image, repository: { directory: ROOT, commit: 'HEAD' }, limits, until: null, runtime: null, tests: null },
      tools: TOOLS,
    });
    return { wall: performance.now() - began, own: facts.turns.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0) };
  };
  const alone = await once();
  const crowd: { readonly episodes: number; readonly wall: number; readonly each: number }[] = [];
  for (const episodes of [1, 2, 4, 8]) {
    const began = performance.now();
    await Promise.all(Array.from({ length: episodes }, once));
    const wall = performance.now() - began;
    crowd.push({ episodes, wall, each: wall / episodes });
  }
  return [
    {
      row: 'replay: a whole episode against its commands’ own time',
      budget: 'none: for comparison',
      met: null,
      measured: `${(alone.wall / alone.own).toFixed(2)} × (${(alone.wall / 1000).toFixed(1)} s for ${recording.turns.length} turns whose commands took ${(alone.own / 1000).toFixed(1)} s)`,
      notes: ['container, repository, tools, state command and tree after each turn included'],
      data: alone,
    },
    {
      row: 'replay: several episodes at once',
      budget: 'none: for comparison',
      met: null,
      measured: crowd.map(({ episodes, each }) => `${episodes}: ${(each / 1000).toFixed(1)} s each`).join(', '),
      notes: [`wall time divided by the number of episodes; load after ${loadavg()[0]!.toFixed(1)}`],
      data: crowd,
    },
  ];
}

function recordingOf(actions: readonly string[]): Recording {
  const bundles = ['registry', 'edit_anthropic', 'submit'].map((name) => ({ path: `tools/${name}` }));
  return {
    hash: 'bench',
    format: 'swe-agent',
    version: '1.1.0',
    instance: 'turnpike__turnpike-1',
    configuration: { agent: { tools: { bundles } }, env: { repo: { repo_name: 'testbed' } } },
    problemStatement: null,
    submission: null,
    exitStatus: null,
    turns: actions.map((action, index): RecordedTurn => ({
      index,
      executed: true,
      commands: [{ action, observation: null, clipped: false, exitCode: null, timedOut: false }],
      state: null,
    })),
  };
}
