import { RECORD, array } from '../json/shape';
import type { Passage, Turn } from '../types';
import type { Doc, NodeId } from './format';
import { sweAgentTurn } from './swe-agent-turn';
import { asRecord, own, replayConfig, stringIn } from './values';

const PARTS = array(RECORD);

/** Text of a message's content with its passages: a string, or the text parts of a list. */
interface Content {
  readonly passages: readonly Passage[];
  readonly text: string | null;
}

/**
 * Turns of a demonstration, which is `history` alone: each assistant item that is no in-history demonstration, with the
 * observations after it.
 */
export function demonstrationTurns(doc: Doc, node: NodeId): Turn[] {
  const items = doc.children(doc.child(node, 'history')).filter((item) => doc.complete(item));
  const turns: Turn[] = [];
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    if (turns.length > 0 && doc.late()) {
      doc.stopAt(item, i, items.length, 'history items');
      break;
    }
    if (!isAssistant(doc, item) || isDemo(doc, item)) continue;
    const observations: Content[] = [];
    for (let k = i + 1; k < items.length && isAnswer(doc, items[k]!); k++) observations.push(content(doc, items[k]!));
    turns.push(demonstrationTurn(doc, item, turns.length, observations));
  }
  return turns;
}

function demonstrationTurn(doc: Doc, item: NodeId, index: number, observations: readonly Content[]): Turn {
  const actionNode = doc.child(item, 'action');
  const actionText = doc.text(actionNode) ?? '';
  const thoughtNode = doc.child(item, 'thought');
  const thoughtText = doc.text(thoughtNode);
  const thought = thoughtText === null ? content(doc, item) : textContent(doc, thoughtNode, thoughtText);
  const texts = observations.flatMap(({ text }) => (text === null ? [] : [text]));
  const observationText = texts.length === 0 ? null : texts.join('\n');
  const typed = actionText.trim();
  const kind = typed === '' ? 'message' : typed === 'exit' ? 'exit' : 'action';
  return sweAgentTurn({
    index,
    span: doc.span(item),
    kind,
    executed: kind === 'action' && observationText !== null,
    synthetic: false,
    thought: thought.passages,
    action: actionText === '' ? [] : [doc.passage(actionNode)!],
    observation: observations.flatMap(({ passages }) => passages),
    thoughtText: thought.text ?? '',
    actionText,
    observationText,
    query: null,
    stateHash: null,
    seconds: null,
    problem: null,
  });
}

/** Action texts of `history`'s own assistant items, in order; null where they are not recorded. */
export function historyActions(doc: Doc, node: NodeId): string[] | null {
  const history = doc.child(node, 'history');
  if (!doc.complete(history)) return null;
  const actions: string[] = [];
  for (const item of doc.children(history)) {
    if (doc.late()) return null;
    if (!isAssistant(doc, item) || isDemo(doc, item)) continue;
    const action = doc.text(doc.child(item, 'action'));
    if (action === null) return null;
    if (action.trim() !== '') actions.push(action);
  }
  return actions.length === 0 ? null : actions;
}

/** Templates of SWE-agent's configurations put the task between these. */
const FRAMES: readonly (readonly [before: string, after: string])[] = [
  ['<pr_description>\n', '\n</pr_description>'],
  ["Here's the issue text:\nISSUE:\n", '\n\nINSTRUCTIONS:'],
  ['\nISSUE:\n', '\n\nINSTRUCTIONS:'],
];

/** The task as the agent was given it: out of the first user message, by the run's own statement or by the templates. */
export function problemStatement(doc: Doc, node: NodeId, root: NodeId): Passage | null {
  const messages = firstUserTexts(doc, node === root ? root : node);
  const statement = asRecord(own(replayConfig(doc, node) ?? replayConfig(doc, root), 'problem_statement'));
  const wanted = stringIn(statement, 'text')?.trim() ?? '';
  if (wanted !== '') {
    for (const { node: message, owner, text } of messages) {
      const at = text.indexOf(wanted);
      if (at >= 0) return owner.subPassage(message, at, at + wanted.length);
    }
  }
  for (const [before, after] of FRAMES) {
    for (const { node: message, owner, text } of messages) {
      const at = text.indexOf(before);
      if (at < 0) continue;
      const start = at + before.length;
      const end = text.indexOf(after, start);
      if (end > start) return owner.subPassage(message, start, end);
    }
  }
  const [first] = messages;
  return first === undefined ? null : first.owner.passage(first.node);
}

/** The system prompt, which documents the commands; it is among the first messages. */
export function systemPrompt(doc: Doc, node: NodeId): Passage | null {
  for (const item of doc.children(doc.child(node, 'history')).slice(0, 4)) {
    if (doc.text(doc.child(item, 'role')) !== 'system') continue;
    const [first] = contentNodes(doc, item);
    return first === undefined ? null : first.owner.passage(first.node);
  }
  return null;
}

interface TextNode {
  readonly owner: Doc;
  readonly node: NodeId;
  readonly text: string;
}

/** User messages before the first action that are no demonstrations; at most four. */
function firstUserTexts(doc: Doc, node: NodeId): TextNode[] {
  const found: TextNode[] = [];
  for (const item of doc.children(doc.child(node, 'history'))) {
    if (isDemo(doc, item)) continue;
    if (isAssistant(doc, item) || found.length >= 4) break;
    if (doc.text(doc.child(item, 'role')) === 'user') found.push(...contentNodes(doc, item));
  }
  return found;
}

function contentNodes(doc: Doc, item: NodeId): TextNode[] {
  const node = doc.child(item, 'content');
  const text = doc.text(node);
  if (text !== null) return [{ owner: doc, node, text }];
  if (doc.kind(node) !== 'array') return [];
  const parts = doc.sub(node, PARTS);
  return parts.children(parts.root).flatMap((part) => {
    const partNode = parts.child(part, 'text');
    const partText = parts.text(partNode);
    return partText === null ? [] : [{ owner: parts, node: partNode, text: partText }];
  });
}

function content(doc: Doc, item: NodeId): Content {
  const nodes = contentNodes(doc, item);
  if (nodes.length === 0) return { passages: [], text: null };
  return {
    passages: nodes.flatMap(({ owner, node, text }) => textContent(owner, node, text).passages),
    text: nodes.map(({ text }) => text).join('\n'),
  };
}

function textContent(doc: Doc, node: NodeId, text: string): Content {
  const passage = text === '' ? null : doc.passage(node);
  return { passages: passage === null ? [] : [passage], text };
}

function isAssistant(doc: Doc, item: NodeId): boolean {
  return doc.head(doc.child(item, 'role'), 20) === 'assistant';
}

function isAnswer(doc: Doc, item: NodeId): boolean {
  const role = doc.head(doc.child(item, 'role'), 20);
  return role === 'user' || role === 'tool';
}

function isDemo(doc: Doc, item: NodeId): boolean {
  return doc.boolean(doc.child(item, 'is_demo')) === true;
}
