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
  readonly source: 'query' | 'history' | 'none';
  readonly note: string | null;
}

/** All texts together are at most about this long; beyond, each message shows less of itself. */
const UNITS_AT_MOST = 4_000_000;
const UNITS_AT_LEAST = 200;

export async function seenAt(model: EpisodeModel, index: number, limit: number, signal?: AbortSignal): Promise<Seen> {
  const turn = model.turns[index];
  if (turn === undefined) throw new RangeError(`There is no turn ${index + 1}; the episode has ${model.turns.length}.`);
  if (turn.query !== null) {
    const { query } = turn;
    const bytes = await model.opened.bytes(query);
    const spans = elementSpans(bytes).map(({ start, end }) => ({ start: start + query.start, end: end + query.start }));
    const list = spans.map((span) => parse(bytes, query.start, span));
    const [messages, note] = show(list, spans, limit);
    return { messages, source: 'query', note };
  }
  const spans = await model.history();
  if (spans.length === 0) return { messages: [], source: 'none', note: 'This file does not record what the model saw.' };
  const end = await historyEnd(model, index, spans, signal);
  const before = spans.slice(0, end);
  const list = await readMessages(model, before, signal);
  const [messages, note] = show(list, before, limit);
  const origin = 'Taken from the run’s message list: what stood before this turn. What was sent may have been shortened.';
  return { messages, source: 'history', note: note === null ? origin : `${origin} ${note}` };
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

async function readMessages(model: EpisodeModel, spans: readonly Span[], signal?: AbortSignal): Promise<Message[]> {
  const first = spans[0];
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return [];
  signal?.throwIfAborted();
  const bytes = await model.opened.bytes({ start: first.start, end: last.end });
  return spans.map((span) => parse(bytes, first.start, span));
}

/** Kinds of turns that never reach the message list (formats.md §1.4). */
const UNLISTED: ReadonlySet<Turn['kind']> = new Set(['unparsable', 'blocked', 'syntax_error', 'retry']);
const LOOK_AHEAD = 3;

/** Number of messages before the answer that became turn `index`. Aligned by content: not every turn is in the list. */
async function historyEnd(model: EpisodeModel, index: number, spans: readonly Span[], signal?: AbortSignal): Promise<number> {
  const all = await readMessages(model, spans, signal);
  const answers = all.flatMap((message, at) => (isAnswer(message) && !isDemonstration(message) ? [{ message, at }] : []));
  let next = 0;
  for (let t = 0; t <= index; t++) {
    const turn = model.turns[t];
    if (turn === undefined) break;
    let hit = -1;
    for (let k = next; k < Math.min(answers.length, next + LOOK_AHEAD); k++) {
      if (answersTurn(answers[k]?.message, turn)) {
        hit = k;
        break;
      }
    }
    if (hit === -1 && !UNLISTED.has(turn.kind)) hit = next;
    if (t === index) return answers[hit === -1 ? next : hit]?.at ?? all.length;
    if (hit !== -1) next = hit + 1;
  }
  return all.length;
}

const isAnswer = (message: Message): boolean => message['role'] === 'assistant' || message['source'] === 'agent' || message['role'] === 'model';

function answersTurn(message: Message | undefined, turn: Turn): boolean {
  const action = turn.actionText.trim();
  if (message === undefined || action === '') return false;
  const listed = message['action'];
  if (typeof listed === 'string') return listed.trim().slice(0, action.length) === action;
  return messageText(message).includes(action);
}

function isDemonstration(message: Message): boolean {
  return message['is_demo'] === true || message['message_type'] === 'demonstration';
}

/** What history processors leave in place of an observation. */
const CLIPPED = /^(?:Observation: )?Old environment output: \(\d+ lines omitted\)|^Outdated window with \d+ lines omitted|<response clipped>/;

function show(list: readonly Message[], spans: readonly Span[], limit: number): [SeenMessage[], string | null] {
  const each = Math.max(UNITS_AT_LEAST, Math.min(limit, Math.floor(UNITS_AT_MOST / Math.max(1, list.length))));
  const messages = list.map((message, i): SeenMessage => {
    const text = messageText(message);
    const role = message['role'] ?? message['source'];
    return {
      role: typeof role === 'string' ? role.slice(0, 40) : 'none',
      text: wholeUnits(text, each),
      wholeLength: text.length > each ? text.length : null,
      demonstration: isDemonstration(message),
      clipped: CLIPPED.test(text),
      span: spans[i] ?? { start: 0, end: 0 },
    };
  });
  return [messages, each < limit ? `There are ${grouped(list.length)} messages: each shows its first ${grouped(each)} characters.` : null];
}

/** The text of a message: its text parts joined, then its tool calls and reasoning, as far as the format has them. */
export function messageText(message: Message): string {
  const parts = [reasoning(message), contentText(message['content'] ?? message['message']), ...toolCalls(message['tool_calls']), ...results(message['observation'])];
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
  return blocks.flatMap((block: unknown) => (isRecord(block) && typeof block['thinking'] === 'string' ? [block['thinking']] : [])).join('\n');
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
