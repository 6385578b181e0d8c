/** Sentences for what zod found: what is wrong, and the way out. */
import type { z } from 'zod';
import { nearest } from './nearest';

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'keys with values',
};

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  if (typeof value === 'string') return `"${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}

export const didYouMean = (word: string, candidates: readonly string[]): string => {
  const close = nearest(word, candidates);
  return close === null ? ` Known: ${candidates.join(', ')}.` : ` Did you mean "${close}"?`;
};

/** @param value what stands at the issue's path; undefined: nothing */
export function sentence(issue: Issue, value: unknown): string {
  const name = issue.path.length > 0 ? `\`${String(issue.path.at(-1))}\`` : 'The configuration';
  if (value === undefined && issue.code !== 'unrecognized_keys') return missing(String(issue.path.at(-1) ?? ''));
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.expected === 'number' && typeof value === 'number')
        return `${name} should be a finite number, not ${Number.isNaN(value) ? 'NaN' : value > 0 ? 'infinity' : '−infinity'}.`;
      return `${name} should be ${KINDS[issue.expected] ?? issue.expected}, not ${shown(value)}.`;
    }
    case 'invalid_value':
      return `${name} should be ${issue.values.map((one) => shown(one)).join(' or ')}, not ${shown(value)}.`;
    case 'too_small':
      if (issue.origin === 'array') return `${name} should name at least one.`;
      return issue.origin === 'string'
        ? `${name} should not be empty.`
        : `${name} should be at least ${String(issue.minimum)}, not ${shown(value)}.`;
    case 'too_big':
      if (issue.origin === 'array') return `${name} should have at most ${String(issue.maximum)} entries.`;
      return issue.origin === 'string'
        ? `${name} should have at most ${String(issue.maximum)} characters.`
        : `${name} should be at most ${String(issue.maximum)}, not ${shown(value)}.`;
    default:
      return `${name} ${issue.message}, not ${shown(value)}.`.replace(/\.\.$/, '.');
  }
}

function missing(key: string): string {
  switch (key) {
    case 'version':
      return '`version` is missing. Add `version: 1` as the first line.';
    case 'levels':
      return '`levels` is missing: the list of reward levels, from the highest to the lowest. `turnpike rewards example` prints a whole configuration.';
    case 'threshold':
      return 'A gate needs a `threshold`: a number, `.inf` or `-.inf`.';
    case 'functions':
      return 'A level needs `functions`: a list of entries like `- id: action_format`.';
    case 'id':
      return 'A level needs an `id`: the name by which a gate is shown.';
    default:
      return `\`${key}\` is missing.`;
  }
}
