import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REAL, replay, toolFolders, type RecordedTurn, type Recording, type ReplayFacts } from '../../server/replay/index';
import { CHANGED_IMAGE, CHANGED_REPOSITORY, PLANTS, type Plant } from './planted';
import { connectToTestEngine, recordingOfFile, testImage } from './support';

const ORIGINAL = resolve('test/fixtures/original');
const BASE = 'mini-swe-agent-2.4.6.traj.json';

/** Turns that differ without a plant: what the original runtimes' recordings can't be (test/replay/original.test.ts). */
const UNPLANTED: Readonly<Record<string, readonly number[]>> = { 'swe-agent-0.7.0.traj': [62] };

function turnOf(turns: readonly RecordedTurn[], { action, skip = 0 }: Pick<Plant, 'action' | 'skip'>): RecordedTurn {
  const found = turns.filter((turn) => turn.commands.some((command) => command.action.startsWith(action)))[skip];
  if (found === undefined) throw new Error(`No turn of the recording starts with ${action}`);
  return found;
}

function planted(turn: RecordedTurn, plant: Plant): RecordedTurn {
  const { observation, exitCode, timedOut, action } = plant;
  return {
    ...turn,
    commands: turn.commands.map((command) => {
      if (!command.action.startsWith(action)) return command;
      const was = command.observation ?? '';
      const now =
        observation === undefined ? was : observation[0] === null ? observation[1] : was.replace(observation[0], () => observation[1]);
      if (observation !== undefined) expect(now, `${plant.tool}: nothing was changed in ${JSON.stringify(was)}`).not.toBe(was);
      return {
        ...command,
        observation: now,
        exitCode: exitCode ?? (plant.class === 'exit_status' ? null : command.exitCode),
        timedOut: timedOut ?? command.timedOut,
      };
    }),
  };
}

const withPlants = (recording: Recording, plants: readonly Plant[]): Recording => ({
  ...recording,
  turns: plants.reduce<readonly RecordedTurn[]>((turns, plant) => {
    const target = turnOf(recording.turns, plant);
    return turns.map((turn) => (turn.index === target.index ? planted(turn, plant) : turn));
  }, recording.turns),
});

/** The recording's turns that the plants are in, and no others. */
const only = (recording: Recording, plants: readonly Pick<Plant, 'action'>[]): Recording => {
  const wanted = new Set(plants.map((plant) => turnOf(recording.turns, plant).index));
  return { ...recording, turns: recording.turns.filter(({ index }) => wanted.has(index)) };
};

describe('planted differences', () => {
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  const [clone, changed] = [join(folder, 'clone'), join(folder, 'changed')];
  const recordings = new Map<string, Recording>();
  const facts = new Map<string, ReplayFacts>();
  let image = '';

  async function run(name: string, recording: Recording, directory: string, from: string): Promise<void> {
    const result = await replay(await connectToTestEngine(), {
      recording,
      options: {
        image: from,
        repository: { directory, commit: 'main' },
        limits: name.startsWith('swe-agent-0') ? { actionMs: 10_000 } : {},
        until: null,
        runtime: null,
        tests: null,
      },
      tools: toolFolders(),
    });
    facts.set(name, result);
  }

  async function changedImage(): Promise<string> {
    const { docker } = await connectToTestEngine();
    const container = await docker.createContainer({
      Image: testImage('python'),
      Cmd: ['/bin/sh', '-c', CHANGED_IMAGE.map(({ change }) => change).join(' && ')],
      NetworkDisabled: true,
    });
    await container.start();
    await container.wait();
    const name = `turnpike-test-planted:${process.pid}`;
    await container.commit({ repo: 'turnpike-test-planted', tag: String(process.pid) });
    await container.remove({ force: true });
    return name;
  }

  beforeAll(async () => {
    for (const target of [clone, changed]) execFileSync('bash', [join(ORIGINAL, 'repository.sh'), target]);
    for (const { change } of CHANGED_REPOSITORY) execFileSync('bash', ['-c', change], { cwd: changed });
    execFileSync('git', ['-C', changed, 'add', '-A']);
    execFileSync('git', ['-C', changed, '-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-qam', 'change']);
    for (const name of Object.keys(PLANTS)) recordings.set(name, await recordingOfFile(join(ORIGINAL, 'recordings', name)));
    image = await changedImage();
    const base = recordings.get(BASE)!;
    const runs = [
      ...Object.entries(PLANTS).map(([name, plants]) => async () => {
        const from = testImage(name.startsWith('mini') ? 'python' : 'marshmallow');
        const recording = recordings.get(name)!;
        await run(
          name,
          name === BASE || !name.startsWith('mini') ? withPlants(recording, plants) : only(withPlants(recording, plants), plants),
          clone,
          from,
        );
      }),
      () =>
        run(
          'repository',
          only(
            base,
            CHANGED_REPOSITORY.flatMap(({ plants }) => plants),
          ),
          changed,
          testImage('python'),
        ),
      () =>
        run(
          'image',
          only(
            base,
            CHANGED_IMAGE.flatMap(({ plants }) => plants),
          ),
          clone,
          image,
        ),
    ];
    // Three at a time: they wait more than they work.
    await Promise.all(
      [0, 1, 2].map(async () => {
        for (let next = runs.shift(); next !== undefined; next = runs.shift()) await next();
      }),
    );
  }, 300_000);

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    const { docker } = await connectToTestEngine();
    if (image !== '') await docker.getImage(image).remove({ force: true });
  });

  const shown = (name: string, index: number): ReplayFacts['turns'][number] => facts.get(name)!.turns.find((turn) => turn.index === index)!;

  it('are at least sixty, of every class and of every generation of tools', () => {
    const all = [...Object.values(PLANTS).flat(), ...[...CHANGED_REPOSITORY, ...CHANGED_IMAGE].flatMap(({ plants }) => plants)];
    expect(new Set(all.map(({ tool }) => tool)).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(60);
    expect(new Set(all.map((plant) => plant.class))).toEqual(new Set(['value', 'exit_status', 'timeout', 'missing', 'truncated']));
  });

  for (const [name, plants] of Object.entries(PLANTS))
    describe(name, () => {
      it.each(plants)('$tool is $class', (plant) => {
        const { divergence } = shown(name, turnOf(recordings.get(name)!.turns, plant).index);
        expect(divergence?.class).toBe(plant.class);
        // Which of two pipes is read first is no part of a plant: where another thing differs, it is still named.
        expect(divergence?.noise.filter((id) => id !== 'streams')).toEqual([]);
      });

      it('shows no other difference', () => {
        const own = new Set(plants.map((plant) => turnOf(recordings.get(name)!.turns, plant).index));
        const rest = facts
          .get(name)!
          .turns.filter(({ index, divergence }) => !own.has(index) && divergence !== null && REAL.has(divergence.class));
        expect(rest.map(({ index }) => index)).toEqual(UNPLANTED[name] ?? []);
      });
    });

  describe.each([
    ['repository', CHANGED_REPOSITORY],
    ['image', CHANGED_IMAGE],
  ] as const)('a changed %s', (name, changes) => {
    it.each(changes.flatMap(({ plants }) => plants))('$tool is $class', (plant) => {
      const { divergence } = shown(name, turnOf(recordings.get(BASE)!.turns, plant).index);
      expect(divergence).toMatchObject({ class: plant.class });
    });
  });
});
