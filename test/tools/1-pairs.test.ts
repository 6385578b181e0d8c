/**
 * Our SWE-agent 1.x tools print and write what SWE-agent's own do (test/fixtures/tools-1/make.py made the pairs with the
 * scripts of v1.0.1 and v1.1.0). Where those crash, exit code and last line of the traceback are compared.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparable, pairs, versioned, Workplace } from './1-run';

const FOLDER = join(import.meta.dirname, '../fixtures/tools-1/pairs');
const names = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));
const minor = execFileSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']).toString().trim();

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());

describe.each(names)('%s', (name) => {
  const { cases, python } = pairs(name);
  // Python before 3.8 does not know the syntax of these cases.
  const known = cases.filter((test) => !(test.name.endsWith('walrus') && /^3\.[5-7]$/.test(minor)));
  it.each(known.map((test) => [test.name, test] as const))('%s', async (_, test) => {
    for (const [releases, wanted] of Object.entries(test.expected)) {
      const all = releases.split('+');
      for (const release of versioned(test) ? all : all.slice(-1)) {
        const got = await place.run(test, release.replace(/^v(\d+\.\d+).*/, '$1'));
        expect(comparable(got, test, minor === python), release).toEqual(comparable(wanted, test, minor === python));
      }
    }
  });
});
