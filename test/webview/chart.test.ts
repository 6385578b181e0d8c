/** The chart as a control. */
import { expect, test } from 'vitest';
import { fixture } from './episodes';
import { settled } from './harness';
import { inspector, selected } from './opened';

const open = inspector();

test('the chart: click selects, drag shows a range, double click resets, wheel zooms at the pointer', async () => {
  const { page } = await open(fixture({ turns: 200, outcome: ['fails'] }));
  await settled(page);
  const chart = page.locator('[data-testid=chart]');
  const box = await chart.boundingBox();
  if (!box) throw new Error('no chart');
  const x = (turn: number): number => box.x + 56 + ((turn + 0.5) / 200) * (box.width - 56 - 46);
  await page.mouse.click(x(120), box.y + 60);
  expect(await selected(page)).toBe('120');
  await page.mouse.move(x(40), box.y + 60);
  expect(await page.locator('.tooltip strong').textContent()).toBe('Turn 41');
  await page.mouse.down();
  await page.mouse.move(x(60), box.y + 60, { steps: 4 });
  await page.mouse.up();
  expect([await chart.getAttribute('data-from'), await chart.getAttribute('data-to')]).toEqual(['40', '61']);
  await page.mouse.dblclick(x(100), box.y + 60);
  expect([await chart.getAttribute('data-from'), await chart.getAttribute('data-to')]).toEqual(['0', '200']);
  await page.mouse.move(x(150), box.y + 60);
  await page.mouse.wheel(0, -100);
  await expect.poll(async () => Number(await chart.getAttribute('data-to')) - Number(await chart.getAttribute('data-from'))).toBe(160);
  expect(Number(await chart.getAttribute('data-from'))).toBe(30);
});

test('the chart folds to one line by click and by key, still selects, and stays folded for the reader', async () => {
  const { page, state } = await open(fixture({ turns: 200, outcome: ['fails'] }));
  await settled(page);
  const chart = page.locator('[data-testid=chart]');
  const listHeight = (): Promise<number> => page.locator('#turn-list').evaluate((list) => list.clientHeight);
  const before = await listHeight();
  await page.keyboard.press('?');
  expect(await page.locator('dialog[open] tr', { hasText: 'fold the chart' }).locator('kbd').textContent()).toBe('c');
  await page.keyboard.press('Escape');
  await page.locator('#chart-fold').click();
  expect(await page.locator('#chart-fold').getAttribute('aria-expanded')).toBe('false');
  const line = await page.locator('section.chart').boundingBox();
  expect(line?.height).toBeLessThanOrEqual(26);
  expect(await page.locator('.gate text').textContent()).toBe('gate open');
  expect(await listHeight()).toBeGreaterThan(before + 180);
  const box = await chart.boundingBox();
  if (!box) throw new Error('no lane');
  await page.mouse.click(box.x + 56 + (100.5 / 200) * (box.width - 56 - 46), box.y + 9);
  expect(await selected(page)).toBe('100');
  await chart.focus();
  await page.keyboard.press('ArrowRight');
  expect(await selected(page)).toBe('101');
  expect((await state())?.folded).toBe(true);
  await page.keyboard.press('c');
  expect(await page.locator('#chart-fold').getAttribute('aria-expanded')).toBe('true');
  expect((await chart.boundingBox())?.height).toBe(218);
  expect((await state())?.folded).toBe(false);
});

test('a low or narrow window gets a lower chart, and list and detail keep a height to read in', async () => {
  const { page } = await open(fixture({ turns: 17, outcome: ['empty_patch'] }));
  await settled(page);
  for (const [width, height, chart] of [
    [1400, 900, 218],
    [1400, 600, 146],
    [1400, 400, 146],
    [900, 500, 146],
    [700, 450, 146],
    [600, 800, 218],
    [360, 740, 146],
  ] as const) {
    await page.setViewportSize({ width, height });
    const size = `${width} × ${height}`;
    await expect.poll(async () => (await page.locator('[data-testid=chart]').boundingBox())?.height, { message: size }).toBe(chart);
    for (const part of ['turn-list', 'detail']) {
      const box = await page.locator(`[data-testid=${part}]`).boundingBox();
      expect(box?.height, `${part} at ${size}`).toBeGreaterThanOrEqual(220);
    }
    const low = await page.evaluate(() => {
      const bottom = Math.max(
        ...['turn-list', 'detail'].map((id) => document.querySelector(`[data-testid=${id}]`)?.getBoundingClientRect().bottom ?? 0),
      );
      return bottom - document.documentElement.scrollHeight;
    });
    expect(low, `the page scrolls to the end of both at ${size}`).toBeLessThanOrEqual(1);
  }
});

test('the hover card covers neither the bar that it speaks of nor the lanes, at any width', async () => {
  const { page } = await open(fixture({ turns: 17, outcome: ['empty_patch'] }));
  await settled(page);
  for (const width of [360, 600, 1400]) {
    await page.setViewportSize({ width, height: 900 });
    const chart = page.locator('[data-testid=chart]');
    for (const turn of [0, 5, 8, 9, 16]) {
      const box = await chart.boundingBox();
      if (!box) throw new Error('no chart');
      const step = (box.width - 56 - 46) / 17;
      const x = box.x + 56 + (turn + 0.5) * step;
      const plot = box.height - 3 * 14 - 16;
      await page.mouse.move(x, box.y + plot / 2);
      await expect.poll(() => page.locator('.tooltip strong').textContent()).toBe(`Turn ${turn + 1}`);
      const card = await page.locator('.tooltip').boundingBox();
      if (!card) throw new Error('no card');
      const where = `turn ${turn + 1} at ${width}`;
      const overlaps = (left: number, top: number, right: number, bottom: number): boolean =>
        card.x < right && card.x + card.width > left && card.y < bottom && card.y + card.height > top;
      const half = Math.min(28, step * 0.78) / 2;
      expect(overlaps(x - half, box.y, x + half, box.y + plot), `bar of ${where}`).toBe(false);
      expect(overlaps(box.x, box.y + plot, box.x + box.width, box.y + box.height), `lanes of ${where}`).toBe(false);
      expect(card.x >= 0 && card.x + card.width <= width && card.y >= 0 && card.y + card.height <= 900, `${where} in sight`).toBe(true);
      // What stands under the chart must not be painted over the card.
      const atMiddle = await page.evaluate(
        ([x, y]) => {
          const tip = document.querySelector<HTMLElement>('.tooltip');
          if (tip) tip.style.pointerEvents = 'auto';
          const found = document.elementFromPoint(x, y)?.closest('.tooltip') ?? null;
          if (tip) tip.style.pointerEvents = '';
          return found !== null;
        },
        [card.x + card.width / 2, card.y + card.height / 2] as const,
      );
      expect(atMiddle, where).toBe(true);
    }
  }
});
