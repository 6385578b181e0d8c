import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine, recordingOf } from '../../../server/engine/index';
import type { Recording } from '../../../server/replay/index';

const FOLDER = resolve('test/fixtures/original/recordings');

describe('episodes that the original runtimes recorded, as a replay reads them', () => {
  const engine = createEngine({ rewardsFile: null, reportFile: null, mutedRules: [], trust: { all: false, hashes: [] }, roots: [FOLDER] });
  afterAll(() => {
    engine.dispose();
  });
  const read = async (name: string): Promise<Recording> => {
    const result = await engine.open(join(FOLDER, name));
    if (!('opened' in result)) throw new Error(`${name} is no episode`);
    return recordingOf(result.opened, result.opened.episode.best);
  };
  const timedOut = ({ turns }: Recording): string[] =>
    turns.flatMap(({ commands }) => commands.filter((command) => command.timedOut).map(({ action }) => action.trim()));

  it('reads mini-swe-agent 1.1, whose file names no layout', async () => {
    const recording = await read('mini-swe-agent-1.1.1.traj.json');
    expect(recording).toMatchObject({ format: 'mini-swe-agent', version: 'mini-swe-agent-1', exitStatus: 'Submitted' });
    expect(recording.turns).toHaveLength(41);
  });

  it.each([
    'mini-swe-agent-1.1.1.traj.json',
    'mini-swe-agent-2.4.6.traj.json',
    'swe-agent-0.6.1.traj',
    'swe-agent-0.7.0.traj',
    'swe-agent-1.1.0-shell.traj',
  ])('knows the one command that ran out of time: %s', async (name) => {
    expect(timedOut(await read(name))).toEqual(['echo before; sleep 60; echo after']);
  });

  it('holds the recorded state of each turn: before the action in 0.x, after it in 1.x, nothing where nothing is recorded', async () => {
    const [old, now, none] = [
      await read('swe-agent-0.7.0.traj'),
      await read('swe-agent-1.1.0-linting.traj'),
      await read('swe-agent-1.1.0-shell.traj'),
    ];
    const first = '/src/shapes/area.py';
    expect(old.turns.slice(0, 2).map(({ state }) => state?.['open_file'])).toEqual(['n/a', `/shapes__shapes${first}`]);
    expect(now.turns[0]?.state).toEqual({ open_file: `/testbed${first}`, working_dir: '/testbed' });
    expect(none.turns.every(({ state }) => state === null)).toBe(true);
  });
});
