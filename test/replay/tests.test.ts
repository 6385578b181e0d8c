/** Test vectors on a real engine: which states are tested, in what copy, and what a hostile test can't do. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  LABEL,
  replay,
  toolFolders,
  type Limits,
  type Recording,
  type ReplayFacts,
  type TestVector,
  type TestWish,
  type TurnFacts,
} from '../../server/replay/index';
import { removeCheckpoints } from '../../server/replay/state/checkpoints';
import type { StatesWish } from '../../server/replay/state/keeper';
import { StateStore } from '../../server/replay/state/store';
import { connectToTestEngine, testImage, recordingOfActions } from './support';

let folder = '';
let commit = '';

const CALC = `def add(a, b):
    return a - b


def double(a):
    return 2 * a
`;
const TESTS = `import calc


def test_add():
    assert calc.add(1, 2) == 3


def test_add_nothing():
    assert calc.add(1, 0) == 1


def test_double():
    assert calc.double(4) == 8
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-tests-'));
  const git = (...words: readonly string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...words], { encoding: 'utf8' }).trim();
  git('init', '-q');
  writeFileSync(join(folder, 'calc.py'), CALC);
  writeFileSync(join(folder, 'test_calc.py'), TESTS);
  writeFileSync(join(folder, '.gitignore'), '__pycache__\n.pytest_cache\nignored.txt\n');
  git('add', '-A');
  git('commit', '-qm', 'base');
  commit = git('rev-parse', 'HEAD');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const recording = (actions: readonly string[]): Recording => {
  const configuration = { environment: { cwd: '/testbed', timeout: 30 } };
  return recordingOfActions({ format: 'mini-swe-agent', version: 'mini-swe-agent-1.1', configuration }, actions);
};

interface Parts {
  readonly tests?: Partial<TestWish>;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
  readonly progress?: (tests: TestVector | null) => void;
  readonly states?: StatesWish;
}

const run = async (actions: readonly string[], { tests, limits = {}, signal, progress, states }: Parts = {}): Promise<ReplayFacts> =>
  replay(await connectToTestEngine(), {
    recording: recording(actions),
    options: {
      image: testImage('python'),
      repository: { directory: folder, commit },
      limits,
      until: null,
      runtime: null,
      tests: { command: 'python3 -m pytest -q', parser: null, failToPass: null, passToPass: null, timeoutMs: 120_000, ...tests },
    },
    tools: toolFolders(),
    ...(signal !== undefined && { signal }),
    ...(states !== undefined && { states }),
    ...(progress !== undefined && {
      progress: (_done: number, _of: number, facts: TurnFacts) => {
        progress(facts.tests);
      },
    }),
  });

/** Containers and images that this process left in the engine. */
async function left(): Promise<number> {
  const { docker } = await connectToTestEngine();
  const [containers, images] = await Promise.all([
    docker.listContainers({ all: true, filters: { label: [LABEL] } }),
    docker.listImages({ filters: { label: [LABEL] } }),
  ]);
  return [...containers, ...images].filter(({ Labels }) => (Labels as Record<string, string> | null)?.[LABEL]?.endsWith(`/${process.pid}`))
    .length;
}

const FIX = "sed -i 's/a - b/a + b/' calc.py";
const BREAK = "sed -i 's/2 \\* a/3 * a/' calc.py";
const green = { 'test_calc.py::test_add': 'passed', 'test_calc.py::test_add_nothing': 'passed', 'test_calc.py::test_double': 'passed' };

describe('the vector of a state', () => {
  it('is there for each turn that changed the tree, and is inherited by the others', async () => {
    const facts = await run(['ls', FIX, BREAK, 'git diff; touch ignored.txt', 'git checkout calc.py', 'git status']);
    expect(facts.baseTests).toMatchObject({
      results: { ...green, 'test_calc.py::test_add': 'failed' },
      collected: 3,
      parser: 'pytest',
      exitCode: 1,
      timedOut: false,
      problem: null,
    });
    const [first, fixed, broken, same, reverted, last] = facts.turns.map(({ tests }) => tests);
    expect(first).toEqual(facts.baseTests);
    expect(fixed).toMatchObject({ results: green, exitCode: 0, problem: null });
    expect(broken?.results).toEqual({ ...green, 'test_calc.py::test_double': 'failed' });
    expect(same).toEqual(broken);
    // The tree of the base again: not run again.
    expect(reverted).toEqual(facts.baseTests);
    expect(last).toEqual(facts.baseTests);
    expect(await left()).toBe(0);
  });

  it('comes beside the next turns where the engine has room for two containers', async () => {
    const beside = { limits: { cpus: 0.5, memoryBytes: 2 ** 29 } };
    const shown: unknown[] = [];
    const facts = await run([FIX, BREAK, 'git checkout calc.py'], { ...beside, progress: (tests) => shown.push(tests) });
    expect(shown).toEqual([null, null, null]);
    expect(facts.turns.map(({ tests }) => tests?.results['test_calc.py::test_double'])).toEqual(['passed', 'failed', 'passed']);
    expect(facts.turns[2]?.tests).toEqual(facts.baseTests);
    expect(await left()).toBe(0);
  });

  it('is of a copy: what tests do to the repository never reaches the episode', async () => {
    const facts = await run([FIX, 'ls; cat calc.py'], {
      tests: { command: 'rm -f calc.py; touch /testbed/by-tests; kill -9 -1; python3 -m pytest -q' },
    });
    expect(facts.turns[1]?.observation).not.toContain('by-tests');
    expect(facts.turns[1]?.observation).toContain('a + b');
    expect(facts.turns[0]?.tests).toMatchObject({ exitCode: 137, results: {} });
    expect(facts.turns[0]?.tests?.problem).toContain('was killed');
  });

  it('has what the agent made outside the tree', async () => {
    const facts = await run(['mkdir -p /opt/lib && echo "value = 1" > /opt/lib/outside.py', 'echo "import outside" >> calc.py'], {
      tests: { command: 'PYTHONPATH=/opt/lib python3 -m pytest -q' },
    });
    expect(facts.turns[1]?.tests).toMatchObject({ collected: 3, exitCode: 1 });
  });
});

describe('a test that fights', () => {
  const only = async (body: string, parts: Parts = {}): Promise<NonNullable<ReplayFacts['baseTests']>> => {
    const facts = await run(
      [`printf '%s' '${body.replaceAll("'", "'\\''")}' > test_hostile.py; /bin/echo still here`, '/bin/echo still here'],
      {
        ...parts,
        tests: { command: 'python3 -m pytest -q test_hostile.py', timeoutMs: 10_000, ...parts.tests },
        limits: { memoryBytes: 256 * 2 ** 20, pids: 64, ...parts.limits },
      },
    );
    expect(facts.turns[1]).toMatchObject({ observation: 'still here\n', exitCode: 0 });
    expect(await left()).toBe(0);
    return facts.turns[0]!.tests!;
  };

  it('by hanging is ended at the limit, and the vector says so', async () => {
    expect(await only('import time\ndef test_a():\n    time.sleep(1000)\n', { tests: { timeoutMs: 3_000 } })).toMatchObject({
      timedOut: true,
      exitCode: null,
      problem: expect.stringContaining('longer than 3 s') as string,
    });
  });

  it('by ending every process is said to be killed', async () => {
    const vector = await only('import os\ndef test_a():\n    os.kill(-1, 9)\n');
    expect(vector.exitCode).toBe(137);
    expect(vector.problem).toContain('killed');
  });

  it('by leaving processes behind that hold its output does not hold the vector', async () => {
    const vector = await only('import subprocess\ndef test_a():\n    subprocess.Popen(["sleep", "1000"])\n');
    expect(vector).toMatchObject({ results: { 'test_hostile.py::test_a': 'passed' }, timedOut: false, exitCode: 0, problem: null });
  });

  it('by forking without end comes to an end', async () => {
    const vector = await only('import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass\n', {
      tests: { timeoutMs: 4_000 },
    });
    expect(vector.problem).not.toBeNull();
  });

  it('by taking all memory is told apart', async () => {
    const vector = await only('def test_a():\n    x = bytearray(10 ** 9)\n    x[::4096] = b"1" * len(x[::4096])\n');
    expect(vector.problem).toMatch(/memory|killed/);
  });

  it('by filling the disk is ended', async () => {
    const vector = await only('def test_a():\n    for i in range(10000):\n        open(f"/tmp/{i}", "wb").write(b"1" * 10 ** 7)\n', {
      limits: { diskBytes: 64 * 2 ** 20 },
      tests: { timeoutMs: 60_000 },
    });
    expect(vector.problem).toContain('more than their limit of disk (64 MiB)');
  });

  it('by leaving early with success has nothing that passed', async () => {
    const vector = await only('import os\nprint("test_hostile.py::test_a PASSED")\nos._exit(0)\ndef test_a():\n    assert False\n');
    expect(vector).toMatchObject({ results: {}, exitCode: 0 });
    expect(vector.problem).not.toBeNull();
  });
});

it('is ended with its replay, and leaves nothing', async () => {
  const cancel = new AbortController();
  const running = run([FIX, BREAK], {
    tests: { command: 'sleep 1000' },
    signal: cancel.signal,
  });
  setTimeout(() => {
    cancel.abort();
  }, 4_000);
  await expect(running).rejects.toThrow();
  expect(await left()).toBe(0);
});

it('says what is wrong where there is nothing to run', async () => {
  const facts = await run([FIX], { tests: { command: 'no-such-command --at-all' } });
  expect(facts.baseTests).toMatchObject({ collected: null, parser: null, exitCode: 127 });
  expect(facts.baseTests?.problem).toContain('exit code is 127');
});

it('reaps the copies of a process that died', async () => {
  const { docker } = await connectToTestEngine();
  const dead = spawnSync('true').pid;
  const made = (await docker.createContainer({ Image: testImage('python'), Labels: {} }).then(async (container) => {
    const image = (await container.commit({ changes: [`LABEL dev.turnpike.tests=${hostname()}/${dead}`] })) as unknown;
    await container.remove({ force: true });
    return image;
  })) as { readonly Id: string };
  await run(['true'], { tests: { command: 'true' } });
  await expect(docker.getImage(made.Id).inspect()).rejects.toThrow();
});

it('keeps the vectors of a replay that goes on after an interruption', async () => {
  const states = mkdtempSync(join(tmpdir(), 'turnpike-tests-states-'));
  const store = new StateStore(states);
  const { docker } = await connectToTestEngine();
  const kept = { store, run: 'tests', checkpoints: { everyMs: 1, share: Infinity } };
  try {
    const cancel = new AbortController();
    let done = 0;
    const stopped = run(['ls', FIX, 'ls', BREAK], {
      states: kept,
      signal: cancel.signal,
      progress: () => {
        if (++done === 3) cancel.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
    const facts = await run(['ls', FIX, 'ls', BREAK], { states: kept });
    expect(facts.problems.join(' ')).toContain('went on after turn');
    expect(facts.baseTests).toMatchObject({ collected: 3, problem: null });
    expect(facts.turns.map(({ tests }) => tests?.exitCode)).toEqual([1, 0, 0, 1]);
  } finally {
    await removeCheckpoints(
      docker,
      (await store.runs()).flatMap(({ checkpoints }) => checkpoints.map(({ image }) => image)),
    );
    await store.close();
    rmSync(states, { recursive: true, force: true });
  }
});
