/** The reader's place: followed, kept over a reload, kept over a change of the file. */
import { expect, test } from 'vitest';
import type { ToPage } from '../../server/protocol/index';
import { fixture } from './episodes';
import { answerFrom, settled } from './harness';
import { fact, inspector, selected } from './opened';

const open = inspector();

test('another surface selects a turn without an echo; commands work; the place is kept', async () => {
  const { page, actions, send, state } = await open(fixture({ turns: 200, outcome: ['fails'] }));
  await settled(page);
  await send({ t: 'select', attempt: 0, turn: 150 });
  await expect.poll(() => selected(page)).toBe('150');
  expect(actions.filter((a) => a.kind === 'selected')).toEqual([]);
  await page.locator('#turn-150').waitFor();
  await send({ t: 'command', command: 'next' });
  await expect.poll(() => selected(page)).toBe('151');
  expect(actions.at(-1)).toEqual({ kind: 'selected', attempt: 0, turn: 151 });
  await page.locator('#tab-table').click();
  expect(await state()).toEqual({
    uri: 'file:///episodes/django__django-16255.traj',
    attempt: 0,
    turn: 151,
    tab: 'table',
    thresholds: {},
    filter: [],
    folded: false,
  });
});

test('a reload comes back to the same place, and only for the same file', async () => {
  const saved = {
    uri: 'file:///episodes/django__django-16255.traj',
    attempt: 0,
    turn: 7,
    tab: 'table',
    thresholds: { outcome: 0.5 },
    filter: ['masked'],
    folded: true,
  };
  const made = fixture({ turns: 17, outcome: ['fails'] });
  const same = await open(made, { saved });
  expect(await same.page.locator('[role=tab][aria-selected=true]').textContent()).toBe('Table');
  expect(await same.page.locator('tr[aria-current]').getAttribute('data-turn')).toBe('7');
  expect(await same.page.locator('#chart-fold').getAttribute('aria-expanded')).toBe('false');
  expect(await fact(same.page, 'masked')).toBe('16 of 17');
  const other = await open(made, { saved: { ...saved, uri: 'file:///other.traj' } });
  await settled(other.page);
  expect(await selected(other.page)).toBe('0');
});

test('a change is read again and keeps the place; an older answer is dropped', async () => {
  let made = fixture({ turns: 17, outcome: [], pending: true, revision: 2 });
  const { page, send } = await open((method, params, signal) => answerFrom(made)(method, params, signal), { turn: 9 });
  await settled(page);
  made = fixture({ turns: 21, outcome: ['passes'], revision: 3 });
  await send({ t: 'changed', revision: 3, stale: null });
  await expect.poll(() => fact(page, 'turns')).toBe('21');
  expect(await selected(page)).toBe('9');
  expect(await page.locator('.state').textContent()).toBe('finished');
  made = fixture({ turns: 17, outcome: [], pending: true, revision: 2 });
  await send({ t: 'changed', revision: 9, stale: null });
  await page.waitForTimeout(200);
  expect(await fact(page, 'turns')).toBe('21');
  await send({ t: 'changed', revision: 10, stale: 'The file is being written.' } satisfies ToPage);
  expect(await page.locator('.notice').first().textContent()).toContain(
    'What you see may be older than the file. The file is being written.',
  );
});
