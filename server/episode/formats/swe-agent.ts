import type { Episode, Rollout, Turn } from '../types';
import { submissionFacts } from '../facts';
import { NONE, standsAlone, type Doc, type FormatReader, type NodeId } from './format';
import { demonstrationTurns, problemStatement, systemPrompt } from './swe-agent-history';
import { stepTurns } from './swe-agent-steps';
import { article, asRecord, isWrong, noteWrong, numberIn, replayConfig } from './values';

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

/** Members by which a second value would be another episode. */
const MARKS = ['trajectory', 'history', 'attempts'];

/** Steps, attempts or messages looked at for a sign of SWE-agent. */
const LOOK_AT = 64;

function recognise(doc: Doc): boolean {
  const root = doc.root;
  if (doc.kind(root) !== 'object' || !standsAlone(doc, MARKS)) return false;
  if (doc.has(root, 'trajectory_format') || doc.has(root, 'schema_version')) return false;
  const attempts = doc.child(root, 'attempts');
  if (doc.kind(attempts) === 'array') {
    if (doc.count(root) === 1 || doc.has(root, 'trajectory')) return true;
    return doc
      .children(attempts)
      .slice(0, LOOK_AT)
      .some((attempt) => doc.has(attempt, 'trajectory') || doc.has(attempt, 'history') || (doc.damaged && doc.count(attempt) === 0));
  }
  const trajectory = doc.child(root, 'trajectory');
  if (doc.kind(trajectory) === 'array') {
    if (doc.has(root, 'history') && doc.has(root, 'info')) return true;
    const steps = doc.children(trajectory).slice(0, LOOK_AT);
    if (steps.some((step) => doc.has(step, 'action') || doc.has(step, 'response'))) return true;
    if (steps.length === 0) return doc.damaged || doc.has(root, 'history') || doc.has(root, 'info');
    return doc.damaged && doc.count(steps[0]!) === 0;
  }
  return isDemonstration(doc);
}

function isDemonstration(doc: Doc): boolean {
  const history = doc.child(doc.root, 'history');
  if (doc.kind(history) !== 'array') return false;
  for (const foreign of ['mistake_step', 'instance_id', 'git_patch', 'messages', 'turn_history']) {
    if (doc.has(doc.root, foreign)) return false;
  }
  const items = doc.children(history).slice(0, LOOK_AT);
  return items.some((item) => doc.has(item, 'role')) || (doc.damaged && doc.count(items[0] ?? NONE) === 0);
}

function read(doc: Doc): Episode {
  const root = doc.root;
  const attempts = doc.children(doc.child(root, 'attempts'));
  const info = doc.child(root, 'info');
  const rollouts = attempts.length === 0 ? [rollout(doc, root, root, null)] : attempts.map((node, i) => rollout(doc, node, root, i));
  const best = attempts.length === 0 ? 0 : bestOf(doc, attempts);
  const version = detectVersion(doc, attempts.length === 0 ? root : (attempts.find((node) => doc.kind(node) === 'object') ?? root));
  return {
    format: 'swe-agent',
    ...version,
    instance: instanceOf(doc),
    rollouts,
    best,
    finished: attempts.length === 0 ? rollouts[0]!.exitStatus !== null : exitStatusOf(doc, info) !== null,
    problems: doc.problems,
  };
}

/**
 * The attempt that `info` names, else the one that the copy at the top equals, else the last. A file that is still being
 * written holds attempts alone.
 */
function bestOf(doc: Doc, attempts: readonly NodeId[]): number {
  attempts.forEach((node, i) => {
    if (doc.kind(node) !== 'object') {
      doc.note('error', `Attempt ${i + 1} is no object but ${article(doc.kind(node))}; it has no turns.`, node);
    }
  });
  const last = attempts.length - 1;
  const info = doc.child(doc.root, 'info');
  const index = doc.child(info, 'best_attempt_idx');
  const chosen = doc.number(index);
  if (chosen !== null && attempts[chosen] !== undefined) return chosen;
  if (index === NONE && !doc.has(doc.root, 'trajectory')) return last;
  if (doc.damaged && !doc.complete(info)) return last;
  const copied = attempts.findLastIndex((node) => sameRun(doc, node, doc.root));
  const shown = copied < 0 ? last : copied;
  const why = copied < 0 ? 'no attempt equals the run at the top, so the last one is taken' : 'the run at the top equals it';
  const said =
    index === NONE
      ? 'The file does not say which attempt was chosen'
      : `The “best_attempt_idx” ${doc.raw(index).slice(0, 40)} names no attempt`;
  doc.note('warning', `${said}. Attempt ${shown + 1} is shown as the chosen one: ${why}.`, index === NONE ? info : index);
  return shown;
}

/** Whether two runs hold the same: exit status, submission, and the actions of all steps. */
function sameRun(doc: Doc, a: NodeId, b: NodeId): boolean {
  const told = (node: NodeId, key: string): string | null => doc.text(doc.child(doc.child(node, 'info'), key));
  if (told(a, 'exit_status') !== told(b, 'exit_status') || told(a, 'submission') !== told(b, 'submission')) return false;
  const [left, right] = [a, b].map((node) => doc.children(doc.child(node, 'trajectory')));
  if (left!.length !== right!.length) return false;
  const action = (step: NodeId): string | null => doc.text(doc.child(step, 'action'));
  return left!.every((step, i) => action(step) === action(right![i]!));
}

/** One run: `node` holds its trajectory, `root` what all attempts share. */
function rollout(doc: Doc, node: NodeId, root: NodeId, attempt: number | null): Rollout {
  noteWrongTypes(doc, node);
  const info = doc.child(node, 'info');
  const exitStatus = exitStatusOf(doc, info);
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
    systemPrompt: systemPrompt(doc, node),
    problemStatement: problemStatement(doc, node, root),
    configuration: doc.passage(own === NONE ? configurationNode(doc, root) : own),
    review: reviewOf(doc, info),
    history: doc.kind(history) === 'array' && doc.complete(history) ? doc.span(history) : null,
  };
}

function noteWrongTypes(doc: Doc, node: NodeId): void {
  noteWrong(doc, node, 'trajectory', ['array'], 'no step is read');
  noteWrong(doc, node, 'history', ['array']);
  noteWrong(doc, node, 'info', ['object'], 'exit status, submission and cost are read as missing');
  noteWrong(doc, node, 'replay_config', ['string', 'object']);
  const info = doc.child(node, 'info');
  noteWrong(doc, info, 'exit_status', ['string'], 'how the run ended is read as not recorded');
  noteWrong(doc, info, 'submission', ['string'], 'it is shown as JSON, and stands for a submission that is no patch');
  noteWrong(doc, info, 'model_stats', ['object']);
}

/** Where the damage cut `info` before the submission was seen, a submit is not known to have had none. */
function exitStatusOf(doc: Doc, info: NodeId): string | null {
  const status = doc.text(doc.child(info, 'exit_status'));
  const unseen = doc.kind(info) === 'object' && !doc.complete(info) && !doc.complete(doc.child(info, 'submission'));
  return unseen && /^submitted/.test(status ?? '') ? null : status;
}

function submissionOf(doc: Doc, node: NodeId): Pick<Rollout, 'submission' | 'submissionKind' | 'submissionHash'> {
  if (isWrong(doc, node, ['string'])) return { submission: doc.passage(node), submissionKind: 'text', submissionHash: null };
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
