import { NONE, type Doc, type NodeId } from './format';

/**
 * The name of a format that is known but not yet readable (formats.md §0), or null. Asked only after every reader said
 * no. `firstBytes`: the front of the file, for formats that are no JSON.
 */
export function recogniseOther(doc: Doc, firstBytes: Uint8Array): string | null {
  const archive = nameOfArchive(firstBytes);
  if (archive !== null) return archive;
  const { root } = doc;
  if (doc.kind(root) === 'object') return (doc.secondRoot === NONE ? nameOfObject(doc, root) : null) ?? nameOfLine(doc, root);
  if (doc.kind(root) === 'array') return nameOfList(doc, root);
  return null;
}

const ZIP = [0x50, 0x4b, 0x03, 0x04] as const;
/** Where a ZIP's first local header keeps the entry's name, and its length. */
const NAME_LENGTH_AT = 26;
const NAME_AT = 30;

function nameOfArchive(bytes: Uint8Array): string | null {
  if (!ZIP.every((byte, at) => bytes[at] === byte)) return null;
  const length = (bytes[NAME_LENGTH_AT] ?? 0) + (bytes[NAME_LENGTH_AT + 1] ?? 0) * 256;
  const entry = new TextDecoder().decode(bytes.subarray(NAME_AT, NAME_AT + length));
  return /^(?:_journal\/|samples\/|header\.json$|summaries\.json$|reductions\.json$)/.test(entry) ? 'Inspect (.eval log)' : 'ZIP (archive)';
}

type Test = (has: (key: string) => boolean, text: (key: string) => string | null, doc: Doc, node: NodeId) => boolean;

/** Tried in order; keys as in formats.md §0 and in the files of the formats' own repositories. */
const OBJECTS: readonly (readonly [name: string, test: Test])[] = [
  ['ATIF (unknown major version)', (_has, text) => text('schema_version')?.startsWith('ATIF-') === true],
  [
    'ATIF (trajectories inside another object)',
    (_has, _text, doc, node) => doc.children(node).length > 0 && doc.children(node).every((member) => isAtif(doc, member)),
  ],
  ['Moatless (search tree)', (has) => has('metadata') && (has('nodes') || has('root'))],
  ['Moatless (transitions)', (has) => has('transitions') && has('initial_message')],
  ['Inspect (.json log)', (has) => has('eval') && has('status') && has('version')],
  ['Inspect (event fixture)', (has) => has('description') && has('events') && has('expected')],
  ['OpenTelemetry (OTLP/JSON traces)', (has) => has('resourceSpans')],
  ['terminal-bench (trial result)', (has) => has('is_resolved') && has('parser_results')],
  ['Harbor (trial result; its trajectory is agent/trajectory.json)', (has) => has('trial_name') && (has('task_id') || has('agent_info'))],
  ['Who&When (annotated failure log)', (has) => has('mistake_step') && has('history')],
  ['OpenHands SDK (base state; its events are beside it)', (has) => has('execution_status') && has('agent') && has('workspace')],
  [
    'OpenHands SDK (one event)',
    (has, text) =>
      has('source') && text('kind') !== null && /(?:Event|Observation|Condensation)$|^(?:Condensation|UserReject)/.test(text('kind') ?? ''),
  ],
  ['OpenHands V0 (one event)', (has) => has('source') && (has('observation') || has('action')) && has('id')],
  ['Claude Code (web export)', (has) => has('loglines')],
  [
    'OpenTelemetry (GenAI attributes)',
    (_has, _text, doc, node) => doc.children(node).some((member) => /^(?:gen_ai\.|openinference\.)/.test(doc.key(member) ?? '')),
  ],
  ['SWE-bench (test report)', (has) => has('resolved') && (has('patch_successfully_applied') || has('tests_status'))],
  ['SWE-bench (run report)', (has) => has('resolved_ids') || has('ids_resolved') || (has('resolved') && has('no_logs'))],
  ['InterCode (plan and solve log)', (has) => has('logs') && has('meta')],
];

/** Kinds of one line of JSON Lines, also in a file of one line. */
const LINES: readonly (readonly [name: string, test: Test])[] = [
  ['OpenHands (evaluation output)', (has) => has('instance_id') && has('test_result') && has('history')],
  ['OpenHands (resolver output)', (has) => has('issue') && has('git_patch') && has('history')],
  ['OpenHands (evaluation output)', (has) => has('test_result') && has('history') && has('metadata')],
  ['OpenHands (evaluation output)', (has) => has('history') && has('metadata') && has('error')],
  ['Codex (session)', (has) => has('timestamp') && has('type') && has('payload')],
  ['Codex (session, old layout)', (has) => has('id') && has('instructions')],
  ['Claude Code (session)', (has) => (has('type') && has('sessionId')) || (has('type') && (has('leafUuid') || has('parentUuid')))],
  ['OpenHands SDK (events)', (has, text) => has('source') && text('kind')?.endsWith('Event') === true],
  ['SWE-bench (predictions)', (has) => has('model_patch') && has('instance_id')],
  ['SWE-bench (task instances)', (has) => has('instance_id') && has('problem_statement') && has('base_commit')],
  ['chat messages (fine-tuning)', (_has, _text, doc, node) => doc.kind(doc.child(node, 'messages')) === 'array'],
];

/** Elements of a list. */
const ELEMENTS: readonly (readonly [name: string, test: Test])[] = [
  ['OpenHands SDK (events)', (_has, text) => text('kind')?.endsWith('Event') === true],
  ['OpenHands V0 (events)', (has) => has('source') && (has('action') || has('observation'))],
  ['OpenTelemetry (spans)', (has) => has('spanContext') || (has('attributes') && has('startTime'))],
  ['SWE-bench (predictions)', (has) => has('model_patch') && has('instance_id')],
  ['chat messages', (has) => has('role') && has('content')],
];

function nameOfObject(doc: Doc, node: NodeId): string | null {
  return named(OBJECTS, doc, node) ?? nameOfValues(doc, node);
}

function nameOfLine(doc: Doc, node: NodeId): string | null {
  return named(LINES, doc, node);
}

function nameOfList(doc: Doc, node: NodeId): string | null {
  const [first = NONE] = doc.children(node);
  if (doc.kind(first) === 'object') return named(ELEMENTS, doc, first);
  if (doc.kind(first) !== 'array') return null;
  const pair = doc.sub(first, { elements: { members: new Map() } });
  const [inner = NONE] = pair.children(pair.root);
  if (pair.has(inner, 'func_name')) return 'AutoCodeRover (tool-call layers)';
  return pair.has(inner, 'source') && (pair.has(inner, 'action') || pair.has(inner, 'observation'))
    ? 'OpenHands V0 (action and observation pairs)'
    : null;
}

/** Objects whose members are all of one kind: looked at one level deeper, in a bounded number. */
const VALUES_LOOKED_AT = 4;

function nameOfValues(doc: Doc, node: NodeId): string | null {
  const values = doc.children(node).slice(0, VALUES_LOOKED_AT);
  if (values.length === 0) return null;
  const members =
    (key: string) =>
    (value: NodeId): boolean => {
      if (doc.kind(value) !== 'object') return false;
      const inner = doc.sub(value, { members: new Map() });
      return inner.has(inner.root, key);
    };
  if (values.every(members('turn_history'))) return 'InterCode (episodes)';
  if (values.every(members('model_patch'))) return 'SWE-bench (predictions)';
  if (values.every(members('patch_successfully_applied'))) return 'SWE-bench (test report)';
  return null;
}

function isAtif(doc: Doc, node: NodeId): boolean {
  if (doc.kind(node) !== 'object') return false;
  const inner = doc.sub(node, { members: new Map() });
  return inner.text(inner.child(inner.root, 'schema_version'))?.startsWith('ATIF-') === true;
}

function named(kinds: readonly (readonly [string, Test])[], doc: Doc, node: NodeId): string | null {
  const has = (key: string): boolean => doc.has(node, key);
  const text = (key: string): string | null => doc.text(doc.child(node, key));
  return kinds.find(([, test]) => test(has, text, doc, node))?.[0] ?? null;
}
