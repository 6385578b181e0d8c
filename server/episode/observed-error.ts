import { stripAnsi } from './facts';
import { simpleCommands, type SimpleCommand } from './shell';
import type { ErrorSign, Turn, TurnKind } from './types';

/**
 * The sign of a failed command in what it printed, for files that record no exit code. Pure.
 *
 * A sign counts where the command itself wrote it, so that text which is merely shown (`cat log.txt`, `git log`,
 * `grep Traceback`, a file viewer) is none:
 * - an uncaught exception (Python, Node, Java, a Go panic), a test runner's summary with failures, `make: ***`: where
 *   the action runs a program, that is, holds a command that is none of {@link SHOWS};
 * - `NAME: OBJECT: No such file or directory` and its like: where NAME is a command of the action and the object stands
 *   in the action;
 * - `fatal: ` of git, `ERROR: ` of pip: where the action calls that tool.
 *
 * Sources: the shells' and tools' own messages, as the observations of the corpus have them.
 */

/** Longest text that is looked at: so much of the front and of the end, in UTF-16 units. */
const LOOKED_AT = 65_536;

/** Commands that show or move texts and run nothing. SWE-agent's viewers and editors among them. */
const SHOWS: ReadonlySet<string> = new Set(
  (
    'cat head tail less more nl tac bat grep egrep fgrep rg ag ack find fd ls tree stat file wc sort uniq cut tr column ' +
    'sed gsed awk gawk mawk diff cmp comm jq yq xxd od hexdump strings base64 echo printf cd pwd pushd popd true false : ' +
    'export set unset source . alias which type whereis test [ [[ read sleep wait kill pkill git cp mv rm mkdir rmdir touch ' +
    'ln chmod chown tee patch tar zip unzip gzip gunzip zcat curl wget man info help history ps top env date whoami id ' +
    'uname df du done fi esac for case in function return exit tmux clear ' +
    'open goto scroll_up scroll_down create edit insert append undo_edit search_dir search_file find_file filemap ' +
    'set_cursors submit view_image str_replace_editor str_replace_based_edit_tool exit_forfeit end_of_edit ' +
    'decompile disassemble'
  ).split(' '),
);

/** An exception that ended a program, at the start of a line. */
const UNCAUGHT: readonly RegExp[] = [
  /^Exception in thread "[^"\n]{1,200}" /m,
  /^panic: [^\n]+\n(?:\[signal [^\n]*\n)?\n?goroutine \d+ \[/m,
  /^(?:Uncaught )?[A-Za-z]*Error(?: \[\w+\])?: [^\n]{0,2000}\n(?:[^\n]{0,2000}\n){0,5}? {4}at [^\n]{1,1000}:\d+/m,
  /^(?:g?make|gmake)(?:\[\d+\])?: \*\*\* /m,
  /^(?:Segmentation fault|Aborted|Killed|Bus error)(?: \(core dumped\))?\s*$/m,
];
/** `  File "x.py", line 3` with the error of the compiler below it, which has no `Traceback` line. */
const PYTHON_SYNTAX = /^ {2}File "[^"\n]+", line \d+\n(?: {4}[^\n]*\n){0,3}(?:Syntax|Indentation|Tab)Error: /m;
const TRACEBACK = 'Traceback (most recent call last):';
/** Its head may follow a prompt or a progress line; its first frame tells it from a mention. */
const TRACEBACK_LINE = /Traceback \(most recent call last\):[ \t\r]*\n(?= {2}File ")/g;
/** The line that ends a traceback: a dotted name at line start, with or without words. */
const RAISED = /^(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:: |:?$)/;

/** Summaries of test runners that say that a test failed. */
const TESTS_FAILED: readonly RegExp[] = [
  /^=+ (?:[^\n=]{0,300}, )?\d+ (?:failed|errors?)\b[^\n]{0,300} in [\d.]+ ?s/m,
  /^(?:[^\n=]{0,300}, )?\d+ (?:failed|errors?)\b[^\n]{0,300} in [\d.]+ ?s(?:econds)?(?: \([\d:]+\))?\s*$/m,
  /^FAILED \((?:[a-z ]+=\d+(?:, )?)+\)/m,
  /^Tests: +(?:[^\n]{0,300}, )?\d+ failed/m,
  /^(?:FAIL\t\S|--- FAIL: \S|FAIL +\S+\.[cm]?[jt]sx?\b)/m,
  /^test result: FAILED\./m,
  /^ERROR: (?:file or directory not found|not found): /m,
  /^ {2}\d+ failing$/m,
];

const WHY =
  '(?:No such file or directory|Permission denied|Is a directory|Not a directory|command not found|not found|No such file|Directory not empty|File exists)';
/** `[bash: [line 1: ]]NAME: [words ]OBJECT: why`. */
const OWN_MESSAGE = new RegExp(
  `^(?:(?:/usr)?(?:/bin/)?(?:ba|z|da)?sh: (?:-c: )?(?:line )?(?:\\d+: ?)?)?([\\w./+-]{1,60}): (?:[^\\n]{0,300}?: )?(?:\\[Errno \\d+\\] )?${WHY}\\s*$`,
  'gm',
);
/** `bash: [line 1: ]OBJECT: why`: the shell could not run, enter or write it. */
const SHELL_MESSAGE = new RegExp(
  `^(?:(?:/usr)?/bin/)?(?:ba|z|da)?sh: (?:-c: )?(?:line )?(?:\\d+: ?)?([^\\n:]{1,200}): (?:command )?${WHY}\\s*$`,
  'gm',
);
/** A tool refuses how it was called. */
const REFUSES =
  /^([\w.+-]{1,60}): (?:can't (?:open|read|find)|cannot |unrecognized option|invalid option|unknown option|error: |fatal error: |-e expression #|illegal option|bad |missing operand)/gm;

const NO_MODULE = /^(?:\/[^\s:]*\/)?(?:python|pypy)[\d.]*: (?:No module named|Error while finding module)/m;
const PATCH = /^(?:patch: \*\*\*\* |\d+ out of \d+ hunks? FAILED)/m;
/** What runners write below the output of a command that failed, and below the result of a tool that did. */
const ENDED_BADLY =
  /(?:^|\n)(?:\((?:Command|Process) exited with (?:exit )?code -?[1-9]\d*\)|\[error\] tool reported failure|EXECUTION FAILED OR COMMAND MALFORMED)\s*$/;
const GIT = /^(?:fatal|error): \S/m;
const PIP = /^(?:ERROR|error): (?!pip's dependency resolver)\S/m;
const NPM = /^npm (?:ERR!|error) /m;

/** Cheap words without which no sign stands in a text. */
const HINT =
  /Traceback \(most|Error: |Exception in thread|^panic: |: \*\*\* |^(?:Segmentation fault|Aborted|Killed|Bus error)|\b(?:failed|errors?|failing)\b|FAIL|No such file|No module|denied|irectory|not found|File exists|^[\w.+-]+: |^fatal: |ERR!|exited with |EXECUTION FAILED/m;

const REFUSED: ReadonlySet<TurnKind> = new Set<TurnKind>(['unparsable', 'blocked', 'syntax_error', 'limit_exit']);

/**
 * Whether a turn's command failed, and how the file tells. Where an exit code is recorded, the text says nothing more.
 *
 * @param command as {@link observedError} takes it
 */
export function errorSign(
  turn: Pick<Turn, 'kind' | 'executed' | 'returnCode' | 'timedOut' | 'toolError'>,
  command: string | null,
  observation: string,
  editors?: ReadonlySet<string>,
): ErrorSign | null {
  if (REFUSED.has(turn.kind)) return 'recorded';
  if (turn.returnCode !== null) return turn.returnCode !== 0 ? 'recorded' : turn.timedOut ? 'observed' : null;
  if (turn.timedOut || turn.toolError !== null) return 'observed';
  return turn.executed && observedError(command, observation, editors) ? 'observed' : null;
}

/**
 * Whether the observation of an action that ran tells of a failed command.
 *
 * @param action the shell text that ran, or the call of a tool of SWE-agent; null: the call of another tool
 * @param editors names of tools whose bodies are no shell
 */
export function observedError(action: string | null, observation: string, editors: ReadonlySet<string> = new Set()): boolean {
  const text = stripAnsi(ends(observation)).replace(/\r\n/g, '\n');
  if (!HINT.test(text)) return false;
  if (ENDED_BADLY.test(text)) return true;
  if (action === null) return false;
  const tool = /^\s*([A-Za-z_]+)(?=\s|$)/.exec(action)?.[1];
  if (tool !== undefined && editors.has(tool)) return false;
  const commands = simpleCommands(action);
  const names = new Set(commands.map(({ words }) => baseName(words[0] ?? '')).filter((name) => name !== ''));
  if (runsProgram(commands) && (pythonRaised(text) || [...UNCAUGHT, ...TESTS_FAILED, PYTHON_SYNTAX].some((sign) => sign.test(text))))
    return true;
  return ownMessage(text, action, names);
}

function runsProgram(commands: readonly SimpleCommand[]): boolean {
  return commands.some(({ words }) => {
    const name = baseName(words[0] ?? '');
    return name !== '' && !SHOWS.has(name);
  });
}

function pythonRaised(text: string): boolean {
  if (!text.includes(TRACEBACK)) return false;
  for (const { index, 0: head } of text.matchAll(TRACEBACK_LINE)) {
    let at = index + head.length;
    for (;;) {
      const newline = text.indexOf('\n', at);
      const line = text.slice(at, newline < 0 ? text.length : newline).trimEnd();
      if (RAISED.test(line)) return true;
      // Frames are indented; the first other line ends the traceback.
      if (newline < 0 || (line !== '' && !/^\s/.test(line))) break;
      at = newline + 1;
    }
  }
  return false;
}

function ownMessage(text: string, action: string, names: ReadonlySet<string>): boolean {
  for (const { 0: line, 1: name } of text.matchAll(OWN_MESSAGE)) {
    if (names.has(baseName(name!)) && namesObject(line, name!, action)) return true;
  }
  for (const { 1: object } of text.matchAll(SHELL_MESSAGE)) if (action.includes(lastPart(object!))) return true;
  for (const { 1: name } of text.matchAll(REFUSES)) if (names.has(baseName(name!))) return true;
  if (names.has('git') && GIT.test(text) && !/\bgit\b[^\n;&|]* (?:log|show|diff|grep|blame)\b/.test(action)) return true;
  if (names.has('patch') && PATCH.test(text)) return true;
  if (/\b(?:python|pypy)/.test(action) && NO_MODULE.test(text)) return true;
  if ((names.has('pip') || names.has('pip3') || /-m pip\b/.test(action)) && PIP.test(text)) return true;
  return (names.has('npm') || names.has('npx')) && NPM.test(text);
}

/** Whether the thing that a message names stands in the action: not one of many that a walk came upon. */
function namesObject(line: string, name: string, action: string): boolean {
  const rest = line.slice(line.indexOf(name) + name.length + 2);
  const object = /(?:['‘’"“`]([^'‘’"”`\n]+)['’"”`]|([^\s:'‘’"]+))(?=:)/.exec(rest);
  if (object === null) return true;
  return action.includes(lastPart(object[1] ?? object[2]!));
}

function lastPart(path: string): string {
  return baseName(path.trim().replace(/\/+$/, ''));
}

function ends(text: string): string {
  return text.length <= 2 * LOOKED_AT ? text : `${text.slice(0, LOOKED_AT)}\n${text.slice(-LOOKED_AT)}`;
}

function baseName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}
