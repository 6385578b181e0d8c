/** The page as a reader meets it, in a real browser with a host that answers. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { accumulate } from '../../server/reward/arithmetic';
import type { ToPage } from '../../server/protocol/index';
import { fixture, type Fixture } from './episodes';
import { answerFrom, bundle, inspect, launch, settled, type Answer, type Bundle, type Inspector, type OpenOptions } from './harness';

let browser: Browser;
let built: Bundle;
const opened: Inspector[] = [];

beforeAll(async () => {
  [browser, built] = await Promise.all([launch(), bundle()]);
});
afterAll(() => browser?.close());
afterEach(async () => {
  for (const one of opened.splice(0)) {
    expect(one.errors).toEqual([]);
    await one.close();
  }
});

async function open(given: Fixture | Answer, options: Partial<OpenOptions> = {}): Promise<Inspector> {
  const inspector = await inspect(browser, built, { answer: typeof given === 'function' ? given : answerFrom(given), ...options });
  opened.push(inspector);
  return inspector;
}

const selected = (page: Page): Promise<string | null> => page.locator('[data-testid=detail]').getAttribute('data-turn');
const total = async (page: Page, id: string): Promise<number> =>
  Number(await page.locator(`[data-total=${id}]`).getAttribute('data-value'));
const announced = (page: Page): Promise<string | null> => page.locator('[data-testid=announcement]').textContent();

describe('rewards', () => {
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
      await expect
        .poll(() => page.locator('[data-fact=masked] .fact-value').textContent())
        .toBe(`${expected.masked} of ${expected.rawState.length}`);
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
      expect(await page.locator('[data-fact=masked] .fact-value').textContent()).toBe(masked);
    }
  });

  test('an outcome that is a set shows bounds, and a gate between them is unknown', async () => {
    const made = fixture({ turns: 17, outcome: ['fails', 'passes'] });
    const { page } = await open(made);
    const { bounds } = accumulate(made.view.scores).totals;
    expect(await page.locator('[data-fact=gra] .fact-value').textContent()).toMatch(/^\+\d\.\d\d if it fails … \+\d\.\d\d if it passes$/);
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
    expect(await page.locator('[data-fact=gra] .fact-value').textContent()).toContain('–');
    expect(await page.locator('.gate-pending text').textContent()).toBe('pending');
    expect(await page.locator('.marks rect[stroke-dasharray]').count()).toBeGreaterThan(5);
  });

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
    expect(await page.locator('[data-fact=masked] .fact-value').textContent()).toMatch(/^0 of/);
    await page.locator('#tab-table').click();
    expect(await page.locator('[data-testid=table-twin] tbody tr').count()).toBe(500);
    await page.locator('[data-testid=table-all]').click();
    await expect.poll(() => page.locator('[data-testid=table-twin] tbody tr').count()).toBe(10_000);
  });
});

describe('moving about', () => {
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
    const wanted = ['default configuration', 'chart', 'threshold-1', 'tab-turns', 'find-box', 'goto-box', 'turn-list', 'detail'];
    expect(
      stops
        .filter((name) => wanted.includes(name.replace('threshold-0', 'threshold-1')))
        .map((name) => name.replace('threshold-0', 'threshold-1')),
    ).toEqual(wanted);
  });

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
});

describe('the host', () => {
  test('selecting, opening, copying and muting ask the editor for exactly that', async () => {
    const made = fixture({ turns: 17, outcome: ['fails'] });
    const first = made.view.findings[0];
    const { page, actions } = await open(made, { turn: first?.turns[0] ?? 0 });
    await settled(page);
    await page.locator('[data-testid=evidence]').first().click();
    const evidence = first?.evidence[0];
    expect(actions.at(-1)).toEqual({
      kind: 'openReadable',
      attempt: 0,
      turn: evidence?.turn,
      field: 'observation',
      span: { start: evidence?.start, end: evidence?.end },
    });
    const tool = async (name: string): Promise<unknown> => {
      await page.locator('.tools button', { hasText: name }).click();
      return actions.at(-1);
    };
    const turn = first?.turns[0] ?? 0;
    expect(await tool('Readable document')).toEqual({ kind: 'openReadable', attempt: 0, turn });
    expect(await tool('Bytes')).toEqual({ kind: 'openRaw', span: made.turn(turn, 1e9).span });
    expect(await tool('Copy command')).toEqual({ kind: 'copy', text: made.turn(turn, 1e9).fields.action[0]?.text });
    expect(await tool('Copy link')).toEqual({ kind: 'copyLink', attempt: 0, turn });
    expect(((await tool('Copy as text')) as { text: string }).text).toContain(made.turn(turn, 1e9).fields.observation[0]?.text);
    await page.locator('button', { hasText: 'Mute' }).first().click();
    expect(actions.at(-1)).toEqual({ kind: 'muteRule', rule: first?.rule });
    await page.locator('[data-fact] button', { hasText: 'default configuration' }).click();
    expect(actions.at(-1)).toEqual({ kind: 'openConfig' });
  });

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
    };
    const made = fixture({ turns: 17, outcome: ['fails'] });
    const same = await open(made, { saved });
    expect(await same.page.locator('[role=tab][aria-selected=true]').textContent()).toBe('Table');
    expect(await same.page.locator('tr[aria-current]').getAttribute('data-turn')).toBe('7');
    expect(await same.page.locator('[data-fact=masked] .fact-value').textContent()).toBe('16 of 17');
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
    await expect.poll(() => page.locator('[data-fact=turns] .fact-value').textContent()).toBe('21');
    expect(await selected(page)).toBe('9');
    expect(await page.locator('.state').textContent()).toBe('finished');
    made = fixture({ turns: 17, outcome: [], pending: true, revision: 2 });
    await send({ t: 'changed', revision: 9, stale: null });
    await page.waitForTimeout(200);
    expect(await page.locator('[data-fact=turns] .fact-value').textContent()).toBe('21');
    await send({ t: 'changed', revision: 10, stale: 'The file is being written.' } satisfies ToPage);
    expect(await page.locator('.notice').first().textContent()).toContain(
      'What you see may be older than the file. The file is being written.',
    );
  });

  test('an own module that waits to be allowed says so, with the way to allow it', async () => {
    const made = fixture({ turns: 17, outcome: ['fails'] });
    const reason =
      'own module my_reward.mjs was not allowed to run; allow it with "Turnpike: Allow Own Reward Modules…", or --trust on the command line';
    const levels = made.view.scores.levels.map((l) => ({
      ...l,
      turns: l.turns.map((s, i) => (i === 2 ? { ...s, reasons: [reason, reason] } : s)),
    }));
    const view = { ...made.view, scores: { ...made.view.scores, levels } };
    const { page, actions } = await open({ ...made, view });
    await page.locator('.notice', { hasText: 'Own module my_reward.mjs was not allowed to run.' }).locator('button').click();
    expect(actions.at(-1)).toEqual({ kind: 'allowModules' });
  });

  test('a slow answer says what is being read, a failed one why, both with the way out', async () => {
    const made = fixture({ turns: 17, outcome: ['fails'] });
    let fail = true;
    let answer = (): void => undefined;
    const seen = new Promise<void>((done) => (answer = done));
    const { page } = await open(async (method, params, signal) => {
      if (method === 'turnpike/open' && fail) {
        await seen;
        fail = false;
        return { failure: { recognised: null, sentences: ['This file is empty. An episode has at least one turn.'] } };
      }
      if (method === 'turnpike/turn' && Number(params['index']) === 3) throw new Error('The file ends before this turn.');
      return answerFrom(made)(method, params, signal);
    });
    await page.locator('[role=status]', { hasText: 'Reading django__django-16255.traj …' }).waitFor();
    answer();
    await page.locator('[role=alert]', { hasText: 'This file is empty.' }).waitFor();
    await page.locator('button', { hasText: 'Read it again' }).click();
    await settled(page);
    await page.locator('#turn-3').click();
    await page.locator('[role=alert]', { hasText: 'Turn 4 could not be read: The file ends before this turn.' }).waitFor();
  });

  test('a request that nobody waits for is cancelled', async () => {
    const made = fixture({ turns: 200, outcome: ['fails'] });
    const { page, cancelled } = await open(async (method, params, signal) => {
      if (method === 'turnpike/turn' && Number(params['index']) === 5) await new Promise((done) => signal.addEventListener('abort', done));
      return answerFrom(made)(method, params, signal);
    });
    await settled(page);
    await page.locator('#turn-5').click();
    await page.keyboard.press('j');
    await expect.poll(() => cancelled.length).toBe(1);
    await page.locator('[data-testid=detail][data-turn="6"][data-loaded=true]').waitFor();
  });

  test('what the model saw: demonstrations and clipped observations are marked, left-out messages are one click away', async () => {
    const { page, requests } = await open(fixture({ turns: 500, outcome: ['fails'] }), { turn: 400 });
    await settled(page);
    await page.locator('#tab-seen').click();
    await page.locator('.message').first().waitFor();
    expect(await page.locator('.whole h2').textContent()).toContain('402 messages');
    expect(await page.locator('.message.demonstration .badge').first().textContent()).toBe('demonstration');
    expect(await page.locator('.message.clipped .badge').first().textContent()).toBe('clipped by the history processor');
    const numbers = (): Promise<string[]> => page.locator('.message h3 > .num').allTextContents();
    expect((await numbers()).slice(19, 21)).toEqual(['20', '223']);
    await page.locator('button', { hasText: 'Show messages 21 to 120' }).click();
    await expect.poll(numbers).toHaveLength(300);
    await page.locator('button', { hasText: 'Show messages 121 to 220' }).click();
    await expect.poll(numbers).toHaveLength(400);
    await page.locator('button', { hasText: 'Show messages 221 to 222' }).click();
    await expect.poll(numbers).toEqual(Array.from({ length: 402 }, (_, i) => String(i + 1)));
    expect(requests.filter((r) => r.method === 'turnpike/seen').length).toBe(4);
  });

  test('an episode without turns, and one attempt of several', async () => {
    const empty = await open(fixture({ turns: 0, outcome: ['no_submit'] }));
    await empty.page.locator('.turn-list .empty', { hasText: 'This episode has no turns yet.' }).waitFor();
    const several = await open(fixture({ turns: 17, outcome: ['fails'], attempts: 3 }));
    await settled(several.page);
    await several.page.locator('.attempts select').selectOption('2');
    await expect.poll(() => several.requests.filter((r) => r.method === 'turnpike/open').at(-1)?.params).toMatchObject({ attempt: 2 });
    await expect.poll(async () => (await several.state())?.attempt).toBe(2);
  });
});
