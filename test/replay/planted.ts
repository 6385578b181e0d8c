/**
 * Planted differences: each changes a real recording (test/fixtures/original), or the repository or image that it is replayed on,
 * in exactly one place, and says which class the replay must give it. None may pass as noise.
 */
import type { DivergenceClass } from '../../server/replay/index';

export interface Plant {
  /** What shows it: the tool or program. */
  readonly tool: string;
  /** The first turn whose action starts so. */
  readonly action: string;
  /** That start is met this often before. */
  readonly skip?: number;
  readonly class: DivergenceClass;
  /** In the recorded observation: what stands there, and what is put in its place (once). Null: the whole. */
  readonly observation?: readonly [from: string | null, to: string];
  readonly exitCode?: number;
  readonly timedOut?: boolean;
}

const value = (tool: string, action: string, from: string | null, to: string, skip = 0): Plant => ({
  tool,
  action,
  skip,
  class: 'value',
  observation: [from, to],
});
const missing = (tool: string, action: string, to: string, skip = 0): Plant => ({
  tool,
  action,
  skip,
  class: 'missing',
  observation: [null, to],
});
const timeout = (tool: string, action: string, timedOut: boolean, to: string): Plant => ({
  tool,
  action,
  class: 'timeout',
  timedOut,
  observation: [null, to],
});
const exit = (tool: string, action: string, exitCode: number): Plant => ({ tool, action, class: 'exit_status', exitCode });

/** By recording. */
export const PLANTS: Readonly<Record<string, readonly Plant[]>> = {
  'mini-swe-agent-2.4.6.traj.json': [
    value('ls -l: a size', 'ls -la', '   19 ', '   20 '),
    value('ls: a name less', 'ls -F', 'empty.txt\n', ''),
    value('git log: a hash', 'git log', 'a13eba9', 'b13eba9'),
    value('cat: Unicode', 'cat crlf.txt', 'naïve', 'naive'),
    value('od: a size', 'od -c', '0000026', '0000027'),
    value('bash: a folder', 'cd src && pwd && export', '/testbed/src', '/testbed/lib'),
    value('bash: a variable', 'pwd; echo', 'unset', 'kept'),
    missing('ls: a file', 'ls /nonexistent', 'file.txt\n'),
    exit('python: exit status', 'python3 -c "import sys', 4),
    exit('bash: exit status', 'false', 2),
    missing('python: a file', 'python3 -c "open', 'ok\n'),
    missing('bash: a tool', 'unknowncommand', 'usage: unknowncommand\n'),
    value('bash: a loop', 'for f in', '\n3\n', '\n4\n'),
    value('bash: several lines', 'echo one', 'two', 'tow'),
    value('python: a minor version', 'mktemp', 'Python 3.11', 'Python 3.12'),
    value('find: another file', 'find .', './src/shapes/area.py', './src/shapes/areas.py'),
    value('grep -r: a line number', 'grep -rn', ':9:', ':8:'),
    value('pytest: a number in an assertion', 'python3 -m pytest', 'assert 6.28', 'assert 6.29'),
    value('sed: a complaint', 'sed -i', null, 'sed: no input files\n'),
    value('git diff: a hash', 'git diff', '..4fe6ca8', '..5fe6ca8'),
    value('pytest: how many passed', 'python3 -m pytest', '3 passed', '4 passed', 1),
    value('git show --stat: a count', 'git add -A && git -c', '1 deletion', '2 deletion'),
    value('git status: a name', 'git reset', 'notes.txt', 'note.txt'),
    value('cat: a long file', 'cat long.txt', 'line 250 of', 'line 251 of'),
    value('seq: in the middle of long output', 'seq 1 4000', '\n2000\n', '\n2001\n'),
    timeout('bash: only the replay ran out of time', 'echo before', false, 'before\nafter\n'),
    timeout('bash: only the recorded run ran out of time', 'echo still', true, ''),
    value('bash: empty standard input', 'read -r', 'read: ', 'read: x'),
    value('python: size of the terminal', 'python3 - <<', 'columns=80', 'columns=120'),
    value('bash: quoting', 'echo "it\'s', '$5', '5'),
    exit('rm: exit status', 'rm -f', 1),
  ],
  'mini-swe-agent-1.17.5.traj.json': [
    { tool: 'seq: output that was cut for the agent', action: 'seq 1 4000', class: 'truncated' },
    value('pytest: a test name', 'python3 -m pytest', 'test_circle', 'test_square'),
  ],
  'swe-agent-1.1.0-shell.traj': [
    value('ls: columns of a terminal', 'ls -F', 'long.txt', 'lung.txt'),
    value('git log: a subject', 'git log', 'Areas', 'Area'),
    value('cat: no last line end', 'cat crlf.txt', 'three', 'tree'),
    value('printf: a control sequence', "printf '\\033", 'bold', 'bald'),
    value('bash: a folder that stays', 'pwd; echo "${WORD', '/testbed/src', '/testbed'),
    value('bash: a function', 'helper twice', null, 'bash: helper: command not found\n'),
    missing('ls: a file (terminal)', 'ls /nonexistent', 'file.txt\n'),
    missing('bash: a tool (terminal)', 'unknowncommand', 'usage: unknowncommand\n'),
    value('bash: number of a job', 'sleep 300', '[1]', '[2]'),
    missing('python: a module', 'python3 -m pytest', '3 passed in 0.02s\n'),
    value('git diff: a line', 'git diff', '** 2', '** 3'),
    value('git status: a state', 'git reset', 'new file', 'modified'),
    timeout('bash: only the replay ran out of time (terminal)', 'echo before', false, 'before\nafter\n'),
    value('bash: an exported value', 'pwd; echo "$OTHER', 'two words', 'two  words'),
    timeout('bash: only the recorded run ran out of time (terminal)', 'echo still', true, "The command 'echo still here' was cancelled"),
    value('head: bytes of a program', 'head -c', 'ELF', 'ALF'),
  ],
  'swe-agent-1.1.0-anthropic.traj': [
    value('str_replace_editor view: a folder', 'str_replace_editor view /testbed', '/testbed/src', '/testbed/lib'),
    value('str_replace_editor view: a line', 'str_replace_editor view /testbed/src/shapes/area.py', 'side * side', 'side * 2'),
    value('str_replace_editor view: a line number', 'str_replace_editor view /testbed/long.txt', '   240', '   241'),
    value('str_replace_editor view: an error', 'str_replace_editor view /testbed/missing.py', 'missing.py', 'other.py'),
    value('str_replace_editor create: refused', 'str_replace_editor create /testbed/README.md', 'README.md', 'README.rst'),
    value('str_replace_editor str_replace', 'str_replace_editor str_replace /testbed/src/shapes/area.py', '** 2', '* 2'),
    value('str_replace_editor str_replace: several places', 'str_replace_editor str_replace /testbed/src/shapes/area.py', '6', '7', 1),
    value('str_replace_editor insert', 'str_replace_editor insert /testbed/src/shapes/area.py', '# inserted', '# put in'),
    value('str_replace_editor undo_edit', 'str_replace_editor undo_edit /testbed/src/shapes/area.py', 'No edit history', 'An edit history'),
    value('review_on_submit_m: the diff', 'submit', '** 2', '** 3'),
    value('submit: the patch', 'submit', '** 2', '** 3', 1),
  ],
  'swe-agent-1.1.0-linting.traj': [
    value('open: lines of a file (1.x)', 'open src', '(16 lines total)', '(17 lines total)'),
    value('scroll_down: lines below (1.x)', 'scroll_down', 'more lines above', 'lines above'),
    value('search_dir: matches (1.x)', 'search_dir circle', 'Found ', 'Found 1'),
    value('search_file: matches (1.x)', 'search_file 120', '120', '121'),
    value('find_file: a path (1.x)', 'find_file area', 'area.py', 'areas.py'),
    value('create: refused (1.x)', 'create fresh.py', 'exists', 'exist', 1),
    value('edit: a line (1.x)', 'edit 1:1', 'x * 2', 'x * 3'),
    value('edit: what the linter says (1.x)', 'edit 4:5\ndef twice(x):', 'F821', 'F822'),
  ],
  'swe-agent-1.1.0-replace.traj': [
    value('edit by replacing', "edit 'math.pi", '** 2', '** 3'),
    value('insert', "insert '# a comment'", '# a comment', '# a remark'),
    value('edit by replacing: refused', "edit 'no such", 'no such', 'such'),
  ],
  'swe-agent-0.7.0.traj': [
    value('open: a file (0.7)', 'open missing.py', 'missing.py', 'other.py'),
    value('goto: a line (0.7)', 'goto 7', '\n7:line 7', '\n7:line 8'),
    value('search_dir: matches (0.7)', 'search_dir circle', 'Found ', 'Found 1'),
    value('find_file: a path (0.7)', 'find_file area', 'area.py', 'areas.py'),
    value('edit: a line (0.7)', 'edit 1:1', 'x * 2', 'x * 3'),
    value('edit: what the linter says (0.7)', 'edit 4:5\ndef twice(x)\n', 'E999', 'E998'),
    value('ls: one name a line (0.7)', 'ls -F', 'tests/', 'test/'),
  ],
};

/** Changes of the repository: a command run in the clone, and what the replay of an unchanged recording must then show. */
export const CHANGED_REPOSITORY: readonly {
  readonly change: string;
  readonly plants: readonly Pick<Plant, 'tool' | 'action' | 'class'>[];
}[] = [
  {
    change: "sed -i 's/^line 250 /line 999 /' long.txt",
    plants: [{ tool: 'cat: one line of a long file', action: 'cat long.txt', class: 'value' }],
  },
  { change: 'rm noeol.txt', plants: [{ tool: 'cat: a file that is gone', action: 'cat crlf.txt', class: 'missing' }] },
  { change: 'touch src/more.py', plants: [{ tool: 'find: a file more', action: 'find .', class: 'value' }] },
  {
    change: "sed -i 's/^def square/def squared/' src/shapes/area.py",
    plants: [{ tool: 'grep -r: a name', action: 'grep -rn', class: 'value' }],
  },
];

/** Changes of the image, by a command run in it as root. */
export const CHANGED_IMAGE: readonly { readonly change: string; readonly plants: readonly Pick<Plant, 'tool' | 'action' | 'class'>[] }[] = [
  {
    change: 'rm -rf /usr/lib/python3/dist-packages/pytest /usr/lib/python3/dist-packages/pytest-*',
    plants: [{ tool: 'pytest: not in the image', action: 'python3 -m pytest', class: 'missing' }],
  },
  { change: 'rm /usr/bin/od', plants: [{ tool: 'od: not in the image', action: 'od -c', class: 'missing' }] },
  { change: 'rm /usr/bin/find', plants: [{ tool: 'find: not in the image', action: 'find .', class: 'missing' }] },
];
