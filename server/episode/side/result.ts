/**
 * What a parser of a side file answers: its facts, or a sentence that says what is wrong with the file. `null` facts
 * with no sentence: the file is of another kind (many tools write a `results.json`) and is passed over in silence.
 */
export interface Parsed<Facts> {
  readonly facts: Facts | null;
  /** A clause for "<path> is not used: <clause>."; null: nothing is wrong. */
  readonly complaint: string | null;
}

export const parsed = <Facts>(facts: Facts): Parsed<Facts> => ({ facts, complaint: null });
export const complaint = (clause: string): Parsed<never> => ({ facts: null, complaint: clause });
export const otherKind: Parsed<never> = { facts: null, complaint: null };

/** Own string members of a parsed JSON or YAML object; empty for anything else. `__proto__` is a plain key here. */
export function members(value: unknown): Map<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? new Map(Object.entries(value)) : new Map<string, unknown>();
}

/** The strings of a list; empty for anything else. */
export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

export const asString = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
export const asNumber = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** JSON as `JSON.parse` reads it, a byte order mark allowed; Python's NaN and infinities make it a complaint. */
export function parseJson(text: string): Parsed<{ readonly value: unknown }> {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (body.trim() === '') return complaint('it is empty');
  try {
    return parsed({ value: JSON.parse(body) as unknown });
  } catch (error) {
    return complaint(`it is no valid JSON (${placeOf(error, body)})`);
  }
}

function placeOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return 'it ends early';
  const line = text.slice(0, Number(position)).split('\n').length;
  return `line ${line.toLocaleString('en')}`;
}
