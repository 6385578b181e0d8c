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

/** The longest time limit that is believed: a day, in seconds. */
const DAY = 86_400;

/** A time limit in seconds, as milliseconds; null: none, or none that can be meant. */
export function limitAt(value: unknown, ...path: readonly string[]): number | null {
  const seconds = numberAt(value, ...path);
  return seconds === null || seconds <= 0 ? null : Math.max(1, Math.min(seconds, DAY) * 1000);
}

/** An absolute path in a container; null: none. */
export function folderAt(value: unknown, ...path: readonly string[]): string | null {
  const folder = stringAt(value, ...path);
  // eslint-disable-next-line no-control-regex -- neither can be in a path that is meant
  return folder !== null && /^\/[^\u0000\n]*$/.test(folder) ? folder : null;
}

/** Variables that a process can be given, by name. */
export function variablesAt(value: unknown, ...path: readonly string[]): Record<string, string> {
  const given = Object.entries(stringsAt(value, ...path));
  return Object.fromEntries(given.filter(([name, text]) => /^[A-Za-z_]\w*$/.test(name) && !text.includes('\0')));
}
