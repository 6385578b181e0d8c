import { cut, firstLine, observationFacts, observationHash, textHead, type ActionFacts } from '../facts';
import { errorSign } from '../observed-error';
import { ACTION_TEXT_LIMIT, type Passage, type Turn, type TurnCommand } from '../types';
import { PARTS, type Shape } from '../json/shape';
import type { Doc, NodeId } from './format';
import { article } from './values';

/** A passage with its text, for readers whose fields are put together from several places. */
export interface Piece {
  readonly passage: Passage;
  readonly text: string;
}

/** A container with its members. */
export interface Container {
  readonly doc: Doc;
  readonly node: NodeId;
}

/** A container as the file's own outline entered it, else outlined now: one scan for the file is much cheaper. */
export function within(doc: Doc, node: NodeId, shape: Shape): Container {
  if (doc.count(node) > 0) return { doc, node };
  const sub = doc.sub(node, shape);
  return { doc: sub, node: sub.root };
}

/** A number of a container; null where there is no container, or no number. */
export function numberOf(container: Container | null, key: string): number | null {
  return container === null ? null : container.doc.number(container.doc.child(container.node, key));
}

/** A value as one piece: a string's text, anything else as its raw JSON. None for an absent, null or empty value. */
export function piece(doc: Doc, node: NodeId, label?: string): Piece[] {
  const kind = doc.kind(node);
  if (kind === 'none' || kind === 'null') return [];
  const text = kind === 'string' ? (doc.text(node) ?? '') : doc.raw(node);
  const passage = doc.passage(node, label);
  return text === '' || passage === null ? [] : [{ passage, text }];
}

/** The part `[from, to)` of a string without the white space at its ends; none where nothing is left. */
export function trimmedPiece(doc: Doc, node: NodeId, text: string, from: number, to: number, label?: string): Piece[] {
  const inner = text.slice(from, to);
  const start = from + (inner.length - inner.trimStart().length);
  const end = from + inner.trimEnd().length;
  const passage = start < end ? doc.subPassage(node, start, end, label) : null;
  return passage === null ? [] : [{ passage, text: text.slice(start, end) }];
}

/**
 * A message's content as providers write it: a string, or a list of parts (`{type: "text", text}`, `{type: "thinking",
 * thinking}`, images and others as raw JSON). A leaf list is outlined here.
 */
export function contentPieces(doc: Doc, node: NodeId): Piece[] {
  if (doc.kind(node) !== 'array') return piece(doc, node);
  const { doc: list, node: root } = within(doc, node, PARTS);
  return list.children(root).flatMap((part) => {
    if (list.kind(part) === 'string') return piece(list, part);
    const type = list.text(list.child(part, 'type')) ?? '';
    const text = list.child(part, 'text');
    if (list.kind(text) === 'string') return piece(list, text);
    const thinking = list.child(part, 'thinking');
    if (list.kind(thinking) === 'string') return piece(list, thinking, 'reasoning');
    return piece(list, part, type === '' ? undefined : type);
  });
}

/** What a reader knows of a turn beyond its texts. */
export interface TurnFacts
  extends
    Pick<Turn, 'index' | 'span' | 'kind' | 'executed' | 'synthetic' | 'seconds' | 'cost' | 'tokens' | 'returnCode' | 'tool' | 'problem'>,
    ActionFacts {
  readonly timedOut?: boolean;
  readonly toolError?: string;
  /** The shell text that ran; null: the action is no shell text. */
  readonly command: string | null;
}

/** A turn of a format without `state` and `query`. `observation` null: none recorded; empty: an empty one. */
export function turnOf(
  { command, ...facts }: TurnFacts,
  thought: readonly Piece[],
  action: readonly Piece[],
  observation: readonly Piece[] | null,
  commands?: readonly TurnCommand[],
): Turn {
  const thoughtText = joined(thought);
  const actionText = joined(action);
  const observationText = observation === null ? null : joined(observation);
  const seen = observationFacts(observationText ?? '');
  const timedOut = facts.timedOut ?? seen.timedOut;
  const toolError = facts.toolError ?? seen.toolError;
  return {
    ...facts,
    thought: thought.map(({ passage }) => passage),
    action: action.map(({ passage }) => passage),
    observation: (observation ?? []).map(({ passage }) => passage),
    ...(commands !== undefined && { commands }),
    query: null,
    actionText: cut(actionText, ACTION_TEXT_LIMIT),
    actionTruncated: actionText.length > ACTION_TEXT_LIMIT,
    thoughtHead: firstLine(thoughtText),
    observationHead: textHead(observationText ?? ''),
    lengths: { thought: thoughtText.length, action: actionText.length, observation: observationText?.length ?? 0 },
    observationHash: observationText === null ? null : observationHash(observationText),
    stateHash: null,
    timedOut,
    toolError,
    error: errorSign({ ...facts, timedOut, toolError }, command, observationText ?? ''),
  };
}

/** Texts of a field's passages, as they are shown one below the other. */
export function joined(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('\n');
}

/** Most turns that are read from one file; announced when reached. */
export const TURN_LIMIT = 200_000;

/**
 * The whole objects of a list of steps or messages, with a sentence for a list that is none and for each element that is
 * no object. `what`: `message`, `step`.
 */
export function wholeObjects(doc: Doc, list: NodeId, parent: NodeId, what: string): NodeId[] {
  const kind = doc.kind(list);
  if (kind !== 'array' && !(kind === 'none' && doc.damaged)) {
    doc.note(
      'error',
      kind === 'none' ? `The file holds no list of ${what}s.` : `The ${what}s are no list but ${article(kind)}.`,
      kind === 'none' ? parent : list,
    );
  }
  const nodes = doc.children(list);
  const found: NodeId[] = [];
  for (const [at, node] of nodes.entries()) {
    if (at % 64 === 63 && doc.late(1 / 4)) {
      doc.stopAt(node, at, nodes.length, `${what}s`);
      break;
    }
    if (!doc.complete(node)) continue;
    if (doc.kind(node) === 'object') {
      found.push(node);
      continue;
    }
    doc.note(
      'error',
      `The ${what} at position ${(at + 1).toLocaleString('en')} is no object but ${article(doc.kind(node))}, and is left out.`,
      node,
    );
  }
  return found;
}

/**
 * Each item's result: of the first `most`, and until a share of the time for a damaged file's turns is over. At least
 * the first one's, and a sentence where some are left out.
 */
export function inTime<Item, Result>(
  doc: Doc,
  items: readonly Item[],
  nodeOf: (item: Item) => NodeId,
  what: string,
  share: number,
  make: (item: Item, index: number) => Result,
  most = Infinity,
): Result[] {
  const results: Result[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0 && doc.late(share)) {
      doc.stopAt(nodeOf(item), index, items.length, what);
      break;
    }
    if (index >= most) {
      const [all, read] = [items.length, most].map((count) => count.toLocaleString('en'));
      doc.note('error', `The run has ${String(all)} ${what}; the first ${String(read)} are read.`, nodeOf(item), most);
      break;
    }
    results.push(make(item, index));
  }
  return results;
}

/** Sum of what is recorded; null where nothing is. */
export function total(values: readonly (number | null)[]): number | null {
  const known = values.filter((value): value is number => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
