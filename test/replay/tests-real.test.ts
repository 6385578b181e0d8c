/** A real recording with tests: which turn of marshmallow-1867 mends what, and what becomes of it on the command line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { replayFiles } from '../../server/cli/replay';
import { replaySchema, type ReplayJson } from '../../server/cli/replay-schema';
import { CORPUS, marshmallow, testImage } from './support';

const FILE = join(CORPUS, 'swe-agent/mit__SWE-agent/demo__mm1867-function_calling_replace_from_source__e33b8db2.traj');
/** The issue's own example, and one that holds before and after; each a line of its own. */
const COMMAND = String.raw`python3 -c '
from datetime import timedelta
from marshmallow.fields import TimeDelta
def check(name, value, expected):
    found = TimeDelta(precision="milliseconds").serialize("x", {"x": timedelta(milliseconds=value)})
    print(name, "...", "ok" if found == expected else "FAIL")
check("rounds", 345, 345)
check("whole", 1000, 1000)
'`;
let storage = '';

beforeAll(() => {
  vi.stubEnv('DOCKER_HOST', inject('engine').host);
  storage = mkdtempSync(join(tmpdir(), 'turnpike-storage-'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(storage, { recursive: true, force: true });
});

async function run(flags: Record<string, unknown>): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const said = { out: '', err: '' };
  const outs = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((said.out += String(text)), true)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((said.err += String(text)), true)),
  ];
  try {
    const code = await replayFiles([FILE], { image: testImage('installed'), repo: marshmallow(), base: 'mm1867', storage, ...flags });
    return { code, ...said };
  } finally {
    for (const one of outs) one.mockRestore();
  }
}

describe('turnpike replay --tests', () => {
  it('says which turn turned which test', async () => {
    const { out, err } = await run({ tests: COMMAND, json: true, failToPass: '["rounds"]', passToPass: '["whole"]' });
    expect(err).toBe('');
    const json: ReplayJson = replaySchema.parse(JSON.parse(out));
    expect(json.tests).toMatchObject({
      failToPass: ['rounds'],
      passToPass: ['whole'],
      base: { collected: 2, passed: 1, failed: 1, missing: 0, problem: null },
    });
    const turned = json.turns.filter(({ tests }) => (tests?.turned?.green.length ?? 0) + (tests?.turned?.red.length ?? 0) > 0);
    expect(turned.map(({ tests }) => tests?.turned)).toEqual([{ green: ['rounds'], red: [], appeared: [], gone: [] }]);
    expect(turned[0]?.changedFiles.map(({ path }) => path)).toContain('src/marshmallow/fields.py');
    expect(json.outcome.tests).toBe('full');
    expect(json.turns.at(-1)?.tests).toMatchObject({ collected: 2, passed: 2, failed: 0, problem: null });
  });

  it('prints it, from what is kept', async () => {
    const { out } = await run({ tests: COMMAND, failToPass: '["rounds"]', passToPass: '["whole"]' });
    expect(out).toMatch(/^ {3}0 {2}1 pass · 1 fail · 2 collected$/m);
    expect(out).toMatch(/^ +\d+ {2}\+1 tests {2}2 pass · 2 collected/m);
    expect(out).toMatch(/^ {6}\+ rounds$/m);
    expect(out).toContain('after the last turn: 2 pass · 2 collected · resolved by FAIL_TO_PASS and PASS_TO_PASS');
    expect(out).toContain('kept from');
  });

  it('names a list that can’t be used, and how to do it', async () => {
    expect(await run({ failToPass: '["a"]' })).toMatchObject({
      code: 64,
      err: expect.stringContaining('--tests says how to run them') as string,
    });
    expect(await run({ tests: 'true', failToPass: '[1]' })).toMatchObject({
      code: 64,
      err: expect.stringContaining("--fail-to-pass: the list can't be used: it should be a JSON list of test names") as string,
    });
    expect((await run({ tests: 'true', passToPass: '/no/such/file' })).err).toContain('ENOENT');
  });
});
