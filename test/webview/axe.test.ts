/** What assistive technology meets: axe finds nothing to mend, in any theme, on any tab, at any width. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture } from './episodes';
import { answerFrom, bundle, inspect, launch, settled, type Bundle } from './harness';
import { progressOf, replayed } from './replays';
import { THEME_NAMES } from './themes';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser: Browser;
let built: Bundle;
beforeAll(async () => {
  [browser, built] = await Promise.all([launch(), bundle()]);
});
afterAll(() => browser?.close());

async function violations(page: Page): Promise<string[]> {
  const results = await page.evaluate(async () => {
    const { axe: engine } = globalThis as unknown as { axe: { run(context: Document, options: object): Promise<AxeResults> } };
    return engine.run(document, {
      resultTypes: ['violations'],
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
  });
  return results.violations.flatMap((v) =>
    v.nodes.slice(0, 3).map((node) => `${v.id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
  );
}

const EPISODES = {
  masked: { turns: 17, outcome: ['empty_patch'] },
  set: { turns: 17, outcome: ['fails', 'passes'], threshold: 0.5 },
  running: { turns: 17, outcome: [], pending: true, attempts: 2 },
} as const;

describe.each(THEME_NAMES)('%s', (theme) => {
  test('replayed and replaying', async () => {
    const made = fixture({ turns: 17, outcome: ['fails'] });
    const options = { diverges: 9, tests: true };
    const done = replayed(made, options);
    const found: Record<string, string[]> = {};
    const { page, errors, send, close } = await inspect(browser, built, { answer: answerFrom(done), theme, turn: 9 });
    await settled(page);
    await page.evaluate(axe);
    await page.locator('.replay-facts').waitFor();
    found['diverged'] = await violations(page);
    await page.locator('[data-testid=replay-notes] summary').click();
    await page.locator('#turn-list').focus();
    for (const t of [10, 12, 13, 3]) {
      await page.locator(`#turn-${t}`).click();
      await page.locator(`[data-testid=detail][data-turn="${t}"][data-loaded=true]`).waitFor();
      await page.locator('[data-testid=replay-section] :is(.replay-facts, .quiet)').first().waitFor();
      found[`turn ${t}`] = await violations(page);
    }
    await page.locator('#tab-table').click();
    found['table'] = await violations(page);
    await page.locator('#tab-turns').click();
    for (let n = 0; n <= 12; n++) await send({ t: 'replaying', progress: progressOf(done, n, options) });
    found['running'] = await violations(page);
    await page.setViewportSize({ width: 360, height: 740 });
    found['narrow'] = await violations(page);
    await close();
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, []])));
    expect(errors).toEqual([]);
  });

  test.each(Object.entries(EPISODES))('%s', async (_, options) => {
    const { page, errors, close } = await inspect(browser, built, { answer: answerFrom(fixture(options)), theme, turn: 5 });
    await settled(page);
    await page.evaluate(axe);
    const found: Record<string, string[]> = { turns: await violations(page) };
    for (const tab of ['problem', 'submission', 'seen', 'configuration', 'table']) {
      await page.locator(`#tab-${tab}`).click();
      await page.locator('#tab-panel > *').first().waitFor();
      await page.waitForTimeout(100);
      found[tab] = await violations(page);
    }
    await page.keyboard.press('?');
    found['help'] = await violations(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('c');
    found['folded'] = await violations(page);
    await page.keyboard.press('c');
    await page.setViewportSize({ width: 360, height: 740 });
    await page.locator('#tab-turns').click();
    found['narrow'] = await violations(page);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await close();
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((name) => [name, []])));
    expect(sideways).toBe(0);
    expect(errors).toEqual([]);
  });
});
