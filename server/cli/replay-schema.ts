/**
 * The shape of `turnpike replay --json`, schema `turnpike.replay/1`: one object per line and file.
 *
 * `index` counts from 0 as in the file. Times are milliseconds. Texts are what a terminal shows: no control sequences,
 * lines ended by `\n`.
 */
import { z } from 'zod';

const index = z.int().nonnegative();

export const divergenceClass = z
  .enum(['equal', 'noise', 'value', 'exit_status', 'timeout', 'missing', 'truncated', 'unrecorded'])
  .describe('how the replayed observation relates to the recorded one');

const divergence = z.strictObject({
  class: divergenceClass,
  noise: z.array(z.string()).describe('normalisers without which the texts would differ'),
  first: z
    .strictObject({ line: z.int().positive(), recorded: z.string().nullable(), replayed: z.string().nullable() })
    .nullable()
    .describe('the first line that differs'),
  reason: z.string().nullable(),
  diff: z.string().nullable().describe('recorded to replayed, as a unified diff'),
});

const count = z.int().nonnegative();

/** Counts are of the tests that count: those of the lists, else all that the log names. */
const vector = z.strictObject({
  collected: count.nullable().describe('tests that the runner collected; null: its log does not say'),
  passed: count,
  failed: count.describe('failed or broke'),
  skipped: count,
  missing: count.describe('listed, and not in the log; SWE-bench counts them as failed'),
  parser: z.string().nullable().describe('log parser; null: none knows the log'),
  exitCode: z.int().nullable(),
  timedOut: z.boolean(),
  durationMs: z.number(),
  problem: z.string().nullable().describe('why the result is not to be trusted'),
});

const turnedTests = z
  .strictObject({
    green: z.array(z.string()).describe('did not pass before the turn, pass after it'),
    red: z.array(z.string()).describe('passed before the turn, do not after it'),
    appeared: z.array(z.string()),
    gone: z.array(z.string()),
  })
  .describe('tests by name, against the state before the turn');

export const replaySchema = z.strictObject({
  schema: z.literal('turnpike.replay/1'),
  file: z.string(),
  image: z.strictObject({ name: z.string(), id: z.string(), source: z.string() }),
  engine: z.strictObject({ name: z.string(), version: z.string() }),
  turns: z.array(
    z.strictObject({
      index,
      executed: z.boolean(),
      action: z.string(),
      observation: z.string().nullable(),
      exitCode: z.int().nullable(),
      durationMs: z.number().nullable(),
      cwd: z.string().nullable(),
      tree: z.string().nullable().describe('git tree of tracked and untracked files; ignored files are not covered'),
      changedFiles: z.array(z.strictObject({ path: z.string(), status: z.enum(['added', 'modified', 'deleted']) })),
      environment: z
        .array(z.strictObject({ name: z.string(), value: z.string().nullable().describe('null: it was unset') }))
        .describe('exported variables that the turn changed'),
      tests: vector.extend({ turned: turnedTests.nullable() }).nullable().describe('of the state after the turn; null: no tests ran'),
      divergence: divergence.nullable(),
      trusted: z.boolean().describe('no turn before this one really diverged'),
      problem: z.string().nullable(),
    }),
  ),
  tests: z
    .strictObject({
      command: z.string(),
      failToPass: z.array(z.string()).nullable(),
      passToPass: z.array(z.string()).nullable(),
      base: vector.nullable().describe('before the first turn'),
    })
    .nullable()
    .describe('the tests that were asked for'),
  outcome: z.strictObject({
    tests: z.enum(['full', 'partial', 'no']).nullable().describe('SWE-bench’s grade of the last state; null: there are no lists'),
    firstDivergence: index.nullable().describe('the first turn whose class is value, exit_status, timeout or missing'),
    submission: z.enum(['equal', 'different', 'none', 'unrecorded']).describe('what the replay submitted, against the recorded submission'),
  }),
  causes: z
    .array(
      z.strictObject({
        kind: z.enum(['environment', 'unrecorded_command', 'network', 'time', 'image', 'tools']),
        turn: index.nullable().describe('the turn that shows it'),
        sentence: z.string(),
      }),
    )
    .describe('why it diverged, likeliest first; empty where it did not'),
  problems: z.array(z.string()),
});

export type ReplayJson = z.infer<typeof replaySchema>;
