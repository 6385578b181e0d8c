/** Settings as a client tells them, down to the configuration that an episode is rewarded by. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings } from '../../../server/language/client';
import { Session } from '../../../server/language/session';
import { fileUri } from '../../../server/protocol/index';
import { exampleYaml } from '../../../server/reward/index';

let root: string;
let session: Session | null = null;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'turnpike-session-'));
  for (const folder of ['one', 'two', join('two', 'deep')]) {
    mkdirSync(join(root, folder));
    copyFileSync('extension/samples/marshmallow-1867.traj', join(root, folder, 'a.traj'));
  }
  for (const file of ['all.yaml', join('two', 'own.yaml')]) writeFileSync(join(root, file), exampleYaml());
});
afterEach(async () => {
  await session?.dispose();
  rmSync(root, { recursive: true, force: true });
});

const sources = async (settings: unknown): Promise<string[]> => {
  session = new Session(readSettings(settings), [join(root, 'one'), join(root, 'two')], { changed: () => undefined }, false);
  const found: string[] = [];
  for (const folder of ['one', 'two', join('two', 'deep')]) {
    const result = await session.open(fileUri(join(root, folder, 'a.traj')), new AbortController().signal);
    found.push('opened' in result ? result.opened.config.source.replace(root, '') : 'not opened');
  }
  return found;
};

test('folders of one window may be rewarded by different files', async () => {
  const all = join(root, 'all.yaml');
  expect(await sources({ rewardsFile: all })).toEqual(['/all.yaml', '/all.yaml', '/all.yaml']);
  const own = join('/', 'two', 'own.yaml');
  expect(await sources({ rewardsFile: all, rewardsFiles: { [join(root, 'two')]: 'own.yaml' } })).toEqual(['/all.yaml', own, own]);
  expect(session?.isRewardsFile(join(root, 'two', 'own.yaml'))).toBe(true);
  expect(session?.isRewardsFile(join(root, 'two', 'other.yaml'))).toBe(false);
  expect(await sources({ rewardsFile: all, rewardsFiles: { [join(root, 'two')]: '', [join(root, 'two', 'deep')]: all } })).toEqual([
    '/all.yaml',
    'default',
    '/all.yaml',
  ]);
});

test('folders that are no paths with texts are ignored', async () => {
  expect(await sources({ rewardsFiles: { [join(root, 'one')]: 7 } })).toEqual(['default', 'default', 'default']);
  expect(await sources({ rewardsFiles: ['x'] })).toEqual(['default', 'default', 'default']);
});
