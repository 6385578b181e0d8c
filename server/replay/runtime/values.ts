/** Reading a recorded configuration, of which nothing is certain. */

type Fields = Readonly<Record<string, unknown>>;

/** The value at a path of keys; undefined where something on the way is no object. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let now: unknown = value;
  for (const key of path) {
    if (typeof now !== 'object' || now === null || !Object.hasOwn(now, key)) return undefined;
    now = (now as Fields)[key];
  }
  return now;
}

export const stringAt = (value: unknown, ...path: readonly string[]): string | null => {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? found : null;
};

export const numberAt = (value: unknown, ...path: readonly string[]): number | null => {
  const found = at(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
};

/** The strings of an object, by name; what is no string is left out. */
export function stringsAt(value: unknown, ...path: readonly string[]): Record<string, string> {
  const found = at(value, ...path);
  if (typeof found !== 'object' || found === null) return {};
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

export function listAt(value: unknown, ...path: readonly string[]): string[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter((item): item is string => typeof item === 'string') : [];
}
