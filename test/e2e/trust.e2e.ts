import { afterAll, beforeAll, expect, test } from 'vitest';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../host/index';
import { openHost } from '../host/index';
import { CLI, SAMPLE, readTwin } from './support';

/** Label of the own module in the example. */
const MODULE = 'small steps';
/** The example names its own module, which leaves a trace where it runs. */
const config = execFileSync(process.execPath, [CLI, 'rewards', 'example'], { encoding: 'utf8' });
const module = execFileSync(process.execPath, [CLI, 'rewards', 'example', '--module'], { encoding: 'utf8' });

let host: Host;
beforeAll(async () => {
  host = await openHost({ trust: true, files: { 'runs/a.traj': { from: SAMPLE }, 'turnpike.rewards.yaml': config } });
  host.write(
    'my_reward.mjs',
    `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(join(host.workspace, 'ran.txt'))}, 'yes');\n${module}`,
  );
});
afterAll(() => host?.close());

const ran = (): boolean => existsSync(join(host.workspace, 'ran.txt'));
const moduleCells = async () => {
  const twin = await readTwin(host.inspector());
  const [first] = twin.turns;
  expect(Object.keys(first?.functions ?? {}), 'the table has a column for the own module').toContain(MODULE);
  return twin.turns.map((t) => t.functions[MODULE]?.state);
};

test('an untrusted workspace shows everything but what own modules would score', async () => {
  await host.openFile('runs/a.traj');
  await host.inspector().getByTestId('turn-list').waitFor();
  await expect.poll(moduleCells).toEqual(Array.from({ length: 11 }, () => 'unscored'));
  expect(ran()).toBe(false);
  await host.command('Turnpike: Allow Own Reward Modules');
  await host.page.locator('.notification-toast', { hasText: 'they run in a trusted workspace only' }).waitFor();
  await host.command('Notifications: Clear All Notifications');
  // An engine is not even asked for.
  await host.command('Turnpike: Replay Episode');
  await host.page.locator('.notification-toast', { hasText: 'which needs a trusted workspace' }).waitFor();
  await host.command('Notifications: Clear All Notifications');
});

test('trust alone runs nothing; allowing the module does', async () => {
  await host.trustWorkspace();
  await host.openFile('runs/a.traj');
  await host.inspector().getByTestId('turn-list').or(host.inspector().getByTestId('table-twin')).first().waitFor();
  await expect.poll(moduleCells).toEqual(Array.from({ length: 11 }, () => 'unscored'));
  expect(ran()).toBe(false);
  await host.command('Turnpike: Allow Own Reward Modules');
  await host.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Allow This Module' }).click();
  await expect.poll(moduleCells, { timeout: 30_000 }).toEqual(Array.from({ length: 11 }, () => 'scored'));
  expect(ran()).toBe(true);
});

test('a module that was changed must be allowed again', async () => {
  host.write('my_reward.mjs', `${module}\n// changed\n`);
  host.write('turnpike.rewards.yaml', `${config}\n# touched\n`);
  await expect.poll(moduleCells, { timeout: 30_000 }).toEqual(Array.from({ length: 11 }, () => 'unscored'));
});
