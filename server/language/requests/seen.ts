/**
 * What the model saw at a turn: the turn's own `query` (or `messages`), else the messages that stood before it in the
 * run's list. Parsed message by message, so a broken one costs only itself.
 */
import type { Span, Turn } from '../../episode/index';
import type { SeenMessage } from '../../protocol/index';
import { wholeUnits, type EpisodeModel } from '../model';
import { elementSpans } from '../text/json-spans';
import { grouped } from '../words';

export interface Seen {
  readonly messages: readonly SeenMessage[];
  readonly from: number;
  readonly total: number;
  readonly source: 'query' | 'history' | 'none';
  readonly note: string | null;
}

export interface SeenWindow {
  /** Longest text of a message, in UTF-16 units. */
  readonly limit: number;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Messages in one answer: the first say what the task is, the last what was just done. */
const MESSAGES_AT_MOST = 200;
const FIRST = 20;

export async function seenAt(model: EpisodeModel, index: number, window: SeenWindow, signal?: AbortSignal): Promise<Seen> {
  const turn = model.turns[index];
  if (turn === undefined) throw new RangeError(`There is no turn ${index + 1}; the episode has ${model.turns.length}.`);
  if (turn.query !== null) {
    const { query } = turn;
    const bytes = await model.opened.bytes(query);
    const spans = elementSpans(bytes).map(({ start, end }) => ({ start: start + query.start, end: end + query.start }));
    const { parts, from, note } = choose(spans, window);
    const messages = parts.flat().map((span) => shown(parse(bytes, query.start, span), span, window.limit));
    return { messages, from, total: spans.length, source: 'query', note };
  }
  const spans = await model.history();
  if (spans.length === 0) return { messages: [], from: 0, total: 0, source: 'none', note: 'This file does not record what the model saw.' };
  const before = spans.slice(0, (await historyEnds(model, spans))[index] ?? spans.length);
  const { parts, from, note } = choose(before, window);
  const messages: SeenMessage[] = [];
  for (const part of parts) {
    signal?.throwIfAborted();
    const list = await readMessages(model, part);
    list.forEach((message, i) => messages.push(shown(message, part[i] ?? { start: 0, end: 0 }, window.limit)));
  }
  const origin = 'Taken from the run’s message list: what stood before this turn. What was sent may have been shortened.';
  return { messages, from, total: before.length, source: 'history', note: note === null ? origin : `${origin} ${note}` };
}

/** Which messages come: those asked for, else all, else the first and the last. */
function choose(
  spans: readonly Span[],
  { from, to }: SeenWindow,
): { readonly parts: readonly (readonly Span[])[]; readonly from: number; readonly note: string | null } {
  if (from !== undefined || to !== undefined) {
    const start = Math.min(from ?? 0, spans.length);
    return { parts: [spans.slice(start, Math.min(to ?? spans.length, start + MESSAGES_AT_MOST))], from: start, note: null };
  }
  if (spans.length <= MESSAGES_AT_MOST) return { parts: [spans], from: 0, note: null };
  const last = MESSAGES_AT_MOST - FIRST;
  return {
    parts: [spans.slice(0, FIRST), spans.slice(-last)],
    from: 0,
    note: `Here are the first ${FIRST} and the last ${last} of ${grouped(spans.length)} messages.`,
  };
}

type Message = Readonly<Record<string, unknown>>;

function parse(bytes: Uint8Array, base: number, { start, end }: Span): Message {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(start - base, end - base)));
    return isRecord(value) ? value : { content: value };
  } catch {
    return { role: 'damaged', content: 'This message can’t be read: its JSON is damaged.' };
  }
}

const isRecord = (value: unknown): value is Message => typeof value === 'object' && value !== null && !Array.isArray(value);

async function readMessages(model: EpisodeModel, spans: readonly Span[]): Promise<Message[]> {
  const first = spans[0];
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return [];
  const bytes = await model.opened.bytes({ start: first.start, end: last.end });
  return spans.map((span) => parse(bytes, first.start, span));
}

/** Kinds of turns that never reach the message list (formats.md §1.4). */
const UNLISTED: ReadonlySet<Turn['kind']> = new Set(['unparsable', 'blocked', 'syntax_error', 'retry']);
const LOOK_AHEAD = 3;

/** Messages read between two breaths while the list is aligned. */
const BATCH = 200;
const ends = new WeakMap<EpisodeModel, Promise<Uint32Array>>();

/**
 * Per turn, the number of messages before the answer that became it. Aligned by content, because not every turn is in
 * the list; made once per revision.
 */
function historyEnds(model: EpisodeModel, spans: readonly Span[]): Promise<Uint32Array> {
  let found = ends.get(model);
  if (found === undefined) {
    ends.set(model, (found = alignHistory(model, spans)));
    found.catch(() => ends.delete(model));
  }
  return found;
}

async function alignHistory(model: EpisodeModel, spans: readonly Span[]): Promise<Uint32Array> {
  const answers: { readonly at: number; readonly action: string | null; readonly text: string }[] = [];
  for (let from = 0; from < spans.length; from += BATCH) {
    const list = await readMessages(model, spans.slice(from, from + BATCH));
    list.forEach((message, i) => {
      if (!isAnswer(message) || isDemonstration(message)) return;
      const action = typeof message['action'] === 'string' ? message['action'].trim() : null;
      answers.push({ at: from + i, action, text: action === null ? messageText(message) : '' });
    });
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const result = new Uint32Array(model.turns.length);
  let next = 0;
  model.turns.forEach((turn, t) => {
    const action = turn.actionText.trim();
    let hit = -1;
    for (let k = next; hit === -1 && action !== '' && k < Math.min(answers.length, next + LOOK_AHEAD); k++) {
      const answer = answers[k];
      if (answer === undefined) break;
      if (answer.action === null ? answer.text.includes(action) : answer.action.startsWith(action)) hit = k;
    }
    if (hit === -1 && !UNLISTED.has(turn.kind)) hit = next;
    result[t] = answers[hit === -1 ? next : hit]?.at ?? spans.length;
    if (hit !== -1) next = hit + 1;
  });
  return result;
}

const isAnswer = (message: Message): boolean =>
  message['role'] === 'assistant' || message['source'] === 'agent' || message['role'] === 'model';

function isDemonstration(message: Message): boolean {
  return message['is_demo'] === true || message['message_type'] === 'demonstration';
}

/** What history processors leave in place of an observation. */
const CLIPPED =
  /^(?:Observation: )?Old environment output: \(\d+ lines omitted\)|^Outdated window with \d+ lines omitted|<response clipped>/;

function shown(message: Message, span: Span, limit: number): SeenMessage {
  const text = messageText(message);
  const role = message['role'] ?? message['source'];
  return {
    role: typeof role === 'string' ? role.slice(0, 40) : 'none',
    text: wholeUnits(text, limit),
    wholeLength: text.length > limit ? text.length : null,
    demonstration: isDemonstration(message),
    clipped: CLIPPED.test(text),
    span,
  };
}

/** The text of a message: its text parts joined, then its tool calls and reasoning, as far as the format has them. */
export function messageText(message: Message): string {
  const parts = [
    reasoning(message),
    contentText(message['content'] ?? message['message']),
    ...toolCalls(message['tool_calls']),
    ...results(message['observation']),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (content === null || content === undefined) return '';
  if (!Array.isArray(content)) return JSON.stringify(content);
  return content
    .map((part: unknown) => {
      if (typeof part === 'string') return part;
      if (!isRecord(part)) return '';
      if (typeof part['text'] === 'string') return part['text'];
      const type = part['type'];
      if (type === 'image_url' || type === 'image') return '[image]';
      return JSON.stringify(part);
    })
    .join('\n');
}

function reasoning(message: Message): string {
  if (typeof message['reasoning_content'] === 'string') return message['reasoning_content'];
  const blocks = message['thinking_blocks'];
  if (!Array.isArray(blocks)) return '';
  return blocks
    .flatMap((block: unknown) => (isRecord(block) && typeof block['thinking'] === 'string' ? [block['thinking']] : []))
    .join('\n');
}

/** ATIF keeps what the tools answered in the step that called them. */
function results(observation: unknown): string[] {
  if (!isRecord(observation) || !Array.isArray(observation['results'])) return [];
  return observation['results'].flatMap((result: unknown) => (isRecord(result) ? [contentText(result['content'])] : []));
}

function toolCalls(calls: unknown): string[] {
  if (!Array.isArray(calls)) return [];
  return calls.flatMap((call: unknown) => {
    if (!isRecord(call)) return [];
    const of = isRecord(call['function']) ? call['function'] : call;
    const name = of['name'] ?? of['function_name'];
    const given = of['arguments'];
    return [`${typeof name === 'string' ? name : 'tool'}(${typeof given === 'string' ? given : JSON.stringify(given ?? {})})`];
  });
}
