import { RECORD, array, object, type Shape } from '../json/shape';
import type { Episode, Rollout, Turn } from '../types';
import { atifTurns } from './atif-turns';
import { NONE, standsAlone, type Doc, type FormatReader, type NodeId } from './format';
import { contentPieces, total, wholeObjects } from './pieces';
import { noteWrong } from './values';

/**
 * ATIF 1.0 to 1.7, the format of Harbor (formats.md §2.6). The agent's steps are the turns; steps of the user and the
 * system are counted in {@link Rollout.steps} only. ATIF records neither an exit status nor a submission: a run ended
 * when it has final metrics, and whether it succeeded is told by the verifier's reward beside it.
 */
export const reader: FormatReader = { id: 'atif', name: 'ATIF', recognise, read };

const VERSION = /^ATIF-v1\.(\d{1,4})(?:\.\d{1,4})?$/;
const LATEST_MINOR = 7;

/** Members by which a second value would be another episode. */
const MARKS = ['schema_version', 'steps'];

function recognise(doc: Doc): boolean {
  if (doc.kind(doc.root) !== 'object' || !standsAlone(doc, MARKS)) return false;
  const version = doc.text(doc.child(doc.root, 'schema_version'));
  return version !== null && VERSION.test(version);
}

const TOOLS: Shape = array(object({ function: RECORD }));

function read(doc: Doc): Episode {
  const { root } = doc;
  const version = doc.text(doc.child(root, 'schema_version')) ?? '';
  if (Number(VERSION.exec(version)?.[1] ?? 0) > LATEST_MINOR) {
    doc.note(
      'warning',
      `${version} is newer than the versions known here (1.0 to 1.${String(LATEST_MINOR)}): what it added is not shown.`,
      doc.child(root, 'schema_version'),
    );
  }
  const list = doc.child(root, 'steps');
  const steps = wholeObjects(doc, list, root, 'step');
  noteSources(doc, steps);
  noteSubagents(doc, doc.child(root, 'subagent_trajectories'));
  const agent = doc.child(root, 'agent');
  const turns = atifTurns(doc, steps, toolNames(doc, doc.child(agent, 'tool_definitions')));
  noteWrong(doc, root, 'agent', ['object']);
  noteWrong(doc, root, 'final_metrics', ['object'], 'the run is read as not ended');
  const metrics = doc.child(root, 'final_metrics');
  const final = doc.kind(metrics) === 'object' && doc.complete(metrics) ? doc.sub(metrics, RECORD) : null;
  const metric = (key: string): number | null => (final === null ? null : final.number(final.child(final.root, key)));
  const user = steps.find((step) => doc.text(doc.child(step, 'source')) === 'user') ?? NONE;
  const rollout: Rollout = {
    attempt: null,
    turns,
    exitStatus: null,
    submission: null,
    submissionKind: null,
    submissionHash: null,
    model: doc.text(doc.child(agent, 'model_name')),
    cost: metric('total_cost_usd') ?? total(turns.map(({ cost }) => cost)),
    tokens: tokens(metric('total_prompt_tokens'), metric('total_completion_tokens')) ?? summedTokens(turns),
    apiCalls: null,
    seconds: total(turns.map(({ seconds }) => seconds)),
    problemStatement: contentPieces(doc, doc.child(user, 'message'))[0]?.passage ?? null,
    configuration: doc.complete(agent) ? doc.passage(agent) : null,
    review: null,
    steps: steps.length,
    history: list === NONE ? null : doc.span(list),
  };
  return {
    format: 'atif',
    version: version.slice(0, 40),
    versionInferred: false,
    instance: null,
    rollouts: [rollout],
    best: 0,
    finished: final !== null,
    problems: doc.problems,
  };
}

/** Names of the tools that the agent was given; null: the file does not tell. */
function toolNames(doc: Doc, node: NodeId): ReadonlySet<string> | null {
  if (doc.kind(node) !== 'array') return null;
  const tools = doc.sub(node, TOOLS);
  const names = tools.children(tools.root).flatMap((tool) => {
    const name = tools.text(tools.child(tools.child(tool, 'function'), 'name')) ?? tools.text(tools.child(tool, 'name'));
    return name === null ? [] : [name];
  });
  return names.length === 0 ? null : new Set(names);
}

const SOURCES: ReadonlySet<string | null> = new Set(['agent', 'user', 'system']);

function noteSources(doc: Doc, steps: readonly NodeId[]): void {
  for (const step of steps) {
    if (doc.late(3 / 8)) return;
    if (!SOURCES.has(doc.text(doc.child(step, 'source')))) {
      doc.note('warning', 'The source of this step is none of agent, user and system, so it is no turn.', step);
    }
  }
}

function noteSubagents(doc: Doc, node: NodeId): void {
  if (doc.kind(node) !== 'array' && doc.kind(node) !== 'object') return;
  const list = doc.sub(node, RECORD_LIST);
  const count = list.count(list.root);
  if (count > 0)
    doc.note(
      'warning',
      `The file holds ${count === 1 ? 'a trajectory of a sub-agent' : `${count.toLocaleString('en')} trajectories of sub-agents`}, not shown here.`,
      node,
    );
}

const RECORD_LIST: Shape = { members: new Map(), elements: {} };

const tokens = (input: number | null, output: number | null): Rollout['tokens'] =>
  input === null && output === null ? null : { input, output };

function summedTokens(turns: readonly Turn[]): Rollout['tokens'] {
  return tokens(total(turns.map((turn) => turn.tokens?.input ?? null)), total(turns.map((turn) => turn.tokens?.output ?? null)));
}
