import { describe, expect, it } from 'vitest';
import { compare, normalisers, type DivergenceClass } from '../../../server/replay/index';

const recorded = (observation: string, action = 'python run.py') => ({
  action,
  observation,
  clipped: false,
  exitCode: null,
  timedOut: false,
});
const replayed = (observation: string) => ({ observation, exitCode: null, timedOut: false, truncated: false });

/** What each normaliser makes equal, and what looks like it and must stay a value. */
const CASES: Readonly<
  Record<string, { readonly action?: string; readonly noise: readonly [string, string][]; readonly value: readonly [string, string][] }>
> = {
  durations: {
    noise: [
      ['======= 3 passed in 0.12s =======', '======= 3 passed in 1.70s ======='],
      ['===== 1 failed in 61.12s (0:01:01) =====', '===== 1 failed in 64.01s (0:01:04) ====='],
      ['Ran 5 tests in 0.012s', 'Ran 5 tests in 0.044s'],
      ['real\t0m1.204s', 'real\t0m0.911s'],
      ['0.12s call     tests/test_x.py::test_y', '0.31s call     tests/test_x.py::test_y'],
    ],
    value: [
      ['assert 0.12 == 0.2', 'assert 0.13 == 0.2'],
      ['timeout=30s', 'timeout=60s'],
      ['======= 3 passed in 0.12s =======', '======= 2 passed in 0.12s ======='],
      ['total_seconds() -> 345 s', 'total_seconds() -> 344 s'],
    ],
  },
  times: {
    noise: [
      ['-rw-r--r-- 1 root root  596 May  6  2025 a', '-rw-r--r-- 1 root root  596 Nov 25 14:10 a'],
      ['2024-03-01 10:11:12,345 INFO start', '2025-07-08 01:02:03,999 INFO start'],
      ['--- a/x.py\t2024-03-01 10:11:12.000000000 +0000', '--- a/x.py\t2025-03-01 10:11:12.000000000 +0000'],
      ['Wed Nov 25 14:10:23 UTC 2026', 'Thu Nov 26 04:10:23 UTC 2026'],
    ],
    value: [
      ["datetime.date(2024, 3, 1) -> '2024-03-01'", "datetime.date(2024, 3, 1) -> '2024-03-02'"],
      ['-rw-r--r-- 1 root root  596 May  6  2025 a', '-rw-r--r-- 1 root root  597 May  6  2025 a'],
    ],
  },
  owners: {
    action: 'ls -l',
    noise: [
      ['-rw-r--r-- 1 root root  596 May  6  2025 a', '-rw-r--r-- 1 me staff  596 May  6  2025 a'],
      ['drwxrwxrwx 4 root root 4096 May  6  2025 d', 'drwxr-xr-x 9 root root  160 May  6  2025 d'],
      ['total 144', 'total 12K'],
    ],
    value: [
      ['-rw-r--r-- 1 root root  596 May  6  2025 run.sh', '-rwxr-xr-x 1 root root  596 May  6  2025 run.sh'],
      ['-rw-r--r-- 1 root root  596 May  6  2025 key', '-rw------- 1 root root  596 May  6  2025 key'],
      ['total 144 tests', 'total 12 tests'],
    ],
  },
  addresses: {
    noise: [['<Foo object at 0x7f1a2b3c4d5e>', '<Foo object at 0x7fffaaaa0000>']],
    value: [
      ['mask = 0x7f1a2b3c', 'mask = 0x7f1a2b3d'],
      ['<Foo object at 0x7f1a2b3c4d5e>', '<Bar object at 0x7f1a2b3c4d5e>'],
    ],
  },
  pids: {
    noise: [
      ['server started, pid 4711', 'server started, pid 90'],
      ['[1] 4711', '[1] 90'],
    ],
    value: [
      ['port 4711', 'port 90'],
      ['[1] 4711 rows', '[1] 90 rows'],
    ],
  },
  'shell-lines': {
    noise: [
      ['/bin/bash: line 2602: _strings: command not found', '/bin/bash: line 31: _strings: command not found'],
      ['/bin/bash: line 7: cd: nowhere: No such file or directory', '/bin/bash: line 9: cd: nowhere: No such file or directory'],
    ],
    value: [
      ["/bin/bash: line 1: syntax error near unexpected token `then'", "/bin/bash: line 2: syntax error near unexpected token `then'"],
      ['/bin/bash: line 1: `if then', '/bin/bash: line 2: `if then'],
      ['run.sh: line 7: foo: command not found', 'run.sh: line 8: foo: command not found'],
      ['/bin/bash: line 7: [: a: integer expression expected', '/bin/bash: line 7: [: b: integer expression expected'],
      ['bash: line 7: foo: command not found', 'bash: line 8: foo: command not found'],
    ],
  },
  'temp-names': {
    noise: [
      ['/tmp/tmpab12cd_x/out.txt', '/tmp/tmpzz00yy_1/out.txt'],
      ['/tmp/tmp.Ab3dE6gH1j', '/tmp/tmp.Zb3dE6gH1k'],
      ['/tmp/pytest-of-root/pytest-0/test_x0', '/tmp/pytest-of-root/pytest-7/test_x0'],
    ],
    value: [
      ['/tmp/result-a.txt', '/tmp/result-b.txt'],
      ['/tmp/tmpab12cd_x/out.txt', '/tmp/tmpab12cd_x/err.txt'],
    ],
  },
  paths: {
    noise: [
      ['/opt/miniconda3/envs/testbed/lib/python3.9/site-packages/yaml/x.py:3', '/usr/lib/python3/dist-packages/yaml/x.py:3'],
      ['/opt/miniconda3/bin/python: No module named pytest', '/usr/bin/python: No module named pytest'],
      ['  File "/usr/lib/python3.9/json/decoder.py", line 3', '  File "/opt/conda/lib/python3.9/json/decoder.py", line 3'],
    ],
    value: [
      ['/usr/lib/python3/dist-packages/yaml/x.py:3', '/usr/lib/python3/dist-packages/yaml/y.py:3'],
      ['  File "/testbed/src/a.py", line 3', '  File "/testbed/src/b.py", line 3'],
      ['/usr/bin/pythonista', '/bin/pythonista'],
    ],
  },
  'micro-versions': {
    noise: [
      ['Python 3.11.5', 'Python 3.11.2'],
      ['platform linux -- Python 3.9.19, pytest-7.4.0, pluggy-1.2.0', 'platform linux -- Python 3.9.2, pytest-7.4.4, pluggy-1.2.9'],
    ],
    value: [
      ['Python 3.11.5', 'Python 3.10.5'],
      ['marshmallow 3.13.0', 'marshmallow 3.13.1'],
      ['Successfully installed pytest-7.4.0', 'Successfully installed pytest-7.4.4'],
    ],
  },
  hashes: {
    noise: [
      ['[main 1a2b3c4] Fix', '[main 99aabb0] Fix'],
      ['index 085c509b..1ade376c 100644', 'index 085c509..1ade376 100644'],
    ],
    value: [
      ['1a2b3c4 Fix rounding', '99aabb0 Fix rounding'],
      ['index 085c509..1ade376 100644', 'index 085c509..2ade376 100644'],
      ['[main 1a2b3c4] Fix', '[main 1a2b3c4] Break'],
    ],
  },
  ordering: {
    action: 'find . -name "*.py"',
    noise: [['./a.py\n./b.py', './b.py\n./a.py']],
    value: [['./a.py\n./b.py', './b.py\n./c.py']],
  },
};

const classOf = (before: string, after: string, action?: string): DivergenceClass =>
  compare(recorded(before, action), replayed(after)).class;

describe('every normaliser', () => {
  it('has cases here', () => {
    expect(Object.keys(CASES).sort()).toEqual(normalisers.map(({ id }) => id).sort());
  });

  for (const [id, { action, noise, value }] of Object.entries(CASES)) {
    for (const [before, after] of noise)
      it(`${id} explains ${JSON.stringify(before)} against ${JSON.stringify(after)}`, () => {
        const result = compare(recorded(before, action), replayed(after));
        expect(result.class).toBe('noise');
        expect(result.noise).toContain(id);
        const without = normalisers.filter((one) => one.id !== id);
        expect(compare(recorded(before, action), replayed(after), without).class).toBe('value');
      });
    for (const [before, after] of value)
      it(`${id} leaves ${JSON.stringify(before)} against ${JSON.stringify(after)} a value`, () => {
        expect(classOf(before, after, action)).toBe('value');
      });
  }

  it('leaves order alone where it was asked for, or means something', () => {
    expect(classOf('a\nb', 'b\na', 'find . | sort -r')).toBe('value');
    expect(classOf('a\nb', 'b\na', 'python list.py')).toBe('value');
  });

  it('leaves the dates of a history alone', () => {
    expect(classOf('2024-03-01 10:11:12 +0000 fix', '2024-03-02 10:11:12 +0000 fix', 'git log --format=%ci')).toBe('value');
  });
});

describe('a comparison', () => {
  it('takes a terminal’s line ends and control sequences for what they show', () => {
    expect(classOf('a\r\n\u001b[31mred\u001b[0m\r\n', 'a\nred\n')).toBe('equal');
  });

  it('names only the normalisers that it took', () => {
    const { noise } = compare(recorded('1 passed in 0.10s at 0x1'), replayed('1 passed in 0.20s at 0x1'));
    expect(noise).toEqual(['durations']);
  });

  it('shows the first line that nothing explains, as it was', () => {
    const { first } = compare(recorded('1 passed in 0.10s\nvalue 1\nend'), replayed('1 passed in 0.20s\nvalue 2\nend'));
    expect(first).toEqual({ line: 2, recorded: 'value 1', replayed: 'value 2' });
  });

  it('shows the end of the shorter text', () => {
    expect(compare(recorded('a\nb'), replayed('a')).first).toEqual({ line: 2, recorded: 'b', replayed: null });
    expect(compare(recorded('a'), replayed('a\nb')).first).toEqual({ line: 2, recorded: null, replayed: 'b' });
  });

  it('compares exit codes only where one is recorded', () => {
    const codes = (before: number | null, after: number) =>
      compare({ ...recorded('x'), exitCode: before }, { ...replayed('x'), exitCode: after }).class;
    expect([codes(0, 1), codes(null, 1), codes(1, 1)]).toEqual(['exit_status', 'equal', 'equal']);
  });

  it('tells a timeout of one side, and knows none of both', () => {
    expect(compare({ ...recorded('x'), timedOut: true }, replayed('x')).class).toBe('timeout');
    expect(compare(recorded('x'), { ...replayed('x'), timedOut: true }).class).toBe('timeout');
    expect(compare({ ...recorded('x'), timedOut: true }, { ...replayed('x'), timedOut: true }).class).toBe('equal');
  });

  it('names what the image lacks', () => {
    const lacking = (after: string, before = 'ok') => compare(recorded(before), replayed(after));
    expect(lacking('bash: line 1: rg: command not found')).toMatchObject({
      class: 'missing',
      reason: 'The replay finds no rg, the recorded run did.',
    });
    expect(lacking("ModuleNotFoundError: No module named 'numpy'")).toMatchObject({ class: 'missing' });
    expect(lacking('/usr/bin/python3: No module named pytest', '3 passed').reason).toBe(
      'The replay finds no pytest, the recorded run did.',
    );
    expect(lacking("FileNotFoundError: [Errno 2] No such file or directory: 'a b.txt'").reason).toContain('a b.txt');
    // An assertion that quotes such a line is a result.
    expect(lacking("E   FileNotFoundError: [Errno 2] No such file or directory: 'x'").class).toBe('value');
    expect(lacking('cat: /data/x.csv: No such file or directory').reason).toContain('/data/x.csv');
    // What the recorded run lacked too is nothing that the image lacks.
    expect(lacking('bash: line 2: rg: command not found', 'bash: line 1: rg: command not found').class).toBe('value');
  });

  it('calls what agrees up to a cut truncated, and what does not a value', () => {
    const cut = (before: string, after: string) => compare({ ...recorded(before), clipped: true }, replayed(after)).class;
    expect(cut('a\nb\nc (cut)', 'a\nb\nc and more\nd')).toBe('truncated');
    expect(cut('a\nB\nc (cut)', 'a\nb\nc and more\nd')).toBe('value');
  });

  it('knows an observation that is not recorded from an empty one', () => {
    expect(compare({ ...recorded(''), observation: null }, replayed('x')).class).toBe('unrecorded');
    expect(classOf('', 'x')).toBe('value');
  });

  it('takes two pipes mixed in another order for noise, lines out of their stream’s order not', () => {
    const mixed = (before: string) =>
      compare(recorded(before), { ...replayed('e1\ne2\no1\no2\n'), streams: { stdout: 'o1\no2\n', stderr: 'e1\ne2\n' } });
    expect(mixed('o1\ne1\no2\ne2\n')).toMatchObject({ class: 'noise', noise: ['streams'] });
    expect(mixed('o2\ne1\no1\ne2\n').class).toBe('value');
    expect(mixed('o1\ne1\no3\ne2\n').class).toBe('value');
  });
});
