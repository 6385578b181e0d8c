import type { EpisodeSummary, FolderRow } from '../server/protocol/index';
import type { Mark } from './replay/mark';

type Score = NonNullable<EpisodeSummary['dra']>;
type Totals = FolderRow['totals'];

/** A reward as it is written everywhere: a sign, two decimals, a true minus. */
export function reward(value: number): string {
  const rounded = Math.round(Math.abs(value) * 100) / 100;
  const sign = rounded === 0 ? '' : value < 0 ? '−' : '+';
  return `${sign}${rounded.toFixed(2)}`;
}

/** A score in a list: its value, or what stands for none. */
export function score(s: Score | null, bounds?: readonly [number, number]): string {
  if (s?.state === 'scored') return reward(s.value);
  if (bounds) return `${reward(bounds[0])} … ${reward(bounds[1])}`;
  if (s?.state === 'failed') return '!';
  return '–';
}

/** Why a score has no value; null where it has one. */
export function missing(s: Score | null): string | null {
  if (s === null) return 'not read yet';
  if (s.state === 'unscored') return s.reason;
  return s.state === 'failed' ? s.error : null;
}

export const outcomeWords: Readonly<Record<string, string>> = {
  no_submit: 'no submit',
  empty_patch: 'empty patch',
  fails: 'fails tests',
  passes: 'passes tests',
  submitted: 'submitted, needs tests',
  unreadable: 'can’t be read',
};

export function outcome(id: string | null): string {
  return id === null ? 'pending' : (outcomeWords[id] ?? id);
}

/** Numbers over 9,999 get separators. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n > 9999 ? n.toLocaleString('en-US') : String(n)} ${n === 1 ? one : many}`;
}

/** Outcomes as a narrow side bar has room for. */
const shortOutcomes: Readonly<Record<string, string>> = {
  no_submit: 'no submit',
  empty_patch: 'empty',
  fails: 'fails',
  passes: 'passes',
  submitted: 'untested',
};

/** How the run ended, where the outcome does not say it. */
const ending = ({ exitStatus, state }: EpisodeSummary): string | null =>
  state === 'running' ? 'running' : exitStatus === null || exitStatus === 'submitted' ? null : exitStatus;

/** What a replay showed, as a narrow side bar has room for. */
const replaySign = (m: Mark): string => (m.firstDivergence === null ? '=' : `≠${m.firstDivergence + 1}`);

/** The same in words. */
export const markWords = (m: Mark): string =>
  m.firstDivergence === null
    ? `replayed, ${m.same} of ${count(m.compared, 'turn')} as recorded`
    : `replayed, diverged at turn ${m.firstDivergence + 1}`;

/** The line beside an episode in the tree: G-RA, findings, outcome, exit status, replay. A side bar shows its beginning. */
export function summaryLine(s: EpisodeSummary, replay: Mark | null = null): string {
  if (s.problem !== null && s.turns === 0) return s.problem;
  const total = s.graBounds ? s.graBounds.map(reward).join('…') : score(s.gra);
  const became = s.outcome === null ? 'pending' : (shortOutcomes[s.outcome] ?? s.outcome);
  const parts = [total, s.findings > 0 ? `▲${s.findings}` : null, became, ending(s), replay && replaySign(replay)];
  return parts.filter((part) => part !== null).join(' · ');
}

/** The same in full, for a screen reader. */
export function summaryWords(s: EpisodeSummary, replay: Mark | null = null): string {
  if (s.problem !== null && s.turns === 0) return s.problem;
  const parts = [
    `G-RA ${score(s.gra, s.graBounds ?? undefined)}`,
    count(s.findings, 'finding'),
    outcome(s.outcome),
    ending(s),
    count(s.turns, 'turn'),
    replay && markWords(replay),
  ];
  return parts.filter((part) => part !== null).join(', ');
}

/** Explorer badge of a summarised episode, at most two characters; null: none. A replay is marked where there is room. */
export function badge(s: EpisodeSummary, replay: Mark | null = null): { readonly text: string; readonly tooltip: string } | null {
  if (s.format === null) return null;
  const marks: Readonly<Record<string, string>> = { passes: '✓', fails: '✗', empty_patch: '∅', no_submit: '–' };
  const text = `${s.outcome === null ? '' : (marks[s.outcome] ?? '')}${s.findings > 0 ? '▲' : ''}`;
  const sign = replay === null ? '' : replay.firstDivergence === null ? '=' : '≠';
  const all = text.length < 2 ? text + sign : text;
  if (all === '') return null;
  const parts = [outcome(s.outcome), s.findings > 0 ? count(s.findings, 'suspected hack') : null, replay && markWords(replay)];
  return { text: all, tooltip: parts.filter((part) => part !== null).join(', ') };
}

export function totalsWords(t: Totals): { readonly dra: string; readonly gra: string } {
  return { dra: score(t.dra, t.bounds?.dra), gra: score(t.gra, t.bounds?.gra) };
}
