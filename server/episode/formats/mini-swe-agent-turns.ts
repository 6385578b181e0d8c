import { actionFacts, type ActionFacts } from '../facts';
import { MESSAGE_EXTRA, RESPONSE_OUTPUT } from '../json/shape';
import type { Turn, TurnCommand, TurnKind } from '../types';
import { NONE, type Doc, type NodeId } from './format';
import { KILLED, printedBy, type Printed } from './mini-swe-agent-output';
import {
  TURN_LIMIT,
  contentPieces,
  inTime,
  joined,
  numberOf,
  piece,
  trimmedPiece,
  turnOf,
  within,
  type Container,
  type Piece,
} from './pieces';
import { isWrong, noteWrong } from './values';

/** One message with what its `extra` says, whichever the layout. */
interface Message {
  readonly node: NodeId;
  readonly role: string;
  readonly extra: Container | null;
}

/** How a command came out, from the message after it. */
interface Outcome {
  readonly pieces: readonly Piece[];
  readonly printed: Printed;
  readonly returnCode: number | null;
  readonly executed: boolean;
  readonly timestamp: number | null;
  readonly timedOut: boolean;
}

/** The turns of a run: one for each whole message of the model. */
export function miniTurns(doc: Doc, nodes: readonly NodeId[], exitStatus: string | null): Turn[] {
  const messages = inTime(
    doc,
    nodes,
    (node) => node,
    'messages',
    1 / 2,
    (node) => messageOf(doc, node),
  );
  // What answers the last one read may be unread.
  if (messages.length < nodes.length)
    messages.length = Math.max(
      0,
      messages.findLastIndex(({ role }) => role === 'assistant'),
    );
  const models = messages.flatMap((message, at) => (message.role === 'assistant' ? [{ message, at }] : []));
  const read = ({ message, at }: (typeof models)[number], index: number): Turn => {
    const following: Message[] = [];
    for (let next = at + 1; next < messages.length; next++) {
      const answer = messages[next];
      // A person's own command is no turn of the model, and its output is no answer to the model.
      if (answer === undefined || answer.role === 'assistant' || (answer.role === 'user' && actionsOf(answer).length > 0)) break;
      // 2.x: an answer that could not be parsed is not recorded, its error message is no answer to the one before.
      if (interruptType(answer) === 'FormatError' && next > at + 1) break;
      following.push(answer);
    }
    return turn(doc, message, following, index, exitStatus, index === models.length - 1);
  };
  const turns = inTime(doc, models, ({ message }) => message.node, 'turns', 1, read, TURN_LIMIT);
  const unrecorded = messages.filter(
    (message, at) => interruptType(message) === 'FormatError' && messages[at - 1]?.role !== 'assistant',
  ).length;
  if (unrecorded > 0) {
    const answers = unrecorded === 1 ? 'One answer' : `${unrecorded.toLocaleString('en')} answers`;
    doc.note(
      'warning',
      `${answers} of the model could not be parsed. The file holds only the error ${unrecorded === 1 ? 'message' : 'messages'}.`,
      NONE,
    );
  }
  return turns;
}

function messageOf(doc: Doc, node: NodeId): Message {
  const extra = doc.child(node, 'extra');
  const role = doc.text(doc.child(node, 'role'));
  noteWrong(doc, node, 'role', ['string'], 'the message is no turn and no answer to one');
  noteWrong(doc, node, 'content', ['string', 'array'], SHOWN);
  noteWrong(doc, node, 'extra', ['object']);
  const container = doc.kind(extra) === 'object' ? within(doc, extra, MESSAGE_EXTRA) : null;
  if (container !== null) noteWrongExtra(container);
  return { node, role: role ?? (doc.has(node, 'role') ? '' : roleWithout(doc, node)), extra: container };
}

const SHOWN = 'it is shown as JSON';

function noteWrongExtra({ doc, node }: Container): void {
  noteWrong(doc, node, 'actions', ['array']);
  noteWrong(doc, node, 'returncode', ['number']);
  noteWrong(doc, node, 'timestamp', ['number']);
  for (const action of doc.children(doc.child(node, 'actions'))) noteWrong(doc, action, 'command', ['string'], SHOWN);
}

/** Items of the Responses API have a type and no role: the model's answer holds a list `output`. */
function roleWithout(doc: Doc, node: NodeId): string {
  if (doc.text(doc.child(node, 'type')) === 'function_call_output') return 'tool';
  return doc.kind(doc.child(node, 'output')) === 'array' ? 'assistant' : '';
}

function turn(doc: Doc, message: Message, following: readonly Message[], index: number, exitStatus: string | null, last: boolean): Turn {
  const said = saidBy(doc, message);
  const interrupt = following.map(interruptType).find((type) => type !== null) ?? null;
  const commands = said.commands;
  const outcomes = outcomesOf(doc, following, commands.length, exitStatus === 'Submitted' && last);
  const { kind, executed } = kindOf(commands.length, interrupt, outcomes, following, said.foundBlocks);
  const facts = merge(commands.map((command) => actionFacts(command.text)));
  const seen = outcomes.flatMap(({ pieces }) => pieces);
  const usage = usageOf(message);
  const acted = kind === 'action' || kind === 'blocked';
  return turnOf(
    {
      index,
      span: doc.span(message.node),
      kind,
      executed,
      synthetic: false,
      seconds: secondsBetween(message, outcomes),
      cost: numberOf(message.extra, 'cost') ?? usage.cost,
      tokens: usage.input === null && usage.output === null ? null : { input: usage.input, output: usage.output },
      returnCode: executed ? returnCodeOf(outcomes) : null,
      tool: acted ? { name: 'bash', known: true, validArguments: true } : null,
      problem: null,
      command: acted ? joined(commands) : null,
      ...(acted ? facts : merge([])),
      ...(outcomes.some(({ timedOut }) => timedOut) ? { timedOut: true } : {}),
    },
    acted ? said.thought : said.whole,
    acted ? commands : [],
    outcomes.length === 0 ? null : seen,
    acted ? commandsOf(commands, outcomes, following) : undefined,
  );
}

/**
 * Each command with its own outcome. A submit ends the run at once: the commands before it in the turn ran and are not
 * answered in the file, those after it never ran.
 */
function commandsOf(commands: readonly Piece[], outcomes: readonly Outcome[], following: readonly Message[]): TurnCommand[] {
  const ended = following.some(({ role }) => role === 'exit') && outcomes.length === 1 && commands.length > 1;
  const submit = ended ? commands.findIndex(({ text }) => actionFacts(text).submits) : -1;
  return commands.map(({ passage }, at) => {
    const outcome = submit < 0 ? outcomes[at] : at === submit ? outcomes[0] : undefined;
    return {
      action: [passage],
      call: null,
      executed: outcome?.executed ?? at < submit,
      output: outcome?.printed.output ?? null,
      outputEnd: outcome?.printed.end ?? null,
      returnCode: outcome === undefined || outcome.timedOut ? null : outcome.returnCode,
      timedOut: outcome?.timedOut ?? false,
    };
  });
}

function kindOf(
  commands: number,
  interrupt: string | null,
  outcomes: readonly Outcome[],
  following: readonly Message[],
  blocks: number | null,
): { readonly kind: TurnKind; readonly executed: boolean } {
  if (interrupt === 'FormatError') return { kind: 'unparsable', executed: false };
  if (commands === 0) {
    // Text layouts want exactly one block; a last message with none and nothing after it is just a message.
    const rejected = blocks !== null && (blocks > 1 || following.length > 0);
    return { kind: rejected ? 'unparsable' : 'message', executed: false };
  }
  const executed = outcomes.some((outcome) => outcome.executed);
  const refused = interrupt === 'UserRejection' || (interrupt === null && !executed && outcomes.length > 0);
  return { kind: refused && !executed ? 'blocked' : 'action', executed };
}

/** What the model said, taken apart. `foundBlocks`: fenced blocks of a text layout; null: the file lists the commands. */
interface Said {
  readonly thought: readonly Piece[];
  readonly commands: readonly Piece[];
  readonly whole: readonly Piece[];
  readonly foundBlocks: number | null;
}

interface Fence {
  /** Of the whole fence. */
  readonly from: number;
  readonly to: number;
  /** Of the command inside. */
  readonly start: number;
  readonly end: number;
}

/** What ```` ```bash\s*\n(.*?)\n``` ```` finds, in linear time. The runner strips the command before it runs it. */
function fencesOf(text: string): Fence[] {
  const opening = /```(?:bash|mswea_bash_command)\s*\n/g;
  const fences: Fence[] = [];
  for (let open = opening.exec(text); open !== null; open = opening.exec(text)) {
    const start = opening.lastIndex;
    const end = text.indexOf('\n```', start);
    if (end < 0) break;
    fences.push({ from: open.index, to: end + 4, start, end });
    opening.lastIndex = end + 4;
  }
  return fences;
}

function saidBy(doc: Doc, message: Message): Said {
  const { node } = message;
  const content = doc.child(node, 'content');
  const reasoning = piece(doc, doc.child(node, 'reasoning_content'), 'reasoning');
  const texts = [...reasoning, ...contentPieces(doc, content), ...responseTexts(doc, doc.child(node, 'output'))];
  const listed = actionsOf(message);
  const text = doc.text(content) ?? '';
  const blocks = fencesOf(text);
  if (message.extra !== null && listed.length > 0) {
    const fenced = blocks.length === 1 && blocks[0] !== undefined ? fencedCommand(doc, content, text, blocks[0], listed) : null;
    if (fenced !== null) return { ...fenced, thought: [...reasoning, ...fenced.thought], whole: texts, foundBlocks: null };
    return { thought: texts, commands: listed, whole: texts, foundBlocks: null };
  }
  const [block] = blocks;
  if (blocks.length !== 1 || block === undefined)
    return {
      thought: texts,
      commands: [],
      whole: texts,
      // An answer of a wrong type is not one that the model wrote badly.
      foundBlocks: (message.role === 'assistant' && calls(doc, node)) || isWrong(doc, content, ['string', 'array']) ? null : blocks.length,
    };
  const fenced = fencedCommand(doc, content, text, block, null);
  if (fenced === null) return { thought: texts, commands: [], whole: texts, foundBlocks: 1 };
  return { ...fenced, thought: [...reasoning, ...fenced.thought], whole: texts, foundBlocks: 1 };
}

const calls = (doc: Doc, node: NodeId): boolean => doc.kind(doc.child(node, 'tool_calls')) === 'array';

/** The command inside its fence, with the text around as thought; null where `listed` says another command. */
function fencedCommand(
  doc: Doc,
  content: NodeId,
  text: string,
  block: Fence,
  listed: readonly Piece[] | null,
): Pick<Said, 'thought' | 'commands'> | null {
  const commands = trimmedPiece(doc, content, text, block.start, block.end);
  if (commands.length === 0 || (listed !== null && joined(listed) !== joined(commands))) return null;
  return {
    commands,
    thought: [...trimmedPiece(doc, content, text, 0, block.from), ...trimmedPiece(doc, content, text, block.to, text.length)],
  };
}

/** Texts and reasoning summaries of a Responses API answer. */
function responseTexts(doc: Doc, output: NodeId): Piece[] {
  if (doc.kind(output) !== 'array') return [];
  const { doc: items, node: list } = within(doc, output, RESPONSE_OUTPUT);
  return items
    .children(list)
    .flatMap((item) => [
      ...items.children(items.child(item, 'summary')).flatMap((part) => piece(items, items.child(part, 'text'), 'reasoning')),
      ...items.children(items.child(item, 'content')).flatMap((part) => piece(items, items.child(part, 'text'))),
    ]);
}

function actionsOf({ extra }: Message): Piece[] {
  if (extra === null) return [];
  const { doc, node } = extra;
  return doc.children(doc.child(node, 'actions')).flatMap((action) => piece(doc, doc.child(action, 'command')));
}

function interruptType({ extra }: Message): string | null {
  return textOf(extra, 'interrupt_type');
}

function textOf(container: Container | null, key: string): string | null {
  return container === null ? null : container.doc.text(container.doc.child(container.node, key));
}

function usageOf({ extra }: Message): { readonly input: number | null; readonly output: number | null; readonly cost: number | null } {
  if (extra === null) return { input: null, output: null, cost: null };
  const { doc, node } = extra;
  const usage: Container = { doc, node: doc.child(doc.child(node, 'response'), 'usage') };
  return {
    input: numberOf(usage, 'prompt_tokens') ?? numberOf(usage, 'input_tokens'),
    output: numberOf(usage, 'completion_tokens') ?? numberOf(usage, 'output_tokens'),
    cost: numberOf(usage, 'cost'),
  };
}

/** `<returncode>0</returncode>\n<output>\n…</output>`: the output alone is what the command printed. */
const OBSERVATION = /^<returncode>(-?\d{1,9})<\/returncode>\n<output>\n([^]*?)\n?<\/output>\s*$/d;
const RETURN_CODE = /^<returncode>(-?\d{1,9})<\/returncode>/;
/** What 1.x writes after a user's interruption, before `interrupt_type` existed. */
const REFUSED = /^(?:Commands? not executed|Interrupted by user)/;
const NOT_EXECUTED = 'action was not executed';

/** One outcome for each message that answers a command. */
function outcomesOf(doc: Doc, following: readonly Message[], commands: number, submitted: boolean): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const message of following) {
    const { node, extra } = message;
    const interrupted = interruptType(message) !== null;
    const content = doc.child(node, doc.has(node, 'content') ? 'content' : 'output');
    const text = doc.text(content);
    if (message.role === 'exit') {
      if (!submitted || commands === 0) continue;
      // The submit's own output is the submission: the message of the exit holds it.
      const refused = outcomes.findLastIndex((outcome) => !outcome.executed);
      const pieces = piece(doc, content);
      const printed = { output: pieces.map(({ passage }) => passage), end: null };
      const outcome = { pieces, printed, returnCode: null, executed: true, timestamp: null, timedOut: false };
      if (refused >= 0) outcomes[refused] = outcome;
      else if (outcomes.length < commands) outcomes.push(outcome);
      continue;
    }
    if (commands === 0 || interrupted) {
      outcomes.push({
        pieces: contentPieces(doc, content),
        printed: { output: null, end: null },
        returnCode: null,
        executed: false,
        timestamp: null,
        timedOut: false,
      });
      continue;
    }
    if (outcomes.length >= commands) continue;
    const inner = text === null ? undefined : OBSERVATION.exec(text)?.indices?.[2];
    const pieces = text === null || inner === undefined ? contentPieces(doc, content) : subPiece(doc, content, text, inner[0], inner[1]);
    const recorded = numberOf(message.extra, 'returncode') ?? (text === null ? null : numberIn(RETURN_CODE.exec(text)?.[1]));
    const exception = textOf(extra, 'exception_info');
    const refused = exception === NOT_EXECUTED || (extra === null && recorded === null && REFUSED.test(text ?? ''));
    outcomes.push({
      pieces,
      printed: printedBy(doc, content, text, message.extra),
      returnCode: refused ? null : recorded,
      executed: !refused,
      timestamp: numberOf(message.extra, 'timestamp'),
      timedOut: ranOut(exception, textOf(extra, 'exception_type'), text),
    });
  }
  return outcomes;
}

/** 2.x records an exception, SWE-ReX's of another name than Python's; 1.x only answers with a sentence. */
function ranOut(exception: string | null, type: string | null, text: string | null): boolean {
  if (exception !== null && (/\btimed out\b/.test(exception) || type?.includes('Timeout') === true)) return true;
  return text?.startsWith('The last command <command>') === true && text.includes(KILLED);
}

function subPiece(doc: Doc, node: NodeId, text: string, from: number, to: number): Piece[] {
  const passage = doc.subPassage(node, from, to);
  return passage === null ? [] : [{ passage, text: text.slice(from, to) }];
}

const numberIn = (text: string | undefined): number | null => (text === undefined ? null : Number(text));

/** Of several commands: the first failure, else the last. */
function returnCodeOf(outcomes: readonly Outcome[]): number | null {
  const codes = outcomes.flatMap(({ returnCode }) => (returnCode === null ? [] : [returnCode]));
  return codes.find((code) => code !== 0) ?? codes.at(-1) ?? null;
}

/** From the model's answer to the last observation. */
function secondsBetween(message: Message, outcomes: readonly Outcome[]): number | null {
  const start = numberOf(message.extra, 'timestamp');
  const end = outcomes.findLast(({ timestamp }) => timestamp !== null)?.timestamp ?? null;
  return start === null || end === null || end < start ? null : end - start;
}

function merge(all: readonly ActionFacts[]): ActionFacts {
  return { edits: all.some(({ edits }) => edits), tests: all.some(({ tests }) => tests), submits: all.some(({ submits }) => submits) };
}
