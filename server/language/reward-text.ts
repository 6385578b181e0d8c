/** A turn's reward in words: for a lens, for a hint, and as the whole sum. */
import type { Accumulation, LevelResult, Score, ScoreTable } from '../reward/index';
import type { EpisodeModel } from './model';
import { replayText } from './replays/marks';
import { counted, escapeMarkdown, GRADE_MARK, plain, scoreText, shorten, signed } from './words';

/** `−0.50 < 0.00`: why a gate is shut. */
export function comparison(level: LevelResult): string {
  const { value, gate } = level;
  if (gate === null) return '';
  const threshold = thresholdText(gate.threshold);
  if (value.state !== 'scored') return `Δ ${gate.op === '>=' ? '≥' : '>'} ${threshold}`;
  const passes = gate.state === 'open';
  const op = gate.op === '>=' ? (passes ? '≥' : '<') : passes ? '>' : '≤';
  return `${signed(value.value)} ${op} ${threshold}`;
}

/** ±Number.MAX_VALUE stand for ±∞. */
function thresholdText(threshold: number): string {
  if (threshold >= Number.MAX_VALUE) return '∞';
  if (threshold <= -Number.MAX_VALUE) return '−∞';
  return signed(threshold);
}

const levelOf = (accumulation: Accumulation, id: string | null): LevelResult | null =>
  accumulation.levels.find((level) => level.id === id) ?? null;

/** What became of a turn's reward: `paid`, `masked by outcome (−0.50 < 0.00)`, `pending: …`. */
export function fateText(model: EpisodeModel, turn: number): string {
  const { raw, paid, gate } = model.arithmetic(turn);
  if (raw.state === 'unscored') return `not rewarded: ${raw.reason}`;
  if (raw.state === 'failed') return `failed: ${raw.error}`;
  if (gate.blockedBy !== null) {
    const level = levelOf(model.of.accumulation, gate.blockedBy);
    const rest = paid.state === 'scored' && paid.value !== 0 ? `, ${signed(paid.value)} paid` : '';
    return `masked by ${gate.blockedBy}${level === null ? '' : ` (${comparison(level)})`}${rest}`;
  }
  if (paid.state === 'unscored') return paid.reason;
  if (paid.state === 'failed') return paid.error;
  return 'paid';
}

/** `+0.10 → masked by outcome (−0.50 < 0.00) · ▲ H23`. One line; may hold hostile text. */
export function lensTitle(model: EpisodeModel, turn: number): string {
  const { raw, gate, paid, leftOut } = model.arithmetic(turn);
  const fate = fateText(model, turn);
  const reward =
    raw.state !== 'scored'
      ? `${scoreText(raw)} ${fate}`
      : gate.blockedBy === null && paid.state === 'scored'
        ? `${signed(raw.value)} paid`
        : `${signed(raw.value)} → ${fate}`;
  const parts = [reward];
  if (leftOut > 0 && raw.state === 'scored') parts.push(`${counted(leftOut, 'score')} left out`);
  for (const finding of model.findingsOf(turn)) parts.push(`${GRADE_MARK[finding.grade]} ${finding.rule}`);
  return shorten(parts.join(' · ').replace(/[\r\n]+/g, ' '), 200);
}

/** `+0.10`, `+0.10 → 0.00`, `–`: beside the action. */
export function hintText(model: EpisodeModel, turn: number): string {
  const { raw, paid } = model.arithmetic(turn);
  if (raw.state !== 'scored') return scoreText(raw);
  if (paid.state !== 'scored') return `${signed(raw.value)} → ?`;
  return paid.value === raw.value ? signed(raw.value) : `${signed(raw.value)} → ${signed(paid.value)}`;
}

const range = ([a, b]: readonly [number, number]): string => `${signed(a)} if tests fail, ${signed(b)} if they pass`;

function totalText(score: Score, bounds: readonly [number, number] | undefined): string {
  if (score.state === 'scored') return signed(score.value);
  return bounds === undefined ? `– (${score.state === 'failed' ? score.error : score.reason})` : range(bounds);
}

/** `G-RA +0.40 · D-RA +0.40 · outcome 0.00 · masked 0 of 17`. */
export function totalsTitle(table: ScoreTable, accumulation: Accumulation): string {
  const { totals } = accumulation;
  const parts = [
    `G-RA ${totalText(totals.gra, totals.bounds?.gra)}`,
    `D-RA ${totalText(totals.dra, totals.bounds?.dra)}`,
    `outcome ${totalText(totals.outcomeOnly, totals.bounds?.outcomeOnly)}`,
    `masked ${accumulation.masked} of ${table.turnCount}`,
  ];
  if (totals.leftOut > 0) parts.push(`${counted(totals.leftOut, 'score')} left out`);
  return shorten(parts.join(' · ').replace(/[\r\n]+/g, ' '), 300);
}

/** Reasons listed in a hover before the rest is counted. */
const REASONS_SHOWN = 8;

/**
 * The whole arithmetic of a turn, as Markdown: function × weight, gates, what was paid, return-to-go, totals, and what
 * was left out of the sums. Every text that is not ours is escaped.
 */
export function explainTurn(model: EpisodeModel, turn: number): string {
  const { scores, accumulation } = model.of;
  const sum = model.arithmetic(turn);
  const out: string[] = [`**Turn ${turn + 1}** · ${escapeMarkdown(lensTitle(model, turn))}`];
  const counting = sum.terms.filter((term) => term.contribution !== null);
  if (counting.length > 0) {
    out.push(
      [
        '| level | function | score | × weight | = | |',
        '|:--|:--|--:|--:|--:|:--|',
        ...counting.map((term) => {
          const blocker = term.blockedBy === null ? '' : ` by ${escapeMarkdown(term.blockedBy)}`;
          return `| ${escapeMarkdown(term.levelId)} | ${escapeMarkdown(term.label)} | ${scoreText(term.score)} | ${escapeMarkdown(plain(term.weight))} | ${signed(term.contribution ?? 0)} | ${term.fate}${blocker} |`;
        }),
      ].join('\n'),
    );
    out.push(
      `Sum ${scoreText(sum.raw)} · paid ${scoreText(sum.paid)}${sum.paid.state === 'unscored' ? ` (${escapeMarkdown(sum.paid.reason)})` : ''}`,
    );
  }
  for (const level of accumulation.levels) {
    if (level.gate === null) continue;
    const left = level.leftOut > 0 ? ` · ${counted(level.leftOut, 'score')} left out of its value` : '';
    const why =
      level.value.state === 'unscored'
        ? ` · ${escapeMarkdown(level.value.reason)}`
        : level.value.state === 'failed'
          ? ` · ${escapeMarkdown(level.value.error)}`
          : '';
    out.push(`Gate of ${escapeMarkdown(level.id)}: ${level.gate.state} (${escapeMarkdown(comparison(level))})${why}${left}`);
  }
  const rtg = sum.returnToGo;
  out.push(
    `Return\\-to\\-go ${scoreText(rtg)} with γ ${escapeMarkdown(plain(scores.discount))}${rtg.state === 'unscored' ? ` · ${escapeMarkdown(rtg.reason)}` : ''}`,
  );
  out.push(`Episode: ${escapeMarkdown(totalsTitle(scores, accumulation))}`);
  const missing = sum.terms.filter((term) => term.contribution === null);
  if (missing.length > 0) {
    const lines = missing.slice(0, REASONS_SHOWN).map((term) => {
      const why = term.score.state === 'unscored' ? term.score.reason : term.score.state === 'failed' ? `failed: ${term.score.error}` : '';
      return `- ${escapeMarkdown(term.label)}: ${escapeMarkdown(shorten(why, 300))}`;
    });
    if (missing.length > REASONS_SHOWN) lines.push(`- and ${missing.length - REASONS_SHOWN} more`);
    out.push(`Left out:\n${lines.join('\n')}`);
  }
  const replayed = model.of.replay === null ? null : replayText(model.of.replay, turn, model.turns[turn]?.executed ?? true);
  if (replayed !== null) out.push(escapeMarkdown(replayed));
  for (const finding of model.findingsOf(turn)) {
    out.push(
      `${GRADE_MARK[finding.grade]} ${escapeMarkdown(finding.rule)} ${finding.grade} · ${escapeMarkdown(finding.title)}: ${escapeMarkdown(shorten(finding.message, 600))}`,
    );
  }
  return out.join('\n\n');
}

/** {@link explainTurn} without Markdown, for clients and messages that take plain text. */
export function explainTurnPlainly(model: EpisodeModel, turn: number): string {
  return explainTurn(model, turn)
    .replace(/^\|:.*\n/gm, '')
    .replace(/^\| |(?: \|)+$/gm, '')
    .replace(/ \| /g, '  ')
    .replace(/\*\*/g, '')
    .replace(/\\(.)/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
