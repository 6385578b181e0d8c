/** Rollouts of one task, replayed with the same tests, know of each other, whatever files they are in. */
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ReplayGroups } from '../../../server/engine/replay-groups';
import type { TestVector } from '../../../server/replay/index';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-groups-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const KEY = { instance: 'a__b-1', command: 'pytest -q' };
const member = (name: string, rollout = 0): { path: string; hash: string; rollout: number } => ({
  path: `/runs/${name}.traj`,
  hash: `hash of ${name}`,
  rollout,
});
const vector = (status: 'passed' | 'failed'): TestVector => ({
  results: { 'a.py::t': status },
  aliases: {},
  collected: 1,
  parser: 'pytest',
  exitCode: 0,
  timedOut: false,
  durationMs: 1,
  problem: null,
});

describe.each([
  ['in a folder', () => folder],
  ['in memory', () => null],
])('a rollout group %s', (_, place) => {
  test('holds the others of the task under the same tests, not the asker', async () => {
    const groups = new ReplayGroups(place());
    await groups.join(KEY, member('one'), vector('passed'));
    await groups.join(KEY, member('two'), vector('failed'));
    await groups.join(KEY, member('two', 1), vector('passed'));
    await groups.join({ ...KEY, command: 'tox' }, member('three'), vector('passed'));
    await groups.join({ ...KEY, instance: 'a__b-2' }, member('four'), vector('passed'));
    const found = (await groups.others(KEY, member('one'))).map(({ results }) => results['a.py::t']);
    expect(found.sort()).toEqual(['failed', 'passed']);
    expect(await groups.others(KEY, member('two'))).toHaveLength(2);
    expect(await groups.others(KEY, member('new'))).toHaveLength(3);
  });

  test('takes the later result of a rollout, and the same content once', async () => {
    const groups = new ReplayGroups(place());
    await groups.join(KEY, member('one'), vector('failed'));
    await groups.join(KEY, member('one'), vector('passed'));
    await groups.join(KEY, { ...member('copy'), hash: member('one').hash }, vector('passed'));
    expect(await groups.others(KEY, member('two'))).toEqual([vector('passed')]);
    expect(await groups.others(KEY, member('one'))).toEqual([]);
  });
});

test('a group outlives its process, and leaves out a damaged member', async () => {
  await new ReplayGroups(folder).join(KEY, member('one'), vector('passed'));
  await new ReplayGroups(folder).join(KEY, member('two'), vector('failed'));
  expect(await new ReplayGroups(folder).others(KEY, member('new'))).toHaveLength(2);
  const [group = ''] = readdirSync(folder);
  const [first = ''] = readdirSync(join(folder, group));
  truncateSync(join(folder, group, first), 10);
  expect(await new ReplayGroups(folder).others(KEY, member('new'))).toHaveLength(1);
});
