/// <reference lib="dom" />
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../tools/lib/paths.mjs';
import type { Host } from '../host/index';
import { openHost } from '../host/index';
import { SAMPLE } from './support';

let host: Host;
beforeAll(async () => {
  host = await openHost({ files: { 'runs/a b.traj': { from: SAMPLE } }, extensions: [join(ROOT, 'test/e2e/opener')] });
});
afterAll(() => host?.close());

async function follow(link: string): Promise<void> {
  await host.command('Opener: Open Link');
  const input = host.page.locator('.quick-input-widget input').first();
  await input.fill(link);
  await host.page.keyboard.press('Enter');
}
const current = () => host.inspector().locator('[role=option][aria-selected=true]').getAttribute('data-turn');

test('a copied link leads back to its turn', async () => {
  await host.openFile('runs/a b.traj');
  const page = host.inspector();
  await page.getByTestId('turn-list').waitFor();
  await page.locator('#goto-box').fill('7');
  await page.locator('#goto-box').press('Enter');
  await page.locator('[data-testid=detail][data-turn="6"]').waitFor();
  await host.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await host.command('Turnpike: Copy Link to Turn');
  await expect.poll(() => host.page.evaluate(() => navigator.clipboard.readText())).toMatch(/turn=7$/);
  const link = await host.page.evaluate(() => navigator.clipboard.readText());
  await host.command('View: Close All Editors');
  await follow(link);
  await host.inspector().getByTestId('turn-list').waitFor();
  await expect.poll(current).toBe('6');
  // where the episode is open already, the link moves the reader
  await follow(link.replace('turn=7', 'turn=2'));
  await expect.poll(current).toBe('1');
});

test.each([
  ['open?path=%2Fno%2Fsuch.traj&turn=1', 'The link’s file is not on this machine: /no/such.traj'],
  ['open?path=%2Fetc%2Fpasswd', 'is no .traj, .json or .jsonl file.'],
  ['run?path=%2Fa.traj', 'Turnpike has no link "/run"'],
])('a link that leads nowhere (%s) says so and opens nothing', async (path, sentence) => {
  await host.command('View: Close All Editors');
  await follow(`code-oss://turnpike.turnpike/${path}`);
  await host.page.locator('.notification-toast', { hasText: sentence }).waitFor();
  expect(await host.page.locator('.tabs-container .tab').count()).toBe(0);
  await host.command('Notifications: Clear All Notifications');
});
