import { simpleCommands } from '../shell';
import type { ToolCall } from '../types';

/** Tools of SWE-agent's own bundles, 0.2 to 1.1, EnIGMA included. */
const TOOLS: ReadonlySet<string> = new Set([
  'open',
  'goto',
  'scroll_up',
  'scroll_down',
  'create',
  'edit',
  'insert',
  'append',
  'undo_edit',
  'search_dir',
  'search_file',
  'find_file',
  'filemap',
  'set_cursors',
  'submit',
  'str_replace_editor',
  'view_image',
  'exit_forfeit',
  'decompile',
  'disassemble',
  'debug_start',
  'debug_stop',
  'debug_add_breakpoint',
  'debug_continue',
  'debug_step',
  'debug_exec',
  'connect_start',
  'connect_stop',
  'connect_sendline',
  'connect_exec',
]);

const NOT_FOUND = /: (?:command )?not found\s*$/;
const SHELL_SYNTAX = /(?:ba|da)?sh: .*(?:syntax error|unexpected EOF)/;

/** Messages about the call itself, not about what it was asked to do. */
const WRONG_ARGUMENTS =
  /^(?:usage: |Usage: |Error: (?:<\w+>|Start|End|Line|Invalid)|Invalid `|Parameter `|The `view_range` parameter|Search text must not be empty|Unrecognized command|The path .* is not an absolute path)/;

/**
 * The tool that an action calls: one of SWE-agent's own, else `bash`. Null for an empty action. Whether its arguments
 * were accepted is told by the tool's message; of an action that did not run nothing is told.
 */
export function sweAgentTool(action: string, executed: boolean, toolError: string | null): ToolCall | null {
  if (action.trim() === '') return null;
  const name = toolName(action);
  if (!executed) return { name, known: name === 'bash' ? null : true, validArguments: null };
  const missing = toolError !== null && NOT_FOUND.test(toolError);
  const wrong = toolError !== null && (WRONG_ARGUMENTS.test(toolError) || SHELL_SYNTAX.test(toolError));
  return { name, known: !missing, validArguments: missing ? null : !wrong };
}

function toolName(action: string): string {
  const first = /^\s*(\S+)/.exec(action)?.[1] ?? '';
  if (TOOLS.has(first)) return first;
  for (const { words } of simpleCommands(action)) if (TOOLS.has(words[0] ?? '')) return words[0]!;
  return 'bash';
}
