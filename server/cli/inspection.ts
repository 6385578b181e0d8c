/** An opened episode as `turnpike.inspect/1`. */
import type { Opened, OpenedRollout } from '../engine/index';
import type { Encoding, Field, Turn } from '../episode/index';
import { FAILED, SCORED, UNDECIDED, type Outcome, type Score, type TurnSeries } from '../reward/index';
import type { Inspection, JsonRollout, JsonScore } from './schema';

/** @returns one object, ready for `JSON.stringify` */
export async function inspection(opened: Opened): Promise<Inspection> {
  const { episode } = opened;
  const best = opened.rollouts[episode.best];
  if (best === undefined) throw new Error('An episode has at least one rollout.');
  const several = best.rollout.attempt !== null;
  const attempts = several
    ? await Promise.all(
        opened.rollouts.map(async (rollout, i) => ({
          attempt: rollout.rollout.attempt ?? i,
          best: i === episode.best,
          exitStatus: rollout.rollout.exitStatus,
          ...(await jsonRollout(opened, rollout)),
        })),
      )
    : null;
  return {
    schema: 'turnpike.inspect/1',
    file: opened.path,
    format: episode.format,
    version: episode.version,
    state: opened.state,
    instance: opened.side.instance ?? episode.instance,
    model: best.rollout.model ?? opened.side.model,
    steps: best.rollout.steps ?? best.rollout.turns.length,
    ...(await jsonRollout(opened, best)),
    attempt: best.rollout.attempt,
    ...(attempts === null ? {} : { attempts }),
    ...(opened.side.otherReports.length === 0 ? {} : { otherReports: [...opened.side.otherReports] }),
    problems: opened.problems.map(({ message, byte, line, turn }) => ({ message, byte, line, turn })),
  };
}

async function jsonRollout(opened: Opened, of: OpenedRollout): Promise<JsonRollout> {
  const { rollout, scores, accumulation, findings } = of;
  const top = scores.levels[0];
  const turns = await Promise.all(
    rollout.turns.map(async (turn) => ({ index: turn.index, executed: turn.executed, kind: turn.kind, action: await wholeAction(opened, turn) })),
  );
  const outcomeScore = top === undefined || top.episode.length === 0 ? ({ state: 'unscored', reason: 'the top level has no episode function' } as const) : outcomeOf(of);
  return {
    turns,
    outcome: { class: outcomeClass(scores.outcome), exitStatus: scores.outcome.exitStatus, score: outcomeScore, source: scores.outcome.source },
    rewards: {
      config: opened.config.source,
      outcome: outcomeScore,
      levels: accumulation.levels.map((level) => ({
        id: level.id,
        value: plain(level.value),
        leftOut: level.leftOut,
        gate:
          level.gate === null || level.gate.state === 'none'
            ? null
            : { threshold: finiteOrName(level.gate.threshold), op: level.gate.op, state: level.gate.state },
      })),
      totals: {
        dra: plain(accumulation.totals.dra),
        gra: plain(accumulation.totals.gra),
        outcomeOnly: plain(accumulation.totals.outcomeOnly),
        leftOut: accumulation.totals.leftOut,
        ...(accumulation.totals.bounds === null
          ? {}
          : { bounds: { dra: [...accumulation.totals.bounds.dra], gra: [...accumulation.totals.bounds.gra], outcomeOnly: [...accumulation.totals.bounds.outcomeOnly] } }),
      },
      episode: Object.fromEntries(
        scores.levels.flatMap((level) => level.episode.map((e) => [e.function, e.members.length === 1 && e.members[0] !== undefined ? plain(e.members[0]) : { state: 'unscored' as const, reason: 'needs tests' }] as const)),
      ),
      turns: rollout.turns.map((turn, i) => jsonRewards(of, turn, i)),
    },
    findings: findings
      .filter((finding) => !finding.suppressed)
      .map(({ rule, grade, title, message, turns: about, evidence }) => ({
        rule,
        grade,
        title,
        message,
        turns: [...about],
        evidence: evidence.map(({ turn, field, start, end }) => ({ turn, field, start, end, encoding: encodingAt(rollout.turns[turn], field, start) })),
      })),
  };
}

function jsonRewards(of: OpenedRollout, turn: Turn, i: number): JsonRollout['rewards']['turns'][number] {
  const { scores, accumulation: a } = of;
  const blocker = a.blockedBy[i] ?? -1;
  const blockedBy = blocker < 0 ? null : (a.levels[blocker]?.id ?? null);
  const paidState = a.paidState[i] ?? UNDECIDED;
  return {
    index: turn.index,
    executed: turn.executed,
    functions: Object.fromEntries(scores.levels.flatMap((level) => level.turns.map((series) => [series.function, seriesScore(series, i)] as const))),
    raw: stateScore(a.rawState[i], a.raw[i], of, i),
    paid: stateScore(paidState, a.paid[i], of, i),
    leftOut: a.leftOut[i] ?? 0,
    gate: { open: blockedBy !== null ? false : turnGate(of), blockedBy },
    returnToGo: stateScore(a.returnToGoState[i], a.returnToGo[i], of, i),
  };
}

/** Whether the levels above the turn rewards let them through: null while one is pending or unknown. */
function turnGate(of: OpenedRollout): boolean | null {
  const levels = of.accumulation.levels;
  const lowest = of.scores.levels.reduce((last, level, i) => (level.turns.length > 0 ? i : last), -1);
  const above = levels.slice(0, Math.max(0, lowest));
  if (above.some((level) => level.gate?.state === 'shut')) return false;
  return above.some((level) => level.gate?.state === 'pending' || level.gate?.state === 'unknown') ? null : true;
}

/** One function's score of one turn. */
export function seriesScore(series: TurnSeries, i: number): JsonScore {
  const state = series.states[i];
  if (state === SCORED) return { state: 'scored', value: series.values[i] ?? 0 };
  const reason = series.reasons[series.reasonIndex[i] ?? -1] ?? 'no reason recorded';
  return state === FAILED ? { state: 'failed', error: reason } : { state: 'unscored', reason };
}

function stateScore(state: number | undefined, value: number | undefined, of: OpenedRollout, i: number): JsonScore {
  if (state === SCORED) return { state: 'scored', value: value ?? 0 };
  if (state === UNDECIDED) {
    return { state: 'unscored', reason: of.scores.pending ? 'pending: the episode has not ended' : 'the gate is unknown: needs tests' };
  }
  for (const level of of.scores.levels) {
    for (const series of level.turns) {
      const one = seriesScore(series, i);
      if (state === FAILED ? one.state === 'failed' : one.state === 'unscored') return one;
    }
  }
  return { state: 'unscored', reason: 'no function scores this turn' };
}

function outcomeOf(of: OpenedRollout): JsonScore {
  const top = of.scores.levels[0];
  if (of.scores.pending) return { state: 'unscored', reason: 'pending: the episode has not ended' };
  let sum = 0;
  let count = 0;
  let why: JsonScore | null = null;
  for (const one of top?.episode ?? []) {
    const member = one.members[0];
    const alike = member !== undefined && one.members.every((m) => m.state === 'scored' && member.state === 'scored' && m.value === member.value);
    if (member === undefined) why ??= { state: 'unscored', reason: 'needs tests' };
    else if (member.state !== 'scored') why ??= plain(member);
    else if (alike) {
      sum += one.weight * member.value;
      count++;
    } else why = { state: 'unscored', reason: 'needs tests' };
  }
  if (why !== null && (count === 0 || (why.state === 'unscored' && why.reason === 'needs tests'))) return why;
  return count === 0 ? { state: 'unscored', reason: 'no function scores the outcome' } : { state: 'scored', value: sum };
}

async function wholeAction(opened: Opened, turn: Turn): Promise<string> {
  if (!turn.actionTruncated) return turn.actionText;
  const pieces = await Promise.all(turn.action.map(async (passage) => (await opened.text(passage)).text));
  return pieces.join('\n');
}

function encodingAt(turn: Turn | undefined, field: Field, start: number): Encoding {
  return turn?.[field].find(({ span }) => start >= span.start && start <= span.end)?.encoding ?? 'string';
}

/** The class as one word: `submitted` while tests are unknown, null while the run has not ended. */
export function outcomeClass(outcome: Outcome): Inspection['outcome']['class'] {
  if (outcome.classes.length === 0) return null;
  return outcome.classes.length === 1 ? (outcome.classes[0] ?? null) : 'submitted';
}

const plain = (score: Score): JsonScore => ({ ...score });
const finiteOrName = (value: number): number | 'Infinity' | '-Infinity' => (Number.isFinite(value) ? value : value > 0 ? 'Infinity' : '-Infinity');
