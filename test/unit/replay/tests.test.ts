import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logParsers } from '../../../server/replay/tests/registry';
import { parserIds, readTestLog } from '../../../server/replay/tests/read-log';
import type { TestVector } from '../../../server/replay/types';

interface Parts {
  readonly exitCode?: number | null;
  readonly command?: string;
  readonly parser?: string | null;
  readonly truncated?: boolean;
}
const read = (text: string, { exitCode = null, command = 'make check', parser = null, truncated = false }: Parts = {}): TestVector =>
  readTestLog({ text, truncated, exitCode, timedOut: false, durationMs: 1 }, command, parser);

const bar = (title: string): string => ` ${title} `.padStart(40 + title.length / 2, '=').padEnd(80, '=');
const START = [bar('test session starts'), 'platform linux -- Python 3.11.2, pytest-7.2.1, pluggy-1.0.0', 'rootdir: /testbed'];

describe('pytest', () => {
  it('with -rA', () => {
    const vector = read(
      [
        ...START,
        'collected 7 items',
        '',
        't.py .F.sxXE                                                [100%]',
        '',
        bar('FAILURES'),
        '___ test_b ___',
        '>       assert 1 == 2',
        bar('short test summary info'),
        'PASSED t.py::test_a',
        'PASSED t.py::T::test_c[x - y]',
        'SKIPPED [1] t.py:3: no reason',
        'XFAIL t.py::test_x - known',
        'XPASS t.py::test_X ',
        'ERROR t.py::test_e - fixture',
        'FAILED t.py::test_b[a - b] - assert 1 == 2 - [x]',
        bar('1 failed, 2 passed, 1 skipped, 1 xfailed, 1 xpassed, 1 error in 0.12s'),
      ].join('\n'),
      { exitCode: 1 },
    );
    expect(vector).toMatchObject({
      results: {
        't.py::test_a': 'passed',
        't.py::T::test_c[x - y]': 'passed',
        't.py::test_x': 'xfail',
        't.py::test_X': 'passed',
        't.py::test_e': 'error',
        't.py::test_b[a - b]': 'failed',
      },
      collected: 7,
      parser: 'pytest',
      problem: null,
    });
  });

  it('with -v, ANSI and CRLF', () => {
    const vector = read(
      [
        ...START,
        'collecting ... collected 5 items',
        '',
        't.py::test_a \u001b[32mPASSED\u001b[0m\u001b[32m                         [ 20%]\u001b[0m',
        't.py::test_b \u001b[31mFAILED\u001b[0m                         [ 40%]',
        't.py::test_s SKIPPED (no network)                         [ 60%]',
        't.py::test_p printed on the way',
        'and more',
        'PASSED                                                    [ 80%]',
        't.py::test_u[a b] PASSED                                  [100%]',
        bar('FAILURES'),
        't.py::test_fake PASSED',
        bar('1 failed, 3 passed, 1 skipped in 0.12s (0:00:00)'),
      ].join('\r\n'),
      { exitCode: 1 },
    );
    expect(vector.results).toEqual({
      't.py::test_a': 'passed',
      't.py::test_b': 'failed',
      't.py::test_s': 'skipped',
      't.py::test_p printed on the way': 'passed',
      't.py::test_u[a b]': 'passed',
    });
    expect(vector).toMatchObject({ collected: 5, problem: null });
  });

  it('with xdist', () => {
    const vector = read(
      [
        ...START,
        'gw0 I / gw1 I',
        'gw0 [3] / gw1 [3]',
        'scheduling tests via LoadScheduling',
        '[gw1] [ 33%] PASSED t.py::test_a ',
        '[gw0] PASSED t.py::test_b[x y]',
        '[gw0] [100%] FAILED t.py::test_c',
        bar('1 failed, 2 passed in 0.5s'),
      ].join('\n'),
      { exitCode: 1 },
    );
    expect(vector).toMatchObject({
      results: { 't.py::test_a': 'passed', 't.py::test_b[x y]': 'passed', 't.py::test_c': 'failed' },
      collected: 3,
      problem: null,
    });
  });

  it('with -q', () => {
    expect(
      read('..F   [100%]\n=== FAILURES ===\nx\n=== short test summary info ===\nFAILED t.py::b - x\n1 failed, 2 passed in 0.01s\n', {
        exitCode: 1,
      }),
    ).toMatchObject({
      results: { 't.py::b': 'failed' },
      collected: 3,
      problem: null,
    });
  });

  it('where nothing was collected, and where nothing could be', () => {
    expect(read('\nno tests ran in 0.01s\n', { exitCode: 5 })).toMatchObject({ collected: 0, problem: 'No test was collected.' });
    const broken = [
      ...START,
      'collected 2 items / 1 error',
      bar('ERRORS'),
      bar('short test summary info'),
      'ERROR t.py - ModuleNotFoundError: No module named ‘x’',
      '!!!!!!!!!!!! Interrupted: 1 error during collection !!!!!!!!!!!!!',
      bar('1 error in 0.06s'),
    ].join('\n');
    expect(read(broken, { exitCode: 2 })).toMatchObject({ results: { 't.py': 'error' }, collected: 2, problem: null });
    expect(read([...START, 'collected 9 items / 4 deselected / 5 selected', bar('5 passed, 4 deselected in 1s')].join('\n'))).toMatchObject(
      {
        collected: 5,
      },
    );
  });

  it('that did not come to its end', () => {
    const vector = read([...START, 'collected 5 items', '', 't.py::test_a PASSED  [ 20%]', 't.py::test_b'].join('\n'), { exitCode: 137 });
    expect(vector).toMatchObject({ results: { 't.py::test_a': 'passed' }, collected: 5 });
    expect(vector.problem).toContain('did not come to its summary');
  });

  it('twice, one after the other', () => {
    const once = (file: string, result: string): string[] => [
      ...START,
      'collected 1 item',
      bar('short test summary info'),
      `${result} ${file}::test_a`,
      bar(`1 ${result.toLowerCase()} in 0.1s`),
    ];
    expect(read([...once('a.py', 'PASSED'), ...once('b.py', 'FAILED')].join('\n'), { exitCode: 1 })).toMatchObject({
      results: { 'a.py::test_a': 'passed', 'b.py::test_a': 'failed' },
      collected: 2,
      problem: null,
    });
  });
});

describe('a log that a test wrote into', () => {
  const real = ['FAILED t.py::test_a - assert False', bar('1 failed in 0.1s')];
  const session = (...middle: readonly string[]): string => [...START, 'collected 1 item', '', ...middle].join('\n');

  it.each([
    [
      '-s, before the result',
      session('t.py::test_a PASSED', 't.py::test_a FAILED   [100%]', bar('FAILURES'), bar('short test summary info'), ...real),
    ],
    [
      'a whole session in the output that is shown',
      session(
        't.py F',
        bar('FAILURES'),
        '--- Captured stdout call ---',
        ...START,
        'collected 1 item',
        bar('short test summary info'),
        'PASSED t.py::test_a',
        bar('1 passed in 0.1s'),
        bar('short test summary info'),
        ...real,
      ),
    ],
    [
      'a session at exit',
      session(
        't.py F',
        bar('short test summary info'),
        ...real,
        ...START,
        'collected 1 item',
        bar('short test summary info'),
        'PASSED t.py::test_a',
        bar('1 passed in 0.1s'),
      ),
    ],
  ])('never makes it pass: %s', (_name, text) => {
    expect(read(text, { exitCode: 1 }).results['t.py::test_a']).toBe('failed');
  });

  it('is not believed where the exit code or the counts say something else', () => {
    const fake = session('t.py .', bar('short test summary info'), 'PASSED t.py::test_a', bar('1 passed in 0.1s'));
    expect(read(fake, { exitCode: 0 }).problem).toBeNull();
    expect(read(fake, { exitCode: 1 }).problem).toContain('exit code 1');
    const more = session('t.py::test_a PASSED', 't.py::test_b PASSED', 't.py::test_c PASSED', bar('1 passed in 0.1s'));
    expect(read(more, { exitCode: 0 }).problem).toContain('names 3 passed tests, pytest itself counts 1');
    expect(read('t.py::test_a PASSED\n', { exitCode: 0, command: 'python -m pytest -s' }).problem).toContain('lacks the summary of pytest');
    expect(read(fake, { truncated: true }).problem).toContain('more than is kept');
  });
});

const rule = '-'.repeat(70);
describe('unittest', () => {
  const end = (ran: number, verdict: string): string[] => ['', rule, `Ran ${ran} tests in 0.01s`, '', verdict];
  it('with verbosity 2', () => {
    const vector = read(
      [
        'test_a (m.C) ... ok',
        'test_b (m.C.test_b)',
        'It has a docstring. ... FAIL',
        "test_c (m.C) ... skipped 'no reason'",
        'test_d (m.C) ... expected failure',
        'test_e (m.C) ... printed',
        'by the test',
        'ok',
        'test_f (m.C) ... test_g (m.C) ... ok',
        'test_h (m.C) [i=1] ... FAIL',
        '',
        '='.repeat(70),
        'FAIL: test_f (m.C) (env={})',
        rule,
        'Traceback (most recent call last):',
        '='.repeat(70),
        'ERROR: setUpClass (m.D)',
        rule,
        ...end(8, 'FAILED (failures=3, errors=1, skipped=1, expected failures=1)'),
      ].join('\n'),
      { exitCode: 1 },
    );
    expect(vector).toMatchObject({
      results: {
        'test_a (m.C)': 'passed',
        'test_b (m.C.test_b)': 'failed',
        'test_c (m.C)': 'skipped',
        'test_d (m.C)': 'xfail',
        'test_e (m.C)': 'passed',
        'test_f (m.C)': 'failed',
        'test_g (m.C)': 'passed',
        'test_h (m.C)': 'failed',
        'setUpClass (m.D)': 'error',
      },
      aliases: { 'It has a docstring.': ['test_b (m.C.test_b)'] },
      collected: 8,
      parser: 'unittest',
      problem: null,
    });
  });
  it('with verbosity 1', () => {
    expect(
      read(['.F', '='.repeat(70), 'FAIL: test_b (m.C)', rule, ...end(2, 'FAILED (failures=1)')].join('\n'), { exitCode: 1 }),
    ).toMatchObject({ results: { 'test_b (m.C)': 'failed' }, collected: 2, problem: null });
    expect(read(['..', ...end(2, 'OK')].join('\n'), { exitCode: 0 })).toMatchObject({ results: {}, collected: 2, problem: null });
  });
  it('as Django runs it', () => {
    const vector = read(
      [
        'Creating test database for alias ‘default’ (file:memorydb)...',
        'Found 3 test(s).',
        '  Applying sites.0001_initial... OK',
        'test_a (basic.tests.T) ... Testing against Django installed in ‘/testbed/django’',
        'System check identified no issues (0 silenced).',
        'ok',
        'test_b (basic.tests.T) ... ok',
        ...end(2, 'OK'),
      ].join('\n'),
      { exitCode: 0 },
    );
    expect(vector).toMatchObject({ results: { 'test_a (basic.tests.T)': 'passed', 'test_b (basic.tests.T)': 'passed' }, collected: 3 });
  });
  it('is not taken in by what a test prints', () => {
    const vector = read(
      [
        'test_a (m.C) ... ',
        'ok',
        'FAIL',
        'test_z (m.C) ... ok',
        '',
        '='.repeat(70),
        'FAIL: test_a (m.C)',
        rule,
        ...end(1, 'FAILED (failures=1)'),
      ].join('\n'),
      { exitCode: 1 },
    );
    expect(vector.results['test_a (m.C)']).toBe('failed');
    expect(vector.problem).toContain('names 2 tests, unittest itself counts 1');
    expect(read(`Ran 5 tests in 0.1s\ntest_a (m.C) ... ok\n`).problem).toContain('did not come to its summary');
  });
});

describe('other runners', () => {
  it('TAP', () => {
    const vector = read(
      '1..5\nok 1 - adds\nnot ok 2 - subtracts\nok 3 # SKIP no network\nnot ok 4 - later # TODO some day\nok 5 - a # b\n',
    );
    expect(vector).toMatchObject({
      results: { adds: 'passed', subtracts: 'failed', 'test 3': 'skipped', later: 'xfail', a: 'passed' },
      collected: 5,
      parser: 'tap',
      problem: null,
    });
    expect(read('1..3\nok 1 - a\n', { exitCode: 0 }).problem).toContain('The plan is 3 tests, 1 have a result');
    expect(read('ok\n').parser).toBeNull();
  });
  it('automake and Go', () => {
    expect(read('PASS: a.sh\nFAIL: b.sh\nXFAIL: c.sh\n# TOTAL: 3\n')).toMatchObject({
      results: { 'a.sh': 'passed', 'b.sh': 'failed', 'c.sh': 'xfail' },
      collected: 3,
      parser: 'labelled',
    });
    expect(read('=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- FAIL: TestB/x (1.20s)\n--- SKIP: TestC (0.00s)\n')).toMatchObject({
      results: { TestA: 'passed', 'TestB/x': 'failed', TestC: 'skipped' },
      collected: 3,
    });
  });
  it('cargo, and one test a line', () => {
    expect(read('running 3 tests\ntest a::b ... ok\ntest a::c ... FAILED\ntest a::d ... ignored\n')).toMatchObject({
      results: { 'a::b': 'passed', 'a::c': 'failed', 'a::d': 'skipped' },
      collected: 3,
      parser: 'name-status',
    });
    expect(read('login … ok\nlogout … failed\n').results).toEqual({ login: 'passed', logout: 'failed' });
    expect(read('suite/a.js PASS\nsuite/b.js: FAILED\n').results).toEqual({ 'suite/a.js': 'passed', 'suite/b.js': 'failed' });
  });
  it('SymPy’s', () => {
    expect(
      read(
        '=== test process starts ===\n\na/test_x.py[3] \ntest_a ok\ntest_b F\ntest_c f      [FAIL]\n\n=== tests finished: 1 passed, 1 failed, 1 expected to fail, in 1.00 seconds ===\n',
        { exitCode: 1 },
      ),
    ).toMatchObject({
      results: { 'a/test_x.py:test_a': 'passed', 'a/test_x.py:test_b': 'failed', 'a/test_x.py:test_c': 'xfail' },
      aliases: { test_a: ['a/test_x.py:test_a'] },
      collected: 3,
      parser: 'sympy',
      problem: null,
    });
  });
});

describe('any log', () => {
  it('that holds no test says so, with the parsers that were tried and the exit code', () => {
    const vector = read('make: *** No rule to make target\n', { exitCode: 2 });
    expect(vector).toMatchObject({ results: {}, collected: null, parser: null });
    for (const id of parserIds()) expect(vector.problem).toContain(id);
    expect(vector.problem).toContain('exit code is 2');
    expect(read('', { exitCode: 0 }).problem).toBe('The test command printed nothing; its exit code is 0.');
    expect(() => read('', { parser: 'nose' })).toThrow('There is no log parser “nose”; there are pytest,');
  });

  it('can have tests by hostile names', () => {
    const vector = read('PASS: __proto__\nFAIL: constructor\nPASS: toString\n');
    expect(Object.entries(vector.results)).toEqual([
      ['__proto__', 'passed'],
      ['constructor', 'failed'],
      ['toString', 'passed'],
    ]);
    expect(JSON.parse(JSON.stringify(vector))).toEqual(vector);
  });

  const piece = fc.oneof(
    fc.constantFrom(
      ...START,
      bar('short test summary info'),
      bar('1 passed in 0.1s'),
      'collected 2 items',
      'PASSED t.py::a',
      't.py::a FAILED [ 10%]',
      'test_a (m.C) ... ok',
      'test_a (m.C)',
      'ok',
      rule,
      'Ran 1 test in 0.1s',
      'OK',
      '1..2',
      'ok 1 - x',
      'PASS: x',
      '=== test process starts ===',
      'a.py[2]',
      'test_a ok',
      '__proto__ PASSED',
    ),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  it('gives a sound vector, or says why not', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.option(fc.nat(255)), (lines, exitCode) => {
        const vector = read(lines.join('\n'), { exitCode });
        const named = Object.keys(vector.results).length;
        if (vector.collected === null) expect(vector.problem).not.toBeNull();
        if (vector.parser === null) expect(named).toBe(0);
        expect(JSON.parse(JSON.stringify(vector))).toEqual(vector);
      }),
      { numRuns: 1000 },
    );
  });

  // What would take a pattern long that tries every place.
  it.each([
    ['::', 'a::b '],
    [' - ', 'FAILED t.py::a['],
    [' ... ', 'test_a (m.C) '],
    ['.py:', '_ '],
    ['\u001b[', ''],
    ['...ok, ', ''],
    ['1 passed, ', '='],
    [' ', 'PASSED t.py::a'],
    ['[', ''],
    ['(', 'a '],
    ['=', ''],
    ['_', ''],
  ])('of 8 MB is read in bounded time, made of %j', (unit, head) => {
    const line = (head + unit.repeat(4096)).slice(0, 4090);
    const text = [...START, ...Array<string>(2000).fill(line)].join('\n');
    for (const parser of [null, ...parserIds()]) {
      const started = performance.now();
      read(text, { parser });
      expect(performance.now() - started).toBeLessThan(10_000);
    }
    const started = performance.now();
    read(unit.repeat(4_000_000 / unit.length), { parser: null });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('of a hundred thousand sessions is read in bounded time', () => {
    for (const unit of [
      [START[0], bar('1 passed in 0.1s')],
      [START[0], START[0], bar('1 passed in 0.1s')],
      [bar('short test summary info'), bar('1 passed in 0.1s')],
      [rule, 'Ran 1 test in 0.1s', '', 'OK'],
    ]) {
      const started = performance.now();
      read(Array(100_000).fill(unit.join('\n')).join('\n'));
      expect(performance.now() - started).toBeLessThan(10_000);
    }
  });

  it('has parsers with an id each', () => {
    expect(new Set(parserIds()).size).toBe(logParsers.length);
  });
});
