import { aroundGap, background, noShell, refused, textArgument, timeArgument, type Dialect } from './dialect';

/** What Harbor's converter puts after what the agent was shown: the raw result once more. */
const APPENDED =
  /(?:^|\n\n)(?:\[(?:stdout|stderr)\]\n|\[(?:exit_code|interrupted|is_image)\] |\[metadata\] \{|\[error\] tool reported failure$)/;
const EXIT = /^Exit code (\d{1,3})(?:\n|$)/;
const LATE = /^Command timed out after [^\n]*(?:\n|$)/;
const GAP = /\n\n\.\.\. \[\d+ lines truncated\] \.\.\.\n\n/;
/** Of a long output only the beginning was shown; the rest went to a file. */
const PERSISTED = /^<persisted-output>\n[^]*?\nPreview \(first [^\n]*\):\n([^]*?)\n(?:\.\.\.\n)?<\/persisted-output>/;

/** Claude Code 2: `bash -c` per command with its streams as one, the directory kept within the project. */
export const claudeCode: Dialect = {
  id: 'claude-code',
  claims: (agent) => agent === 'claude-code',
  keeps: 'directory',
  interpreter: ['/bin/bash', '-lc'],
  trims: true,
  actionMs: 120_000,
  limitOf: (call) => timeArgument(call, 'timeout', 1),
  read(call, shown) {
    const command = textArgument(call, 'command');
    const text = shown === null ? null : withoutAppended(shown);
    if (text?.startsWith('<tool_use_error>') === true || /^(?:The user doesn't want|Permission to use)/.test(text ?? ''))
      return refused('claude-code');
    if (call.tool !== 'Bash' || command === null) return noShell('claude-code', call);
    if (call.arguments['run_in_background'] === true || text?.startsWith('Command running in background with ID') === true)
      return background('claude-code');
    return { action: command, ...outcome(text) };
  },
};

const withoutAppended = (shown: string): string => {
  const at = shown.search(APPENDED);
  return at < 0 ? shown : shown.slice(0, at);
};

function outcome(text: string | null): object {
  if (text === null) return { observation: null, exitCode: null, timedOut: false };
  if (/^\((?:Bash completed with no output|no content)\)$/.test(text)) return { observation: '', exitCode: null, timedOut: false };
  const exit = EXIT.exec(text);
  const rest = exit === null ? text : text.slice(exit[0].length);
  const late = exit !== null && LATE.test(rest);
  const printed = late ? rest.replace(LATE, '') : rest;
  const persisted = PERSISTED.exec(printed);
  return {
    ...(persisted === null ? aroundGap(printed, GAP) : { observation: persisted[1] ?? '', clipped: true }),
    // Said of failures alone; its own sentence for no match or a difference stands for 1.
    exitCode: exit === null || late ? null : Number(exit[1]),
    timedOut: late,
  };
}
