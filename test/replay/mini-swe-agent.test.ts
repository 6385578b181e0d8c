import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REAL, replay, toolFolders } from '../../server/replay/index';
import { CORPUS, classes, connectToTestEngine, marshmallow, recordingOfFile, testImage } from './support';

const FILE = join(CORPUS, 'mini-swe-agent/mit__mini-swe-agent/pr__deepseek_lite_dev__marshmallow-code__marshmallow-1343__91568b.traj.json');

/** Turns (counted from 0) that can't come out as recorded, each with its reason. */
const EXPLAINED: Readonly<Record<number, string>> = {
  108: '`pip install pytest` without a network ends with an error',
  109: 'so pytest is not there for the next command, as it was in the recorded run',
};

describe('mini-swe-agent’s marshmallow-1343 on its real repository', () => {
  it('comes out as recorded, but for what is explained', async () => {
    const recording = await recordingOfFile(FILE);
    const facts = await replay(await connectToTestEngine(), {
      recording,
      options: {
        image: testImage('marshmallow'),
        repository: { directory: marshmallow(), commit: 'mm1343' },
        limits: {},
        until: null,
        runtime: null,
        tests: null,
      },
      tools: toolFolders(),
    });
    console.info('marshmallow-1343:', classes(facts));
    const diverged = facts.turns.filter(({ divergence }) => divergence !== null && REAL.has(divergence.class));
    expect(diverged.map(({ index }) => index)).toEqual(Object.keys(EXPLAINED).map(Number));
    expect(facts.turns).toHaveLength(189);
    expect(facts.submission).toBe('equal');
    // Its first edit: a new file, and the tree with it.
    expect(facts.turns[2]?.changedFiles).toEqual([{ path: 'reproduce_issue.py', status: 'added' }]);
    expect(facts.turns[2]?.tree).toMatch(/^[0-9a-f]{40}$/);
    expect(facts.turns[3]?.tree).toBe(facts.turns[2]?.tree);
  });
});
