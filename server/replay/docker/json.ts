/** Docker's own files, which anybody may have edited: what has another shape counts as absent. */

export type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Null: no JSON, or no object. */
export function parsedObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const own = (object: JsonObject | null, name: string): unknown =>
  object !== null && Object.hasOwn(object, name) ? object[name] : undefined;

export function objectAt(object: JsonObject | null, name: string): JsonObject | null {
  const value = own(object, name);
  return isObject(value) ? value : null;
}

/** Null also for an empty text. */
export function textAt(object: JsonObject | null, name: string): string | null {
  const value = own(object, name);
  return typeof value === 'string' && value !== '' ? value : null;
}

export function numberAt(object: JsonObject | null, name: string): number | null {
  const value = own(object, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
