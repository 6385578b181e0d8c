import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEngine, recordingOf } from '../../../server/engine/index';
import { CannotReplay, interpreted, type RecordedCommand, type Recording } from '../../../server/replay/index';
import { obstaclesIn } from '../../../server/replay/obstacles';
import { runtimes } from '../../../server/replay/runtime/registry';

/** Keys that runtimes look for, so that damage is met where it matters. */
const KEYS = [
  'agent',
  'tools',
  'bundles',
  'path',
  'env',
  'repo',
  'repo_name',
  'base_commit',
  'deployment',
  'image',
  'environment',
  'cwd',
  'timeout',
]
  .concat(['interpreter', 'environment_type', 'execution_timeout', 'multi_line_command_endings', 'env_variables', 'name', 'extra', 'cwds'])
  .concat(['github_url', '__proto__', 'constructor', 'toString']);
const value: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom(
      null,
      '',
      'docker',
      '/testbed',
      '../..',
      '\0',
      '{"a": 1}',
      0,
      -1,
      1e308,
      Number.NaN,
      true,
      'claude-code',
      'terminus-2',
      'hermes',
    ),
    fc.string(),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string()), tie('any'), { maxKeys: 6 }),
  ),
})).any;

/** The layout that runtimes read, with anything at its ends. */
const shaped = fc.record(
  {
    name: value,
    extra: fc.record({ cwds: value }),
    environment_type: value,
    environment: fc.record({ cwd: value, timeout: value, env: value, interpreter: value, image: value }, { requiredKeys: [] }),
    env: fc.record({
      repo: fc.record({ repo_name: value, github_url: value, path: value, base_commit: value }, { requiredKeys: [] }),
      deployment: value,
    }),
    agent: fc.record({
      tools: fc.record(
        { execution_timeout: value, bundles: fc.array(fc.record({ path: value })), env_variables: value },
        { requiredKeys: [] },
      ),
    }),
  },
  { requiredKeys: [] },
);

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    'submit',
    'EOF',
    'edit 1:2\nx\nend_of_edit',
    'Exit code 999\n',
    '<persisted-output>\n',
    '[File: /x (',
    '\n\n[metadata] {',
    '</output>',
    '\u001e',
  ),
);
const command: fc.Arbitrary<RecordedCommand> = fc.record(
  {
    action: text,
    observation: fc.option(text),
    clipped: fc.boolean(),
    exitCode: fc.option(fc.integer()),
    timedOut: fc.boolean(),
    call: fc.record({
      tool: fc.oneof(fc.constantFrom('Bash', 'exec', 'terminal', 'bash_command', 'shell', '__proto__'), fc.string()),
      arguments: value,
    }),
  },
  { requiredKeys: ['action', 'observation', 'clipped', 'exitCode', 'timedOut'] },
);
const prompt: fc.Arbitrary<string | null> = fc.option(text);
const recording: fc.Arbitrary<Recording> = fc.record({
  hash: fc.constant('0'.repeat(64)),
  format: fc.constantFrom('swe-agent', 'mini-swe-agent', 'atif'),
  version: fc.oneof(fc.constantFrom('0.7', '0.2-0.6', '1.0-dev', '1.1.0', 'ATIF-v1.7', ''), fc.string()),
  instance: fc.option(fc.oneof(fc.constantFrom('a__b-1', '../../etc', 'x y'), fc.string())),
  configuration: fc.oneof(value, shaped),
  systemPrompt: prompt,
  problemStatement: fc.option(text),
  submission: fc.option(text),
  exitStatus: fc.option(text),
  turns: fc.array(
    fc.record({
      index: fc.nat(),
      executed: fc.boolean(),
      commands: fc.array(command, { maxLength: 4 }),
      state: fc.option(fc.dictionary(fc.constantFrom('working_dir', 'open_file'), value)),
    }),
    { maxLength: 5 },
  ),
});

describe('a recording whose configuration is damaged', () => {
  it('gets a plan, or a sentence', () => {
    fc.assert(
      fc.property(recording, (given) => {
        const read = interpreted(given);
        expect(read.turns).toHaveLength(given.turns.length);
        for (const { reason } of obstaclesIn(read)) expect(reason).toMatch(/\.$/);
        const runtime = runtimes.find((candidate) => candidate.claims(read));
        if (runtime === undefined) return;
        try {
          const plan = runtime.plan(read);
          expect(plan.cwd).toMatch(/^\/[^\0\n]*$/);
          expect(plan.actionMs).toBeGreaterThan(0);
          for (const problem of plan.problems) expect(problem).toMatch(/\.$/);
        } catch (error) {
          if (!(error instanceof CannotReplay)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a damaged file', () => {
  const folder = 'test/fixtures/derived';
  const files = readdirSync(folder).filter((name) => /^(?:mini-swe-agent|atif|swe-agent-(?:0\.7|1\.1-every)).*json$|\.traj$/.test(name));
  const bytes = new Map(files.map((name) => [name, readFileSync(join(folder, name))]));
  const at = mkdtempSync(join(tmpdir(), 'turnpike-damaged-'));

  it('gets a recording of what is whole, or is no episode', async () => {
    const engine = createEngine({ rewardsFile: null, reportFile: null, mutedRules: [], trust: { all: false, hashes: [] }, roots: [at] });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom('cut', 'byte', 'gone'),
        fc.nat(255),
        async (name, where, how, byte) => {
          const whole = bytes.get(name)!;
          const place = Math.floor(where * (whole.length - 1));
          const damaged =
            how === 'cut'
              ? whole.subarray(0, place)
              : Buffer.concat([whole.subarray(0, place), how === 'byte' ? Buffer.of(byte) : Buffer.alloc(0), whole.subarray(place + 1)]);
          const path = join(at, `${count++}-${name}`);
          writeFileSync(path, damaged);
          const result = await engine.open(path);
          if ('notEpisode' in result) return;
          const read = await recordingOf(result.opened, result.opened.episode.best);
          expect(read.turns).toHaveLength(result.opened.rollouts[result.opened.episode.best]!.rollout.turns.length);
          for (const { executed, commands } of read.turns) if (executed) expect(commands.length).toBeGreaterThan(0);
          engine.release(path);
        },
      ),
      { numRuns: 150 },
    );
    engine.dispose();
  }, 120_000);
});
