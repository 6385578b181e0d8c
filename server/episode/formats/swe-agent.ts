import type { Episode, Rollout, Turn } from '../types';
import { submissionFacts } from '../facts';
import { NONE, type Doc, type FormatReader, type NodeId } from './format';
import { demonstrationTurns, problemStatement } from './swe-agent-history';
import { stepTurns } from './swe-agent-steps';
import { asRecord, numberIn, replayConfig } from './values';

/**
 * SWE-agent 0.2 to 1.1 (formats.md §1): one object with `trajectory`, `history`, `info`; RetryAgent's `attempts`; and
 * demonstrations, which are `history` alone. The file is rewritten after each step, so half-written ones are common.
 */
export const reader: FormatReader = {
  id: 'swe-agent',
  name: 'SWE-agent',
  recognise,
  read,
};

function recognise(doc: Doc): boolean {
  const root = doc.root;
  if (doc.kind(root) !== 'object' || doc.secondRoot !== NONE) return false;
  if (doc.has(root, 'trajectory_format') || doc.has(root, 'schema_version')) return false;
  const attempts = doc.child(root, 'attempts');
  if (doc.kind(attempts) === 'array') {
    const [first = NONE] = doc.children(attempts);
    if (first === NONE) return doc.count(root) === 1 || doc.has(root, 'trajectory');
    return doc.has(first, 'trajectory') || doc.has(first, 'history') || (doc.damaged && doc.count(first) === 0);
  }
  const trajectory = doc.child(root, 'trajectory');
  if (doc.kind(trajectory) === 'array') {
    const [first = NONE] = doc.children(trajectory);
    if (first === NONE) return doc.damaged || doc.has(root, 'history') || doc.has(root, 'info');
    if (doc.has(first, 'action') || doc.has(first, 'response')) return true;
    return doc.count(first) === 0 && (doc.damaged || (doc.has(root, 'history') && doc.has(root, 'info')));
  }
  return isDemonstration(doc);
}

function isDemonstration(doc: Doc): boolean {
  const history = doc.child(doc.root, 'history');
  if (doc.kind(history) !== 'array') return false;
  for (const foreign of ['mistake_step', 'instance_id', 'git_patch', 'messages', 'turn_history']) {
    if (doc.has(doc.root, foreign)) return false;
  }
  const [first = NONE] = doc.children(history);
  return doc.has(first, 'role') || (doc.damaged && doc.count(first) === 0);
}

function read(doc: Doc): Episode {
  const root = doc.root;
  const attempts = doc.children(doc.child(root, 'attempts'));
  const info = doc.child(root, 'info');
  const rollouts = attempts.length === 0 ? [rollout(doc, root, root, null)] : attempts.map((node, i) => rollout(doc, node, root, i));
  const chosen = attempts.length === 0 ? 0 : doc.number(doc.child(info, 'best_attempt_idx'));
  const best = chosen !== null && Number.isInteger(chosen) && rollouts[chosen] !== undefined ? chosen : rollouts.length - 1;
  const version = detectVersion(doc, attempts.length === 0 ? root : attempts[0]!);
  return {
    format: 'swe-agent',
    ...version,
    instance: instanceOf(doc),
    rollouts,
    best,
    finished: attempts.length === 0 ? rollouts[0]!.exitStatus !== null : doc.kind(doc.child(info, 'exit_status')) === 'string',
    problems: doc.problems,
  };
}

/** One run: `node` holds its trajectory, `root` what all attempts share. */
function rollout(doc: Doc, node: NodeId, root: NodeId, attempt: number | null): Rollout {
  const info = doc.child(node, 'info');
  const exitStatus = doc.text(doc.child(info, 'exit_status'));
  const turns =
    doc.kind(doc.child(node, 'trajectory')) === 'array' ? stepTurns(doc, node, root, exitStatus) : demonstrationTurns(doc, node);
  const submission = submissionOf(doc, doc.child(info, 'submission'));
  const stats = asRecord(doc.json(doc.child(info, 'model_stats')));
  const own = configurationNode(doc, node);
  const history = doc.child(node, 'history');
  return {
    attempt,
    turns,
    exitStatus,
    ...submission,
    // replay_config's model name is no evidence of the model that ran (formats.md §1.7).
    model: null,
    cost: numberIn(stats, 'instance_cost'),
    tokens: tokensOf(numberIn(stats, 'tokens_sent'), numberIn(stats, 'tokens_received')),
    apiCalls: numberIn(stats, 'api_calls'),
    seconds: sumSeconds(turns),
    problemStatement: problemStatement(doc, node, root),
    configuration: doc.passage(own === NONE ? configurationNode(doc, root) : own),
    review: reviewOf(doc, info),
    history: doc.kind(history) === 'array' && doc.complete(history) ? doc.span(history) : null,
  };
}

function submissionOf(doc: Doc, node: NodeId): Pick<Rollout, 'submission' | 'submissionKind' | 'submissionHash'> {
  const text = doc.complete(node) ? doc.text(node) : null;
  if (text === null) return { submission: null, submissionKind: null, submissionHash: null };
  const facts = submissionFacts(text);
  return { submission: doc.passage(node), submissionKind: facts.kind, submissionHash: facts.hash };
}

function configurationNode(doc: Doc, node: NodeId): NodeId {
  const config = doc.child(node, 'replay_config');
  return doc.kind(config) === 'null' || !doc.complete(config) ? NONE : config;
}

function tokensOf(input: number | null, output: number | null): Rollout['tokens'] {
  return input === null && output === null ? null : { input, output };
}

function sumSeconds(turns: readonly Turn[]): number | null {
  let sum: number | null = null;
  for (const { seconds } of turns) if (seconds !== null) sum = (sum ?? 0) + seconds;
  return sum;
}

function reviewOf(doc: Doc, info: NodeId): number | boolean | null {
  const accept = asRecord(doc.json(doc.child(info, 'review')))?.['accept'];
  return typeof accept === 'number' || typeof accept === 'boolean' ? accept : null;
}

/** The problem statement's id, else the environment's name, which is the instance in batch runs. */
function instanceOf(doc: Doc): string | null {
  const id = asRecord(replayConfig(doc, doc.root)?.['problem_statement'])?.['id'];
  if (typeof id === 'string' && id !== '') return id;
  const environment = doc.text(doc.child(doc.root, 'environment'));
  return environment === null || environment === '' || environment === 'main' || environment === 'swe_main' ? null : environment;
}

/** As recorded, else by layout (formats.md §1.1). */
function detectVersion(doc: Doc, node: NodeId): { version: string; versionInferred: boolean } {
  const info = doc.child(node, 'info');
  const recorded = doc.text(doc.child(info, 'swe_agent_version'));
  if (recorded !== null && recorded !== '') return { version: recorded.slice(0, 40), versionInferred: false };
  return { version: layoutVersion(doc, node, info), versionInferred: true };
}

function layoutVersion(doc: Doc, node: NodeId, info: NodeId): string {
  const steps = doc.children(doc.child(node, 'trajectory'));
  if (steps.length === 0) {
    const items = doc.children(doc.child(node, 'history'));
    if (items.some((item) => doc.has(item, 'message_type') || doc.has(item, 'tool_calls'))) return '1.x';
    return '0.x';
  }
  const has = (key: string): boolean => steps.some((step) => doc.has(step, key));
  if (has('query')) return '1.1';
  if (has('messages')) return '1.0';
  if (steps.some((step) => doc.kind(doc.child(step, 'state')) === 'object')) return '1.0-dev';
  if (has('execution_time')) return '0.7';
  if (doc.has(info, 'edited_files30') || doc.has(info, 'summarizer')) return '0.7-pre';
  return '0.2-0.6';
}
