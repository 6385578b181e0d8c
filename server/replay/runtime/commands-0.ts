/**
 * Which command files of SWE-agent 0.x an episode had. A 0.x file holds no configuration: its release and its editor are
 * read off what it shows.
 *
 * - Editor: observations of the editor with cursors carry its marks, its prompt documents `set_cursors`. Of SWE-agent's
 *   configurations those with `cursors` in their name have it (WINDOW 200), all others the plain one (WINDOW 100); `xml_` and
 *   `function_calling_` tell how the model answers, not which commands there are. `function_calling_*` is 1.0 already.
 * - Release: the wording of a refused edit and the line end that observations kept (both until 0.2), the warning against
 *   scrolling and the recorded times (0.7). 0.3 to 0.6.0 can't be told from 0.6.1: they counted errors that a file had before
 *   against an edit, which 0.6.1 does not.
 */

/** Releases between which the commands print something else: up to 0.2, 0.3 to 0.6, 0.7. */
export type Generation = '0.1' | '0.6' | '0.7';
export type Editor = 'window' | 'cursors';

export interface Evidence {
  /** As the reader of the file has it: `0.7`, `0.7-pre`, `0.2-0.6`, `0.x`. */
  readonly version: string;
  /** The system prompt, which documents the commands; null: not at hand. */
  readonly prompt: string | null;
  /** Name of the configuration (`default_sys-env_window100`), where a folder or `args.yaml` tells it; null: not known. */
  readonly configuration: string | null;
  readonly actions: readonly string[];
  readonly observations: readonly string[];
  /** Observations kept the last line's end. */
  readonly whole: boolean;
}

export interface CommandSet {
  readonly generation: Generation;
  readonly editor: Editor;
  /** As the configuration names them (`command_files`), last part of the path, in its order. */
  readonly commandFiles: readonly string[];
  /** Shell variables as words of bash, in order (`env_variables`). */
  readonly variables: Readonly<Record<string, string>>;
  /** Defines the function `state`, which prints what the agent is told of the shell. */
  readonly state: string;
  /** `bash -n` looks at a command first, and its complaint is all that happens. 0.6.1 asked and did not heed the answer. */
  readonly checked: boolean;
  /** Output that does not end its line shows SWE-agent's own end mark behind it. */
  readonly marked: boolean;
  /** A submission is a flag, not a patch (EnIGMA). */
  readonly flag: boolean;
}

const COMMON = { OVERLAP: '2', CURRENT_LINE: '0', CURRENT_FILE: "''", SEARCH_RESULTS: '()', SEARCH_FILES: '()', SEARCH_INDEX: '0' };
const VARIABLES: Readonly<Record<Editor, Readonly<Record<string, string>>>> = {
  window: { WINDOW: '100', ...COMMON },
  cursors: {
    WINDOW: '200',
    ...COMMON,
    START_INDEX: '0',
    END_INDEX: '0',
    START_CURSOR: '0',
    END_CURSOR: '0',
    START_CURSOR_MARK: '"<<<<< START CURSOR >>>>>"',
    END_CURSOR_MARK: '"<<<<< END CURSOR >>>>>"',
  },
};
const COMMAND_FILES: Readonly<Record<Editor, readonly string[]>> = {
  window: ['defaults.sh', 'search.sh', 'edit_linting.sh', '_split_string.py'],
  cursors: ['cursors_defaults.sh', 'search.sh', 'cursors_edit_linting.sh', '_split_string.py'],
};
/** EnIGMA's commands that talk to services or to a decompiler: nothing of it can be replayed. */
export const NOT_REPLAYABLE = /^\s*(?:debug_\w+|connect_\w+|decompile|disassemble)(?:\s|$)/;

/** In 0.7 the path is quoted; where it is not, white space in it shows as one blank each. */
function stateOf(generation: Generation): string {
  const path = generation === '0.7' ? '"$CURRENT_FILE"' : '$CURRENT_FILE';
  return [
    'state() {',
    '    local open_file=n/a',
    `    [ -z ${path} ] || open_file=$(realpath ${path})`,
    '    local words=($open_file) folder=($PWD)',
    String.raw`    printf '{"open_file": "%s", "working_dir": "%s"}\n' ` + '"${words[*]}" "${folder[*]}"',
    '}',
  ].join('\n');
}

function generationOf({ version, observations, whole }: Evidence): Generation {
  const shown = (text: string): boolean => observations.some((observation) => observation.includes(text));
  if (version.startsWith('0.7') || shown('WARNING: Scrolling many times in a row')) return '0.7';
  return whole || shown('Please understand the fixes and retry your edit commmand.') ? '0.1' : '0.6';
}

function editorOf({ prompt, configuration, actions, observations }: Evidence): Editor {
  const cursors =
    prompt?.includes('set_cursors <start_line>') === true ||
    configuration?.includes('cursors') === true ||
    actions.some((action) => /^\s*set_cursors\b/.test(action)) ||
    observations.some((observation) => observation.includes('<<<<< START CURSOR >>>>>'));
  return cursors ? 'cursors' : 'window';
}

/** A here-document up to a line `EOF` ends that of the check too, and leaves its sign, unless nobody heeds the check. */
function isChecked(generation: Generation, { actions, observations }: Evidence): boolean {
  if (generation === '0.7') return true;
  const complaint = /^\/bin\/bash: line \d+: (?:EOF: command not found|syntax error|unexpected EOF)/m;
  return observations.some((text) => complaint.test(text)) || !actions.some((action) => /^EOF\s*$/m.test(action));
}

export function commandSetOf(evidence: Evidence): CommandSet {
  const [generation, editor] = [generationOf(evidence), editorOf(evidence)];
  const window = /file editor that shows you (\d{1,4}) lines/.exec(evidence.prompt ?? '')?.[1];
  const flag = evidence.actions.some((action) => /^\s*submit[ \t]+\S/.test(action));
  const submit = flag ? ['submit_ctf.sh', 'forfeit.sh'] : generation === '0.7' ? ['submit.sh'] : [];
  return {
    generation,
    editor,
    commandFiles: [...COMMAND_FILES[editor], ...submit],
    variables: { ...VARIABLES[editor], ...(window !== undefined && { WINDOW: window }) },
    state: stateOf(generation),
    checked: isChecked(generation, evidence),
    marked: generation !== '0.7' && evidence.observations.some((text) => END_MARK.test(text)),
    flag,
  };
}

const END_MARK = /[^\n]\/\/\/PROCESS-DONE:\d+:PROCESS-DONE\/\/\/\s*$/;

export interface Installation {
  /** Sourced in this order, relative to the folder of the commands. */
  readonly source: readonly string[];
  /** Made executable under a name of its own: from, to. */
  readonly programs: readonly (readonly [from: string, to: string])[];
}

/** Ours, file by file, in place of the files that SWE-agent's configuration names. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  'defaults.sh': ['window.sh'],
  'cursors_defaults.sh': ['cursors.sh'],
  'edit_linting.sh': ['edit.sh', 'edit_lines.sh'],
  'cursors_edit_linting.sh': ['edit.sh', 'edit_between_cursors.sh'],
};

/** The files in place of one that a configuration names. */
export const filesOf = (name: string, ours: boolean): readonly string[] => (ours ? (OURS[name] ?? [name]) : [name]);

const program = (name: string): readonly [string, string] => [name, name.replace(/\.[^.]*$/, '')];

/** How a folder of commands is put to use: ours, or (`ours` false) SWE-agent's own `config/commands`. */
export function installation({ commandFiles, generation }: CommandSet, ours: boolean): Installation {
  const programs = commandFiles.filter((name) => name.endsWith('.py')).map(program);
  const sourced = commandFiles.filter((name) => name.endsWith('.sh'));
  if (!ours) return { source: sourced, programs };
  const submit = sourced.some((name) => name.startsWith('submit')) ? [] : ['submit.sh'];
  return { source: ['common.sh', `${generation}/generation.sh`, ...sourced.flatMap((name) => filesOf(name, ours)), ...submit], programs };
}
