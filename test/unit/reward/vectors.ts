import type { ReplayFacts, TestStatus, TestVector, TestWish, TurnFacts } from '../../../server/replay/types';

/** A vector of pytest with these results. */
export const vector = (results: Record<string, TestStatus>, parts: Partial<TestVector> = {}): TestVector => {
  const bad = Object.values(results).some((status) => status === 'failed' || status === 'error');
  return {
    results,
    aliases: {},
    collected: Object.keys(results).length,
    parser: 'pytest',
    exitCode: bad ? 1 : 0,
    timedOut: false,
    durationMs: 10,
    problem: null,
    ...parts,
  };
};

export const wish = (parts: Partial<TestWish> = {}): TestWish => ({
  command: 'pytest',
  parser: null,
  failToPass: null,
  passToPass: null,
  timeoutMs: 60_000,
  ...parts,
});

export const turnFacts = (index: number, parts: Partial<TurnFacts> = {}): TurnFacts => ({
  index,
  executed: true,
  observation: '',
  printed: 0,
  exitCode: 0,
  durationMs: 1,
  cwd: '/testbed',
  timedOut: false,
  tree: `tree-${index}`,
  changedFiles: [],
  environment: [],
  tests: null,
  divergence: { class: 'equal', noise: [], first: null, reason: null },
  trusted: true,
  problem: null,
  ...parts,
});

export const replayFacts = (turns: readonly TurnFacts[], parts: Partial<ReplayFacts> = {}): ReplayFacts => ({
  image: { name: 'image', id: 'sha256:1', source: 'episode' },
  engine: { name: 'Docker', version: '20' },
  turns,
  firstDivergence: null,
  submission: 'equal',
  cwd: '/testbed',
  baseTree: 'base',
  baseTests: null,
  tests: null,
  causes: [],
  problems: [],
  ...parts,
});
