/** Shapes of the parameters of `turnpike/*` requests. Whoever sends others gets a sentence, not a crash. */
import { z } from 'zod';
import type { ReplayChoice } from '../protocol/index';

const uri = z.string().min(1).max(10_000);
const count = z.int().nonnegative();
const span = z.object({ start: count, end: count });
const field = z.enum(['thought', 'action', 'observation']);
const limit = z.int().positive().max(5_000_000).optional();

const ref = z.object({ uri, attempt: count.optional() });

const text = z.string().min(1).max(10_000);
const choice = ref.extend({
  image: text.optional(),
  repository: z.object({ directory: text, commit: text }).optional(),
  until: count.optional(),
  tests: z.string().max(100_000).optional(),
  again: z.boolean().optional(),
});

export const shapes = {
  open: ref.extend({ report: z.string().min(1).max(10_000).optional() }),
  close: ref,
  rows: ref.extend({ from: count, to: count }),
  turn: ref.extend({ index: count, limit }),
  seen: ref.extend({ index: count, limit, from: count.optional(), to: count.optional() }),
  text: ref.extend({ what: z.enum(['problemStatement', 'submission', 'configuration']) }),
  find: ref.extend({ query: z.string().max(10_000), limit: z.int().positive().optional() }),
  readable: ref.extend({ page: count }),
  locate: ref.extend({ turn: count, field: field.optional(), span: span.optional() }),
  turnAt: z.object({ uri, line: count }),
  folder: z.object({ uri, workDoneToken: z.union([z.string(), z.number()]).optional() }),
  summaries: z.object({ uris: z.array(uri).max(10_000) }),
  allowModule: z.object({ path: z.string().min(1).max(10_000) }),
  turnArgument: z.object({ uri, attempt: count, turn: count }),
  replayStart: choice,
  replayPull: ref.extend({ image: text }),
  replayTurn: ref.extend({ index: count }),
  replayChanges: ref.extend({ from: z.int().min(-1), to: z.int().min(-1) }),
  replayPath: ref.extend({ turn: z.int().min(-1), path: z.string().max(10_000) }),
  ruleArgument: z.object({ rule: z.string().min(1).max(100) }),
} as const;

/** `exactOptionalPropertyTypes`: an absent attempt stays absent. */
export function episodeRef({ uri: address, attempt }: z.infer<typeof ref>): { uri: string; attempt?: number } {
  return attempt === undefined ? { uri: address } : { uri: address, attempt };
}

/** What a user chose for a replay, without what is absent. */
export function replayChoice({ image, repository, until, tests, again }: z.infer<typeof choice>): ReplayChoice {
  return {
    ...(image !== undefined && { image }),
    ...(repository !== undefined && { repository }),
    ...(until !== undefined && { until }),
    ...(tests !== undefined && { tests }),
    ...(again !== undefined && { again }),
  };
}
