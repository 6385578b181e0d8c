/** A replay in the inspector: its lane, its words, its progress, what it asks of the editor. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { ToPage } from '../../server/protocol/index';
import { MARK_WORD } from '../../webview/model/replay-words';
import { fixture, type Fixture } from './episodes';
import { answerFrom, settled } from './harness';
import { announced, inspector, selected } from './opened';
import { markOf, progressOf, replayed, type ReplayOptions } from './replays';
import { THEME_NAMES } from './themes';

const open = inspector();
const base = fixture({ turns: 17, outcome: ['fails'] });
const OPTIONS: ReplayOptions = { diverges: 9, tests: true };

/** The lane's marks: class and title, from left to right. */
const lane = (page: Page): Promise<readonly (readonly [string, string])[]> =>
  page
    .locator('.replay-mark[data-turn]')
    .evaluateAll((paths) =>
      paths.map(
        (path) => [path.getAttribute('class')?.split('replay-').at(-1) ?? '', path.querySelector('title')?.textContent ?? ''] as const,
      ),
    );
const drawn = (made: Fixture, options: ReplayOptions, upTo = made.view.turnCount) =>
  Array.from({ length: upTo }, (_, t) => [t, markOf(made, t, options)] as const)
    .filter(([, mark]) => mark !== 'not_executed')
    .map(([t, mark]) => [mark, `Turn ${t + 1}: ${MARK_WORD[mark]}`]);
const header = (page: Page): Promise<string | null> => page.locator('[data-fact=replay]').textContent();

test('an episode that was never replayed has a button, and no lane, sign, column or section', async () => {
  const { page, actions } = await open(base, { turn: 4 });
  await settled(page);
  const button = page.locator('[data-fact=replay] button');
  expect(await button.textContent()).toBe('Replay 16 turns');
  const { height } = (await page.locator('[data-testid=chart]').boundingBox()) ?? { height: 0 };
  expect(height).toBe(218);
  for (const part of [
    '[data-testid=replay-lane]',
    '.replay-sign',
    '[data-testid=replay-section]',
    '[data-testid=replay-notes]',
    '.legend .replay-mark',
  ])
    expect(await page.locator(part).count(), part).toBe(0);
  expect(await page.locator('.toolbar button', { hasText: 'Next divergence' }).count()).toBe(0);
  await button.click();
  expect(actions.at(-1)).toEqual({ kind: 'replay', attempt: 0, again: false });
  await page.keyboard.press('r');
  expect(await announced(page)).toBe('This episode was not replayed.');
  await page.locator('#tab-table').click();
  expect(await page.locator('[data-col=replay], [data-col=tests]').count()).toBe(0);
});

test('the lane shows each turn’s mark by shape, and the same word everywhere', async () => {
  const { page, actions } = await open(replayed(base, OPTIONS), { turn: 4 });
  await settled(page);
  expect(await lane(page)).toEqual(drawn(base, OPTIONS));
  expect((await page.locator('[data-testid=chart]').boundingBox())?.height).toBe(218 + 28);
  const shapes = await page.locator('.replay-mark[data-turn]').evaluateAll((paths) => {
    const found = new Map<string, Set<string>>();
    for (const path of paths) {
      const [x = 0, y = 0] = (path.getAttribute('d') ?? '')
        .slice(1)
        .split(/[ HCLMh]/)
        .map(Number);
      // The same shape wherever it stands: numbers relative to the first point.
      const box = (path as SVGPathElement).getBBox();
      const key = `${box.width.toFixed(1)} × ${box.height.toFixed(1)}`;
      const name = path.getAttribute('class') ?? '';
      found.set(name, (found.get(name) ?? new Set()).add(Number.isFinite(x + y) ? key : 'nowhere'));
    }
    return [...found].map(([name, keys]) => [name, [...keys]] as const);
  });
  expect(shapes.length).toBe(4);
  for (const [name, keys] of shapes) expect(keys.length, name).toBe(1);
  expect(new Set(shapes.map(([, [key]]) => key)).size).toBe(4);
  expect(await header(page)).toBe('replay 9/16 equal or noise · ≠first divergence at turn 10 · Replay again');
  for (const t of [0, 3, 9]) {
    const word = MARK_WORD[markOf(base, t, OPTIONS)];
    await page.locator('[data-testid=chart]').focus();
    await page.keyboard.press('Home');
    for (let i = 0; i < t; i++) await page.keyboard.press('ArrowRight');
    expect(await page.locator('[data-testid=chart]').getAttribute('aria-valuetext')).toContain(`; replay: ${word}`);
    expect(await page.locator(`#turn-${t} .replay-sign .sr-only`).textContent()).toBe(`replay ${word}`);
    await page.locator(`[data-testid=replay-section][data-mark=${markOf(base, t, OPTIONS)}]`).waitFor();
  }
  await page.locator('#tab-table').click();
  const cells = await page.locator('tbody [data-col=replay]').allTextContents();
  expect(cells).toEqual(Array.from({ length: 17 }, (_, t) => MARK_WORD[markOf(base, t, OPTIONS)]));
  expect((await page.locator('tbody [data-col=tests]').allTextContents()).slice(3, 4)).toEqual(['+3 −1']);
  await page.locator('[data-fact=replay] button', { hasText: 'Replay again' }).click();
  expect(actions.at(-1)).toEqual({ kind: 'replay', attempt: 0, again: true });
});

test('tests that turned stand in their lane with number and sign', async () => {
  const { page } = await open(replayed(base, OPTIONS));
  await settled(page);
  const texts = await page
    .locator('.tests-turned')
    .evaluateAll((all) => all.map((one) => [one.textContent?.replace(/^Turn.*?(?=[+−])/, ''), one.querySelector('title')?.textContent]));
  expect(texts).toEqual([
    ['+3 −1', 'Turn 4: 3 tests turned green, 1 test turned red'],
    ['+3', 'Turn 10: 3 tests turned green'],
    ['−1', 'Turn 13: 1 test turned red'],
    ['+3', 'Turn 16: 3 tests turned green'],
  ]);
  const made = replayed(base, OPTIONS);
  const tests = made.view.replay?.tests?.map(() => ({ green: 0, red: 0, passed: 0, collected: null })) ?? [];
  const none = await open({ ...made, view: { ...made.view, replay: made.view.replay && { ...made.view.replay, tests } } });
  await settled(none.page);
  expect(await none.page.locator('.lane-name', { hasText: 'tests' }).count()).toBe(0);
  await expect
    .poll(() => none.page.locator('dd[data-row=tests]').first().textContent())
    .toContain('none found: the test command named no test');
  const untested = await open(replayed(base, { diverges: null }));
  await settled(untested.page);
  expect(await untested.page.locator('.lane-name', { hasText: 'tests' }).count()).toBe(0);
  expect(await header(untested.page)).toBe('replay 15/15 equal or noise · Replay again');
});

test('after the first divergence turns are greyed, and said not to be trusted', async () => {
  const { page } = await open(replayed(base, OPTIONS), { turn: 12 });
  await settled(page);
  const colour = (t: number): Promise<string> => page.locator(`#turn-${t} .turn-action`).evaluate((e) => getComputedStyle(e).color);
  await page.locator('#turn-9').waitFor();
  expect(await colour(15)).not.toBe(await colour(9));
  expect(await page.locator('#turn-15 .badge-untrusted').textContent()).toBe('not trusted');
  expect(await page.locator('#turn-9 .badge-untrusted').count()).toBe(0);
  // A turn that was not executed has no state of its own to distrust.
  expect(await page.locator('#turn-13 .badge-untrusted').count()).toBe(0);
  const distrust = page.locator('.distrust');
  expect(await distrust.textContent()).toContain('Not trusted: the replay went another way at turn 10');
  await distrust.locator('button').click();
  expect(await selected(page)).toBe('9');
  await page.locator('[data-testid=detail][data-turn="9"] .first-difference').waitFor();
  expect(await distrust.count()).toBe(0);
});

test('a key and a button go to the divergence; the header too', async () => {
  const { page } = await open(replayed(base, OPTIONS));
  await settled(page);
  await page.keyboard.press('r');
  expect(await selected(page)).toBe('9');
  await page.keyboard.press('Home');
  await page.locator('#turn-list').focus();
  await page.keyboard.press('Home');
  expect(await selected(page)).toBe('0');
  await page.locator('.toolbar button', { hasText: 'Next divergence' }).click();
  expect(await selected(page)).toBe('9');
  await page.locator('#turn-list').focus();
  await page.keyboard.press('Home');
  await page.locator('[data-fact=replay] .diverged').click();
  expect(await selected(page)).toBe('9');
  await page.keyboard.press('?');
  expect(await page.locator('dialog[open] tr', { hasText: 'next divergence' }).locator('kbd').textContent()).toBe('r');
  await page.keyboard.press('Escape');
  const same = await open(replayed(base, { diverges: null }));
  await settled(same.page);
  await same.page.keyboard.press('r');
  expect(await announced(same.page)).toBe('The replay diverged nowhere.');
  expect(await same.page.locator('.toolbar button', { hasText: 'Next divergence' }).isDisabled()).toBe(true);
});

test('the detail says class, difference, codes, times, files, variables and tests, and offers the ways on', async () => {
  const { page, actions } = await open(replayed(base, OPTIONS), { turn: 9 });
  await settled(page);
  const section = page.locator('[data-testid=replay-section]');
  await section.locator('.replay-facts').waitFor();
  expect(await section.locator('.replay-class').textContent()).toBe('diverged: other text');
  expect(await section.locator('figcaption').textContent()).toBe('First difference, line 4');
  const side = (name: string): Promise<string | null> => section.locator(`[data-side=${name}] .diff-words`).textContent();
  expect(await side('recorded')).toBe('E       AssertionError: 344 != 343');
  expect(await side('replayed')).toBe('E       AssertionError: 343 !=\t343 ');
  expect(await section.locator('[data-side=recorded] .diff-side').textContent()).toBe('recorded − ');
  expect(
    await section.locator('[data-side=replayed] .blank').evaluateAll((all) => all.map((e) => String(e.getAttribute('data-sign')))),
  ).toEqual(['·', '→', '·']);
  const row = (name: string): Promise<string | null> => section.locator(`dd[data-row="${name}"]`).textContent();
  expect(await row('exit code')).toBe('1');
  expect(await row('duration')).toBe('0.38 s · recorded 0.42 s');
  expect(await row('folder')).toBe('/testbed');
  expect(await row('environment')).toBe('DJANGO_SETTINGS_MODULE=tests.settingsPYTHONPATH unset');
  expect(await section.locator('[class^=git-]').evaluateAll((all) => all.map((e) => [e.getAttribute('class'), e.textContent]))).toEqual([
    ['git-modified', 'M django/contrib/sitemaps/__init__.py modified'],
    ['git-added', 'A reproduce.py added'],
    ['git-deleted', 'D tests/old_test.py deleted'],
  ]);
  expect(await section.locator('[data-direction]').allTextContents()).toEqual(
    [0, 1, 2].map((i) => `failed → passed tests/test_decimal.py::test_${i}`),
  );
  expect(await section.locator('dd[data-row=tests] > .num').textContent()).toBe('28 of 31 pass, 3 tests turned green');
  expect(await section.locator('.notice').textContent()).toContain('4 GiB of memory');
  const ask = async (name: string): Promise<unknown> => {
    await section.locator('button', { hasText: name }).click();
    return actions.at(-1);
  };
  expect(await ask('Compare observations')).toEqual({ kind: 'diffObservation', attempt: 0, turn: 9 });
  expect(await ask('Changes of this turn')).toEqual({ kind: 'diffStates', attempt: 0, from: 8, to: 9 });
  expect(await ask('Browse repository')).toEqual({ kind: 'browseState', attempt: 0, turn: 9 });
  expect(await ask('Open terminal here')).toEqual({ kind: 'openTerminal', attempt: 0, turn: 9 });
});

test('what cannot be compared or opened says why', async () => {
  const made = replayed(base, { diverges: null });
  const { page } = await open(
    {
      ...made,
      replayTurn: (t) => {
        const turn = made.replayTurn?.(t) ?? null;
        return turn && { ...turn, recorded: t === 11 ? null : turn.recorded, facts: { ...turn.facts, tree: null, changedFiles: [] } };
      },
    },
    { turn: 11 },
  );
  await settled(page);
  const section = page.locator('[data-testid=replay-section]');
  await section.locator('.replay-facts').waitFor();
  expect(await section.textContent()).toContain('The file holds no observation of this turn to compare with.');
  expect(await section.locator('dd[data-row=files]').textContent()).toBe('not known: no git repository');
  expect(await section.locator('button:disabled').allTextContents()).toEqual([
    'Compare observations',
    'Changes of this turn',
    'Browse repository',
  ]);
  await page.locator('#turn-13').click();
  await expect.poll(() => section.textContent()).toContain('The recorded run did not execute this turn, so it was not replayed.');
  await page.locator('#turn-3').click();
  await expect.poll(() => section.locator('.replay-class').textContent()).toBe('noise: durations, temp names');
});

test('causes and problems are one line until they are opened, and lead to their turns', async () => {
  const { page } = await open(replayed(base, OPTIONS));
  await settled(page);
  const notes = page.locator('[data-testid=replay-notes]');
  const summary = notes.locator('summary');
  expect(await summary.textContent()).toMatch(/^The replay diverged at turn 10 \(4 notes\)\. Likely cause: pip could not /);
  await page.setViewportSize({ width: 360, height: 740 });
  expect((await summary.boundingBox())?.height, 'one line at any width').toBeLessThan(24);
  await page.setViewportSize({ width: 1400, height: 900 });
  expect(await notes.locator('li').first().isVisible()).toBe(false);
  await notes.locator('summary').click();
  expect(await notes.locator('li').count()).toBe(5);
  expect(await notes.locator('li').last().textContent()).toMatch(/^3 minutes ago, in swebench\/sweb\.eval.*Docker Engine 27\.1\.1$/);
  await notes.locator('button', { hasText: 'turn 9' }).click();
  expect(await selected(page)).toBe('8');
});

test('a running replay fills the lane, says turn and time left, and can be cancelled', async () => {
  const { page, send, actions } = await open(base, { turn: 4 });
  await settled(page);
  const words = page.locator('[data-testid=replay-progress]');
  const tell = (progress: Parameters<typeof send>[0] & { t: 'replaying' }) => send(progress);
  const now = (given: Partial<NonNullable<Extract<ToPage, { t: 'replaying' }>['progress']>>, done = 0) =>
    tell({ t: 'replaying', progress: progressOf(base, done, OPTIONS, given) });
  await now({ phase: 'waiting', secondsLeft: null, of: 0 });
  expect(await words.textContent()).toBe('Waiting for another replay to end');
  expect(await announced(page)).toBe('Replay started.');
  expect(await page.locator('[data-testid=replay-lane]').count()).toBe(0);
  await now({ phase: 'pulling', done: 120e6, of: 340e6, secondsLeft: 100, message: 'Pulling python:3.9' });
  expect(await words.textContent()).toBe('Pulling python:3.9 · 120.0 MB of 340.0 MB · about 2 min left');
  await now({ phase: 'starting', secondsLeft: null });
  expect(await words.textContent()).toBe('Starting the container');
  expect(await page.locator('[role=progressbar]').getAttribute('aria-valuenow')).toBeNull();
  for (let done = 1; done <= 12; done++) {
    await now({}, done);
    expect(await lane(page)).toEqual(drawn(base, OPTIONS, done));
  }
  expect(await words.textContent()).toBe('Turn 13 of 17 · about 40 s left');
  const bar = page.locator('[role=progressbar]');
  expect([await bar.getAttribute('aria-valuenow'), await bar.getAttribute('aria-valuemax')]).toEqual(['12', '17']);
  expect(await page.locator('#turn-3 .replay-sign .sr-only').textContent()).toBe('replay noise');
  expect(await page.locator('#turn-10 .badge-untrusted').count()).toBe(1);
  expect(await page.locator('[data-fact=replay] button').allTextContents()).toEqual(['Cancel']);
  await page.locator('[data-fact=replay] button').click();
  expect(actions.at(-1)).toEqual({ kind: 'cancelReplay' });
  // Cancelled: the file has no replay, so nothing of it stays.
  await now({ phase: 'ended', turn: null }, 12);
  await expect.poll(() => page.locator('[data-testid=replay-lane]').count()).toBe(0);
  expect(await header(page)).toBe('Replay 16 turns');
  await expect.poll(() => announced(page)).toBe('The replay ended.');
});

test('a replay that ends gives its lane to the facts, without a gap and also where a change is told meanwhile', async () => {
  let made = base;
  const { page, send } = await open((method, params, signal) => answerFrom(made)(method, params, signal));
  await settled(page);
  for (let done = 1; done <= 17; done++) await send({ t: 'replaying', progress: progressOf(base, done, OPTIONS) });
  made = replayed(base, OPTIONS);
  await page.evaluate(() => {
    const seen = globalThis as unknown as { gone: number };
    seen.gone = 0;
    new MutationObserver(() => {
      if (!document.querySelector('[data-testid=replay-lane]')) seen.gone++;
    }).observe(document.body, { subtree: true, childList: true });
  });
  await send({ t: 'replaying', progress: progressOf(base, 17, OPTIONS, { phase: 'ended', turn: null }) });
  await send({ t: 'changed', revision: made.view.revision, stale: null });
  await expect.poll(() => announced(page)).toBe('Replayed: 9 of 16 turns equal or noise, first divergence at turn 10.');
  expect(await lane(page)).toEqual(drawn(base, OPTIONS));
  expect(await page.evaluate(() => (globalThis as unknown as { gone: number }).gone)).toBe(0);
  expect(await page.locator('.lane-name', { hasText: 'tests' }).count()).toBe(1);
});

test('a page that is loaded in the middle of a replay is told of the turns before', async () => {
  const { page, send } = await open(base);
  await settled(page);
  const turns = Array.from({ length: 11 }, (_, t) => ({ index: t, mark: markOf(base, t, OPTIONS) }));
  await send({ t: 'replaying', progress: progressOf(base, 11, OPTIONS), earlier: turns });
  expect(await lane(page)).toEqual(drawn(base, OPTIONS, 11));
  expect(await page.locator('#turn-10 .badge-untrusted').count()).toBe(1);
  await send({ t: 'replaying', progress: progressOf(base, 12, OPTIONS) });
  expect(await lane(page)).toEqual(drawn(base, OPTIONS, 12));
});

test('a second replay starts with an empty lane; another attempt keeps its own', async () => {
  const made = replayed(fixture({ turns: 17, outcome: ['fails'], attempts: 2 }), { diverges: null });
  const { page, send } = await open(made);
  await settled(page);
  await send({ t: 'replaying', progress: progressOf(made, 0, OPTIONS, { attempt: 1, phase: 'starting' }) });
  expect((await lane(page)).length).toBe(16);
  await send({ t: 'replaying', progress: null });
  await send({ t: 'replaying', progress: progressOf(made, 0, OPTIONS, { phase: 'starting' }) });
  expect(await lane(page)).toEqual([]);
  expect(await page.locator('.lane-name', { hasText: 'replay' }).count()).toBe(1);
  await send({ t: 'replaying', progress: progressOf(made, 1, OPTIONS) });
  expect((await lane(page)).length).toBe(1);
});

test('10,000 turns: bins show the worst mark, on a canvas chart too, and progress keeps up', async () => {
  const long = fixture({ turns: 10_000, outcome: ['fails'] });
  const options = { diverges: 7_000, tests: true };
  const { page } = await open(replayed(long, options));
  await settled(page);
  expect(await page.locator('[data-testid=chart]').getAttribute('data-renderer')).toBe('canvas');
  const marks = await lane(page);
  expect(marks.length).toBeLessThan(200);
  expect(marks.filter(([name]) => name === 'diverged').length).toBe(1);
  const at = marks.findIndex(([name]) => name === 'diverged');
  expect(new Set(marks.slice(0, at).map(([name]) => name))).toEqual(new Set(['noise']));
  expect(new Set(marks.slice(at + 1).map(([name]) => name))).toEqual(new Set(['untrusted']));
  expect(marks[at]?.[1]).toMatch(/^\d+ turns from \d+: .*1 diverged$/);
  await page.keyboard.press('r');
  expect(await selected(page)).toBe('7000');

  const running = await open(long);
  await settled(running.page);
  const spent = await running.page.evaluate(
    async (progress) => {
      const times: number[] = [];
      for (let done = 1; done <= 600; done++) {
        const from = performance.now();
        const next = { ...progress, done, turn: { index: done - 1, mark: 'equal' } };
        window.dispatchEvent(new MessageEvent('message', { data: { t: 'replaying', progress: next } }));
        await Promise.resolve();
        await Promise.resolve();
        document.body.getBoundingClientRect();
        times.push(performance.now() - from);
      }
      return times.sort((a, b) => a - b);
    },
    progressOf(long, 0, options),
  );
  console.log(
    `a turn's progress over 10,000 turns (lane, list, header, layout): median ${spent[300]?.toFixed(1)} ms, worst ${spent.at(-1)?.toFixed(1)} ms`,
  );
  expect(await running.page.locator('[data-testid=replay-progress]').textContent()).toMatch(/^Turn 601 of 10,000 · /);
  expect((await lane(running.page)).reduce((n, [, title]) => n + Number(/^(\d+) turns/.exec(title)?.[1] ?? 1), 0)).toBe(600);
});

test('one turn has a lane of one mark', async () => {
  const one = fixture({ turns: 1, outcome: ['passes'] });
  const { page } = await open(replayed(one, { diverges: 0, tests: true }), { width: 360, height: 740 });
  await settled(page);
  expect(await lane(page)).toEqual([['diverged', 'Turn 1: diverged']]);
  expect(await header(page)).toContain('replay 0/1 equal · ≠');
  await page.locator('.replay-facts').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
});

/** Contrast of two opaque colours, from 1 to 21 (WCAG 2.2). */
const contrast = (a: readonly number[], b: readonly number[]): number => {
  const light = (colour: readonly number[]): number => {
    const [r = 0, g = 0, b = 0] = colour.map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low = 0, high = 0] = [light(a), light(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
};

test.each(THEME_NAMES)('every sign stands out from the background: %s', async (theme) => {
  const { page } = await open(replayed(base, OPTIONS), { theme, turn: 9 });
  await settled(page);
  await page.locator('.replay-facts').waitFor();
  const colours = await page.evaluate(() => {
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (!pen) throw new Error('no canvas');
    // The painted colour, whatever colour space the style is computed in.
    const rgb = (colour: string): number[] => {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
      return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const out: { name: string; colour: number[]; background: number[]; least: number }[] = [];
    const background = rgb(getComputedStyle(document.body).backgroundColor);
    for (const path of document.querySelectorAll('.plot :is(.replay-mark, .tests-mark), .legend :is(.replay-mark, .tests-mark)'))
      out.push({ name: path.getAttribute('class') ?? '', colour: rgb(getComputedStyle(path).stroke), background, least: 3 });
    for (const text of document.querySelectorAll('.tests-turned tspan'))
      out.push({ name: text.getAttribute('class') ?? '', colour: rgb(getComputedStyle(text).fill), background, least: 4.5 });
    return out;
  });
  expect(new Set(colours.map(({ name }) => name)).size).toBeGreaterThanOrEqual(8);
  for (const { name, colour, background, least } of colours) expect(contrast(colour, background), name).toBeGreaterThanOrEqual(least);
});
