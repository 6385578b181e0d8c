import { createHash } from 'node:crypto';
import { commandEdits, inlinePythonEdits, PYTHON } from './edits';
import { simpleCommands } from './shell';

/**
 * Facts that the text of an action or an observation tells by itself. Shared by all format readers; pure.
 *
 * Sources of the message texts: the tools and templates of SWE-agent 0.2 to 1.1 (`tools/`, `config/`), mini-swe-agent's
 * default templates, and the observations of the corpus.
 */

/** What a command does, as far as its words tell. */
export interface ActionFacts {
  readonly edits: boolean;
  readonly tests: boolean;
  readonly submits: boolean;
}

/** What a tool told. */
export interface ObservationFacts {
  readonly timedOut: boolean;
  readonly toolError: string | null;
}

/** Longest text that facts and hashes are computed over, in UTF-16 units; beyond it a text stands for its front. */
export const FACT_LIMIT = 16 << 20;

/** SWE-agent's own editing tools (windowed and search-and-replace variants, EnIGMA included). */
export const SWE_AGENT_EDITORS: ReadonlySet<string> = new Set(['edit', 'create', 'insert', 'append', 'undo_edit']);

const TEST_WORDS: ReadonlySet<string> = new Set([
  'ava',
  'bats',
  'ctest',
  'jest',
  'karma',
  'mocha',
  'nose2',
  'nosetests',
  'nox',
  'phpunit',
  'prove',
  'py.test',
  'pytest',
  'rspec',
  'tox',
  'trial',
  'vitest',
]);
const TEST_MODULES: ReadonlySet<string> = new Set(['pytest', 'unittest', 'nose', 'nose2', 'tox', 'nox', 'doctest', 'twisted.trial']);
const TEST_SUBCOMMANDS: ReadonlySet<string> = new Set([
  'bazel',
  'bun',
  'cargo',
  'deno',
  'dotnet',
  'go',
  'gradle',
  'gradlew',
  'lein',
  'make',
  'mix',
  'mvn',
  'mvnw',
  'ninja',
  'npm',
  'pnpm',
  'rake',
  'sbt',
  'stack',
  'swift',
  'yarn',
]);
const RUNNERS: ReadonlySet<string> = new Set([
  'npx',
  'poetry',
  'pipenv',
  'uv',
  'uvx',
  'bundle',
  'hatch',
  'pdm',
  'timeout',
  'coverage',
  'xvfb-run',
]);
const TEST_FILE = /(?:^|\/)(?:test_[^/]*|[^/]*_tests?|tests?|runtests)\.py$/;

/** mini-swe-agent's marks of submission, printed by the agent's own command. */
const SUBMIT_MARK = /^(?:COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT|MINI_SWE_AGENT_FINAL_OUTPUT)$/;

/**
 * Facts of a shell text. `editors`: names of the scaffold's own editing tools, whose bodies are no shell
 * ({@link SWE_AGENT_EDITORS}).
 */
export function actionFacts(action: string, editors: ReadonlySet<string> = new Set()): ActionFacts {
  const tool = /^\s*([A-Za-z_]+)(?=\s|$)/.exec(action)?.[1];
  if (tool !== undefined && editors.has(tool)) return { edits: true, tests: false, submits: false };
  let edits = false;
  let tests = false;
  let submits = false;
  const commands = simpleCommands(action);
  for (const command of commands) {
    if (command.words.length > 0 && editors.has(command.words[0]!)) edits = true;
    edits ||= commandEdits(command);
    tests ||= commandTests(command.words);
    submits ||= commandSubmits(command.words);
  }
  return { edits: edits || inlinePythonEdits(action, commands), tests, submits };
}

function commandTests(words: readonly string[]): boolean {
  const name = baseName(words[0] ?? '');
  if (name === '') return false;
  if (TEST_WORDS.has(name) || name === 'runtests.py') return true;
  if (words[0] === 'bin/test' || words[0] === './bin/test') return true;
  if (PYTHON.test(name)) return pythonTests(words);
  if (RUNNERS.has(name)) {
    return words.slice(1).some((word, i) => {
      const inner = baseName(word);
      return TEST_WORDS.has(inner) || (PYTHON.test(inner) && pythonTests(words.slice(i + 1)));
    });
  }
  if (TEST_SUBCOMMANDS.has(name)) {
    return words.slice(1).some((word) => word === 'test' || word === 'check' || word.startsWith('test:'));
  }
  return false;
}

function pythonTests(words: readonly string[]): boolean {
  const module = words.indexOf('-m');
  if (module >= 0) return TEST_MODULES.has(words[module + 1] ?? '') || (words[module + 1] === 'django' && words.includes('test'));
  const script = words.slice(1).find((word) => !word.startsWith('-'));
  if (script === undefined || words.includes('-c')) return false;
  if (TEST_FILE.test(script) || /(?:^|\/)bin\/test$/.test(script)) return true;
  return /(?:^|\/)(?:manage|setup)\.py$/.test(script) && words.includes('test');
}

function commandSubmits(words: readonly string[]): boolean {
  if (words[0] === 'submit') return true;
  return words[0] === 'echo' && words.slice(1).some((word) => SUBMIT_MARK.test(word));
}

function baseName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}

const TIMEOUTS: readonly RegExp[] = [
  /^EXECUTION TIMED OUT/,
  /^The command '[^]*' was cancelled because it took more than \d/,
  /^(?:<[a-z_]+>\s*)*The last command <command>[^]*<\/command> timed out and has been killed/,
  /^(?:<[a-z_]+>\s*)*(?:An error occurred while executing the command: )?Command '[^]*' timed out after \d/,
  /^(?:<[a-z_]+>\s*)*(?:Error: )?Command timed out(?: after| \()/,
];

/** First lines of error messages that tools, not programs, write. */
const TOOL_ERRORS: readonly RegExp[] = [
  /^Your proposed edit has introduced new syntax error\(s\)/,
  /^Your edit was not applied/,
  /^No file open(?:ed)?\. (?:Use|Either) /,
  /^Search text must not be empty\. /,
  /^Your search and replace strings are the same\. /,
  /^Usage: (?:open|goto|scroll_|create|edit|insert|append|search_|find_file|submit|set_cursors|decompile|disassemble|debug_|connect_)/,
  /^usage: [\w.-]+ (?:\[-h\]|-)/,
  /^Error: (?:<\w+>|Text not found: |Invalid line|Start line|End line|Line numbers? )/,
  /^Error: File [^\n]{1,1000} (?:not found|already exists)\.?$/,
  /^Error: [^\n]{1,1000} is a directory\. You can only open files\./,
  /^Directory [^\n]{1,1000} not found$/,
  /^More than \d+ (?:files|lines) matched for /,
  /^File [^\n]{1,400} (?:not found|already exists)\.?\s*$/m,
  /^Text not found: /,
  /^No replacement was performed[.,]/,
  /^The path [^\n]{1,1000} (?:does not exist|is not an absolute path|is a directory and only)/,
  /^The parent directory [^\n]{1,1000} does not exist\. Please create it first\./,
  /^The `view_range` parameter is not allowed /,
  /^File already exists at: /,
  /^Invalid `(?:view_range|insert_line|path|command|line)/,
  /^Parameter `\w+` is required for command/,
  /^Unrecognized command /,
  /^No edit history found for /,
  /^Ran into [^\n]{1,400} while trying to (?:read|write) /,
  /^Interactive operation '[^\n]*' is not supported by this environment/,
  /^(?:\/bin\/|\/usr\/bin\/)?(?:ba|z|da)?sh: (?:line )?(?:-c: )?(?:line )?\d*:? ?[^\n:]{1,200}: (?:command )?not found/,
  /^(?:\/bin\/|\/usr\/bin\/)?(?:ba|da)?sh: (?:-c: )?(?:line )?\d*:? ?(?:unexpected EOF|syntax error)/,
];

/** SWE-agent 0.7 says so after what the command had printed. */
const TIMED_OUT_AT_LAST =
  /\nEXECUTION TIMED OUT BECAUSE (?:THE COMMAND WAS RUNNING FOR MORE THAN [\d.]+ SECONDS\.|NO OUTPUT WAS PRODUCED FOR MORE THAN [\d.]+ SECONDS\.\nPLEASE REFINE [^\n]*)$/;

/** Messages that quote the command, which may be long. */
const QUOTES_COMMAND = /^(?:<[a-z_]+>\s*)*(?:The (?:last )?command |(?:An error occurred while executing the command: )?Command ')/;

/** How far into an observation a tool's own message is looked for. */
const FRONT = 2000;

/** Facts of an observation: only messages at its very front count, a program may print anything. */
export function observationFacts(observation: string): ObservationFacts {
  const front = stripAnsi(observation.slice(0, FRONT)).trimStart();
  const whole = QUOTES_COMMAND.test(front) ? stripAnsi(observation.slice(0, FACT_LIMIT)).trimStart() : front;
  if (TIMEOUTS.some((pattern) => pattern.test(whole)) || TIMED_OUT_AT_LAST.test(observation.slice(-300)))
    return { timedOut: true, toolError: null };
  const line = front.split('\n', 1)[0]!.trimEnd();
  return { timedOut: false, toolError: TOOL_ERRORS.some((pattern) => pattern.test(line)) ? cut(line, 300) : null };
}

// eslint-disable-next-line no-control-regex -- what ANSI is made of
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_])/g;

/** The text without ANSI control sequences. */
export function stripAnsi(text: string): string {
  return text.includes('\u001b') ? text.replace(ANSI, '') : text;
}

/** The first 53 bits of a text's SHA-256 as an integer: equal texts have equal hashes. */
export function hash53(text: string): number {
  const digest = createHash('sha256').update(text, 'utf8').digest();
  return digest.readUIntBE(0, 6) * 32 + (digest[6]! >> 3);
}

/** Hash of an observation for "the same again": ANSI stripped, CRLF → LF, trimmed. */
export function observationHash(text: string): number {
  return hash53(stripAnsi(cut(text, FACT_LIMIT)).replace(/\r\n/g, '\n').trim());
}

/** First line with something in it, as plain text, at most `limit` UTF-16 units. */
export function firstLine(text: string, limit = 200): string {
  const start = /\S/.exec(text)?.index;
  if (start === undefined) return '';
  const line = text.slice(start, start + limit * 2).split(/[\r\n]/, 1)[0]!;
  return cut(plain(line).trimEnd(), limit);
}

/** The front of a text for lists, at most `limit` UTF-16 units: no ANSI, no control characters but line ends. */
export function textHead(text: string, limit = 400): string {
  return cut(plain(text.slice(0, limit * 4).replace(/\r\n?/g, '\n')).trimStart(), limit);
}

// eslint-disable-next-line no-control-regex -- lists show plain text
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

function plain(text: string): string {
  return stripAnsi(text).replace(CONTROLS, '');
}

/** At most `limit` UTF-16 units, never half a surrogate pair. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}

/** What a submission is, and its hash without trailing white space, CRLF → LF. */
export function submissionFacts(text: string): { kind: 'diff' | 'empty' | 'text'; hash: number } {
  const front = text.slice(0, FACT_LIMIT);
  const kind = front.trim() === '' ? 'empty' : /^(?:diff --git |--- [^\n]*\r?\n\+\+\+ )/m.test(front) ? 'diff' : 'text';
  return { kind, hash: patchHash(text) };
}

/** Hash of a patch for comparison with another copy of it: CRLF → LF, trailing white space of the whole removed. */
export function patchHash(text: string): number {
  return hash53(text.replace(/\r\n/g, '\n').trimEnd());
}
