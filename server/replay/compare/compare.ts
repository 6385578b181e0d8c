/** Recorded against replayed: one class per command, and the first line that differs. */
import { cleaned } from '../shell/clean';
import type { Divergence, FirstDifference, RecordedCommand } from '../types';
import type { Normaliser, NormaliserContext } from './normaliser';
import { normalisers as all } from './registry';

/** What the replay of one command printed. */
export interface ReplayedCommand {
  readonly observation: string;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly truncated: boolean;
  /** Where each stream had a pipe of its own: the order of the pieces is then a race. */
  readonly streams?: { readonly stdout: string; readonly stderr: string };
}

/** Lines that say that the image lacks something; the first group names it. */
const MISSING: readonly RegExp[] = [
  /(?:^|: )([\w./+-]+): (?:command )?not found$/,
  /^(?:(?:ModuleNotFoundError|ImportError)|(?:\/[\w./+-]+\/)?python[\d.]*): No module named '?([\w.]+)'?/,
  /(?:^|: )(?:cannot (?:open|access|stat) )?'?([\w./+-]+)'?: No such file or directory$/,
  /can't open file '([^']+)': \[Errno 2\]/,
  /^FileNotFoundError: \[Errno 2\] No such file or directory: '([^']+)'$/,
];

/**
 * The class of a difference. What was cut is compared as far as both texts go. `normalisers` are those that may explain
 * a difference away; switch some off to see what they hide.
 */
export function compare(recorded: RecordedCommand, replayed: ReplayedCommand, normalisers: readonly Normaliser[] = all): Divergence {
  if (recorded.timedOut !== replayed.timedOut)
    return {
      class: 'timeout',
      noise: [],
      first: null,
      reason: recorded.timedOut
        ? 'The recorded run ran out of time here, the replay did not.'
        : 'The replay ran out of time here, the recorded run did not.',
    };
  if (recorded.observation === null) {
    const differs = exitDiffers(recorded, replayed);
    return {
      class: differs === null ? 'unrecorded' : 'exit_status',
      noise: [],
      first: null,
      reason: differs ?? 'The file holds no observation of this turn.',
    };
  }
  const context = { action: recorded.action };
  const [before, after] = [lines(recorded.observation), lines(replayed.observation)];
  let texts = same(before, after) ? { noise: [], first: null } : explain(before, after, context, normalisers);
  if (texts.first !== null && replayed.streams !== undefined && mixes(before, replayed.streams, context, normalisers))
    texts = { noise: ['streams'], first: null };
  const differs = exitDiffers(recorded, replayed);
  if (texts.first !== null) {
    const lacking = missing(before, after);
    if (lacking !== null) return { class: 'missing', ...texts, reason: `The replay finds no ${lacking}, the recorded run did.` };
  }
  if (differs !== null) return { class: 'exit_status', ...texts, reason: differs };
  if (texts.first === null) return { class: texts.noise.length > 0 ? 'noise' : 'equal', ...texts, reason: null };
  const end = recorded.end === undefined ? null : lines(recorded.end);
  if (
    (recorded.clipped || replayed.truncated) &&
    agreeUntilCut(before, after, { before: recorded.clipped, after: replayed.truncated }, context, normalisers) &&
    (end === null || replayed.truncated || agreeAfterCut(end, after, context, normalisers))
  )
    return {
      class: 'truncated',
      ...texts,
      reason: recorded.clipped
        ? `The recorded observation is cut; both agree ${end === null ? 'up to there' : 'before and after the cut'}.`
        : 'The replayed output was cut at its limit; both agree up to there.',
    };
  return { class: 'value', ...texts, reason: null };
}

/** Recordings of SWE-ReX before 1.3 hold a terminal's line ends. */
const lines = (text: string): string[] => cleaned(text).replace(/\n+$/, '').split('\n');
const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((line, at) => line === b[at]);

function exitDiffers(recorded: RecordedCommand, replayed: ReplayedCommand): string | null {
  if (recorded.exitCode === null || replayed.exitCode === null || recorded.exitCode === replayed.exitCode) return null;
  return `The recorded run ended with exit code ${recorded.exitCode}, the replay with ${replayed.exitCode}.`;
}

/** More lines than this are not tried in every order. */
const MIXED_LINES = 2_000;

/** The recorded lines are those of the two streams, each in its order, mixed in another way. */
function mixes(
  recorded: readonly string[],
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  context: NormaliserContext,
  by: readonly Normaliser[],
): boolean {
  if (stdout === '' || stderr === '') return false;
  const [out, err] = [lines(stdout), lines(stderr)];
  if (out.length + err.length !== recorded.length || recorded.length > MIXED_LINES) return false;
  const plain = (text: readonly string[]): readonly string[] => normalised([text, text], context, by)[0];
  const [whole, first, second] = [plain(recorded), plain(out), plain(err)];
  // reachable[j]: the recorded lines so far are i of the first stream and j of the second.
  let reachable = second.reduce<boolean[]>((row, line, j) => [...row, row[j]! && line === whole[j]], [true]);
  for (const [i, line] of first.entries()) {
    const next = [reachable[0]! && line === whole[i]];
    for (let j = 1; j <= second.length; j++)
      next.push((reachable[j]! && line === whole[i + j]) || (next[j - 1]! && second[j - 1] === whole[i + j]));
    reachable = next;
  }
  return reachable[second.length]!;
}

type Texts = readonly [readonly string[], readonly string[]];

function normalised([a, b]: Texts, context: NormaliserContext, by: readonly Normaliser[]): Texts {
  let texts: Texts = [a, b];
  for (const { line, pair } of by) {
    if (line !== undefined) texts = [texts[0].map((text) => line(text, context)), texts[1].map((text) => line(text, context))];
    if (pair !== undefined) texts = pair(texts[0], texts[1], context);
  }
  return texts;
}

/** Which normalisers it takes to make the texts equal, or the first difference that none explains. */
function explain(
  before: readonly string[],
  after: readonly string[],
  context: NormaliserContext,
  by: readonly Normaliser[],
): { readonly noise: readonly string[]; readonly first: FirstDifference | null } {
  const [a, b] = normalised([before, after], context, by);
  if (!same(a, b)) return { noise: [], first: firstDifference([a, b], before, after) };
  let needed = [...by];
  for (const candidate of by) {
    const without = needed.filter((one) => one !== candidate);
    if (same(...normalised([before, after], context, without))) needed = without;
  }
  return { noise: needed.map(({ id }) => id), first: null };
}

function firstDifference([a, b]: Texts, before: readonly string[], after: readonly string[]): FirstDifference {
  const at = Math.max(
    0,
    a.findIndex((line, index) => line !== b[index]),
  );
  const place = a[at] === b[at] ? a.length : at;
  return { line: place + 1, recorded: before[place] ?? null, replayed: after[place] ?? null };
}

/** `cut`: which of the two is cut; only that one may end first. The last line of a cut text may be cut itself. */
function agreeUntilCut(
  before: readonly string[],
  after: readonly string[],
  cut: { readonly before: boolean; readonly after: boolean },
  context: NormaliserContext,
  by: readonly Normaliser[],
): boolean {
  const whole = Math.min(cut.before ? before.length : Infinity, cut.after ? after.length : Infinity) - 1;
  if (before.length <= whole || after.length <= whole) return false;
  if (whole > 0) return same(...normalised([before.slice(0, whole), after.slice(0, whole)], context, by));
  const [first, second] = [before[0]!, after[0]!];
  return cut.before ? first !== '' && second.startsWith(first) : second !== '' && first.startsWith(second);
}

/** The first line after a cut may be cut itself. */
function agreeAfterCut(end: readonly string[], after: readonly string[], context: NormaliserContext, by: readonly Normaliser[]): boolean {
  const whole = end.slice(1);
  return after.length >= end.length && same(...normalised([whole, after.slice(after.length - whole.length)], context, by));
}

/** What the replay says it lacks and the recording does not. */
function missing(before: readonly string[], after: readonly string[]): string | null {
  const known = new Set(before);
  for (const line of after) {
    if (known.has(line)) continue;
    for (const pattern of MISSING) {
      const name = pattern.exec(line)?.[1];
      if (name !== undefined && !before.some((other) => pattern.exec(other)?.[1] === name)) return name;
    }
  }
  return null;
}
