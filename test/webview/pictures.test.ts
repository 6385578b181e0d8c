/** Pictures of the page for people to look at: `out/screenshots/page-….png`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture, type EpisodeOptions } from './episodes';
import { answerFrom, bundle, inspect, launch, settled, type Bundle } from './harness';
import { progressOf, replayed } from './replays';
import { THEME_NAMES } from './themes';

const OUT = join(import.meta.dirname, '../../out/screenshots');
let browser: Browser;
let built: Bundle;
beforeAll(async () => {
  mkdirSync(OUT, { recursive: true });
  [browser, built] = await Promise.all([launch(), bundle()]);
});
afterAll(() => browser?.close());

const EPISODES: readonly EpisodeOptions[] = [
  { turns: 1, outcome: ['passes'] },
  { turns: 17, outcome: ['empty_patch'] },
  { turns: 10_000, outcome: ['fails', 'passes'] },
];
const SIZES = [
  { width: 360, height: 740 },
  { width: 1400, height: 900 },
] as const;

describe.each(THEME_NAMES)('%s', (theme) => {
  test.each(EPISODES)('$turns turns', async (options) => {
    for (const { width, height } of SIZES) {
      const { page, errors, close } = await inspect(browser, built, {
        answer: answerFrom(fixture(options)),
        theme,
        width,
        height,
        turn: Math.floor(options.turns / 3),
      });
      await settled(page);
      await page.screenshot({ path: join(OUT, `page-${options.turns}-${width}-${theme}.png`), fullPage: width === 360 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
      expect(errors).toEqual([]);
      await close();
    }
  });
});

test.each(THEME_NAMES)('replays: %s', async (theme) => {
  const options = { diverges: 9, tests: true };
  const short = fixture({ turns: 17, outcome: ['fails'] });
  const long = fixture({ turns: 10_000, outcome: ['fails'] });
  for (const [name, made, turn, width] of [
    ['diverged', replayed(short, options), 9, 1400],
    ['diverged', replayed(short, options), 9, 360],
    ['untrusted', replayed(short, options), 12, 1400],
    ['same', replayed(short, { diverges: null }), 3, 1400],
    ['long', replayed(long, { diverges: 7_000, tests: true }), 6_990, 1400],
    ['running', short, 4, 1400],
    ['running', short, 4, 360],
    ['never', short, 4, 1400],
  ] as const) {
    const { page, errors, send, close } = await inspect(browser, built, { answer: answerFrom(made), theme, width, height: 900, turn });
    await settled(page);
    if (name === 'running')
      for (let done = 0; done <= 12; done++) await send({ t: 'replaying', progress: progressOf(short, done, options) });
    else if (name !== 'never') await page.locator('.replay-facts').waitFor();
    await page.screenshot({ path: join(OUT, `replay-${name}-${width}-${theme}.png`), fullPage: width === 360 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    expect(errors).toEqual([]);
    await close();
  }
});

test('zoom of 200 % and a 4K window lose nothing', async () => {
  for (const [name, width, height] of [
    ['zoomed', 700, 450],
    ['4k', 3840, 2160],
  ] as const) {
    const { page, errors, close } = await inspect(browser, built, {
      answer: answerFrom(fixture({ turns: 200, outcome: ['no_submit'] })),
      width,
      height,
      turn: 77,
      theme: 'dark',
    });
    await settled(page);
    await page.screenshot({ path: join(OUT, `page-200-${name}-dark.png`), fullPage: name === 'zoomed' });
    for (const part of ['[data-testid=chart]', '.slider', '[data-testid=turn-list]', '[data-testid=detail]', '#find-box']) {
      const box = await page.locator(part).boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= width + 1 && box.height > 10, part).toBe(true);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    expect(errors).toEqual([]);
    await close();
  }
});
