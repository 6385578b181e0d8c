/// <reference lib="dom" />
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Host } from '../host/index';
import { openHost } from '../host/index';
import { SHUT, expectSame, inspectAt, readTwin, selectedText } from './support';

let host: Host;
beforeAll(async () => {
  host = await openHost({ files: { 'runs/shut.traj': { from: SHUT } } });
});
afterAll(() => host?.close());

test('a whole visit needs the keyboard only', async () => {
  const { page } = host;
  const key = (k: string) => page.keyboard.press(k);
  await host.openFile('runs/shut.traj');
  const inspector = host.inspector();
  await inspector.getByTestId('turn-list').waitFor();
  const focused = () =>
    inspector
      .locator(':focus')
      .evaluate((e) => e.id || e.getAttribute('data-testid') || e.getAttribute('aria-label') || e.textContent || e.tagName);
  const current = () => inspector.locator('[role=option][aria-selected=true]').getAttribute('data-turn');

  // into the page and to the list
  await host.command('View: Focus Active Editor Group');
  await expect
    .poll(async () => {
      await key('Tab');
      return await inspector.locator(':focus').count();
    })
    .toBe(1);
  await key('l');
  await expect.poll(focused).toBe('turn-list');
  await key('j');
  await key('j');
  await key('k');
  await expect.poll(current).toBe('1');
  await key(']');
  await expect.poll(current).toBe('9');
  await key('g');
  await expect.poll(focused).toBe('goto-box');
  await page.keyboard.type('10');
  await key('Enter');
  await expect.poll(current).toBe('9');

  // the help sheet opens and closes
  await key('?');
  await inspector.getByRole('dialog').waitFor();
  await key('Escape');
  await inspector.getByRole('dialog').waitFor({ state: 'hidden' });

  // find
  await key('/');
  await expect.poll(focused).toBe('find-box');
  await page.keyboard.type('round(');
  await key('Enter');
  await expect.poll(() => inspector.getByTestId('find-status').innerText()).toMatch(/^\d+ of \d+/);
  await key('Escape');

  // the threshold, by its slider
  const slider = inspector.getByTestId('threshold-outcome');
  for (let i = 0; i < 80 && (await slider.evaluate((e) => e !== document.activeElement)); i++) await key('Shift+Tab');
  await key('PageDown');
  await expect.poll(() => inspector.getByTestId('threshold-value-outcome').inputValue()).toBe('−0.50');
  await key('t');
  await inspector.getByTestId('table-twin').waitFor();
  expectSame(await readTwin(inspector), inspectAt(join(host.workspace, 'runs/shut.traj'), -0.5));
  await key('l');
  await expect.poll(focused).toBe('turn-list');

  // evidence of the finding, by Tab and Enter; the readable document has the focus then
  await key('g');
  await page.keyboard.type('10');
  await key('Enter');
  const evidence = inspector.getByTestId('evidence').first();
  await evidence.waitFor();
  for (let i = 0; i < 80 && (await evidence.evaluate((e) => e !== document.activeElement)); i++) await key('Tab');
  await key('Enter');
  await page.locator('.monaco-editor[data-uri^="turnpike:"]').waitFor();
  await expect.poll(() => selectedText(page)).toBe('rm reproduce.py');

  // to the next turn there, and back to the inspector
  await key('Alt+ArrowDown');
  await expect.poll(current).toBe('10');
  await host.command('Turnpike: Reopen in Inspector');
  await host.inspector().getByTestId('turn-list').waitFor();
});
