/**
 * What a turn is called where it stands folded or in an outline: its number, what went wrong, and the first line of its
 * command, or in brackets why it has none.
 *
 *     Turn 7 · python reproduce.py
 *     Turn 8 × exit 1 · pytest -x …
 *     Turn 9 × answer not parsed, nothing ran
 *     Turn 11 · (submitted by the runner)
 *
 * Pure.
 */
import { stripAnsi, type Turn, type TurnKind } from '../episode/index';
import { shorten } from './words';

/** Longest command in a name, in UTF-16 units. */
const COMMAND_UNITS = 80;

/** What went wrong, by kind. */
const REFUSED: Readonly<Partial<Record<TurnKind, string>>> = {
  unparsable: 'answer not parsed, nothing ran',
  blocked: 'blocked by the filter, nothing ran',
  syntax_error: 'shell syntax error, nothing ran',
  limit_exit: 'ended by a limit or an error',
};

/** What a turn is, where that is neither an ordinary action nor an error. */
const ASIDE: Readonly<Partial<Record<TurnKind, string>>> = {
  retry: 'the tool asked for another try',
  exit: 'typed exit',
  autosubmission: 'submitted by the runner',
  message: 'message without action',
};

/** Kinds whose action is not the policy's, or only repeats what the kind says. */
const SAYS_ALL: ReadonlySet<TurnKind> = new Set<TurnKind>(['exit', 'autosubmission', 'limit_exit', 'message']);

/** What went wrong on a turn, as far as the file tells, in a few words; null: nothing. */
export function errorWords(turn: Turn): string | null {
  const refused = REFUSED[turn.kind];
  if (refused !== undefined) return refused;
  if (turn.timedOut) return 'timed out';
  if (turn.returnCode !== null && turn.returnCode !== 0) return `exit ${turn.returnCode}`;
  if (turn.error !== null) return 'error observed';
  return turn.problem === null ? null : 'damaged in the file';
}

/** The first line with something in it, of a tool call in JSON all of it, harmless on one line; `…` where more follows. */
export function commandHead(turn: Turn): string {
  const json = turn.action[0]?.encoding === 'json';
  const whole = stripAnsi(turn.actionText).trim();
  const tool = json ? (turn.tool?.name ?? turn.action[0]?.label ?? '') : '';
  const end = json ? -1 : whole.search(LINE_END);
  const line = oneLine(`${tool} ${end === -1 ? whole : whole.slice(0, end)}`);
  return shorten(end === -1 ? line : `${line} …`, COMMAND_UNITS);
}

const LINE_END = /[\r\n\u0085\u2028\u2029]/;
/** Controls, and marks that turn the direction of what follows or that nobody sees. */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

const oneLine = (text: string): string => text.replace(HARMFUL, ' ').replace(/ {2,}/g, ' ').trim();

/** {@link errorWords} and {@link commandHead} behind the turn's number. One line. */
export function turnName(turn: Turn, index: number): string {
  const error = errorWords(turn);
  const command = SAYS_ALL.has(turn.kind) ? '' : commandHead(turn);
  const aside = ASIDE[turn.kind] ?? (command === '' && REFUSED[turn.kind] === undefined ? 'no action' : null);
  return [
    `Turn ${index + 1}`,
    ...(error === null ? [] : [` × ${error}`]),
    ...(aside === null ? [] : [` · (${aside})`]),
    ...(command === '' ? [] : [` · ${command}`]),
  ].join('');
}
