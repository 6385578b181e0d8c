/** The built `turnpike` command as a user runs it: exit codes, streams, JSON, plain text. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectSchema, type Inspection } from '../../server/cli/schema';

const CORPUS = process.env['TURNPIKE_CORPUS'] ?? '../shared/corpus';
const COMMAND = 'dist/turnpike.cjs';
const MARSHMALLOW = join(CORPUS, 'swe-agent/mit__SWE-agent/demo__mm1867-function_calling__install-1__869aa18f.traj');

interface Row {
  readonly file: string;
  readonly format: string;
  readonly turns: number | string;
  readonly outcome: string | null;
}
const rows = readFileSync(join(CORPUS, 'MANIFEST.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Row);
const readable = rows.filter(
  (row) => ['swe-agent', 'mini-swe-agent', 'atif'].includes(row.format) && !/subagent_trajectories/.test(row.file),
);

const turnpike = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8', maxBuffer: 1 << 30 });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-cli-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const inspect = (...args: string[]): Inspection[] =>
  turnpike('inspect', '--json', ...args)
    .stdout.split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Inspection);

describe('inspect --json', () => {
  test('every readable corpus file is one line that the schema accepts, and its sums hold', () => {
    const files = readable.map((row) => join(CORPUS, row.file));
    const run = turnpike('inspect', '--json', ...files);
    const lines = run.stdout.split('\n').filter((line) => line !== '');
    expect(run.stderr).toBe('');
    expect(lines).toHaveLength(files.length);
    for (const [i, line] of lines.entries()) {
      const object = inspectSchema.parse(JSON.parse(line));
      expect(object.file).toBe(files[i]);
      const { rewards } = object;
      const sum = (key: 'raw' | 'paid'): number =>
        rewards.turns.reduce((total, turn) => total + (turn[key].state === 'scored' ? turn[key].value : 0), 0);
      const outcome = rewards.outcome.state === 'scored' ? rewards.outcome.value : null;
      if (outcome === null) {
        expect(rewards.totals.dra.state).not.toBe('scored');
      } else {
        expect(rewards.totals.dra).toEqual({ state: 'scored', value: expect.closeTo(sum('raw') + outcome, 9) as number });
        expect(rewards.totals.gra).toEqual({ state: 'scored', value: expect.closeTo(sum('paid') + outcome, 9) as number });
      }
      for (const turn of rewards.turns) {
        if (turn.gate.blockedBy !== null) expect(turn.gate.open).toBe(false);
        if (turn.gate.open === true) expect(turn.paid).toEqual(turn.raw);
      }
    }
    expect(run.status).toBe(0);
  });

  test('the evidence bytes of every finding decode to text of the turn that it names', () => {
    const objects = inspect(...readable.map((row) => join(CORPUS, row.file)));
    let seen = 0;
    for (const object of objects) {
      const bytes = object.findings.length > 0 ? readFileSync(object.file) : Buffer.alloc(0);
      for (const finding of object.findings) {
        for (const { turn, start, end, encoding } of finding.evidence) {
          const raw = bytes.subarray(start, end).toString('utf8');
          expect(raw).not.toBe('');
          const text = encoding === 'json' ? raw : (JSON.parse(`"${raw}"`) as string);
          expect(object.turns[turn]).toBeDefined();
          expect(text.length).toBeLessThanOrEqual(raw.length);
          if (encoding === 'json') expect(() => void JSON.parse(raw)).not.toThrow();
          seen++;
        }
      }
    }
    expect(seen).toBeGreaterThan(0);
  });

  test('a gate that nothing passes leaves the outcome alone', () => {
    const config = join(folder, 'shut.yaml');
    writeFileSync(
      config,
      'version: 1\nlevels:\n  - id: outcome\n    functions:\n      - id: outcome\n    gate: { threshold: 5, op: ">=" }\n  - id: steps\n    functions:\n      - { id: action_format, weight: 1 }\n',
    );
    const [object] = inspect('--rewards', config, MARSHMALLOW);
    expect(object?.rewards.config).toBe(config);
    expect(object?.rewards.levels[0]?.gate).toEqual({ threshold: 5, op: '>=', state: 'shut' });
    const paid = object?.rewards.turns.filter((turn) => turn.raw.state === 'scored') ?? [];
    expect(paid.length).toBeGreaterThan(0);
    for (const turn of paid)
      expect(turn).toMatchObject({ paid: { state: 'scored', value: 0 }, gate: { open: false, blockedBy: 'outcome' } });
    expect(object?.rewards.totals.bounds?.gra).toEqual([0, 1]);
  });
});

describe('exit codes', () => {
  test('0 for a damaged file with whole turns, its problem in `problems`', () => {
    const file = join(CORPUS, 'swe-agent/malformed/demo__ctf_crypto_BabyEncryption__e340ab91.traj');
    const run = turnpike('inspect', '--json', file);
    expect(run.status).toBe(0);
    const object = JSON.parse(run.stdout) as Inspection;
    expect(object.problems[0]).toMatchObject({ line: 70 });
    expect(object.turns.length).toBeGreaterThan(0);
  });

  test('2 and a sentence on stderr for each file that is no episode; the others are still read', () => {
    const empty = join(folder, 'empty.traj');
    writeFileSync(empty, '');
    const run = turnpike('inspect', '--json', empty, folder, join(folder, 'missing.traj'), MARSHMALLOW);
    expect(run.status).toBe(2);
    expect(run.stdout.trim().split('\n')).toHaveLength(1);
    const sentences = run.stderr.trim().split('\n');
    expect(sentences).toHaveLength(3);
    for (const sentence of sentences) expect(sentence).toMatch(/^.+: .+\.$/);
  });

  test('2 for a file damaged before the end of its first turn', () => {
    const file = join(folder, 'cut.traj');
    writeFileSync(file, '{"trajectory": [{"action": "ls", "observation": "a');
    const run = turnpike('inspect', '--json', file);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toMatch(/cut\.traj: Line 1, byte \d+: .+\./);
  });

  test('a configuration that was asked for and can not be used is said, in the JSON too', () => {
    const run = turnpike('inspect', '--json', '--rewards', join(folder, 'nothere.yaml'), MARSHMALLOW);
    expect(run.status).toBe(0);
    expect(run.stderr).toContain('does not exist');
    const object = JSON.parse(run.stdout) as Inspection;
    expect(object.rewards.config).toBe('default');
    expect(object.problems.map((problem) => problem.message).join()).toContain('does not exist');
  });

  test('a file that is rewritten all the time gives a picture of some moment or a sentence, never a stack', async () => {
    const file = join(folder, 'busy.traj');
    const text = readFileSync(MARSHMALLOW, 'utf8');
    writeFileSync(file, text);
    const writer = spawn(process.execPath, [
      '-e',
      `const fs=require('fs');const t=fs.readFileSync(${JSON.stringify(MARSHMALLOW)},'utf8');setInterval(()=>{fs.writeFileSync(${JSON.stringify(file)},t)},3)`,
    ]);
    try {
      for (let i = 0; i < 5; i++) {
        const run = turnpike('inspect', '--json', file);
        expect([0, 2]).toContain(run.status);
        expect(run.stderr).not.toMatch(/\n\s+at /);
        if (run.status === 2) expect(run.stderr).toMatch(/busy\.traj: .+\.\n$/);
      }
    } finally {
      writer.kill();
      await new Promise((done) => writer.once('exit', done));
    }
  });

  test('64 for wrong usage', () => {
    expect(turnpike('inspect').status).toBe(64);
    expect(turnpike('inspect', '--nonsense', MARSHMALLOW).status).toBe(64);
    expect(turnpike('nonsense').status).toBe(64);
  });

  test('rewards check: 0 for the example, 1 with line and column for errors, 2 for a missing file', () => {
    const good = join(folder, 'turnpike.rewards.yaml');
    writeFileSync(good, turnpike('rewards', 'example').stdout);
    expect(turnpike('rewards', 'check', good)).toMatchObject({ status: 0, stderr: '' });
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, 'version: 1\nlevels:\n  - id: outcome\n    functions:\n      - id: outcom\n');
    const run = turnpike('rewards', 'check', bad);
    expect(run.status).toBe(1);
    expect(run.stdout).toMatch(/bad\.yaml:5:\d+: error: .*outcome/);
    expect(turnpike('rewards', 'check', join(folder, 'none.yaml')).status).toBe(2);
  });

  test('doctor says what is there', () => {
    const run = turnpike('doctor');
    expect(run.status).toBe(0);
    expect(run.stdout).toContain(process.versions.node);
  });
});

test('the printed example and the printed module work together', () => {
  const config = join(folder, 'turnpike.rewards.yaml');
  writeFileSync(config, turnpike('rewards', 'example').stdout);
  writeFileSync(join(folder, 'my_reward.mjs'), turnpike('rewards', 'example', '--module').stdout);
  const untrusted = inspect('--rewards', config, MARSHMALLOW)[0];
  const trusted = inspect('--rewards', config, '--trust', MARSHMALLOW)[0];
  const own = (object: Inspection | undefined): string[] =>
    (object?.rewards.turns ?? []).flatMap((turn) =>
      Object.entries(turn.functions).flatMap(([name, score]) => (/my_reward|small steps/.test(name) ? [score.state] : [])),
    );
  expect(new Set(own(untrusted))).toEqual(new Set(['unscored']));
  expect(own(trusted)).toContain('scored');
});

test('the report is plain when piped and lets no control sequence of an episode through', () => {
  const run = turnpike('inspect', MARSHMALLOW);
  expect(run.status).toBe(0);
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  expect(run.stdout).not.toMatch(/\u001b/);
  expect(run.stdout).toContain('G-RA');
  const hostile = join(folder, 'hostile.traj');
  writeFileSync(
    hostile,
    JSON.stringify({
      trajectory: [{ action: '\u001b]0;owned\u0007ls\u202e', observation: 'x', response: '', state: '{}', thought: '' }],
      history: [],
      info: { exit_status: '\u001b[2Jsubmitted' },
    }),
  );
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  expect(turnpike('inspect', hostile).stdout).not.toMatch(/[\u0007\u001b\u202e]/);
});
