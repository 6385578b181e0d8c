/**
 * ATIF says which tool an agent called and with which arguments, not how the agent carried it out: that is known of each agent
 * by its name. One file per agent, one line in the registry.
 */
import type { Obstacle, RecordedCommand } from '../../types';

/** The recorded call as shell text with what it printed, or why it can't be run again. */
export type Reading = Readonly<Partial<Omit<RecordedCommand, 'action' | 'obstacle'>>> &
  ({ readonly action: string } | { readonly obstacle: Obstacle });

/**
 * What a command leaves for the next one.
 * - `nothing`: each runs in a shell of its own, in the agent's folder
 * - `directory`: in a shell of its own, where the last one ended
 * - `environment`: the exported variables too
 * - `shell`: all; there is one shell on a terminal
 */
export type Kept = 'nothing' | 'directory' | 'environment' | 'shell';

export interface Dialect {
  readonly id: string;
  /** By `agent.name`. */
  claims(agent: string): boolean;
  readonly keeps: Kept;
  /** Not for a shell that is kept. The command comes after it, as one argument. */
  readonly interpreter: readonly string[];
  /** The agent trims what it shows. */
  readonly trims: boolean;
  /** The agent's own limit for one command where the call names none, in milliseconds. */
  readonly actionMs: number;
  /** A limit that the call names, in milliseconds; null: none. */
  limitOf(call: Call): number | null;
  read(call: Call, shown: string | null): Reading;
  /** All commands of a turn, where what is shown is of all of them together. */
  readTurn?(commands: readonly RecordedCommand[]): RecordedCommand[];
}

export interface Call {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Tools that only look, by their names. Any other may have changed something. */
const LOOKS =
  /^(?:read|read_?files?|view(?:_\w+)?|open_file|glob|grep|ls|list_(?:dir|directory|files)|search|search_files?|search_file_content|find_files?|web_?(?:search|fetch)|todo_?(?:read|write)|think|task_?(?:output|list|get|stop)|bash_?output|kill_?(?:bash|shell)|exit_?plan_?mode|finish|submit|mark_task_complete)$/i;

/** A tool that is no shell. */
export function noShell(agent: string, { tool }: Call): Reading {
  const changesState = !LOOKS.test(tool);
  const what = `\`${tool}\` is a tool of ${agent}, no shell command`;
  return { obstacle: { reason: changesState ? `${what}; what it changed is missing from here on.` : `${what}.`, changesState } };
}

export const refused = (agent: string): Reading => ({
  obstacle: { reason: `${agent} refused the call: nothing ran.`, changesState: false },
});

export const background = (agent: string): Reading => ({
  obstacle: { reason: `${agent} ran it in the background, beside what came after it.`, changesState: true },
});

/** A string argument by any of its names; null: there is none. */
export function textArgument({ arguments: given }: Call, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (typeof value === 'string') return value;
  }
  return null;
}

/** A positive number among the arguments, times `unitMs`; null: there is none. */
export function timeArgument({ arguments: given }: Call, name: string, unitMs: number): number | null {
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value * unitMs : null;
}

/** Head and tail of a text around the first match of `gap`, which the agent put where it left out the middle. */
export function aroundGap(text: string, gap: RegExp): Pick<RecordedCommand, 'observation' | 'clipped'> & { readonly end?: string } {
  const found = gap.exec(text);
  if (found === null) return { observation: text, clipped: false };
  return { observation: text.slice(0, found.index), clipped: true, end: text.slice(found.index + found[0].length) };
}
