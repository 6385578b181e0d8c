/** What was paid, as the page shows it: the same numbers as the arithmetic's, under every threshold. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { accumulate } from '../../server/reward/arithmetic';
import { fixture } from './episodes';
import { settled } from './harness';
import { announced, fact, inspector } from './opened';

const open = inspector();
const total = async (page: Page, id: string): Promise<number> =>
  Number(await page.locator(`[data-total=${id}]`).getAttribute('data-value'));

test('the table twin equals the arithmetic, turn by turn, before and after each move of the threshold', async () => {
  const made = fixture({ turns: 200, outcome: ['fails'] });
  const { page } = await open(made);
  await page.locator('#tab-table').click();
  for (const threshold of [0, 0.01, 0, 1, -0.5]) {
    await page.locator('[data-testid="threshold-outcome"]').evaluate((element, value) => {
      (element as HTMLInputElement).value = String(value);
      element.dispatchEvent(new Event('input', { bubbles: true }));
    }, threshold);
    const expected = accumulate(made.view.scores, { thresholds: { outcome: threshold } });
    await expect.poll(() => fact(page, 'masked')).toBe(`${expected.masked} of ${expected.rawState.length}`);
    const rows = await page.locator('[data-testid=table-twin] tbody tr').evaluateAll((elements) =>
      elements.map((row) => {
        const cell = (col: string): Element | null => row.querySelector(`[data-col=${col}]`);
        const value = (col: string): number | null => {
          const text = cell(col)?.getAttribute('data-value');
          return text == null ? null : Number(text);
        };
        return {
          index: value('index'),
          raw: value('raw'),
          paid: value('paid'),
          blockedBy: cell('blockedBy')?.textContent,
          gate: cell('gate')?.textContent,
          returnToGo: value('returnToGo'),
        };
      }),
    );
    expect(rows).toEqual(
      Array.from({ length: 200 }, (_, t) => ({
        index: t,
        raw: expected.rawState[t] === 0 ? expected.raw[t] : null,
        paid: expected.paidState[t] === 0 ? expected.paid[t] : null,
        // A turn without a score stands under the gates of the lowest level.
        blockedBy:
          expected.levels[(expected.rawState[t] === 0 ? expected.blockedBy[t] : expected.levels.at(-1)?.blockedBy) ?? -1]?.id ?? '',
        gate: expected.levels[0]?.gate?.state,
        returnToGo: expected.returnToGoState[t] === 0 ? expected.returnToGo[t] : null,
      })),
    );
    expect(expected.totals.gra.state).toBe('scored');
    expect(await total(page, 'gra')).toBe(expected.totals.gra.state === 'scored' && expected.totals.gra.value);
    expect(await total(page, 'dra')).toBe(expected.totals.dra.state === 'scored' && expected.totals.dra.value);
    expect(await total(page, 'outcomeOnly')).toBe(0);
  }
});

test('a gate that flips is announced, asks nobody, and goes back to the configured threshold', async () => {
  const made = fixture({ turns: 17, outcome: ['empty_patch'] });
  const { page, requests } = await open(made);
  await settled(page);
  const before = requests.length;
  const slider = page.locator('[data-testid="threshold-outcome"]');
  await slider.focus();
  await page.keyboard.press('PageDown');
  await expect.poll(() => announced(page)).toBe('Gate outcome open at −0.50: 0 rewards masked.');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => announced(page)).toBe('Gate outcome shut at −0.49: 16 rewards masked.');
  expect(await page.locator('.turn-line .reward-masked s').first().textContent()).toBe('+0.10');
  expect(await page.locator('.turn-line .blocker').first().textContent()).toBe('outcome');
  await page.locator('.reset').click();
  await expect.poll(() => slider.inputValue()).toBe('0');
  expect(requests.length).toBe(before);
});

test('a typed threshold is taken exactly, infinities too; nonsense is put back', async () => {
  const { page } = await open(fixture({ turns: 17, outcome: ['passes'] }));
  const box = page.locator('[data-testid="threshold-value-outcome"]');
  for (const [typed, shown, masked] of [
    ['1', '1.00', '0 of 17'],
    ['1.000001', '1.000001', '16 of 17'],
    ['−∞', '−∞', '0 of 17'],
    ['∞', '∞', '16 of 17'],
    ['much', '∞', '16 of 17'],
  ] as const) {
    await box.fill(typed);
    await box.press('Enter');
    await expect.poll(() => box.inputValue()).toBe(shown);
    expect(await fact(page, 'masked')).toBe(masked);
  }
});

test('an outcome that is a set shows bounds, and a gate between them is unknown', async () => {
  const made = fixture({ turns: 17, outcome: ['fails', 'passes'] });
  const { page } = await open(made);
  const { bounds } = accumulate(made.view.scores).totals;
  expect(await fact(page, 'gra')).toMatch(/^\+\d\.\d\d if it fails … \+\d\.\d\d if it passes$/);
  await page.locator('#tab-table').click();
  expect(Number(await page.locator('[data-total=gra]').getAttribute('data-low'))).toBe(bounds?.gra[0]);
  expect(Number(await page.locator('[data-total=gra]').getAttribute('data-high'))).toBe(bounds?.gra[1]);
  await page.locator('.slider-flips button', { hasText: '1.00' }).click();
  await expect.poll(() => page.locator('.slider').getAttribute('data-state')).toBe('unknown');
  expect(await page.locator('[data-testid=table-twin] tbody [data-col=gate]').first().textContent()).toBe('unknown');
  expect(await page.locator('[data-testid=table-twin] tbody [data-col=paid]').first().textContent()).toBe('–');
});

test('a running episode is live, its gate pending, nothing counted as zero', async () => {
  const { page } = await open(fixture({ turns: 17, outcome: [], pending: true }));
  expect(await page.locator('.state').textContent()).toBe('live');
  expect(await fact(page, 'gra')).toContain('–');
  expect(await page.locator('.gate-pending text').textContent()).toBe('pending');
  expect(await page.locator('.marks rect[stroke-dasharray]').count()).toBeGreaterThan(5);
});

test('while nothing is masked, the slider says where something would be, and goes there', async () => {
  const made = fixture({ turns: 17, outcome: ['passes'] });
  const { page } = await open(made);
  const masked = accumulate(made.view.scores, { thresholds: { outcome: 1.01 } }).masked;
  const ahead = page.locator('.flip-ahead');
  expect(await ahead.textContent()).toBe(`above 1.00, ${masked} turns would be masked`);
  const place = (): Promise<unknown> => page.locator('.track').boundingBox();
  const before = await place();
  await ahead.locator('button').click();
  await expect.poll(() => fact(page, 'masked')).toBe(`${masked} of 17`);
  expect(await page.locator('[data-testid="threshold-value-outcome"]').inputValue()).toBe('1.01');
  expect(await ahead.count()).toBe(0);
  expect(await place()).toEqual(before);
});

test('a gate that is shut, or has nothing to compare yet, points to no flip', async () => {
  const shut = await open(fixture({ turns: 17, outcome: ['empty_patch'] }));
  await settled(shut.page);
  expect(await shut.page.locator('.flip-ahead').count()).toBe(0);
  const running = await open(fixture({ turns: 17, outcome: [], pending: true }));
  await settled(running.page);
  expect(await running.page.locator('.flip-ahead').count()).toBe(0);
});

test('findings and turns with one are counted in words that tell them apart', async () => {
  const made = fixture({ turns: 200, outcome: ['fails'] });
  const { page } = await open(made);
  const { findings } = made.view;
  const strong = findings.filter((one) => one.grade !== 'weak').length;
  expect(await fact(page, 'findings')).toBe(`${findings.length} findings (${strong} strong)`);
  const turns = new Set(findings.flatMap((one) => one.turns)).size;
  expect(turns).not.toBe(findings.length);
  const chip = page.locator('.chip', { hasText: 'finding' }).first();
  expect(await chip.getAttribute('title')).toBe(`${turns} turns with a finding: show only such turns`);
});
