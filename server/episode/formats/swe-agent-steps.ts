import { FACT_LIMIT, cut, hash53 } from '../facts';
import { ACTION_TEXT_LIMIT, type Passage, type Span, type Turn, type TurnKind } from '../types';
import type { Doc, NodeId } from './format';
import { filterOf, type BlockTest } from './swe-agent-filter';
import { historyActions } from './swe-agent-history';
import { sweAgentTurn } from './swe-agent-turn';
import { article, noteWrong } from './values';

/** Most turns that are read from one run; announced when reached. */
export const TURN_LIMIT = 100_000;

/** 0.x: literal action texts that the runner wrote, which were never run (formats.md §1.4). */
const PSEUDO_ACTIONS: ReadonlySet<string> = new Set([
  'exit_cost',
  'exit_context',
  'exit_format',
  'exit_error',
  'exit_api',
  'exit_agent_error',
  'skip',
]);

/** Its observation when it submits for the agent. */
const AUTOSUBMITTED = /^(?:Environment died unexpectedly\. )?Exited\b/;

/** What the runner writes as thought and response of the step that ends an episode (1.x). */
const RUNNER_EXIT = /^Exit(?:ing|ed)? due to /;

/** The turns of `trajectory`, all that are whole. */
export function stepTurns(doc: Doc, node: NodeId, root: NodeId, exitStatus: string | null): Turn[] {
  const steps = doc.children(doc.child(node, 'trajectory'));
  const whole = steps.filter((step) => doc.complete(step));
  const beyond = whole[TURN_LIMIT];
  const count = whole.length;
  if (beyond !== undefined) whole.length = TURN_LIMIT;
  const shown = whole.length;
  const turns: Turn[] = [];
  let blocked: BlockTest | null = null;
  const blockTest: BlockTest = (action) => (blocked ??= filterOf(doc, node, root))(action);
  let previousMessages: Span | null = null;
  for (let index = 0; index < shown; index++) {
    const step = whole[index]!;
    if (index > 0 && doc.late()) {
      doc.stopAt(step, index, steps.length, 'turns');
      return turns;
    }
    if (doc.kind(step) !== 'object') {
      turns.push(notAStep(doc, step, index));
      continue;
    }
    const last = index === shown - 1 && shown === steps.length;
    turns.push(stepTurn(doc, step, index, last, exitStatus, previousMessages, blockTest));
    const messages = doc.child(step, 'messages');
    if (doc.kind(messages) === 'array') previousMessages = doc.span(messages);
  }
  if (beyond !== undefined) {
    const [all, read] = [count, TURN_LIMIT].map((n) => n.toLocaleString('en'));
    doc.note('error', `The run has ${String(all)} turns; the first ${String(read)} are read.`, beyond, TURN_LIMIT);
  }
  return markRetries(doc, node, turns);
}

function stepTurn(
  doc: Doc,
  step: NodeId,
  index: number,
  last: boolean,
  exitStatus: string | null,
  previousMessages: Span | null,
  blockTest: BlockTest,
): Turn {
  const wrong: string[] = [];
  const say = (sentence: string, node: NodeId): void => {
    wrong.push(sentence);
    doc.note('warning', sentence, node, index);
  };
  const action = field(doc, step, 'action', say);
  const observation = field(doc, step, 'observation', say);
  const seconds = doc.number(doc.child(step, 'execution_time'));
  const state = stateText(doc, doc.child(step, 'state'));
  const statePassage = state === null ? null : doc.passage(doc.child(step, 'state'));
  noteWrong(doc, step, 'execution_time', ['number'], undefined, index);
  noteWrong(doc, step, 'state', ['object', 'string'], undefined, index);
  noteWrong(doc, step, 'query', ['array'], undefined, index);
  noteWrong(doc, step, 'messages', ['array'], undefined, index);
  const response = doc.head(doc.child(step, 'response'), 200) ?? '';
  const actionText = action.text ?? '';
  const observationText = observation.text;

  // 0.2–0.6 record neither state nor time for every step; there an observation is the sign of a run.
  const timed = doc.has(step, 'execution_time') || doc.has(step, 'state');
  const ran = (seconds ?? 0) > 0 || state !== null || (!timed && observationText !== null);
  // 0.7 measures the time of its pseudo-actions too, so only the layout tells them from a command of that name.
  const isOld = !doc.has(step, 'query') && !doc.has(step, 'messages') && doc.kind(doc.child(step, 'state')) !== 'object';
  const kind = kindOf();
  const executed = ran && (kind === 'action' || kind === 'retry');
  if (kind === 'message') say('This step holds no action.', step);
  const thought = thoughtOf();
  const query = doc.child(step, 'query');
  return sweAgentTurn({
    index,
    span: doc.span(step),
    kind,
    executed,
    synthetic: kind === 'autosubmission' || kind === 'limit_exit',
    thought: thought.passages,
    action: action.passages,
    observation: observation.passages,
    thoughtText: thought.text,
    actionText,
    observationText,
    query: doc.kind(query) === 'array' ? doc.span(query) : doc.has(step, 'messages') ? previousMessages : null,
    stateHash: state === null ? null : hash53(state),
    ...(statePassage !== null && { state: statePassage }),
    seconds,
    problem: wrong.length === 0 ? null : wrong.join(' '),
  });

  function kindOf(): TurnKind {
    const typed = actionText.trim();
    if (typed === '') {
      if (AUTOSUBMITTED.test(observationText ?? '')) return 'autosubmission';
      const ended = exitStatus !== null && exitStatus !== 'submitted';
      if (RUNNER_EXIT.test(response) && (last || ended)) return 'limit_exit';
      // An answer that could not be parsed leaves an empty action; none at all is not the policy's doing.
      return doc.kind(doc.child(step, 'action')) === 'string' ? 'unparsable' : 'message';
    }
    if (PSEUDO_ACTIONS.has(typed) && isOld) return 'limit_exit';
    if (typed === 'exit' || typed === 'exit_forfeit') return 'exit';
    // A refused command has an empty observation and no time; without either the file does not tell why it did not run.
    if (ran || !doc.has(step, 'execution_time') || (observationText ?? '') !== '') return 'action';
    return blockTest(actionText) ? 'blocked' : 'syntax_error';
  }

  /** Thought and reasoning; the raw response where nothing could be parsed out of it. */
  function thoughtOf(): { readonly passages: readonly Passage[]; readonly text: string } {
    const parts = [field(doc, step, 'thought', say), field(doc, step, 'reasoning_content', say, 'reasoning')];
    if ((kind === 'unparsable' || kind === 'message') && parts.every(({ passages }) => passages.length === 0))
      parts.push(field(doc, step, 'response', say, 'response'));
    const shown = parts.filter(({ passages }) => passages.length > 0);
    return { passages: shown.flatMap(({ passages }) => passages), text: shown.map(({ text }) => text).join('\n') };
  }
}

function field(
  doc: Doc,
  step: NodeId,
  key: string,
  say: (sentence: string, node: NodeId) => void,
  label?: string,
): { readonly passages: readonly Passage[]; readonly text: string | null } {
  const node = doc.child(step, key);
  const kind = doc.kind(node);
  if (kind === 'none' || kind === 'null') return { passages: [], text: null };
  const text = doc.text(node);
  if (text === '') return { passages: [], text };
  const passages = [doc.passage(node, label)!];
  if (text !== null) return { passages, text };
  say(`Its “${key}” is no text but ${article(kind)}, shown as JSON.`, node);
  return { passages, text: rawText(doc, node) };
}

function rawText(doc: Doc, node: NodeId): string {
  return cut(compactJson(doc, node), FACT_LIMIT);
}

/** Without white space; as it stands where the value is nested too deep to be written. */
function compactJson(doc: Doc, node: NodeId): string {
  try {
    const value = doc.json(node);
    return value === undefined ? doc.raw(node) : JSON.stringify(value);
  } catch {
    return doc.raw(node);
  }
}

/** `state` as comparable text; null where nothing is recorded (`{}` stands for that on steps that did not run). */
function stateText(doc: Doc, node: NodeId): string | null {
  const text = doc.text(node)?.trim() ?? null;
  if (text !== null) return text === '' || text === '{}' ? null : text;
  if (doc.kind(node) !== 'object') return null;
  const json = compactJson(doc, node);
  return json === '{}' || json === '' ? null : json;
}

function notAStep(doc: Doc, step: NodeId, index: number): Turn {
  const problem = `This step is no object but ${article(doc.kind(step))}.`;
  doc.note('error', problem, step, index);
  return sweAgentTurn({
    index,
    span: doc.span(step),
    // No answer of the policy, so none that earns or costs anything.
    kind: 'message',
    executed: false,
    synthetic: false,
    thought: [],
    action: [],
    observation: [],
    thoughtText: '',
    actionText: '',
    observationText: null,
    query: null,
    stateHash: null,
    seconds: null,
    problem,
  });
}

/**
 * Steps that ran but are not in `history`: the tool asked for another try (1.x). Told only where `history` accounts for
 * all other executed steps in order, so a clipped or foreign history changes nothing.
 */
function markRetries(doc: Doc, node: NodeId, turns: Turn[]): Turn[] {
  if (!turns.some((turn) => turn.seconds !== null)) return turns;
  const expected = historyActions(doc, node);
  if (expected === null) return turns;
  const missing = new Set<number>();
  let next = 0;
  for (const turn of turns) {
    if (!turn.executed && turn.kind !== 'exit') continue;
    if (next < expected.length && cut(expected[next]!, ACTION_TEXT_LIMIT).trim() === turn.actionText.trim()) next++;
    else if (turn.index < turns.length - 1) missing.add(turn.index);
  }
  if (next < expected.length) return turns;
  return turns.map((turn) => (missing.has(turn.index) && turn.executed ? { ...turn, kind: 'retry' as const } : turn));
}
