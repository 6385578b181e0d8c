import type { YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { FUNCTIONS, functionById } from '../functions/registry';
import type { Gate } from '../types';
import { wireThreshold } from '../arithmetic/index';
import { builtinSchema, entryKeys, gateSchema, levelSchema, moduleSchema, skeletonSchema, type Skeleton } from './schema';
import { didYouMean, sentence } from './sentence';
import { Source, type Path, type Range } from './source';
import type { ConfigProblem, FunctionConfig, LevelConfig, ParsedConfig, RewardConfig } from './types';

/** Beyond this a configuration is refused unread. */
export const CONFIG_TEXT_LIMIT = 1_000_000;
const FUNCTION_IDS = FUNCTIONS.map((one) => one.id);

/** Collects problems with their places. */
class Report {
  readonly problems: ConfigProblem[] = [];
  constructor(readonly source: Source) {}

  add(severity: ConfigProblem['severity'], message: string, { offset, end }: Range): void {
    this.problems.push({ severity, message, offset, end: Math.min(end, this.source.text.length), ...this.source.place(offset) });
  }
  error(message: string, range: Range): void {
    this.add('error', message, range);
  }

  /** What zod found under `base`, each at the key or value that it is about. */
  zod(issues: readonly z.core.$ZodIssue[], base: Path, input: unknown, keysAt: (path: Path) => readonly string[]): void {
    for (const issue of issues) {
      const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) this.error(`Unknown key "${key}".${didYouMean(key, keysAt(path))}`, this.source.key([...path, key]));
        continue;
      }
      const value = issue.path.reduce<unknown>(
        (at, step) =>
          typeof at === 'object' && at !== null && Object.hasOwn(at, step) ? (at as Record<PropertyKey, unknown>)[step] : undefined,
        input,
      );
      this.error(sentence(issue, value), value === undefined ? this.source.value(path.slice(0, -1)) : this.source.value(path));
    }
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function keysAtPath(path: Path): readonly string[] {
  if (path.length === 0) return Object.keys(skeletonSchema.shape);
  if (path.length === 2) return Object.keys(levelSchema.shape);
  return path.at(-1) === 'gate' ? Object.keys(gateSchema.shape) : Object.keys(entryKeys.shape);
}

/**
 * Reads a `turnpike.rewards.yaml`. Never throws: what is wrong stands in `problems`, with its place and a way out, and
 * `config` is null as long as there is an error.
 */
export function parseConfig(text: string): ParsedConfig {
  if (text.length > CONFIG_TEXT_LIMIT) {
    const message = `This file has ${text.length.toLocaleString('en')} characters; a reward configuration has at most ${CONFIG_TEXT_LIMIT.toLocaleString('en')}.`;
    return { config: null, problems: [{ severity: 'error', message, line: 1, column: 1, offset: 0, end: 1 }] };
  }
  const source = new Source(text);
  const report = new Report(source);
  for (const { message, pos } of withoutEchoes(source.document.errors))
    report.error(`YAML: ${message}.`.replace(/\.\.$/, '.'), { offset: pos[0], end: Math.max(pos[1], pos[0] + 1) });
  if (report.problems.length > 0) return { config: null, problems: report.problems };
  let input: unknown;
  try {
    input = source.document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch {
    report.error('YAML: aliases expand to more than this file may hold. Write the values out.', { offset: 0, end: 1 });
    return { config: null, problems: report.problems };
  }
  if (input === null || input === undefined) {
    report.error('The configuration is empty. `turnpike rewards example` prints one to start from.', { offset: 0, end: 1 });
    return { config: null, problems: report.problems };
  }

  const skeleton = skeletonSchema.safeParse(input);
  if (!skeleton.success) report.zod(skeleton.error.issues, [], input, keysAtPath);
  const entries = readEntries(input, report);
  const config = skeleton.success && entries ? assemble(skeleton.data, entries) : null;
  if (config) checkWhole(config, report);
  else checkLevelIds(input, report);
  report.problems.sort((a, b) => a.offset - b.offset);
  return { config: report.problems.some((one) => one.severity === 'error') ? null : config, problems: report.problems };
}

/** One misplaced bracket makes every token after it unexpected: only the first of those says something. */
function withoutEchoes(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  const first = errors.findIndex((one) => one.code === 'UNEXPECTED_TOKEN');
  return errors.filter((one, i) => one.code !== 'UNEXPECTED_TOKEN' || i === first);
}

/** The function entries of each level, or null when one of them has an error. */
function readEntries(input: unknown, report: Report): FunctionConfig[][] | null {
  const levels = isRecord(input) && Array.isArray(input['levels']) ? (input['levels'] as unknown[]) : [];
  const names = new Set<string>();
  let whole = true;
  const result = levels.map((level, i) => {
    const functions = isRecord(level) && Array.isArray(level['functions']) ? (level['functions'] as unknown[]) : [];
    return functions.flatMap((entry, j) => {
      const path = ['levels', i, 'functions', j];
      const read = readEntry(entry, path, report);
      if (!read) {
        whole = false;
        return [];
      }
      if (names.has(read.name)) {
        whole = false;
        report.error(
          `"${read.name}" is used twice. Give this one a \`label\` of its own, or take one of the two out.`,
          report.source.value([...path, read.name === read.label ? 'label' : read.id === null ? 'module' : 'id']),
        );
      }
      names.add(read.name);
      return [read];
    });
  });
  return whole ? result : null;
}

function readEntry(entry: unknown, path: Path, report: Report): FunctionConfig | null {
  if (!isRecord(entry)) {
    const written =
      typeof entry === 'string' && functionById(entry)
        ? ` Write \`- id: ${entry}\`.`
        : ' Write `- id: action_format`, or `- module: ./my_reward.mjs`.';
    report.error(`A function is an entry with keys.${written}`, report.source.value(path));
    return null;
  }
  const { id, module } = entry;
  if (id !== undefined && module !== undefined) {
    report.error('A function has an `id` or a `module`, not both. Take one of them out.', report.source.key([...path, 'module']));
    return null;
  }
  if (id === undefined && module === undefined) {
    report.error(
      `A function needs an \`id\` (${FUNCTION_IDS.join(', ')}) or a \`module\` (a path like ./my_reward.mjs).`,
      report.source.value(path),
    );
    return null;
  }
  if (module !== undefined) {
    const parsed = moduleSchema.safeParse(entry);
    if (!parsed.success) {
      report.zod(parsed.error.issues, path, entry, () => Object.keys(moduleSchema.shape));
      return null;
    }
    const { module: file, weight, label } = parsed.data;
    return { name: label ?? file, label: label ?? file.replace(/^.*\//, ''), weight: weight ?? 1, id: null, module: file, options: {} };
  }
  const definition = typeof id === 'string' ? functionById(id) : null;
  if (!definition) {
    report.error(
      typeof id === 'string'
        ? `There is no reward function "${id}".${didYouMean(id, FUNCTION_IDS)}`
        : `\`id\` should be the name of a reward function: ${FUNCTION_IDS.join(', ')}.`,
      report.source.value([...path, 'id']),
    );
    return null;
  }
  const schema = builtinSchema(definition);
  const parsed = schema.safeParse(entry);
  if (!parsed.success) {
    const options = Object.keys(definition.options.shape);
    report.zod(parsed.error.issues, path, entry, (at) => (at.at(-1) === 'options' ? options : Object.keys(schema.shape)));
    return null;
  }
  const { weight, label, options } = parsed.data;
  return {
    name: label ?? definition.id,
    label: label ?? definition.label,
    weight: weight ?? 1,
    id: definition.id,
    module: null,
    options: options ?? {},
  };
}

function assemble(skeleton: Skeleton, entries: readonly FunctionConfig[][]): RewardConfig {
  return {
    discount: skeleton.discount,
    levels: skeleton.levels.map((level, i): LevelConfig => {
      const gate: Gate | null = level.gate ? { threshold: wireThreshold(level.gate.threshold), op: level.gate.op } : null;
      return { id: level.id, functions: entries[i] ?? [], gate, maskNegative: level.maskNegative };
    }),
  };
}

function checkLevelIds(input: unknown, report: Report): void {
  const levels = isRecord(input) && Array.isArray(input['levels']) ? (input['levels'] as unknown[]) : [];
  const seen = new Set<string>();
  levels.forEach((level, i) => {
    const id = isRecord(level) ? level['id'] : undefined;
    if (typeof id !== 'string') return;
    if (seen.has(id))
      report.error(
        `Two levels are called "${id}". Rename one: a gate is shown by its level's name.`,
        report.source.value(['levels', i, 'id']),
      );
    seen.add(id);
  });
}

function checkWhole(config: RewardConfig, report: Report): void {
  checkLevelIds(config, report);
  const last = config.levels.length - 1;
  if (config.levels[last]?.gate)
    report.add(
      'warning',
      'This gate has no effect: no level stands below it. Move the level up, or take the gate out.',
      report.source.key(['levels', last, 'gate']),
    );
  const top = config.levels[0];
  if (top && top.functions.every((one) => one.id !== null && functionById(one.id)?.scope === 'turn'))
    report.add(
      'warning',
      `Level "${top.id}" is the highest and scores turns only, so the episode has no outcome reward. Put a level with \`- id: outcome\` first.`,
      report.source.value(['levels', 0, 'id']),
    );
}
