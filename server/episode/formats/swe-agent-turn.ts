import { SWE_AGENT_EDITORS, actionFacts, cut, firstLine, observationFacts, observationHash, textHead } from '../facts';
import { errorSign } from '../observed-error';
import { ACTION_TEXT_LIMIT, type Passage, type Span, type Turn, type TurnKind } from '../types';
import { sweAgentTool } from './swe-agent-tools';

/** What a reader knows of a turn before facts are told from its texts. */
export interface TurnParts {
  readonly index: number;
  readonly span: Span;
  readonly kind: TurnKind;
  readonly executed: boolean;
  readonly synthetic: boolean;
  readonly thought: readonly Passage[];
  readonly action: readonly Passage[];
  readonly observation: readonly Passage[];
  readonly thoughtText: string;
  readonly actionText: string;
  /** null: none recorded. */
  readonly observationText: string | null;
  readonly query: Span | null;
  readonly stateHash: number | null;
  readonly state?: Passage;
  readonly seconds: number | null;
  readonly problem: string | null;
}

/** A SWE-agent turn with the facts that its texts tell. */
export function sweAgentTurn(parts: TurnParts): Turn {
  const { thoughtText, actionText, observationText } = parts;
  const action = parts.executed || parts.kind === 'action' ? actionFacts(actionText, SWE_AGENT_EDITORS) : null;
  const seen = observationFacts(observationText ?? '');
  const facts = { kind: parts.kind, executed: parts.executed, returnCode: null, ...seen };
  return {
    index: parts.index,
    kind: parts.kind,
    executed: parts.executed,
    synthetic: parts.synthetic,
    span: parts.span,
    thought: parts.thought,
    action: parts.action,
    observation: parts.observation,
    query: parts.query,
    actionText: cut(actionText, ACTION_TEXT_LIMIT),
    actionTruncated: actionText.length > ACTION_TEXT_LIMIT,
    thoughtHead: firstLine(thoughtText),
    observationHead: textHead(observationText ?? ''),
    lengths: { thought: thoughtText.length, action: actionText.length, observation: observationText?.length ?? 0 },
    observationHash: observationText === null ? null : observationHash(observationText),
    stateHash: parts.stateHash,
    ...(parts.state !== undefined && { state: parts.state }),
    seconds: parts.seconds,
    cost: null,
    tokens: null,
    returnCode: null,
    timedOut: seen.timedOut,
    toolError: seen.toolError,
    error: errorSign(facts, actionText, observationText ?? '', SWE_AGENT_EDITORS),
    tool: parts.synthetic ? null : sweAgentTool(actionText, parts.executed, seen.toolError),
    edits: action?.edits ?? false,
    tests: action?.tests ?? false,
    submits: action?.submits ?? false,
    problem: parts.problem,
  };
}
