/**
 * Terminal output as runs: colours and styles become classes. Nothing is hidden: sequences that move the cursor or erase
 * are left out and the text around them stays, as the model saw it.
 */
import { ANSIOutput, type ANSIOutputRun } from 'ansi-output';
import type { Run } from './runs';

/** Colours in longer texts are left out: they are not worth a stall. */
export const COLOUR_LIMIT = 300_000;

/* eslint-disable no-control-regex -- control characters are what it is about */
const OPERATING_SYSTEM = /(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)/g;
const CONTROL = /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])/g;
const OTHER = /\u001b(?:[()*+#][0-9A-Za-z]|[=>78cDEHMNOZ])/g;
const HAS_ESCAPE = /[\u001b\u009b\u009d]/;
/* eslint-enable no-control-regex */

export const hasEscapes = (text: string): boolean => HAS_ESCAPE.test(text);

/** Keeps what colours text (or nothing, with `colours` false). */
function cleaned(text: string, colours: boolean): string {
  return text
    .replace(OPERATING_SYSTEM, '')
    .replace(CONTROL, (_, parameters: string, final: string) =>
      colours && final === 'm' && parameters.length <= 40 ? `\u001b[${parameters}m` : '',
    )
    .replace(OTHER, '')
    .replace(/\r\n?/g, '\n');
}

/** The text without its terminal sequences. */
export const withoutAnsi = (text: string): string => cleaned(text, false);

function runOf({ text, format }: ANSIOutputRun): Run {
  if (!format) return { text, kind: null };
  const classes: string[] = [...(format.styles ?? [])];
  const style: Record<string, string> = {};
  const { foregroundColor, backgroundColor } = format;
  // Named colours follow the theme; anything else was made by the library from numbers (`#rrggbb`).
  if (foregroundColor?.startsWith('ansi')) classes.push(foregroundColor);
  else if (foregroundColor && /^#[0-9a-f]{6}$/i.test(foregroundColor)) style['color'] = foregroundColor;
  if (backgroundColor?.startsWith('ansi')) classes.push(`${backgroundColor}-background`);
  else if (backgroundColor && /^#[0-9a-f]{6}$/i.test(backgroundColor)) style['backgroundColor'] = backgroundColor;
  const kind = classes.length > 0 ? classes.join(' ') : null;
  return Object.keys(style).length > 0 ? { text, kind, style } : { text, kind };
}

/** Lines joined with newlines again, as one list of runs. */
export function ansiRuns(text: string): readonly Run[] {
  if (text.length > COLOUR_LIMIT) return [{ text: withoutAnsi(text), kind: null }];
  const output = new ANSIOutput();
  output.processOutput(cleaned(text, true));
  const runs: Run[] = [];
  output.outputLines.forEach((line, i) => {
    if (i > 0) runs.push({ text: '\n', kind: null });
    for (const run of line.outputRuns) runs.push(runOf(run));
  });
  return runs;
}
