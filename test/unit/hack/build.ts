/** Turns written down by hand, for the hack rules. Every turn's action lies at bytes `index * 100 + 10 …`. */
import type { Episode, Rollout, Turn, TurnKind } from '../../../server/episode/index';
import { SCORED, UNSCORED, type Outcome, type OutcomeClass } from '../../../server/reward/index';
import type { JudgeInput } from '../../../server/hack/index';

export interface Sketch {
  readonly action: string;
  readonly observation?: string | null;
  readonly state?: string | null;
  /** Raw step reward; null: unscored. Default 0.1. */
  readonly reward?: number | null;
  readonly kind?: TurnKind;
  readonly executed?: boolean;
  readonly synthetic?: boolean;
  readonly edits?: boolean;
  readonly submits?: boolean;
  readonly tests?: boolean;
  readonly tool?: string;
}

export function buildTurn(index: number, sketch: Sketch): Turn {
  const observation = sketch.observation === undefined ? `output of ${sketch.action}` : sketch.observation;
  const span = { start: index * 100 + 10, end: index * 100 + 10 + sketch.action.length };
  return {
    index,
    kind: sketch.kind ?? 'action',
    executed: sketch.executed ?? true,
    synthetic: sketch.synthetic ?? false,
    span: { start: index * 100, end: index * 100 + 99 },
    thought: [{ span: { start: index * 100 + 1, end: index * 100 + 5 }, encoding: 'string' }],
    action: sketch.action === '' ? [] : [{ span, encoding: 'string' }],
    observation: [],
    query: null,
    actionText: sketch.action,
    actionTruncated: false,
    thoughtHead: '',
    observationHead: (observation ?? '').slice(0, 400),
    lengths: { thought: 4, action: sketch.action.length, observation: (observation ?? '').length },
    observationHash: observation === null ? null : hash(observation),
    stateHash: sketch.state === undefined || sketch.state === null ? null : hash(sketch.state),
    seconds: null,
    cost: null,
    tokens: null,
    returnCode: null,
    timedOut: false,
    toolError: null,
    error: null,
    tool: sketch.tool === undefined ? null : { name: sketch.tool, known: null, validArguments: null },
    edits: sketch.edits ?? false,
    tests: sketch.tests ?? false,
    submits: sketch.submits ?? false,
    problem: null,
  };
}

export interface Ending {
  readonly classes?: readonly OutcomeClass[];
  readonly exitStatus?: string | null;
  readonly submissionKind?: Rollout['submissionKind'];
  readonly muted?: readonly string[];
}

export function buildInput(sketches: readonly Sketch[], ending: Ending = {}): JudgeInput {
  const exitStatus = ending.exitStatus === undefined ? 'submitted' : ending.exitStatus;
  const rollout: Rollout = {
    attempt: null,
    turns: sketches.map((sketch, index) => buildTurn(index, sketch)),
    exitStatus,
    submission: null,
    submissionKind: ending.submissionKind ?? null,
    submissionHash: null,
    model: null,
    cost: 1.5,
    tokens: null,
    apiCalls: null,
    seconds: null,
    problemStatement: null,
    configuration: null,
    review: null,
  };
  const episode: Episode = {
    format: 'swe-agent',
    version: '1.1.0',
    versionInferred: false,
    instance: 'a__b-1',
    rollouts: [rollout],
    best: 0,
    finished: exitStatus !== null,
    problems: [],
  };
  const outcome: Outcome = { classes: ending.classes ?? ['fails', 'passes'], exitStatus, source: 'exit status' };
  const rewards = sketches.map(({ reward }) => (reward === undefined ? 0.1 : reward));
  return {
    episode,
    rollout,
    outcome,
    accumulation: {
      raw: Float64Array.from(rewards, (reward) => reward ?? 0),
      rawState: Uint8Array.from(rewards, (reward) => (reward === null ? UNSCORED : SCORED)),
    },
    muted: ending.muted ?? [],
  };
}

function hash(text: string): number {
  let h = 7;
  for (let i = 0; i < text.length; i++) h = (h * 31 + text.charCodeAt(i)) % 9007199254740881;
  return h;
}
