/** An episode as a table for the terminal. */
import { isAbsolute, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Opened, OpenedRollout } from '../engine/index';
import { FAILED, SCORED, UNDECIDED, type Score } from '../reward/index';
import type { Turn } from '../episode/index';
import type { Paint } from './paint';
import { outcomeClass } from './inspection';

const MINUS = '\u2212';
const OUTCOME_WORDS = {
  no_submit: 'not submitted',
  empty_patch: 'empty patch',
  submitted: 'submitted, tests unknown',
  fails: 'fails tests',
  passes: 'passes tests',
} as const;

/** Always a sign and two decimals; 0 has no sign. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  if (Number(text) === 0) return text;
  return value < 0 ? `${MINUS}${text}` : `+${text}`;
}

export function report(opened: Opened, paint: Paint, width: number): string {
  const lines: string[] = [];
  for (const [i, rollout] of opened.rollouts.entries()) {
    if (i > 0) lines.push('');
    lines.push(...rolloutReport(opened, rollout, i === opened.episode.best, paint, width));
  }
  for (const problem of opened.problems) {
    lines.push(`${paint('yellow', problem.severity === 'error' ? 'problem' : 'note')}  ${clean(problem.message)}`);
  }
  const note = (sentence: string): void => void lines.push(`${paint('yellow', 'note')}  ${sentence}`);
  for (const path of opened.side.otherReports) {
    note(`The report ${clean(path)} graded another patch than this submission, and does not count.`);
  }
  for (const path of opened.side.unmatchedReports) {
    note(`Nothing tells which patch the report ${clean(path)} graded, so it does not count. To have it count: --report ${clean(path)}`);
  }
  return lines.join('\n');
}

function rolloutReport(opened: Opened, of: OpenedRollout, best: boolean, paint: Paint, width: number): string[] {
  const { episode, side, config, state } = opened;
  const { rollout, accumulation: a, scores, findings } = of;
  const outcome = outcomeClass(scores.outcome);
  const title = [
    paint('bold', clean(side.instance ?? episode.instance ?? opened.path.split(/[\\/]/).at(-1) ?? opened.path)),
    rollout.attempt === null ? null : `attempt ${rollout.attempt + 1} of ${opened.rollouts.length}${best ? ' (chosen)' : ''}`,
    `exit status ${clean(rollout.exitStatus ?? (state === 'finished' ? 'none recorded' : state))}`,
    outcome === null ? 'outcome pending' : `${OUTCOME_WORDS[outcome]} (${clean(shortPath(scores.outcome.source))})`,
  ];
  const facts = [
    `${episode.format} ${clean(episode.version)}${episode.versionInferred ? ' (inferred)' : ''}`,
    rollout.model ?? side.model,
    `${count(rollout.turns.length, 'turn')}`,
    rollout.cost === null ? null : `cost $${rollout.cost.toFixed(2)}`,
    rollout.tokens === null ? null : `${number(rollout.tokens.input)} tokens in, ${number(rollout.tokens.output)} out`,
    rollout.seconds === null ? null : `${rollout.seconds.toFixed(1)} s${episode.format === 'atif' ? '' : ' in tools'}`,
  ];
  const strong = findings.filter((f) => f.grade !== 'weak').length;
  const totals = [
    `G-RA ${total(a.totals.gra, a.totals.bounds?.gra)}`,
    `D-RA ${total(a.totals.dra, a.totals.bounds?.dra)}`,
    `outcome ${total(a.totals.outcomeOnly, a.totals.bounds?.outcomeOnly)}`,
    `masked ${a.masked} of ${rollout.turns.length}`,
    `${count(findings.length, 'finding')}${strong > 0 ? ` (${strong} strong)` : ''}`,
    a.totals.leftOut > 0 ? `${count(a.totals.leftOut, 'score')} left out` : null,
    a.heldBack > 0 ? `${count(a.heldBack, 'score')} held back by an undecided gate` : null,
  ];
  const gates = a.levels.flatMap((level) =>
    level.gate === null || level.gate.state === 'none'
      ? []
      : [
          `gate ${level.id} ${level.gate.state} (Δ ${level.gate.op} ${Math.abs(level.gate.threshold) < Number.MAX_VALUE ? signed(level.gate.threshold) : level.gate.threshold > 0 ? '∞' : `${MINUS}∞`})`,
        ],
  );
  const out = [
    title.filter((part) => part !== null).join(' · '),
    facts
      .filter((part) => part !== null)
      .map(clean)
      .join(' · '),
    `rewards: ${clean(shortPath(config.source))}${gates.length > 0 ? ` · ${gates.join(' · ')}` : ''}`,
    paint('bold', totals.filter((part) => part !== null).join('   ')),
    ...config.problems.map((problem) => `${paint('yellow', 'note')}  ${clean(problem)}`),
    '',
    paint('dim', '  turn     raw    paid  gate              action'),
    ...rollout.turns.map((turn, i) => turnLine(of, turn, i, paint, width)),
  ];
  for (const finding of findings) {
    const turns = finding.turns.map((t) => t + 1);
    out.push(
      '',
      `${paint(finding.grade === 'weak' ? 'yellow' : 'red', `${finding.rule} ${finding.grade}`)}  ${clean(finding.title)} (turn ${turns.length > 8 ? `${turns.slice(0, 8).join(', ')} and ${turns.length - 8} more` : turns.join(', ')})`,
      `     ${clean(finding.message)}`,
    );
  }
  out.push('');
  return out;
}

function turnLine(of: OpenedRollout, turn: Turn, i: number, paint: Paint, width: number): string {
  const a = of.accumulation;
  const blocker = a.blockedBy[i] ?? -1;
  const raw = cell(a.rawState[i], a.raw[i]);
  const paid = cell(a.paidState[i], a.paid[i]);
  const masked = blocker >= 0;
  const gate = masked
    ? `masked: ${a.levels[blocker]?.id ?? ''}`
    : a.paidState[i] === UNDECIDED
      ? of.scores.pending
        ? 'pending'
        : 'unknown'
      : turn.synthetic
        ? 'synthetic'
        : '';
  const action = clean(turn.actionText === '' ? emptyAction(turn) : turn.actionText);
  const room = Math.max(20, width - 46);
  return [
    String(i + 1).padStart(6),
    paint(masked ? 'strike' : 'dim', raw.padStart(7)),
    masked
      ? paint('dim', paid.padStart(7))
      : paint(paid.startsWith(MINUS) ? 'red' : paid.startsWith('+') ? 'green' : 'dim', paid.padStart(7)),
    paint('dim', (gate.length > 16 ? `${gate.slice(0, 15)}…` : gate).padEnd(16)),
    ` ${action.length > room ? `${action.slice(0, room - 1)}…` : action}`,
  ].join(' ');
}

const KIND_WORDS: Readonly<Record<Turn['kind'], string>> = {
  action: '(no action)',
  unparsable: '(answer could not be parsed)',
  blocked: '(command blocked)',
  syntax_error: '(shell syntax error)',
  retry: '(retry)',
  exit: '(exit)',
  autosubmission: '(submitted by the runner)',
  limit_exit: '(ended by a limit)',
  message: '(message)',
};
const emptyAction = (turn: Turn): string => KIND_WORDS[turn.kind];

function cell(state: number | undefined, value: number | undefined): string {
  if (state === SCORED) return signed(value ?? 0);
  return state === FAILED ? '!' : state === UNDECIDED ? '?' : '\u2013';
}

function total(score: Score, bounds: readonly [number, number] | undefined): string {
  if (score.state === 'scored') return signed(score.value);
  if (bounds !== undefined)
    return bounds[0] === bounds[1] ? signed(bounds[0]) : `${signed(bounds[0])} if it fails, ${signed(bounds[1])} if it passes`;
  return score.state === 'failed' ? '!' : '\u2013';
}

/** Control characters and the ones that turn the reading direction. */
// eslint-disable-next-line no-control-regex -- that is what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Episode text is hostile: no control sequence of it reaches the terminal. */
export function clean(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\s*\r?\n\s*/g, ' ⏎ ')
    .replace(UNPRINTABLE, ' ')
    .trim();
}

/** A path as seen from where the command was typed. */
const shortPath = (source: string): string => (isAbsolute(source) ? relative(process.cwd(), source) || source : source);

const count = (n: number, noun: string): string => `${number(n)} ${noun}${n === 1 ? '' : 's'}`;
const number = (n: number | null): string => (n === null ? '\u2013' : n.toLocaleString('en-US'));
