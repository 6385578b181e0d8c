/** What the page tells its host of the thresholds that a reader tries, and when it stops trying one. */
import { expect, test } from 'vitest';
import { fixture } from './episodes';
import { settled } from './harness';
import { inspector } from './opened';

const open = inspector();

test('the host is told which thresholds the reader tries, and asked to write them', async () => {
  const { page, actions } = await open(fixture({ turns: 17, outcome: ['empty_patch'] }));
  await settled(page);
  const tried = () => actions.findLast((a) => a.kind === 'tried')?.thresholds;
  expect(await page.locator('.apply').isDisabled()).toBe(true);
  await page.locator('[data-testid="threshold-outcome"]').focus();
  await page.keyboard.press('PageDown');
  await expect.poll(tried).toEqual({ outcome: -0.5 });
  await page.locator('.apply').click();
  await expect.poll(() => actions.at(-1)?.kind).toBe('applyThresholds');
  await page.locator('.reset').click();
  await expect.poll(tried).toEqual({});
  expect(await page.locator('.apply').isDisabled()).toBe(true);
});
