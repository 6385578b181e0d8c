/**
 * The shape of `turnpike inspect --json`, schema `turnpike.inspect/1`: one object per line and file.
 *
 * `index` counts from 0 as in the file (interfaces show index + 1). `start`, `end` and `byte` are bytes of the file, half
 * open; `line` counts from 1. `raw` and `paid` are the weighted sums of a turn's scored functions before and after the
 * gates. `totals.dra` = Σ raw + outcome, `totals.gra` = Σ paid + outcome; Σ leaves out what is not scored.
 */
import { z } from 'zod';

const score = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('scored'), value: z.number() }),
  z.strictObject({ state: z.literal('unscored'), reason: z.string() }),
  z.strictObject({ state: z.literal('failed'), error: z.string() }),
]);
const index = z.int().nonnegative();
const pair = z.tuple([z.number(), z.number()]).describe('[if the tests fail, if they pass]');

const turn = z.strictObject({
  index,
  executed: z.boolean(),
  kind: z.enum(['action', 'unparsable', 'blocked', 'syntax_error', 'retry', 'exit', 'autosubmission', 'limit_exit', 'message']),
  error: z
    .enum(['recorded', 'observed'])
    .nullable()
    .describe(
      '`recorded`: an exit code that is not 0, or a step recorded as refused or cut off; `observed`: no exit code is recorded and the observation shows an error (a sign, no reward rests on it); null: neither',
    ),
  action: z.string(),
});

const gateOp = z.enum(['>=', '>']);
const threshold = z.union([z.number(), z.enum(['Infinity', '-Infinity'])]);

const rewards = z.strictObject({
  config: z.string().describe('path of the reward configuration, or `default`'),
  outcome: score,
  levels: z.array(
    z.strictObject({
      id: z.string(),
      value: score,
      leftOut: index.describe('scores of this level that are not in its value'),
      gate: z.strictObject({ threshold, op: gateOp, state: z.enum(['open', 'shut', 'pending', 'unknown']) }).nullable(),
    }),
  ),
  totals: z.strictObject({
    dra: score,
    gra: score,
    outcomeOnly: score,
    leftOut: index.describe('scores that could not be had: they are in no total'),
    heldBack: index.describe('scores under a gate that is pending or unknown: they are in `dra`, not in `gra`'),
    bounds: z.strictObject({ dra: pair, gra: pair, outcomeOnly: pair.optional() }).optional(),
  }),
  episode: z.record(z.string(), score).describe('scores of the episode-scope functions, by name'),
  turns: z.array(
    z.strictObject({
      index,
      executed: z.boolean(),
      functions: z.record(z.string(), score),
      raw: score,
      paid: score,
      leftOut: index,
      gate: z.strictObject({ open: z.boolean().nullable(), blockedBy: z.string().nullable() }),
      returnToGo: score,
    }),
  ),
});

const outcome = z.strictObject({
  class: z
    .enum(['no_submit', 'empty_patch', 'submitted', 'fails', 'passes'])
    .nullable()
    .describe('`submitted`: fails or passes, tests unknown; null: the run has not ended'),
  exitStatus: z.string().nullable(),
  score,
  source: z.string(),
});

const finding = z.strictObject({
  rule: z.string(),
  grade: z.enum(['proved', 'strong', 'weak']),
  title: z.string(),
  message: z.string(),
  turns: z.array(index),
  evidence: z.array(
    z.strictObject({
      turn: index,
      field: z.enum(['thought', 'action', 'observation']),
      start: index,
      end: index,
      encoding: z
        .enum(['string', 'json'])
        .describe('`string`: the bytes are the inside of a JSON string; `json`: JSON text shown as it stands'),
    }),
  ),
});

const rollout = {
  turns: z.array(turn),
  outcome,
  rewards,
  findings: z.array(finding),
};

export const inspectSchema = z
  .strictObject({
    schema: z.literal('turnpike.inspect/1'),
    file: z.string(),
    format: z.string(),
    version: z.string(),
    state: z.enum(['finished', 'unfinished', 'running']),
    instance: z.string().nullable(),
    model: z.string().nullable(),
    steps: index.describe('steps of the rollout in the file; more than `turns` where a format counts user and system steps too (ATIF)'),
    ...rollout,
    attempt: index.nullable().describe('position in `attempts` of the rollout shown above; null: the file has one rollout'),
    attempts: z
      .array(z.strictObject({ attempt: index, best: z.boolean(), exitStatus: z.string().nullable(), ...rollout }))
      .optional()
      .describe('every attempt of a RetryAgent file, the best one too'),
    otherReports: z.array(z.string()).optional().describe('test reports found that graded another patch'),
    unmatchedReports: z
      .array(z.string())
      .optional()
      .describe('test reports found of this task, where nothing tells which patch they graded; `--report FILE` has one count'),
    problems: z.array(z.strictObject({ message: z.string(), byte: index.nullable(), line: index.nullable(), turn: index.nullable() })),
  })
  .describe('turnpike.inspect/1');

export type Inspection = z.infer<typeof inspectSchema>;
export type JsonScore = z.infer<typeof score>;
export type JsonRollout = Pick<Inspection, 'turns' | 'outcome' | 'rewards' | 'findings'>;
