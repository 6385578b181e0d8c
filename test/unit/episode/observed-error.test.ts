import { describe, expect, it } from 'vitest';
import { SWE_AGENT_EDITORS } from '../../../server/episode/facts';
import { errorSign, observedError } from '../../../server/episode/observed-error';
import type { Turn } from '../../../server/episode/index';
import { bytesOf, readBytes, rows, texts } from './corpus-files';

const RAISED =
  'Traceback (most recent call last):\n  File "/testbed/x.py", line 1, in <module>\n    import y\nModuleNotFoundError: No module named \'y\'';

const sign = (action: string | null, observation: string): boolean => observedError(action, observation, SWE_AGENT_EDITORS);

describe('an observation shows that the command failed', () => {
  it.each([
    ['a traceback', 'cd /testbed && python x.py', RAISED],
    ['a traceback with CRLF and ANSI', 'python x.py', `\u001b[31m${RAISED.replaceAll('\n', '\r\n')}\u001b[0m`],
    ['a traceback after a progress line', 'python manage.py migrate', `  Applying a.0001_initial...${RAISED}\n`],
    ['an exception without words', 'python x.py', 'Traceback (most recent call last):\n  File "x.py", line 1\nKeyboardInterrupt'],
    ['a lower-case exception', 'python x.py', 'Traceback (most recent call last):\n  File "x.py", line 1\nsocket.timeout: timed out\n'],
    ['a traceback above what came next', 'python x.py; ls', `${RAISED}\na.py\nb.py`],
    ['a syntax error', 'python x.py', '  File "x.py", line 3\n    def f(:\n          ^\nSyntaxError: invalid syntax'],
    ['a missing module', '/usr/bin/python3 -m pytest', '/usr/bin/python3: No module named pytest'],
    ['a missing script', 'python a/get.py', "python: can't open file '/x/a/get.py': [Errno 2] No such file or directory"],
    ['a command that is not there', 'apt-get update && sudo ls', 'Reading\n/bin/bash: line 282: sudo: command not found'],
    ['dash says it too', 'foo -x', '/bin/sh: 1: foo: not found'],
    ['a viewer without its file', 'cat a/b.txt', 'cat: a/b.txt: No such file or directory'],
    ['ls', 'ls -l docs/source', "ls: cannot access 'docs/source': No such file or directory"],
    ['rm', 'rm x.py && git diff', "rm: cannot remove 'x.py': No such file or directory\ndiff --git a/y b/y"],
    ['cd', 'cd /nowhere && ls', 'bash: line 1: cd: /nowhere: No such file or directory'],
    ['a redirection', 'echo x > /nowhere/y', 'bash: line 1: /nowhere/y: No such file or directory'],
    ['sed', "sed -i 's/a/b' x", "sed: -e expression #1, char 5: unterminated `s' command"],
    ['git', 'git checkout nothing', "error: pathspec 'nothing' did not match any file(s) known to git"],
    ['patch', 'patch -p1 < a.patch', 'patching file a\npatch: **** malformed patch at line 32: x'],
    ['pip', 'pip install nothing', 'ERROR: No matching distribution found for nothing'],
    ['make', 'make all', "make: *** No rule to make target 'all'.  Stop."],
    ['pytest', 'python -m pytest -q', 'FF\n2 failed, 3 passed in 0.12s\n'],
    ['pytest with bars', 'pytest x.py', '==================== 1 failed, 146 deselected, 2 warnings in 3.81s ====================='],
    ['unittest', './tests/runtests.py forms', 'Ran 3 tests in 0.1s\n\nFAILED (failures=1, errors=2)'],
    ['node', 'node x.js', 'x.js:1\nthrow\n\nReferenceError: a is not defined\n    at Object.<anonymous> (/x.js:1:1)'],
    ['go', 'go run x.go', 'panic: oops\n\ngoroutine 1 [running]:\nmain.main()'],
    ['a crash', './a.out', 'Segmentation fault (core dumped)'],
    ['a wrapper that names the code', null, 'x\n\n(Command exited with code 1)'],
    ['a refused tool', null, 'File does not exist.\n\n[error] tool reported failure'],
  ])('%s', (_, action, observation) => {
    expect(sign(action, observation)).toBe(true);
  });
});

describe('an observation that merely shows an error does not', () => {
  it.each([
    ['a log', 'cat log.txt', RAISED],
    ['a log through a pipe', 'cd /x && tail -n 50 build.log | head -20', `${RAISED}\n2 failed, 3 passed in 0.12s`],
    ['a search', 'grep -rn "Traceback" .', RAISED],
    ['a search that a shell prefix starts', 'LC_ALL=C grep -A5 Traceback x.log', RAISED],
    ['history', 'git log -1 && git show HEAD', `commit 1\n\n${RAISED}\nfatal: not now`],
    ['SWE-agent’s viewer', 'open log.txt 10\n', RAISED],
    ['SWE-agent’s editor', `edit 1:2\n${RAISED}\nend_of_edit`, RAISED],
    ['the editor of 1.x', 'str_replace_editor view /testbed/log.txt', RAISED],
    ['another tool', null, RAISED],
    ['a program that prints the words', 'python x.py', 'Traceback (most recent call last): is what it wrote.\nError: 1 validation error'],
    ['a traceback in a docstring', 'python x.py', '    >>> f()\n    Traceback (most recent call last):\n        ...\n    ValueError: x'],
    ['a passing test', 'pytest', '===== 31 passed, 2 warnings in 0.52s ====='],
    ['a test named so', 'pytest -v', 'test_x.py::test_failed_login PASSED\n1 passed in 0.1s'],
    ['files that a walk may not enter', 'find / -name x', 'find: ‘/proc/1/fd’: Permission denied\n/a/x'],
    ['another program’s message in a log', 'cat log.txt', 'ls: cannot access x: No such file or directory'],
    ['advice of pip', 'pip install x', "ERROR: pip's dependency resolver does not currently take into account\nSuccessfully installed x-1"],
    ['a word of its own', 'python x.py', 'FAILURE: expected 2.\nNo such file as this'],
    ['nothing', 'grep x y', ''],
  ])('%s', (_, action, observation) => {
    expect(sign(action, observation)).toBe(false);
  });

  it('is looked for in linear time', () => {
    const began = performance.now();
    for (const line of ['Error: x\n', 'a, ', '1 failed, ', 'Traceback (most recent call last):\n  File "', '    at x', 'bash: line ', ' '])
      sign('python x.py', line.repeat(200_000));
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe('how the file tells of an error', () => {
  const ran = { kind: 'action', executed: true, returnCode: null, timedOut: false, toolError: null } as const;
  const of = (parts: Partial<Turn>, observation = RAISED): unknown => errorSign({ ...ran, ...parts }, 'python x.py', observation);

  it('a recorded exit code goes before what the text shows', () => {
    expect(of({})).toBe('observed');
    expect(of({ returnCode: 0 })).toBeNull();
    expect(of({ returnCode: 1 }, '')).toBe('recorded');
    expect(of({ executed: false })).toBeNull();
  });

  it('a timeout and a tool’s own message are in the observation', () => {
    expect(of({ timedOut: true }, '')).toBe('observed');
    expect(of({ toolError: 'Usage: open' }, '')).toBe('observed');
  });

  it.each(['unparsable', 'blocked', 'syntax_error', 'limit_exit'] as const)('a step recorded as %s', (kind) => {
    expect(of({ kind, executed: false }, '')).toBe('recorded');
  });
});

describe('on the corpus', () => {
  const turns = rows('swe-agent', 'mini-swe-agent', 'atif').flatMap((row) => {
    const bytes = bytesOf(row);
    const result = readBytes(bytes);
    if (!('episode' in result)) return [];
    return result.episode.rollouts.flatMap((rollout) => rollout.turns.map((turn) => ({ row, turn, bytes })));
  });

  it('33 turns show an error that no message of a tool and no timeout tells, all 33 judged true by hand', () => {
    const found = turns.filter(({ turn }) => turn.error === 'observed' && !turn.timedOut && turn.toolError === null);
    const count = (format: string): number => found.filter(({ row }) => row.format === format).length;
    expect([count('swe-agent'), count('mini-swe-agent'), count('atif')]).toEqual([11, 0, 22]);
  });

  it('where exit codes are recorded, a sign means a failure, but for code 0 with a traceback shown or cut by a pipe', () => {
    const coded = turns.filter(({ turn }) => turn.returnCode !== null);
    const signs = coded.filter(({ turn, bytes }) =>
      observedError(texts(bytes, turn.action).join('\n'), texts(bytes, turn.observation).join('\n')),
    );
    const failed = signs.filter(({ turn }) => turn.returnCode !== 0).length;
    expect(coded.every(({ turn }) => turn.error === (turn.returnCode === 0 ? null : 'recorded'))).toBe(true);
    expect(failed / signs.length).toBeGreaterThan(0.8);
    // A search without a match fails in silence: two of three failures without a sign are such.
    expect(failed / coded.filter(({ turn }) => turn.returnCode !== 0).length).toBeGreaterThan(0.8);
  });
});
