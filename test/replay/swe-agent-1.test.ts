import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REAL, replay, toolFolders } from '../../server/replay/index';
import { CORPUS, classes, connectToTestEngine, marshmallow, recordingOfFile, testImage } from './support';

const FOLDER = join(CORPUS, 'swe-agent/mit__SWE-agent');
const FILES = readdirSync(FOLDER).filter((name) => name.startsWith('demo__mm1867-function_calling'));

/** Turns (counted from 0) that can't come out as recorded, each with its reason. */
const EXPLAINED: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'demo__mm1867-function_calling_replace_from_source__e33b8db2.traj': {
    2: '`pip install -e .[dev]` without a network ends with an error',
  },
};

describe('SWE-agent 1.0’s marshmallow-1867 on its real repository', () => {
  it('has three episodes in the corpus', () => {
    expect(FILES).toHaveLength(3);
  });

  it.each(FILES)('%s comes out as recorded, but for what is explained', async (file) => {
    const facts = await replay(await connectToTestEngine(), {
      recording: await recordingOfFile(join(FOLDER, file)),
      options: {
        image: testImage('installed'),
        repository: { directory: marshmallow(), commit: 'mm1867' },
        limits: {},
        until: null,
        runtime: null,
        tests: null,
      },
      tools: toolFolders(),
    });
    console.info(file, classes(facts));
    const diverged = facts.turns.filter(({ divergence }) => divergence !== null && REAL.has(divergence.class));
    expect(diverged.filter(({ index }) => !(index in (EXPLAINED[file] ?? {})))).toEqual([]);
    expect(diverged.map(({ index }) => index)).toEqual(Object.keys(EXPLAINED[file] ?? {}).map(Number));
    expect(facts.submission).toBe('equal');
  });
});
