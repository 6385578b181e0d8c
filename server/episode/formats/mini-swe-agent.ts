import { submissionFacts } from '../facts';
import { RECORD, array, object, type Shape } from '../json/shape';
import type { Episode, Passage, Rollout, Turn } from '../types';
import { NONE, standsAlone, type Doc, type FormatReader, type NodeId } from './format';
import { miniTurns } from './mini-swe-agent-turns';
import { total, wholeObjects } from './pieces';
import { isWrong, noteWrong } from './values';

/**
 * mini-swe-agent (formats.md §2.1). Turns are the model's messages. Three layouts:
 * - v0: a bare array of `{role, content}`; nothing says how the run ended
 * - `mini-swe-agent-1`: `{info, messages, trajectory_format}`; the action is the one fenced block of the text
 * - `mini-swe-agent-1.1`: provider messages with `extra` (`actions`, `raw_output`, `returncode`, `cost`, `timestamp`)
 */
export const reader: FormatReader = { id: 'mini-swe-agent', name: 'mini-swe-agent', recognise, read };

/** v0 messages looked at for a sign of mini-swe-agent: the first observation is among them. */
const LOOK_AT = 8;
const SIGN = /COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT|MINI_SWE_AGENT_FINAL_OUTPUT|<returncode>-?\d+<\/returncode>/;

/** Members by which a second value would be another episode. */
const MARKS = ['messages', 'trajectory_format'];

function recognise(doc: Doc): boolean {
  const { root } = doc;
  if (!standsAlone(doc, MARKS)) return false;
  if (doc.kind(root) === 'array') return isBareList(doc);
  if (doc.kind(root) !== 'object') return false;
  const format = doc.text(doc.child(root, 'trajectory_format'));
  if (format !== null) return format.startsWith('mini-swe-agent-');
  const [info, messages] = [doc.child(root, 'info'), doc.child(root, 'messages')];
  if (doc.kind(messages) !== 'array') return false;
  // Both layouts write `info` first and `trajectory_format` last, so a half-written file lacks it.
  if (doc.damaged && doc.has(info, 'mini_version')) return true;
  // Releases 1.0 and 1.1 wrote neither.
  return doc.has(info, 'exit_status') && doc.has(info, 'model_stats') && isConversation(doc, messages);
}

function isBareList(doc: Doc): boolean {
  return isConversation(doc, doc.root);
}

function isConversation(doc: Doc, list: NodeId): boolean {
  const messages = doc.children(list).slice(0, LOOK_AT);
  const [first = NONE] = messages;
  if (!doc.has(first, 'role') || !doc.has(first, 'content')) return false;
  return messages.some((message) => SIGN.test(doc.text(doc.child(message, 'content')) ?? ''));
}

const CONFIG_SHAPE: Shape = object({ model: RECORD });

function read(doc: Doc): Episode {
  const bare = doc.kind(doc.root) === 'array';
  const list = bare ? doc.root : doc.child(doc.root, 'messages');
  const messages = wholeObjects(doc, list, doc.root, 'message');
  const info = bare ? NONE : doc.child(doc.root, 'info');
  if (!bare) noteWrongTypes(doc, info);
  const exit = messages.findLast((message) => doc.text(doc.child(message, 'role')) === 'exit') ?? NONE;
  const exitStatus = doc.text(doc.child(info, 'exit_status')) ?? exitStatusOf(doc, exit);
  const turns = miniTurns(doc, messages, exitStatus);
  const format = doc.text(doc.child(doc.root, 'trajectory_format'));
  const stats = doc.sub(doc.child(info, 'model_stats'), RECORD);
  const rollout: Rollout = {
    attempt: null,
    turns,
    exitStatus,
    ...submissionOf(doc, doc.child(info, 'submission'), exitStatus),
    model: modelOf(doc, doc.child(info, 'config')),
    cost: stats.number(stats.child(stats.root, 'instance_cost')),
    tokens: tokensOf(turns),
    apiCalls: stats.number(stats.child(stats.root, 'api_calls')),
    seconds: total(turns.map(({ seconds }) => seconds)),
    problemStatement: problemStatement(doc, messages),
    configuration: doc.passage(doc.child(info, 'config')),
    review: null,
    history: list === NONE ? null : doc.span(list),
  };
  return {
    format: 'mini-swe-agent',
    version: format?.slice(0, 40) ?? (bare ? 'v0' : 'mini-swe-agent-1'),
    versionInferred: format === null,
    instance: doc.text(doc.child(doc.root, 'instance_id')),
    rollouts: [rollout],
    best: 0,
    finished: exitStatus !== null,
    problems: doc.problems,
  };
}

function noteWrongTypes(doc: Doc, info: NodeId): void {
  noteWrong(doc, doc.root, 'info', ['object'], 'exit status, submission and cost are read as missing');
  noteWrong(doc, info, 'exit_status', ['string'], 'how the run ended is read as not recorded');
  noteWrong(doc, info, 'submission', ['string'], 'it is shown as JSON, and stands for a submission that is no patch');
  noteWrong(doc, info, 'model_stats', ['object']);
}

function exitStatusOf(doc: Doc, exit: NodeId): string | null {
  const extra = exit === NONE ? NONE : doc.child(exit, 'extra');
  if (extra === NONE) return null;
  const fields = doc.sub(extra, RECORD);
  return fields.text(fields.child(fields.root, 'exit_status'));
}

/** After an error `submission` holds the exception's text (1.x) or nothing: only a submit's, or a patch, is a submission. */
function submissionOf(
  doc: Doc,
  node: NodeId,
  exitStatus: string | null,
): Pick<Rollout, 'submission' | 'submissionKind' | 'submissionHash'> {
  if (exitStatus === 'Submitted' && isWrong(doc, node, ['string'])) {
    return { submission: doc.passage(node), submissionKind: 'text', submissionHash: null };
  }
  const text = doc.complete(node) ? doc.text(node) : null;
  const facts = text === null ? null : submissionFacts(text);
  if (facts === null || (exitStatus !== 'Submitted' && facts.kind !== 'diff')) {
    return { submission: null, submissionKind: null, submissionHash: null };
  }
  return { submission: doc.passage(node), submissionKind: facts.kind, submissionHash: facts.hash };
}

function modelOf(doc: Doc, config: NodeId): string | null {
  if (doc.kind(config) !== 'object') return null;
  const fields = doc.sub(config, CONFIG_SHAPE);
  const model = fields.child(fields.root, 'model');
  return fields.text(fields.child(model, 'model_name')) ?? fields.text(model);
}

function tokensOf(turns: readonly Turn[]): Rollout['tokens'] {
  const input = total(turns.map(({ tokens }) => tokens?.input ?? null));
  const output = total(turns.map(({ tokens }) => tokens?.output ?? null));
  return input === null && output === null ? null : { input, output };
}

/** What stands between the tags of the task, or the first user message as a whole. */
const TASK = /<pr_description>\s*(?:Consider the following PR description:\n)?([^]*?)<\/pr_description>/d;
const PARTS: Shape = array(RECORD);

function problemStatement(doc: Doc, messages: readonly NodeId[]): Passage | null {
  const user = messages.find((message) => doc.text(doc.child(message, 'role')) === 'user') ?? NONE;
  const content = doc.child(user, 'content');
  if (doc.kind(content) === 'array') {
    const parts = doc.sub(content, PARTS);
    const [first = NONE] = parts.children(parts.root);
    return parts.passage(parts.child(first, 'text'));
  }
  const range = TASK.exec(doc.text(content) ?? '')?.indices?.[1];
  return (range === undefined ? null : doc.subPassage(content, range[0], range[1])) ?? doc.passage(content);
}
