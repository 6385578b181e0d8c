/** Text from an episode is hostile: it is shown, never obeyed. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixture } from './episodes';
import { answerFrom, bundle, inspect, launch, settled, type Bundle } from './harness';
import { progressOf, replayed } from './replays';

let browser: Browser;
let built: Bundle;
beforeAll(async () => {
  [browser, built] = await Promise.all([launch(), bundle()]);
});
afterAll(() => browser?.close());

const MARKUP =
  '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script><style>body{display:none}</style>&lt;b&gt; ${7*7} {{7*7}}';

test('markup in every field, name and finding is shown as text', async () => {
  const made = fixture({ turns: 17, outcome: ['fails'], text: { thought: MARKUP, action: MARKUP, observation: MARKUP } });
  const view = {
    ...made.view,
    head: { ...made.view.head, instance: MARKUP, model: MARKUP, exitStatus: MARKUP },
    findings: made.view.findings.map((f) => ({ ...f, title: MARKUP, message: MARKUP })),
    problems: [{ message: MARKUP, byte: 12, line: 1, turn: 2, severity: 'error' as const }],
    otherReports: [`/tmp/${MARKUP}`],
    unmatchedReports: [`/tmp/${MARKUP}`],
    config: { ...made.view.config, source: MARKUP, problems: [MARKUP] },
  };
  const { page, errors, close } = await inspect(browser, built, {
    answer: answerFrom({ ...made, view }),
    turn: made.view.findings[0]?.turns[0] ?? 0,
  });
  await settled(page);
  for (const field of ['thought', 'action', 'observation']) expect(await page.locator(`.field-${field} pre`).textContent()).toBe(MARKUP);
  expect(await page.locator('h1').textContent()).toBe(MARKUP);
  for (const tab of ['problem', 'submission', 'seen', 'configuration', 'table']) await page.locator(`#tab-${tab}`).click();
  expect(await page.locator('img, script:not([nonce]), #turnpike style').count()).toBe(0);
  expect(await page.title()).toBe('Turnpike');
  expect(errors).toEqual([]);
  await close();
});

test('markup and control characters in everything that a replay says are shown as text', async () => {
  const text = `${MARKUP}\u202e\u0007 \t`;
  const made = replayed(fixture({ turns: 17, outcome: ['fails'] }), { diverges: 3, tests: true, text });
  const { page, errors, send, close } = await inspect(browser, built, { answer: answerFrom(made), turn: 3 });
  await settled(page);
  const section = page.locator('[data-testid=replay-section]');
  await section.locator('.replay-facts').waitFor();
  expect(await section.locator('[data-side=recorded] .diff-words').textContent()).toContain(text.slice(-80));
  expect(await section.locator('.hidden-character').count()).toBeGreaterThan(8);
  for (const [place, whole] of [
    ['dd[data-row=folder] code', text],
    ['.git-added code', text],
    ['dd[data-row=environment] li:first-child code', `${text}=${text}`],
    ['[data-direction=green] code', text],
  ] as const)
    expect(await section.locator(place).first().textContent(), place).toBe(whole);
  await page.locator('[data-testid=replay-notes] summary').click();
  expect(await page.locator('[data-testid=replay-notes] li').first().textContent()).toContain(text);
  await send({ t: 'replaying', progress: progressOf(made, 0, { diverges: 3 }, { phase: 'pulling', of: 0, message: text }) });
  expect(await page.locator('[data-testid=replay-progress]').textContent()).toContain(text);
  expect(await page.locator('img, script:not([nonce]), #turnpike style').count()).toBe(0);
  expect(await page.title()).toBe('Turnpike');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  expect(errors).toEqual([]);
  await close();
});

test('terminal sequences colour, and can neither hide text nor stall the page', async () => {
  const observation = `\u001b[31mred\u001b[0m \u001b[999999999Bdown\u001b[2K kept\roverwritten \u001b]0;title\u0007\u001b]8;;https://example.com\u001b\\link\u001b]8;;\u001b\\ \u001b[8mconcealed\u001b[0m \u001b[38;2;1;2;300mend`;
  const { page, errors, close } = await inspect(browser, built, {
    answer: answerFrom(fixture({ turns: 3, outcome: ['fails'], text: { observation } })),
  });
  await settled(page);
  const shown = page.locator('.field-observation pre');
  expect(await shown.textContent()).toBe('red down kept\noverwritten link concealed end');
  expect(await shown.locator('.ansiRed').textContent()).toBe('red');
  expect(Number(await shown.locator('.ansiHidden').evaluate((e) => getComputedStyle(e).opacity))).toBeGreaterThan(0.5);
  expect(errors).toEqual([]);
  await close();
});

test('bidirectional marks and control characters are shown by their code, and copied exactly', async () => {
  const action = 'echo "\u202e txt.exe \u2066x\u2069" \u0000\u200b && rm -rf ./\u0007';
  const { page, errors, actions, close } = await inspect(browser, built, {
    answer: answerFrom(fixture({ turns: 3, outcome: ['fails'], text: { action } })),
  });
  await settled(page);
  const codes = await page
    .locator('.field-action .hidden-character')
    .evaluateAll((elements) => elements.map((e) => e.getAttribute('data-code')));
  expect(codes).toEqual(['U+202E', 'U+2066', 'U+2069', 'U+0000', 'U+200B', 'U+0007']);
  expect(await page.locator('.field-action pre').textContent()).toBe(action);
  expect(await page.locator('.turn-line .hidden-character').count()).toBeGreaterThan(0);
  await page.locator('.tools button', { hasText: 'Copy command' }).click();
  expect(actions.at(-1)).toEqual({ kind: 'copy', text: action });
  expect(errors).toEqual([]);
  await close();
});

test('a line of a million characters is cut, and shown whole when asked for', async () => {
  const observation = `${'x'.repeat(1_180_000 - 3)}end`;
  const { page, errors, requests, close } = await inspect(browser, built, {
    answer: answerFrom(fixture({ turns: 3, outcome: ['fails'], text: { observation, thought: 'word'.repeat(400) } })),
  });
  await settled(page);
  expect((await page.locator('.field-observation pre').textContent())?.length).toBe(20_000);
  const from = Date.now();
  await page.locator('button', { hasText: 'Show all 1,180,000 characters' }).click();
  await expect.poll(async () => (await page.locator('.field-observation pre').textContent())?.length, { timeout: 20_000 }).toBe(1_180_000);
  console.log(`a line of 1,180,000 characters was whole after ${Date.now() - from} ms`);
  expect(requests.at(-1)?.params).toMatchObject({ limit: 1_180_000 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  expect(errors).toEqual([]);
  await close();
});

test('names that are properties of every object are only names', async () => {
  const made = fixture({ turns: 3, outcome: ['empty_patch'] });
  const rename = (id: string) => (id === 'outcome' ? '__proto__' : 'constructor');
  const scores = { ...made.view.scores, levels: made.view.scores.levels.map((l) => ({ ...l, id: rename(l.id) })) };
  const { page, errors, state, close } = await inspect(browser, built, { answer: answerFrom({ ...made, view: { ...made.view, scores } }) });
  await settled(page);
  await page.locator('.slider-flips button').first().click();
  await expect.poll(() => page.locator('.slider').getAttribute('data-state')).toBe('open');
  expect(Object.entries((await state())?.thresholds ?? {})).toEqual([['__proto__', -0.5]]);
  expect(errors).toEqual([]);
  await close();
});
