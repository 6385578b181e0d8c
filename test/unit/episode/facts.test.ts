import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  SWE_AGENT_EDITORS,
  actionFacts,
  cut,
  firstLine,
  hash53,
  observationFacts,
  observationHash,
  patchHash,
  stripAnsi,
  submissionFacts,
  textHead,
} from '../../../server/episode/facts';
import { simpleCommands } from '../../../server/episode/shell';
import { sweAgentTool } from '../../../server/episode/formats/swe-agent-tools';

const facts = (action: string): string => {
  const told = actionFacts(action, SWE_AGENT_EDITORS);
  return [told.edits && 'edits', told.tests && 'tests', told.submits && 'submits'].filter(Boolean).join(' ');
};

describe('an action', () => {
  it.each([
    'edit 3:4\nx = 1\nend_of_edit',
    'create /tmp/x.py',
    "cd /x && str_replace_editor create /x/y.py --file_text 'print(1)'",
    'str_replace_editor str_replace /x --old_str a --new_str b',
    'sed -i s/a/b/ x.py',
    "sed -i.bak -e 's/a/b/' x.py",
    'echo hello > /tmp/a',
    'cat <<EOF >> notes.txt\nx > y\nEOF',
    "cat > x.py << 'EOF'\nimport os\nEOF",
    'git apply fix.patch',
    'git -C /testbed checkout -- x.py',
    'rm -rf build',
    'make 2>&1 | tee log.txt',
    'patch -p1 < fix.diff',
    'find . -name "*.pyc" -delete',
  ])('edits: %s', (action) => {
    expect(facts(action)).toContain('edits');
  });

  it.each([
    'ls -la',
    'cat x.py',
    'grep -n "a > b" x.py',
    "grep '->' x.py",
    'python -c "print(1 > 2)"',
    'ls 2>&1',
    'ls > /dev/null 2>&1',
    'ls 2>/dev/null',
    'str_replace_editor view /x',
    'git diff > /dev/stdout',
    'git status',
    'sed -n 1,20p x.py',
    'find . -name "*.py"',
    '# rm -rf /',
    'black --check x.py',
  ])('edits nothing: %s', (action) => {
    expect(facts(action)).not.toContain('edits');
  });

  it.each([
    'pytest -x tests',
    'python -m pytest tests/test_x.py',
    'python3.9 -m unittest',
    'cd /testbed && PYTHONPATH=. python -m pytest -q 2>&1 | tail',
    './tests/runtests.py utils_tests',
    'python tests/runtests.py',
    'python manage.py test app',
    'timeout 60 pytest',
    'npm test',
    'npm run test:unit',
    'npx jest',
    'go test ./...',
    'cargo test',
    'bin/test sympy/core',
    'tox -e py39',
    'poetry run pytest',
    'python test_fix.py',
  ])('runs tests: %s', (action) => {
    expect(facts(action)).toContain('tests');
  });

  it.each([
    'python reproduce.py',
    'cat tests/test_x.py',
    'grep pytest setup.cfg',
    'pip install pytest',
    'echo pytest',
    'ls tests',
    'go build ./...',
  ])('runs no tests: %s', (action) => {
    expect(facts(action)).not.toContain('tests');
  });

  it('submits', () => {
    expect(facts('submit')).toBe('submits');
    expect(facts('\nsubmit\n')).toBe('submits');
    expect(facts('cd /x && submit')).toBe('submits');
    expect(facts("submit 'flag{x}'")).toBe('submits');
    expect(facts('echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT && git diff')).toBe('submits');
    expect(facts('grep submit x.py')).toBe('');
    expect(facts('echo "submit"')).toBe('');
  });

  it('of any text gives facts in linear time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => typeof facts(text) === 'string'),
      { numRuns: 1000 },
    );
    const began = performance.now();
    for (const part of ["'", '"', '\\', '<<', '<<a\n', '$(', '>', ';', '"\\']) facts(part.repeat(60_000));
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe('simple commands', () => {
  it('come apart at operators, without quotes, prefixes and heredoc bodies', () => {
    const commands = simpleCommands("FOO=1 sudo ls -l 'a b' && echo \"x;y\" | wc; cat <<'E' > out\nrm -rf /\nE\ntrue # not this");
    expect(commands).toEqual([
      { words: ['ls', '-l', 'a b'], writes: [] },
      { words: ['echo', 'x;y'], writes: [] },
      { words: ['wc'], writes: [] },
      { words: ['cat'], writes: ['out'] },
      { words: ['true'], writes: [] },
    ]);
  });
});

describe('an observation', () => {
  it.each([
    '\nEXECUTION TIMED OUT',
    'EXECUTION TIMED OUT BECAUSE NO OUTPUT WAS PRODUCED FOR MORE THAN 60 SECONDS.\nPLEASE REFINE YOUR RUNNING COMMAND',
    "The command 'sleep 99' was cancelled because it took more than 30 seconds. Please try a different command",
    `The command '${'x'.repeat(9000)}\ny' was cancelled because it took more than 30 seconds.`,
    'The last command <command>sleep 9</command> timed out and has been killed.',
  ])('is a timeout: %.60s', (text) => {
    expect(observationFacts(text)).toEqual({ timedOut: true, toolError: null });
  });

  it.each([
    'I printed EXECUTION TIMED OUT',
    "x\nThe command 'a' was cancelled because it took more than 3 seconds",
    'requests.exceptions.Timeout: timed out',
    '',
  ])('is none: %s', (text) => {
    expect(observationFacts(text).timedOut).toBe(false);
  });

  it.each([
    'Your proposed edit has introduced new syntax error(s). Please read\n\nERRORS:',
    'No replacement was performed, old_str `x` did not appear verbatim in /x.',
    'No replacement was performed. Multiple occurrences of old_str `x` in lines [1, 2]. Please ensure it is unique',
    'The path /x does not exist. Please provide a valid path.',
    'Invalid `view_range`: [1, 2]. It should be a list of two integers.',
    'usage: str_replace_editor [-h] [--file_text FILE_TEXT]',
    'Usage: open "<path>" [<line_number>]',
    'No file open. Use the open command first.',
    'No file opened. Either `open` or `create` a file first.',
    'Search text must not be empty. Use insert to add new text.',
    'Your search and replace strings are the same. No changes were made. Please modify your search or replace strings.',
    "Your edit was not applied (file not modified): Text 'x' not found in displayed lines (or anywhere in the file).",
    'Error: /testbed is a directory. You can only open files. Use cd or ls to navigate directories.',
    'Error: File /x not found',
    'Directory src not found',
    'More than 140 files matched for "x" in /testbed. Please narrow your search.',
    'The parent directory /x does not exist. Please create it first.',
    'The `view_range` parameter is not allowed when `path` points to a directory.',
    'File foo.py not found',
    'Text not found: abc',
    'bash: frobnicate: command not found',
    '/bin/bash: line 267: sudo: command not found\r\nmore',
    "bash: -c: line 1: syntax error near unexpected token `('",
    '\u001b[31mFile already exists at: /x. Cannot overwrite files using command `create`.\u001b[0m',
  ])('is a tool’s error: %.50s', (text) => {
    expect(observationFacts(text).toolError).toBe(stripAnsi(text).split(/\r?\n/)[0]!);
  });

  it.each([
    'Traceback (most recent call last):',
    'Error: 1 validation error for Foo',
    'Error: No module named x',
    'Error: The input is invalid',
    "Here's the result of running `cat -n` on /x:\n The path x does not exist",
    'AssertionError: No replacement was performed',
    'ls: cannot access x: No such file or directory',
    '',
  ])('is a program’s own: %.50s', (text) => {
    expect(observationFacts(text).toolError).toBeNull();
  });
});

describe('the tool of an action', () => {
  it('is the scaffold’s own, else bash', () => {
    expect(sweAgentTool('edit 1:2\nx\nend_of_edit', true, null)).toEqual({ name: 'edit', known: true, validArguments: true });
    expect(sweAgentTool('cd /x && str_replace_editor view /x', true, null)).toEqual({
      name: 'str_replace_editor',
      known: true,
      validArguments: true,
    });
    expect(sweAgentTool('ls', true, null)).toEqual({ name: 'bash', known: true, validArguments: true });
    expect(sweAgentTool(' ', true, null)).toBeNull();
  });

  it('is unknown where the shell knows no such command, wrong where it refuses the arguments', () => {
    expect(sweAgentTool('frobnicate', true, 'bash: frobnicate: command not found')).toEqual({
      name: 'bash',
      known: false,
      validArguments: null,
    });
    expect(sweAgentTool('str_replace_editor', true, 'usage: str_replace_editor [-h]')).toMatchObject({
      known: true,
      validArguments: false,
    });
    expect(sweAgentTool('str_replace_editor view x', true, 'The path x is not an absolute path, it should start with `/`')).toMatchObject({
      validArguments: false,
    });
    expect(sweAgentTool('str_replace_editor str_replace /x', true, 'No replacement was performed, old_str')).toMatchObject({
      validArguments: true,
    });
    expect(sweAgentTool('ls', false, null)).toEqual({ name: 'bash', known: null, validArguments: null });
  });
});

describe('texts for lists and comparison', () => {
  it('hashes are 53-bit integers, equal for what looks the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Number.isSafeInteger(hash53(text))).toBe(true);
        expect(hash53(text)).toBe(hash53(text));
      }),
    );
    expect(observationHash('\u001b[1ma\u001b[0m\r\nb\n')).toBe(observationHash('a\nb'));
    expect(observationHash('a')).not.toBe(observationHash('b'));
    expect(patchHash('x\r\ny\n\n')).toBe(patchHash('x\ny'));
  });

  it('heads are short, plain and whole', () => {
    expect(firstLine('\n\n  first\nsecond')).toBe('first');
    expect(firstLine('x'.repeat(500))).toHaveLength(200);
    expect(firstLine(' \n ')).toBe('');
    expect(textHead('\u001b[31mred\u001b[0m\r\n\u0007b\u0000ell')).toBe('red\nbell');
    expect(cut('ab😀', 3)).toBe('ab');
    expect(cut('ab😀', 4)).toBe('ab😀');
  });

  it('a submission is told by its front lines', () => {
    expect(submissionFacts('--- a/x\n+++ b/x\n@@').kind).toBe('diff');
    expect(submissionFacts('  ').kind).toBe('empty');
    expect(submissionFacts('I changed --- a few things').kind).toBe('text');
  });
});
