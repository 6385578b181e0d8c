/** What the schema says about each key, for completion, hover and the reference. */
import { z } from 'zod';
import { functionById } from '../functions/registry';
import { entryKeys, gateSchema, levelSchema, skeletonSchema } from './schema';
import type { Path } from './source';

export interface Field {
  readonly name: string;
  readonly description: string;
  /** The default, as it would be written; null: none. */
  readonly initial: string | null;
  readonly required: boolean;
  /** `a number from 0 to 1`, … */
  readonly kind: string;
}

interface Facts {
  description: string | null;
  initial: string | null;
  required: boolean;
  core: z.core.$ZodType;
}

function factsOf(schema: z.core.$ZodType): Facts {
  const facts: Facts = { description: null, initial: null, required: true, core: schema };
  for (;;) {
    const { core } = facts;
    if (core instanceof z.ZodType) facts.description ??= core.description ?? null;
    if (core instanceof z.ZodDefault) {
      facts.initial = JSON.stringify(core.def.defaultValue);
      facts.required = false;
      facts.core = core.def.innerType;
    } else if (core instanceof z.ZodOptional || core instanceof z.ZodNullable) {
      facts.required = false;
      facts.core = core.def.innerType;
    } else return facts;
  }
}

function kindOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodNumber) {
    const { minValue, maxValue } = schema;
    return minValue !== null && maxValue !== null && Math.max(-minValue, maxValue) < 1000
      ? `a number from ${minValue} to ${maxValue}`
      : 'a number';
  }
  if (schema instanceof z.ZodEnum) return schema.options.map((one) => `\`${one}\``).join(' or ');
  if (schema instanceof z.ZodLiteral) return [...schema.values].map((one) => `\`${String(one)}\``).join(' or ');
  if (schema instanceof z.ZodBoolean) return '`true` or `false`';
  if (schema instanceof z.ZodArray) return 'a list';
  if (schema instanceof z.ZodObject) return 'keys with values';
  if (schema instanceof z.ZodCustom) return 'a number, `.inf` or `-.inf`';
  return 'text';
}

export const fieldsOf = (schema: z.ZodObject): Field[] =>
  Object.entries<z.core.$ZodType>(schema.shape).map(([name, field]) => {
    const { description, initial, required, core } = factsOf(field);
    return { name, description: description ?? '', initial, required, kind: kindOf(core) };
  });

const TOP = fieldsOf(skeletonSchema);
const LEVEL = fieldsOf(levelSchema);
const GATE = fieldsOf(gateSchema);
// Which keys an entry needs depends on the function; none is needed by all.
const ENTRY = fieldsOf(entryKeys).map((field) => ({ ...field, required: false }));

/** The keys that may stand in the map at a path. @param id the function's id, where the path leads into an entry */
export function fieldsAt(path: Path, id: unknown): readonly Field[] {
  const [levels, level, part, entry, options, ...deeper] = path;
  if (levels === undefined) return TOP;
  if (levels !== 'levels' || typeof level !== 'number' || deeper.length > 0) return [];
  if (part === undefined) return LEVEL;
  if (part === 'gate') return entry === undefined ? GATE : [];
  if (part !== 'functions' || typeof entry !== 'number') return [];
  if (options === undefined) return ENTRY;
  const definition = options === 'options' && typeof id === 'string' ? functionById(id) : null;
  return definition ? fieldsOf(definition.options) : [];
}

/** Path of the function entry that a path leads into, or null. */
export const entryPath = (path: Path): Path | null =>
  path[0] === 'levels' && path[2] === 'functions' && typeof path[3] === 'number' ? path.slice(0, 4) : null;
export { ENTRY as ENTRY_FIELDS, GATE as GATE_FIELDS, LEVEL as LEVEL_FIELDS, TOP as TOP_FIELDS };
