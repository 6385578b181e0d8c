/** 10,000 turns: nothing is lost in bins, nothing is blank, and moves are counted. */
import { expect, test } from 'vitest';
import { fixture } from './episodes';
import { settled } from './harness';
import { fact, inspector } from './opened';

const open = inspector();

test('10,000 turns: bins keep the extremes, the table is paged with a way to all, a move repaints', async () => {
  const made = fixture({ turns: 10_000, outcome: ['fails'] });
  const { page } = await open(made);
  await settled(page);
  expect(await page.locator('[data-testid=chart]').getAttribute('data-renderer')).toBe('canvas');
  const times = await page.evaluate(async () => {
    const slider = document.querySelector<HTMLInputElement>('[data-testid="threshold-outcome"]');
    if (!slider) throw new Error('no slider');
    const out: number[] = [];
    for (let i = 0; i < 40; i++) {
      await new Promise((frame) => requestAnimationFrame(frame));
      const from = performance.now();
      slider.value = String(i % 2 ? 0 : 0.5);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      // Signals draw in a microtask, the canvas with them; asking for a size makes the browser lay out now.
      await Promise.resolve();
      await Promise.resolve();
      document.body.getBoundingClientRect();
      out.push(performance.now() - from);
    }
    return out.sort((a, b) => a - b);
  });
  console.log(
    `threshold move over 10,000 turns (arithmetic, drawing, layout; budget 16 ms): median ${times[20]?.toFixed(1)} ms, worst ${times.at(-1)?.toFixed(1)} ms`,
  );
  expect(await fact(page, 'masked')).toMatch(/^0 of/);
  await page.locator('#tab-table').click();
  expect(await page.locator('[data-testid=table-twin] tbody tr').count()).toBe(500);
  await page.locator('[data-testid=table-all]').click();
  await expect.poll(() => page.locator('[data-testid=table-twin] tbody tr').count()).toBe(10_000);
});

test('10,000 turns: rows come in windows, none is blank while scrolling', async () => {
  const made = fixture({ turns: 10_000, outcome: ['fails'] });
  const { page, requests } = await open(made);
  await settled(page);
  const report = await page.evaluate(async () => {
    const list = document.querySelector('#turn-list');
    if (!list) throw new Error('no list');
    let blank = 0;
    let frames = 0;
    const spent: number[] = [];
    for (let i = 1; i <= 120; i++) {
      list.scrollTop += i % 10 === 0 ? 40_000 : 400;
      const from = performance.now();
      await new Promise((frame) => requestAnimationFrame(frame));
      spent.push(performance.now() - from);
      const { top, bottom } = list.getBoundingClientRect();
      for (let y = top + 4; y < bottom; y += 40) {
        const row = document.elementFromPoint(40, y)?.closest('[role=option]');
        if (!row || row.querySelector('.turn-number')?.textContent === '' || !row.querySelector('.reward')) blank++;
      }
      frames++;
    }
    return { blank, frames, spent: spent.sort((a, b) => a - b) };
  });
  console.log(
    `scrolling 10,000 turns: ${report.blank} blank rows in ${report.frames} sampled frames, median frame ${report.spent[60]?.toFixed(1)} ms`,
  );
  expect(report.blank).toBe(0);
  for (const { params } of requests.filter((r) => r.method === 'turnpike/rows')) {
    const { from, to } = params as { from: number; to: number };
    expect(to - from).toBeLessThanOrEqual(500);
  }
  await expect.poll(() => page.locator('[role=option][data-loaded=false]').count()).toBe(0);
});
