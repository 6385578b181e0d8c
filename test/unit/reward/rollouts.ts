import type { Episode, Passage, Rollout, SideFacts, Turn } from '../../../server/episode/index';

const SPAN = { start: 0, end: 0 };

/** An executed turn with nothing remarkable. */
export function turn(index: number, parts: Partial<Turn> = {}): Turn {
  return {
    index,
    kind: 'action',
    executed: true,
    synthetic: false,
    span: SPAN,
    thought: [],
    action: [],
    observation: [],
    query: null,
    actionText: 'ls',
    actionTruncated: false,
    thoughtHead: '',
    observationHead: '',
    lengths: { thought: 0, action: 2, observation: 0 },
    observationHash: 1,
    stateHash: null,
    seconds: null,
    cost: null,
    tokens: null,
    returnCode: null,
    timedOut: false,
    toolError: null,
    error: null,
    tool: { name: 'bash', known: true, validArguments: true },
    edits: false,
    tests: false,
    submits: false,
    problem: null,
    ...parts,
  };
}

const passage: Passage = { span: SPAN, encoding: 'string' };

export function rolloutOf(turns: readonly Turn[], parts: Partial<Rollout> = {}): Rollout {
  return {
    attempt: null,
    turns,
    exitStatus: 'submitted',
    submission: passage,
    submissionKind: 'diff',
    submissionHash: 7,
    model: 'some-model',
    cost: null,
    tokens: null,
    apiCalls: null,
    seconds: null,
    problemStatement: null,
    configuration: null,
    history: null,
    review: null,
    ...parts,
  };
}

export function episodeOf(rollout: Rollout, parts: Partial<Episode> = {}): Episode {
  return {
    format: 'swe-agent',
    version: '1.1.0',
    versionInferred: false,
    instance: 'demo__demo-1',
    rollouts: [rollout],
    best: 0,
    finished: true,
    problems: [],
    ...parts,
  };
}

export function sideOf(parts: Partial<SideFacts> = {}): SideFacts {
  return {
    instance: null,
    model: null,
    report: null,
    otherReports: [],
    unmatchedReports: [],
    exitStatus: null,
    reward: null,
    problems: [],
    ...parts,
  };
}

export const report = (resolved: boolean): NonNullable<SideFacts['report']> => ({
  resolved,
  source: 'logs/report.json',
  failToPass: null,
  passToPass: null,
});
