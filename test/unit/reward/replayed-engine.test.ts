/** What a replay showed reaches the outcome, the scores and the problems of an episode that is opened. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine, type Opened } from '../../../server/engine/index';
import type { ReplayFacts, TestStatus } from '../../../server/replay/types';
import { seriesScore } from '../../../server/reward/arithmetic/index';
import { scored } from '../../../server/reward/index';
import { replayFacts, turnFacts, vector, wish } from './vectors';

const CORPUS = resolve(process.env['TURNPIKE_CORPUS'] ?? '../shared/corpus');
const SOURCE = join(CORPUS, 'swe-agent/mit__SWE-agent/demo__mm1867-function_calling_replace_from_source__e33b8db2.traj');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-replayed-'));
  copyFileSync(SOURCE, join(folder, 'a.traj'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function opened(facts: ReplayFacts | null, reportFile: string | null = null): Promise<Opened> {
  const engine = createEngine({
    rewardsFile: null,
    reportFile,
    mutedRules: [],
    trust: { all: false, hashes: [] },
    roots: [folder],
    replays: { last: () => Promise.resolve(facts), group: () => Promise.resolve([]) },
  });
  try {
    const result = await engine.open(join(folder, 'a.traj'));
    if (!('opened' in result)) throw new Error('not read');
    return result.opened;
  } finally {
    engine.dispose();
  }
}

async function replayed(last: TestStatus): Promise<ReplayFacts> {
  const { rollout } = (await opened(null)).rollouts[0]!;
  const turns = rollout.turns.map(({ index, executed }) =>
    turnFacts(index, { executed, exitCode: index % 2, tests: vector({ t: index === rollout.turns.length - 1 ? last : 'failed' }) }),
  );
  return replayFacts(turns, { tests: wish({ command: 'pytest -q' }), baseTests: vector({ t: 'failed' }) });
}

it('settles the outcome, and scores exit codes that the file lacks', async () => {
  const before = (await opened(null)).rollouts[0]!;
  expect(before.outcome.classes).toEqual(['fails', 'passes']);
  const after = (await opened(await replayed('passed'))).rollouts[0]!;
  expect(after.outcome).toMatchObject({ classes: ['passes'], source: 'replayed tests: pytest -q' });
  expect((await opened(await replayed('failed'))).rollouts[0]?.outcome.classes).toEqual(['fails']);
  const status = after.scores.levels[1]!.turns.find((series) => series.function === 'execution_status')!;
  expect([seriesScore(status, 0), seriesScore(status, 1)]).toEqual([scored(1), scored(-1)]);
  expect(after.accumulation.totals.outcomeOnly).toEqual(scored(1));
});

it('gives way to a report, and says that the two disagree', async () => {
  const report = join(folder, 'report.json');
  writeFileSync(report, JSON.stringify({ patch_successfully_applied: true, resolved: true, tests_status: {} }));
  try {
    const { rollouts, problems } = await opened(await replayed('failed'), report);
    expect(rollouts[0]?.outcome.classes).toEqual(['passes']);
    expect(problems.map(({ message }) => message).join('\n')).toContain('by the replayed tests: pytest -q it fails its tests');
  } finally {
    rmSync(report);
  }
});
