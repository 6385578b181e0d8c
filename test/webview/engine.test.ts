/** The page on real files: a real `turnpike lsp --stdio` answers it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accumulate } from '../../server/reward/arithmetic';
import type { OpenResult } from '../../server/protocol/index';
import { Client, RICH } from '../integration/lsp/client';
import { bundle, inspect, launch, type Bundle } from './harness';

const ROOT = join(import.meta.dirname, '../..');
const CORPUS = process.env['TURNPIKE_CORPUS'] ?? join(ROOT, '../shared/corpus');

const FILES = [
  'swe-agent/mit__SWE-smith/pydantic__pydantic.acb0f10f.pr_8316.traj',
  'swe-agent/mit__SE-Agent/claude_12__iteration_1__astropy__astropy-7606__astropy__astropy-7606__015d52.traj',
  'swe-agent/mit__SWE-agent/demo__mm1867-default__t-0.20__p-0.95__c-2.00__install-1___install_from_source__75031f57.traj',
  'swe-agent/mit__SWE-agent/demo__ctf_crypto_katy__32df88af.traj',
  'mini-swe-agent/mit__mini-swe-agent/pr__deepseek_lite_dev__marshmallow-code__marshmallow-1343__91568b.traj.json',
  'mini-swe-agent/mit__gruckion-gemini3/django__django-16255.traj.json',
  'atif/mit__CodeTracer-kimi/fix-git__cCozJVA/agent/trajectory.json',
] as const;

let browser: Browser;
let built: Bundle;
let client: Client;
beforeAll(async () => {
  if (!existsSync(join(ROOT, 'dist/turnpike.cjs'))) throw new Error('The server is not built. Run npm run build.');
  [browser, built, client] = await Promise.all([launch(), bundle(), Client.start({ capabilities: RICH, root: CORPUS })]);
});
afterAll(async () => {
  await browser?.close();
  await client?.stop();
});

test.each(FILES)('%s', async (file) => {
  const uri = pathToFileURL(join(CORPUS, file)).toString();
  const opened = await client.request<OpenResult>('turnpike/open', { uri });
  if ('failure' in opened) throw new Error(opened.failure.sentences.join(' '));
  const { view } = opened;
  const { page, errors, close } = await inspect(browser, built, { uri, answer: (method, params) => client.request(method, params) });
  await page.locator('[data-testid=detail][data-loaded=true]').waitFor();
  expect(await page.locator('[data-fact=turns] .fact-value').textContent()).toBe(String(view.turnCount));

  // Every turn can be reached and read.
  for (const turn of [...new Set([1, Math.floor(view.turnCount / 2), view.turnCount].filter((n) => n >= 1))]) {
    await page.keyboard.press('g');
    await page.keyboard.type(String(turn));
    await page.keyboard.press('Enter');
    await page.locator(`[data-testid=detail][data-turn="${turn - 1}"][data-loaded=true]`).waitFor();
    await page.locator(`#turn-${turn - 1}[data-loaded=true]`).waitFor();
    expect(await page.locator('[data-testid=detail] .field').count()).toBeGreaterThanOrEqual(3);
  }

  for (const tab of ['problem', 'submission', 'seen', 'configuration']) {
    await page.locator(`#tab-${tab}`).click();
    await page.locator('#tab-panel :is(.text, .quiet, .notice, h2)').first().waitFor();
    expect(await page.locator('#tab-panel [role=alert]').count()).toBe(0);
  }

  await page.locator('#tab-table').click();
  for (const threshold of [null, ...new Set([-1, 0, 0.5, 1])]) {
    if (threshold !== null) {
      const box = page.locator('[data-testid="threshold-value-outcome"]');
      await box.fill(String(threshold));
      await box.press('Enter');
    }
    const expected = accumulate(view.scores, threshold === null ? {} : { thresholds: { outcome: threshold } });
    await expect.poll(() => page.locator('[data-fact=masked] .fact-value').textContent()).toBe(`${expected.masked} of ${view.turnCount}`);
    const rows = await page
      .locator('[data-testid=table-twin] tbody tr')
      .evaluateAll((elements) =>
        elements.map((row) => ['raw', 'paid'].map((col) => row.querySelector(`[data-col=${col}]`)?.getAttribute('data-value') ?? null)),
      );
    expect(rows).toEqual(
      Array.from({ length: Math.min(500, view.turnCount) }, (_, t) => [
        expected.rawState[t] === 0 ? String(expected.raw[t]) : null,
        expected.paidState[t] === 0 ? String(expected.paid[t]) : null,
      ]),
    );
    const { gra, dra } = expected.totals;
    expect(await page.locator('[data-total=gra]').getAttribute('data-value')).toBe(gra.state === 'scored' ? String(gra.value) : null);
    expect(await page.locator('[data-total=dra]').getAttribute('data-value')).toBe(dra.state === 'scored' ? String(dra.value) : null);
  }
  expect(errors).toEqual([]);
  await close();
});
