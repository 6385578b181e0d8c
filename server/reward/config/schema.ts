/** The shape of `turnpike.rewards.yaml`, once: validation, JSON Schema, completion, hover and the reference stand on it. */
import { z } from 'zod';
import type { RewardFunction } from '../functions/define';
import { FUNCTIONS } from '../functions/registry';
import { VALUE_LIMIT } from '../functions/value';

export const ID_PATTERN = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

const identifier = z.string().regex(ID_PATTERN, 'should be a letter followed by letters, digits, "_" or "-", at most 64 in all');

/** YAML has infinities (`.inf`), JSON Schema has not: there the threshold is any number. */
const threshold = z
  .custom<number>((value) => typeof value === 'number' && !Number.isNaN(value), {
    error: (issue) =>
      Number.isNaN(issue.input)
        ? 'is not a number (NaN): no value passes or fails it. Give a number, .inf or -.inf'
        : 'should be a number, .inf or -.inf',
  })
  .describe(
    'Δ: the level’s value must reach it. `-.inf` never shuts (direct accumulation), `.inf` always does (outcome only). Our default is 0, between "empty patch" and "fails tests".',
  );

export const gateSchema = z
  .strictObject({
    threshold,
    op: z.enum(['>=', '>']).default('>=').describe('`>=`: a value equal to Δ opens the gate; `>`: it does not.'),
  })
  .describe('The gate that this level puts before every level below it. Without one the level shuts nothing.');

const weight = z
  .number()
  .min(-VALUE_LIMIT)
  .max(VALUE_LIMIT)
  .default(1)
  .describe('Factor on the function’s value. Negative turns a reward into a penalty, 0 shows the score and pays nothing.');
const label = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .refine((text) => text !== '__proto__', 'should be a name that programs can use as a key')
  .describe('Name to show; also tells two uses of one function apart. Must be unique in the file.');

/** The entry of a level's `functions` that uses a function of Turnpike. */
export const builtinSchema = <T extends RewardFunction>(definition: T) =>
  z.strictObject({
    id: z.literal(definition.id).describe(definition.summary),
    weight: weight.optional(),
    label: label.optional(),
    options: definition.options.partial().optional().describe(`Options of ${definition.id}.`),
  });

/** The entry that uses an own module. */
export const moduleSchema = z.strictObject({
  module: z
    .string()
    .regex(/^\.{1,2}\/.+\.m?js$/, 'should be a path relative to this file, starting with ./ or ../ and ending in .mjs or .js')
    .describe(
      'Own reward function: a JavaScript module, by a path relative to this file. It runs outside the server, with a time limit, and only after it was allowed. It imports nothing but `node:` modules: what runs is what was allowed.',
    ),
  weight: weight.optional(),
  label: label.optional(),
});

/** Keys of a function entry, whichever function it is; the entry's own schema says which values they take. */
export const entryKeys = z.object({
  id: z.string().describe('A reward function of Turnpike.'),
  module: moduleSchema.shape.module,
  weight,
  label,
  options: z.object({}).describe('Options of the function.'),
});

const level = <F extends z.ZodType>(entry: F) =>
  z.strictObject({
    id: identifier.describe('Name of the level, unique in the file: what a gate names when it blocks a turn.'),
    functions: z.array(entry).min(1).max(64).describe('Reward functions of the level. Its value is the weighted sum of what they scored.'),
    gate: gateSchema.nullish(),
    maskNegative: z
      .boolean()
      .default(true)
      .describe(
        '`true`: a shut gate above masks all rewards of this level (the formula of the paper). `false`: its negative rewards pass every gate.',
      ),
  });

const configuration = <F extends z.ZodType>(entry: F) =>
  z.strictObject({
    version: z.literal(1).describe('Version of this format: 1.'),
    discount: z.number().min(0).max(1).default(1).describe('γ of the return-to-go, 0 to 1.'),
    levels: z
      .array(level(entry))
      .min(1)
      .max(16)
      .describe('Reward levels, from the highest to the lowest. A reward is paid when every level above passes its gate.'),
  });

/** Validates everything but the function entries, which are looked at one by one so that a sentence can name what is wrong. */
export const skeletonSchema = configuration(z.unknown());
export type Skeleton = z.infer<typeof skeletonSchema>;
export const levelSchema = level(z.unknown());

/** JSON Schema (draft 2020-12) of the configuration, for editors and other tools. */
export function rewardsJsonSchema(): Record<string, unknown> {
  const entries = z.union([...FUNCTIONS.map((one) => builtinSchema(one)), moduleSchema]);
  const schema = z.toJSONSchema(configuration(entries), {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'custom') jsonSchema.type = 'number';
    },
  });
  return { title: 'Turnpike reward configuration', ...schema };
}
