/** What commands printed, read off a picture of a terminal: only what stands there whole, between two prompts. */

/** Harbor's terminals are that wide; a longer line is broken, and can't be told from two. */
const WIDTH = 160;
/** Debian's and Ubuntu's prompt, with or without the name of an environment: `root@host:/app# `. */
const PROMPT = /^(?:\([^)\n]{1,40}\) )?[\w.-]{1,64}@[\w.-]{1,64}:[^\n]{0,120}?[#$](?: |$)/;

/** For each command the text that it printed; null where the picture does not hold all of it. */
export function outputsOn(screen: string, commands: readonly string[]): (string | null)[] {
  const lines = screen.split('\n').map((line) => line.trimEnd());
  if (/output limited to \d+ bytes/.test(screen)) return commands.map(() => null);
  let from = 0;
  return commands.map((command) => {
    if (command.includes('\n')) return null;
    const typed = lines.findIndex((line, at) => at >= from && enteredOn(line) === command.trimEnd());
    if (typed < 0 || lines[typed]!.length >= WIDTH) return null;
    const next = lines.findIndex((line, at) => at > typed && PROMPT.test(line));
    if (next < 0) return null;
    from = next;
    const printed = lines.slice(typed + 1, next);
    return printed.some((line) => line.length >= WIDTH) ? null : printed.join('\n');
  });
}

function enteredOn(line: string): string | null {
  const prompt = PROMPT.exec(line)?.[0];
  return prompt === undefined ? null : line.slice(prompt.length);
}
