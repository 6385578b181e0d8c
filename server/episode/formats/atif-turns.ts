import { actionFacts, firstLine, type ActionFacts } from '../facts';
import { OBSERVATION, RECORD, TOOL_CALLS } from '../json/shape';
import type { Passage, ToolCall, Turn, TurnCommand } from '../types';
import { NONE, type Doc, type NodeId } from './format';
import { TURN_LIMIT, contentPieces, inTime, numberOf, piece, turnOf, within, type Piece } from './pieces';
import { noteWrong } from './values';

interface Call {
  readonly id: string | null;
  readonly name: string;
  readonly pieces: readonly Piece[];
  readonly arguments: Passage | null;
  /** The shell text that it runs; null: it is no shell's. */
  readonly command: string | null;
  readonly facts: ActionFacts;
}

/**
 * One turn for each step of the agent. `known`: the tools that it was given; null: not recorded.
 *
 * Executed: a tool call of the step has a result. `seconds` is the time from this step's time stamp to the next step's,
 * whoever's it is; the last step has none. Steps copied from an earlier trajectory (`is_copied_context`), and steps
 * without a call of the model (`llm_call_count` 0), are the runner's: synthetic.
 */
export function atifTurns(doc: Doc, steps: readonly NodeId[], known: ReadonlySet<string> | null): Turn[] {
  const agents = inTime(
    doc,
    steps,
    (step) => step,
    'steps',
    1 / 2,
    (step, at) => (doc.text(doc.child(step, 'source')) === 'agent' ? [{ step, at }] : []),
  ).flat();
  return inTime(
    doc,
    agents,
    ({ step }) => step,
    'turns',
    1,
    ({ step, at }, index) => turn(doc, step, steps[at + 1] ?? NONE, index, known),
    TURN_LIMIT,
  );
}

function turn(doc: Doc, step: NodeId, next: NodeId, index: number, known: ReadonlySet<string> | null): Turn {
  noteWrong(doc, step, 'message', ['string', 'array'], 'it is shown as JSON', index);
  noteWrong(doc, step, 'tool_calls', ['array'], undefined, index);
  noteWrong(doc, step, 'observation', ['object'], undefined, index);
  noteWrong(doc, step, 'metrics', ['object'], undefined, index);
  const calls = callsOf(doc, doc.child(step, 'tool_calls'));
  const results = resultsOf(doc, doc.child(step, 'observation'));
  const ids = new Set(calls.map(({ id }) => id));
  const answered = calls.length > 0 && results.some(({ callId }) => callId === null || ids.has(callId));
  const refusal = refusalOf(results);
  const copied = doc.boolean(doc.child(step, 'is_copied_context')) === true;
  const synthetic = copied || doc.number(doc.child(step, 'llm_call_count')) === 0;
  const metrics = doc.child(step, 'metrics');
  const numbers = doc.kind(metrics) === 'object' ? within(doc, metrics, RECORD) : null;
  const input = numberOf(numbers, 'prompt_tokens');
  const output = numberOf(numbers, 'completion_tokens');
  return turnOf(
    {
      index,
      span: doc.span(step),
      kind: calls.length === 0 ? 'message' : 'action',
      executed: answered && !copied,
      synthetic,
      seconds: secondsBetween(doc.text(doc.child(step, 'timestamp')), doc.text(doc.child(next, 'timestamp'))),
      cost: numberOf(numbers, 'cost_usd'),
      tokens: input === null && output === null ? null : { input, output },
      returnCode: returnCodeOf(calls, results),
      tool: toolOf(calls, known, refusal),
      ...(refusal === null ? {} : { toolError: firstLine(refusal, 300) }),
      problem: null,
      command: shellOf(calls),
      edits: calls.some(({ facts }) => facts.edits),
      tests: calls.some(({ facts }) => facts.tests),
      submits: calls.some(({ facts }) => facts.submits),
    },
    [...piece(doc, doc.child(step, 'reasoning_content'), 'reasoning'), ...contentPieces(doc, doc.child(step, 'message'))],
    calls.flatMap(({ pieces }) => pieces),
    results.length === 0 ? null : results.flatMap(({ pieces }) => pieces),
    calls.length > 0 && !copied ? commandsOf(calls, results) : undefined,
  );
}

/**
 * Each call with its result. Results that name no call are those of the calls in order where there are as many, else of
 * the last call, as a screen after all of them.
 */
function commandsOf(calls: readonly Call[], results: readonly Result[]): TurnCommand[] {
  const unnamed = results.filter(({ callId }) => callId === null);
  const inOrder = unnamed.length === calls.length;
  return calls.map(({ id, name, pieces, arguments: given }, at) => {
    const own = results.filter(({ callId }) => callId !== null && callId === id);
    const answers = own.length > 0 ? own : inOrder ? unnamed.slice(at, at + 1) : at === calls.length - 1 ? unnamed : [];
    return {
      action: pieces.map(({ passage }) => passage),
      call: { tool: name, arguments: given },
      executed: answers.length > 0 || unnamed.length > 0,
      output: answers.length === 0 ? null : answers.flatMap((answer) => answer.pieces.map(({ passage }) => passage)),
      outputEnd: null,
      returnCode: null,
      timedOut: false,
    };
  });
}

function callsOf(doc: Doc, node: NodeId): Call[] {
  if (doc.kind(node) !== 'array') return [];
  const { doc: calls, node: list } = within(doc, node, TOOL_CALLS);
  return calls.children(list).map((call) => {
    const name = calls.text(calls.child(call, 'function_name')) ?? '';
    const given = calls.child(call, 'arguments');
    const shown = argumentPieces(calls, given, name);
    const command = shown.key !== null && SHELL_KEYS.has(shown.key) ? (shown.pieces[0]?.text ?? '') : null;
    return {
      id: calls.text(calls.child(call, 'tool_call_id')),
      name,
      pieces: shown.pieces,
      arguments: calls.passage(given),
      command,
      facts: factsOf(name, command),
    };
  });
}

/** Arguments that say what a tool does, most telling first. */
const MAIN_KEYS = ['command', 'cmd', 'keystrokes', 'code', 'script', 'input'] as const;
const SHELL_KEYS: ReadonlySet<string> = new Set(['command', 'cmd', 'keystrokes', 'script']);
/** Arguments that only say how it is run. */
const HOW_KEYS: ReadonlySet<string> = new Set([
  'description',
  'timeout',
  'timeout_ms',
  'timeout_sec',
  'duration',
  'is_blocking',
  'run_in_background',
  'yield_time_ms',
  'max_output_tokens',
  'language',
]);

/** The one argument that matters as its text, else all arguments as raw JSON. */
function argumentPieces(doc: Doc, node: NodeId, name: string): { readonly pieces: Piece[]; readonly key: string | null } {
  const main = MAIN_KEYS.find((key) => doc.kind(doc.child(node, key)) === 'string');
  const others = doc.children(node).filter((member) => doc.key(member) !== main && !HOW_KEYS.has(doc.key(member) ?? ''));
  const label = name === '' ? undefined : name;
  if (main !== undefined && others.length === 0) {
    const pieces = piece(doc, doc.child(node, main), label);
    if (pieces.length > 0) return { pieces, key: main };
  }
  return { pieces: piece(doc, node, label), key: null };
}

function shellOf(calls: readonly Call[]): string | null {
  const commands = calls.flatMap(({ command }) => command ?? []);
  return commands.length === 0 ? null : commands.join('\n');
}

const EDITING_TOOL =
  /^(?:write|edit|multiedit|notebookedit|patch|apply_patch|create|insert|str_replace\w*|(?:write|edit|create|delete|move|append)_?(?:to_)?file|file_(?:write|edit)|replace\w*)$/i;
const SUBMITTING_TOOL = /^(?:submit|finish|mark_task_complete|attempt_completion)$/i;

function factsOf(name: string, command: string | null): ActionFacts {
  const facts = command === null ? { edits: false, tests: false, submits: false } : actionFacts(command);
  return { edits: facts.edits || EDITING_TOOL.test(name), tests: facts.tests, submits: facts.submits || SUBMITTING_TOOL.test(name) };
}

/** The first call stands for the turn; one unknown tool makes the turn's tool unknown. */
function toolOf(calls: readonly Call[], known: ReadonlySet<string> | null, refusal: string | null): ToolCall | null {
  const unknown = known === null ? undefined : calls.find(({ name }) => !known.has(name));
  const call = unknown ?? calls[0];
  if (call === undefined) return null;
  return {
    name: call.name,
    known: known === null ? null : unknown === undefined,
    validArguments: refusal?.startsWith('InputValidationError') === true ? false : null,
  };
}

/** Claude Code, which Harbor runs and converts, writes these two into its results: a refused call, a failed command. */
const REFUSAL = /^\s*<tool_use_error>([^<]*)/;
const EXIT_CODE = /^Exit code (\d{1,3})\n/;
const CLAUDE_SHELL = 'Bash';

function refusalOf(results: readonly Result[]): string | null {
  const found = results.flatMap(({ pieces }) => REFUSAL.exec(pieces[0]?.text ?? '')?.[1]?.trim() ?? []);
  return found[0] ?? null;
}

/** Recorded for failures alone: no word about it may mean 0 or a tool without one, so it stays unknown. */
function returnCodeOf(calls: readonly Call[], results: readonly Result[]): number | null {
  if (!calls.some(({ name }) => name === CLAUDE_SHELL)) return null;
  const codes = results.flatMap(({ pieces }) => EXIT_CODE.exec(pieces[0]?.text ?? '')?.[1] ?? []);
  return codes[0] === undefined ? null : Number(codes[0]);
}

interface Result {
  readonly callId: string | null;
  readonly pieces: readonly Piece[];
}

function resultsOf(doc: Doc, node: NodeId): Result[] {
  if (doc.kind(node) !== 'object') return [];
  const { doc: observation, node: root } = within(doc, node, OBSERVATION);
  return observation.children(observation.child(root, 'results')).map((result) => ({
    callId: observation.text(observation.child(result, 'source_call_id')),
    pieces: contentPieces(observation, observation.child(result, 'content')),
  }));
}

function secondsBetween(from: string | null, to: string | null): number | null {
  const start = from === null ? Number.NaN : Date.parse(from);
  const end = to === null ? Number.NaN : Date.parse(to);
  return end >= start ? (end - start) / 1000 : null;
}
