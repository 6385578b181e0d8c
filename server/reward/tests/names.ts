/** Finding a test in a vector by the name that a list gives it. */
import type { TestStatus, TestVector } from '../../replay/types';

/** From the best to the worst: where a name stands for several tests, all of them must pass. */
const ORDER: readonly TestStatus[] = ['passed', 'xfail', 'skipped', 'failed', 'error'];
const worse = (a: TestStatus | null, b: TestStatus): TestStatus => (a !== null && ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b);

interface Index {
  /** Worst status by name up to its first blank: SWE-bench's parsers cut names there. */
  readonly cut: ReadonlyMap<string, TestStatus>;
  /** Files, modules and classes that an error kept from running, as the places of tests begin with them. */
  readonly broken: readonly string[];
}

const indices = new WeakMap<TestVector, Index>();

/** Status of a test; null: the log does not name it. */
export function statusOf(vector: TestVector, name: string): TestStatus | null {
  const { results, aliases } = vector;
  // Names are hostile: `__proto__` is one like any other.
  if (Object.hasOwn(results, name)) return results[name] ?? null;
  if (Object.hasOwn(aliases, name)) {
    let status: TestStatus | null = null;
    for (const one of aliases[name] ?? []) if (Object.hasOwn(results, one)) status = worse(status, results[one]!);
    return status;
  }
  return /\s/.test(name) ? null : (indexOf(vector).cut.get(name) ?? null);
}

/** Whether an error of the test's file, module or class kept it from running. */
export function coveringError(vector: TestVector, name: string): boolean {
  return indexOf(vector).broken.some((place) => name.includes(place));
}

const TWO_WORDS = /^\S+ \([\w.<>]+\)$/;
const FAILED_IMPORT = /^([\w.]+) \(unittest\.loader\._FailedTest/;
const FAILED_SETUP = /^setUp(?:Class|Module) \(([\w.]+)\)$/;

function indexOf(vector: TestVector): Index {
  const known = indices.get(vector);
  if (known !== undefined) return known;
  const cut = new Map<string, TestStatus>();
  const broken: string[] = [];
  for (const [name, status] of Object.entries(vector.results)) {
    const blank = name.search(/\s/);
    // `test_x (module.Class)` is a name of two words.
    if (blank > 0 && !TWO_WORDS.test(name)) cut.set(name.slice(0, blank), worse(cut.get(name.slice(0, blank)) ?? null, status));
    if (status !== 'error') continue;
    const place = FAILED_IMPORT.exec(name)?.[1] ?? FAILED_SETUP.exec(name)?.[1];
    if (place !== undefined) broken.push(`(${place}.`, `.${place}.`, `(${place})`);
    else if (/\.py$/.test(name)) broken.push(`${name}::`);
  }
  const index = { cut, broken };
  indices.set(vector, index);
  return index;
}
