/** Moving about: keys, focus, filters, and what stays in sight. */
import { expect, test } from 'vitest';
import { fixture } from './episodes';
import { settled } from './harness';
import { inspector, selected } from './opened';

const open = inspector();

test('keyboard only: turns, findings, errors, edits, submission, find, go to, tabs, help', async () => {
  const made = fixture({ turns: 200, outcome: ['fails'] });
  const { page, actions } = await open(made);
  await settled(page);
  const press = async (...keys: string[]): Promise<string | null> => {
    for (const key of keys) await page.keyboard.press(key);
    return selected(page);
  };
  expect(await press('j', 'j', 'ArrowDown', 'k')).toBe('2');
  const { findings, marks } = made.view;
  expect(await press(']')).toBe(String(findings[0]?.turns[0]));
  expect(await press(']', ']', '[')).toBe(String(findings[0]?.turns[1]));
  expect(await press('e')).toBe(String(marks.errors.find((t) => t > (findings[0]?.turns[1] ?? 0))));
  const at = Number(await selected(page));
  expect(await press('d')).toBe(String(marks.edits.find((t) => t > at)));
  expect(await press('s')).toBe('199');
  await press('/');
  await page.keyboard.type('reproduce');
  await expect.poll(() => page.locator('[data-testid=find-status]').textContent()).toMatch(/^1 of \d+$/);
  await press('Enter');
  expect(await page.locator('[data-testid=find-status]').textContent()).toMatch(/^2 of \d+$/);
  await expect
    .poll(() => page.evaluate(() => [...(CSS.highlights.get('turnpike-find')?.values() ?? [])].map(String)))
    .toEqual(['reproduce']);
  await press('Escape');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('turn-list');
  await press('g');
  await page.keyboard.type('42');
  expect(await press('Enter')).toBe('41');
  expect(await press('End')).toBe('199');
  expect(await press('Home')).toBe('0');
  expect(await page.locator('[data-testid=turn-list]').getAttribute('aria-activedescendant')).toBe('turn-0');
  await page.keyboard.press('t');
  expect(await page.locator('[role=tab][aria-selected=true]').textContent()).toBe('Table');
  await page.keyboard.press('?');
  expect(await page.locator('dialog[open] h2').textContent()).toBe('Keys');
  await page.keyboard.press('Escape');
  expect(await page.locator('dialog[open]').count()).toBe(0);
  await page.keyboard.press('l');
  await page.locator('[data-testid=detail]').waitFor();
  await page.locator('[data-testid=chart]').focus();
  expect(await press('ArrowRight', 'ArrowRight', 'ArrowLeft')).toBe('1');
  expect(await page.locator('[data-testid=chart]').getAttribute('aria-valuetext')).toContain('Turn 2 of 200: ');
  expect(actions.filter((a) => a.kind === 'selected').at(-1)).toEqual({ kind: 'selected', attempt: 0, turn: 1 });
});

test('Tab reaches every part in reading order and shows where it is', async () => {
  const { page } = await open(fixture({ turns: 17, outcome: ['fails'] }));
  await settled(page);
  const stops: string[] = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return {
        name: element.id || element.getAttribute('data-testid') || element.textContent?.trim().slice(0, 30) || element.tagName,
        shown: outlineStyle !== 'none' && outlineWidth !== '0px',
      };
    });
    if (!stop) break;
    expect(stop.shown, stop.name).toBe(true);
    stops.push(stop.name);
  }
  const wanted = [
    'default configuration',
    'chart-fold',
    'reward-chart',
    'threshold-1',
    'tab-turns',
    'find-box',
    'goto-box',
    'turn-list',
    'detail',
  ];
  expect(
    stops
      .filter((name) => wanted.includes(name.replace('threshold-0', 'threshold-1')))
      .map((name) => name.replace('threshold-0', 'threshold-1')),
  ).toEqual(wanted);
});

test('a pane that gets smaller keeps the current turn in sight; one scrolled away from stays away', async () => {
  const { page } = await open(fixture({ turns: 200, outcome: ['fails'] }));
  const inSight = (): Promise<boolean> =>
    page.evaluate(() => {
      const list = document.querySelector('#turn-list')?.getBoundingClientRect();
      const row = document.querySelector('#turn-list [aria-selected=true]')?.getBoundingClientRect();
      return list !== undefined && row !== undefined && row.bottom <= list.bottom + 1 && row.top >= list.top - 1;
    });
  await page.setViewportSize({ width: 1000, height: 1000 });
  const last = Math.floor((await page.locator('#turn-list').evaluate((list) => list.clientHeight)) / 48) - 2;
  await page.locator(`#turn-${last}`).click();
  await page.setViewportSize({ width: 1000, height: 600 });
  await expect.poll(inSight).toBe(true);
  await page.locator('#turn-list').evaluate((list) => (list.scrollTop = 4000));
  await page.setViewportSize({ width: 1000, height: 700 });
  await page.waitForTimeout(100);
  expect(await page.locator('#turn-list').evaluate((list) => list.scrollTop)).toBe(4000);
});

test('filters narrow the list; an empty one says so with the way out', async () => {
  const made = fixture({ turns: 200, outcome: ['fails'] });
  const { page } = await open(made);
  await settled(page);
  await page.locator('.chip', { hasText: 'error' }).first().click();
  expect(await page.locator('[role=option]').first().getAttribute('aria-setsize')).toBe(String(made.view.marks.errors.length));
  await page.locator('.chip', { hasText: 'error' }).first().click();
  await page.locator('.chip', { hasText: 'masked' }).click();
  expect(await page.locator('.turn-list .empty').textContent()).toContain('No turn passes these filters.');
  await page.locator('.turn-list .empty button').click();
  expect(await page.locator('[role=option]').first().getAttribute('aria-setsize')).toBe('200');
});

test('a narrow window gives a short list the height of its rows, and the detail follows', async () => {
  const { page } = await open(fixture({ turns: 1, outcome: ['passes'] }), { width: 360, height: 740 });
  await settled(page);
  const row = await page.locator('#turn-0').boundingBox();
  const detail = await page.locator('[data-testid=detail]').boundingBox();
  expect(row && detail && detail.y - (row.y + row.height)).toBeLessThan(24);
});
