/** Lines of the turn list, one turn whole, and whole texts. */
import type { Passage, Turn } from '../../episode/index';
import type { Piece, TurnDetail, TurnRow } from '../../protocol/index';
import { wholeUnits, type EpisodeModel } from '../model';
import { memberSpan } from '../text/json-spans';

export const ROWS_AT_MOST = 500;
export const PIECE_DEFAULT = 20_000;
/** A whole text is cut here, and says so by `wholeLength`. */
export const TEXT_AT_MOST = 5_000_000;
const ACTION_HEAD = 200;
/** `state` is looked for in steps up to this size; larger ones are all query. */
const STEP_READ = 4 << 20;

/** Rows `[from, to)`, cut to what there is and to {@link ROWS_AT_MOST}. */
export function turnRows(model: EpisodeModel, from: number, to: number): TurnRow[] {
  const end = Math.min(to, from + ROWS_AT_MOST, model.turns.length);
  return model.turns.slice(from, Math.max(from, end)).map((turn, i): TurnRow => ({
    index: from + i,
    kind: turn.kind,
    executed: turn.executed,
    synthetic: turn.synthetic,
    action: wholeUnits(turn.actionText, ACTION_HEAD),
    thought: turn.thoughtHead,
    observation: turn.observationHead,
    seconds: turn.seconds,
    returnCode: turn.returnCode,
    problem: turn.problem,
  }));
}

export async function piece(model: EpisodeModel, passage: Passage, limit: number): Promise<Piece> {
  const { text, wholeLength } = await model.opened.text(passage, limit);
  return { text, span: passage.span, encoding: passage.encoding, label: passage.label ?? null, wholeLength };
}

export async function turnDetail(model: EpisodeModel, index: number, limit: number): Promise<TurnDetail> {
  const turn = model.turns[index];
  if (turn === undefined) throw new RangeError(`There is no turn ${index + 1}; the episode has ${model.turns.length}.`);
  const pieces = (passages: readonly Passage[]): Promise<Piece[]> => Promise.all(passages.map((p) => piece(model, p, limit)));
  const [thought, action, observation, state, position] = await Promise.all([
    pieces(turn.thought),
    pieces(turn.action),
    pieces(turn.observation),
    stateText(model, turn),
    model.opened.position(turn.span.start).catch(() => null),
  ]);
  return {
    index,
    kind: turn.kind,
    executed: turn.executed,
    synthetic: turn.synthetic,
    fields: { thought, action, observation },
    language: language(turn),
    seconds: turn.seconds,
    cost: turn.cost,
    tokens: turn.tokens,
    returnCode: turn.returnCode,
    state: state === null ? null : wholeUnits(state, limit),
    hasQuery: turn.query !== null || (model.of.rollout.history ?? null) !== null,
    span: turn.span,
    line: position?.line ?? null,
    problem: turn.problem,
  };
}

function language(turn: Turn): TurnDetail['language'] {
  const first = turn.action[0];
  if (first === undefined) return 'text';
  if (first.encoding === 'json') return 'json';
  const tool = turn.tool?.name.toLowerCase() ?? '';
  if (/python|ipython|jupyter/.test(tool)) return 'python';
  return 'shellscript';
}

/** `state` as text: the string, or the JSON of the object. The step is read without its query. */
async function stateText(model: EpisodeModel, turn: Turn): Promise<string | null> {
  if (turn.stateHash === null) return null;
  const end = turn.query !== null && turn.query.start > turn.span.start ? turn.query.start : turn.span.end;
  for (const span of [{ start: turn.span.start, end }, turn.span]) {
    if (span.end - span.start > STEP_READ) continue;
    const bytes = await model.opened.bytes(span);
    const found = memberSpan(bytes, 'state');
    if (found === null) continue;
    const json = new TextDecoder().decode(bytes.subarray(found.start, found.end));
    try {
      const value: unknown = JSON.parse(json);
      return typeof value === 'string' ? value.trimEnd() : JSON.stringify(value, null, 2);
    } catch {
      return json;
    }
  }
  return null;
}

export async function wholeText(model: EpisodeModel, what: 'problemStatement' | 'submission' | 'configuration'): Promise<Piece | null> {
  const passage = model.of.rollout[what];
  return passage === null ? null : piece(model, passage, TEXT_AT_MOST);
}
