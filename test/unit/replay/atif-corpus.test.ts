import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEngine, recordingOf } from '../../../server/engine/index';
import { atif } from '../../../server/replay/runtime/atif/index';
import { obstaclesIn } from '../../../server/replay/obstacles';
import { corpus } from '../episode/corpus-files';

/** Commands that are replayed, those whose exit code is recorded, turns with a call that is skipped, and where the commands start. */
const FILES: Readonly<Record<string, readonly [commands: number, codes: number, skipped: number, cwd: string]>> = {
  'mit__CodeTracer-kimi/fix-git__cCozJVA/agent/trajectory.json': [55, 5, 1, '/app/personal-site'],
  'mit__CodeTracer-kimi/password-recovery__dHqrYVJ/agent/trajectory.json': [53, 10, 13, '/app'],
  'mit__CodeTracer-kimi/query-optimize__xcBWV57/agent/trajectory.json': [12, 2, 6, '/app'],
  'mit__CodeTracer-kimi/mailman__azhsPLd/agent/trajectory.json': [27, 23, 6, '/app'],
  'apache__NeMo-Agent-Toolkit/data__openclaw-nemoflow-smoke__native-openclaw-trajectory.json__699711.json': [34, 8, 26, '/testbed'],
  'apache__NeMo-Agent-Toolkit/data__hermes-nemoflow-smoke__native-hermes-trajectory.json__e4f59c.json': [6, 6, 24, '/testbed'],
  'apache__phoenix-client/multi_tool_trajectory.json': [0, 0, 2, '/app'],
};

/** Turns without a result in the file. */
const UNANSWERED: Readonly<Record<string, readonly string[]>> = {
  'mit__CodeTracer-kimi/password-recovery__dHqrYVJ/agent/trajectory.json': ['5'],
  'mit__CodeTracer-kimi/query-optimize__xcBWV57/agent/trajectory.json': ['3'],
  'mit__CodeTracer-kimi/mailman__azhsPLd/agent/trajectory.json': ['3'],
};

describe('ATIF files of the corpus', () => {
  it.each(Object.entries(FILES))('%s', async (file, wanted) => {
    const engine = createEngine({
      rewardsFile: null,
      reportFile: null,
      mutedRules: [],
      trust: { all: false, hashes: [] },
      roots: [corpus],
    });
    try {
      const result = await engine.open(resolve(corpus, 'atif', file));
      if (!('opened' in result)) throw new Error('no episode');
      const recording = await recordingOf(result.opened, 0);
      const commands = recording.turns
        .flatMap((turn) => (turn.executed ? turn.commands : []))
        .filter(({ obstacle }) => obstacle === undefined);
      const codes = commands.filter(({ exitCode }) => exitCode !== null);
      const plan = atif.plan(recording);
      expect([commands.length, codes.length, obstaclesIn(recording).length, plan.cwd]).toEqual(wanted);
      const unanswered = plan.problems.filter((problem) => problem.includes('whose result is not in the file'));
      expect(unanswered.map((problem) => problem.split(' ')[0])).toEqual(UNANSWERED[file] ?? []);
      // What Harbor put around the output is gone.
      for (const { observation } of commands) {
        expect(observation).not.toBeNull();
        expect(observation).not.toMatch(/\n\n\[(?:stdout|metadata|error)\]/);
      }
    } finally {
      engine.dispose();
    }
  });
});
