/** An opened episode as `turnpike.inspect/1`. */
import type { Opened, OpenedRollout } from '../engine/index';
import type { Encoding, Field, Turn } from '../episode/index';
import { episodeScore, turnArithmetic, type Outcome, type Score } from '../reward/index';
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
    ...(opened.side.unmatchedReports.length === 0 ? {} : { unmatchedReports: [...opened.side.unmatchedReports] }),
    problems: [
      ...opened.problems.map(({ message, byte, line, turn }) => ({ message, byte, line, turn })),
      ...opened.config.problems.map((message) => ({ message, byte: null, line: null, turn: null })),
    ],
  };
}

async function jsonRollout(opened: Opened, of: OpenedRollout): Promise<JsonRollout> {
  const { rollout, scores, accumulation, findings } = of;
  const turns = await Promise.all(
    rollout.turns.map(async (turn) => ({
      index: turn.index,
      executed: turn.executed,
      kind: turn.kind,
      error: turn.error,
      action: await wholeAction(opened, turn),
    })),
  );
  const outcomeScore = plain(accumulation.outcome);
  return {
    turns,
    outcome: {
      class: outcomeClass(scores.outcome),
      exitStatus: scores.outcome.exitStatus,
      score: outcomeScore,
      source: scores.outcome.source,
    },
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
        heldBack: accumulation.heldBack,
        ...(accumulation.totals.bounds === null
          ? {}
          : {
              bounds: {
                dra: [...accumulation.totals.bounds.dra],
                gra: [...accumulation.totals.bounds.gra],
                ...(accumulation.totals.bounds.outcomeOnly ? { outcomeOnly: [...accumulation.totals.bounds.outcomeOnly] } : {}),
              },
            }),
      },
      episode: Object.fromEntries(scores.levels.flatMap((level) => level.episode.map((one) => [one.function, plain(episodeScore(one))]))),
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
        evidence: evidence.map(({ turn, field, start, end }) => ({
          turn,
          field,
          start,
          end,
          encoding: encodingAt(rollout.turns[turn], field, start),
        })),
      })),
  };
}

function jsonRewards({ scores, accumulation }: OpenedRollout, turn: Turn, i: number): JsonRollout['rewards']['turns'][number] {
  const { terms, raw, paid, gate, returnToGo, leftOut } = turnArithmetic(scores, accumulation, i);
  return {
    index: turn.index,
    executed: turn.executed,
    functions: Object.fromEntries(terms.map((term) => [term.function, plain(term.score)])),
    raw: plain(raw),
    paid: plain(paid),
    leftOut,
    gate: { open: gate.open, blockedBy: gate.blockedBy },
    returnToGo: plain(returnToGo),
  };
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
/** ±Number.MAX_VALUE stand for ±∞ in a gate. */
const finiteOrName = (value: number): number | 'Infinity' | '-Infinity' =>
  Math.abs(value) < Number.MAX_VALUE ? value : value > 0 ? 'Infinity' : '-Infinity';
