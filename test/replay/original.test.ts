import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REAL, replay, toolFolders } from '../../server/replay/index';
import { classes, connectToTestEngine, recordingOfFile, testImage } from './support';

const FOLDER = resolve('test/fixtures/original');
const FILES = readdirSync(join(FOLDER, 'recordings'));

/** Turns (counted from 0) that can't come out as recorded, by the start of a recording's name, each with its reason. */
const EXPLAINED: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'swe-agent-0.7.0': { 62: 'SWE-agent killed the processes of all earlier commands too, and shows what the shell says of each' },
};

describe('episodes that the original runtimes recorded', () => {
  const clone = mkdtempSync(join(tmpdir(), 'shapes-'));

  beforeAll(() => {
    execFileSync('bash', [join(FOLDER, 'repository.sh'), clone]);
  });
  afterAll(() => {
    rmSync(clone, { recursive: true, force: true });
  });

  it.concurrent.each(FILES)('%s comes out as recorded', async (file) => {
    const recording = await recordingOfFile(join(FOLDER, 'recordings', file));
    const facts = await replay(await connectToTestEngine(), {
      recording,
      options: {
        image: testImage(file.startsWith('mini') ? 'python' : 'marshmallow'),
        repository: { directory: clone, commit: 'main' },
        // SWE-agent 0.x waits 25 seconds for a command.
        limits: file.startsWith('swe-agent-0') ? { actionMs: 12_000 } : {},
        until: null,
        runtime: null,
        tests: null,
      },
      tools: toolFolders(),
    });
    console.info(file, classes(facts));
    const explained = Object.entries(EXPLAINED).find(([start]) => file.startsWith(start))?.[1] ?? {};
    const diverged = facts.turns.filter(({ divergence }) => divergence !== null && REAL.has(divergence.class));
    // The actions and differences are only there to be read where it fails.
    const told = diverged.map(({ index, divergence }) => ({ index, action: recording.turns[index]?.commands[0]?.action, divergence }));
    expect(told.filter(({ index }) => !(index in explained))).toEqual([]);
    expect(diverged.map(({ index }) => index)).toEqual(Object.keys(explained).map(Number));
    expect(facts.submission).toBe('equal');
    const exporting = recording.turns.find(({ commands }) => commands[0]?.action.startsWith('export OTHER') === true);
    if (exporting !== undefined) expect(facts.turns[exporting.index]?.environment).toEqual([{ name: 'OTHER', value: 'two words' }]);
  });
});
