/** Terminal output as runs: colours and styles become classes, cursor tricks become the text that a terminal would show. */
import { ANSIOutput, type ANSIOutputRun } from 'ansi-output';
import type { Run } from './runs';

// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b|\u009b|[^\n]\r(?!\n)|\u0008/;
// eslint-disable-next-line no-control-regex
const HYPERLINK = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

export const hasEscapes = (text: string): boolean => ESCAPES.test(text);

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
  const output = new ANSIOutput();
  output.processOutput(text.replace(HYPERLINK, ''));
  const runs: Run[] = [];
  output.outputLines.forEach((line, i) => {
    if (i > 0) runs.push({ text: '\n', kind: null });
    for (const run of line.outputRuns) runs.push(runOf(run));
  });
  return runs;
}
