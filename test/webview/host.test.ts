/** What the page asks of its editor, and what it does when an answer is slow, late or an error. */
import { expect, test } from 'vitest';
import { fixture } from './episodes';
import { answerFrom, settled } from './harness';
import { inspector } from './opened';

const open = inspector();

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
