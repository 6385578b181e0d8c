import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Host } from '../host/index';
import { THEMES, openHost } from '../host/index';
import { SAMPLE, SHUT, episodeOf, fact } from './support';

/** Screenshots are kept in out/screenshots, to be looked at; what can be said of them by a program is checked here. */
const FILES = { 'one.traj': 1, 'seventeen.traj': 17, 'ten-thousand.traj': 10_000 } as const;
const CLASS = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  highContrast: 'vscode-high-contrast',
  highContrastLight: 'vscode-high-contrast-light',
} as const;

let host: Host;
beforeAll(async () => {
  host = await openHost({
    files: {
      ...Object.fromEntries(Object.entries(FILES).map(([name, turns]) => [name, episodeOf(turns)])),
      'shut.traj': { from: SHUT },
      'open.traj': { from: SAMPLE },
    },
  });
  await host.configure({ 'workbench.activityBar.location': 'hidden' });
  await host.command('View: Toggle Primary Side Bar Visibility');
});
afterAll(() => host?.close());

async function theme(name: keyof typeof THEMES): Promise<void> {
  await host.configure({ 'workbench.colorTheme': THEMES[name] });
  await host.inspector().locator(`body.${CLASS[name]}`).waitFor();
}

const SIZES = { wide: { width: 1440, height: 900 }, '4k': { width: 2560, height: 1300 }, '360px': { width: 376, height: 800 } } as const;

for (const [file, turns] of Object.entries(FILES)) {
  test(`${turns} turns in every theme, wide and at 360 px`, async () => {
    await host.page.setViewportSize(SIZES.wide);
    await host.openFile(file);
    const page = host.inspector();
    await page.getByTestId('turn-list').waitFor();
    await expect.poll(() => fact(page, 'turns').innerText()).toBe(turns.toLocaleString('en-US').replace(/^(\d),/, '$1,'));
    await page.locator('[role=option][data-loaded="true"]').first().waitFor();
    for (const name of Object.keys(THEMES) as (keyof typeof THEMES)[]) {
      await theme(name);
      for (const [size, viewport] of Object.entries(SIZES)) {
        if (size === '4k' && name !== 'dark') continue;
        await host.page.setViewportSize(viewport);
        await expect
          .poll(() => page.locator('body').evaluate((b) => b.scrollWidth - b.clientWidth), { message: 'nothing sticks out sideways' })
          .toBeLessThanOrEqual(0);
        await page.locator('[role=option][data-loaded="true"]').first().waitFor();
        await host.screenshot(`inspector-${turns}-${size}-${name}`);
      }
    }
    await theme('dark');
  });
}

test('a shut gate, every tab, and the readable document beside it', async () => {
  await host.page.setViewportSize(SIZES.wide);
  await host.openFile('shut.traj');
  const page = host.inspector();
  await page.getByTestId('turn-list').waitFor();
  await page.locator('#goto-box').fill('10');
  await page.locator('#goto-box').press('Enter');
  for (const name of ['Problem statement', 'Submission', 'What the model saw', 'Run configuration', 'Table', 'Turns']) {
    await page.getByRole('tab', { name }).click();
    await page.getByRole('tabpanel').waitFor();
    await expect.poll(() => page.getByRole('tabpanel').innerText()).not.toBe('');
    await host.screenshot(`tab-${name.toLowerCase().replaceAll(' ', '-')}`);
  }
  await page.getByTestId('evidence').first().click();
  await host.page.locator('.monaco-editor[data-uri^="turnpike:"] .codelens-decoration', { hasText: 'masked by outcome' }).last().waitFor();
  await host.screenshot('readable-beside');
  await host.command('View: Close All Editors');
  await host.openFile('open.traj');
  await host.inspector().getByTestId('turn-list').waitFor();
  await host.inspector().locator('[role=option][data-loaded="true"]').first().waitFor();
  await host.screenshot('inspector-open');
  expect(host.errors).toEqual([]);
});
