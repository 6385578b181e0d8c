import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REAL, replay, toolFolders } from '../../server/replay/index';
import { CORPUS, classes, connectToTestEngine, marshmallow, recordingOfFile, testImage } from './support';

const FOLDER = join(CORPUS, 'swe-agent/mit__SWE-agent');
/** The 0.x demonstrations of marshmallow-1867: window and cursors, fenced and XML answers. */
const FILES = readdirSync(FOLDER).filter((name) => /^demo__mm1867-(?:default|xml)/.test(name));

/** Turns (counted from 0) that can't come out as recorded, each with its reason. */
const EXPLAINED: Readonly<Record<string, readonly number[]>> = {
  // Turn 2 is `pip install -e .[dev]`: without a network pip can't fetch what the build needs.
  from_source: [2],
};

describe('the 0.x episodes of marshmallow-1867 on their real repository', () => {
  it('are ten', () => {
    expect(FILES).toHaveLength(10);
  });

  it.each(FILES)('comes out as recorded, but for what is explained: %s', async (name) => {
    const recording = await recordingOfFile(join(FOLDER, name));
    const facts = await replay(await connectToTestEngine(), {
      recording,
      options: {
        image: testImage('marshmallow'),
        repository: { directory: marshmallow(), commit: 'mm1867' },
        limits: {},
        until: null,
        runtime: null,
        tests: null,
      },
      tools: toolFolders(),
    });
    console.info(`${name}:`, classes(facts));
    const diverged = facts.turns.filter(({ divergence }) => divergence !== null && REAL.has(divergence.class)).map(({ index }) => index);
    expect(diverged).toEqual(name.includes('from_source') ? EXPLAINED['from_source'] : []);
    expect(facts.turns.length).toBeGreaterThanOrEqual(11);
    expect(facts.submission).toBe('equal');
  });
});
