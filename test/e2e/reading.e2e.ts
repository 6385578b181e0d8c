import { join } from 'node:path';
import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FrameLocator, Locator } from 'playwright-core';
import type { Host } from '../host/index';
import { openHost } from '../host/index';
import { SAMPLE, SHUT, episodeOf, expectSame, fact, inspect, inspectAt, readTwin, rewards, selectedText, setThreshold } from './support';

let host: Host;
beforeAll(async () => {
  host = await openHost({
    files: {
      'runs/marshmallow.traj': { from: SAMPLE },
      // Quick open remembers that the one above was last seen as text.
      'runs/unread.traj': { from: SAMPLE },
      'runs/shut.traj': { from: SHUT },
      'runs/loop.traj': looping(),
      'runs/attempts.traj': attempts(),
      'runs/again.traj': { from: SAMPLE },
      'runs/hidden.traj': { from: SAMPLE },
      'live/running.traj': running(5),
      'other/robot.traj': JSON.stringify({ name: 'auto path', samples: [{ t: 0, x: 1.5, y: 2 }] }),
      'other/empty.traj': '',
      'other/messages.json': JSON.stringify({ hello: 'world' }),
    },
  });
});
afterAll(() => host?.close());
beforeEach(async () => {
  await host.command('View: Close All Editors');
});

/** An episode that does the same eight times, in several lines with more than ASCII in them. */
function looping(): string {
  const episode = JSON.parse(readFileSync(SAMPLE, 'utf8')) as { trajectory: Record<string, unknown>[] };
  const [first, ...rest] = episode.trajectory;
  const step = { ...rest[2], action: 'python - "é" <<\'E\'\nprint("naïve 😀\\t")\n\tpass\nE' };
  episode.trajectory = [first ?? {}, ...Array.from({ length: 8 }, () => step), ...rest];
  return JSON.stringify(episode, null, 2).replaceAll('ï', '\\u00ef');
}

/** A RetryAgent file: two attempts, the second one chosen. */
function attempts(): string {
  const [first, second] = [SAMPLE, SHUT].map((f) => JSON.parse(readFileSync(f, 'utf8')) as Record<string, unknown> & { info: object });
  return JSON.stringify({ attempts: [first, second], ...second, info: { ...second?.info, best_attempt_idx: 1 } }, null, 2);
}

/** An episode whose run has not ended. */
function running(turns: number): string {
  const episode = JSON.parse(episodeOf(turns + 1)) as { trajectory: unknown[]; info: Record<string, unknown> };
  episode.trajectory = episode.trajectory.slice(0, turns);
  episode.info.exit_status = null;
  episode.info.submission = null;
  return JSON.stringify(episode, null, 2);
}

async function openInspector(path: string): Promise<FrameLocator> {
  await host.openFile(path);
  const page = host.inspector();
  await page.getByTestId('turn-list').waitFor();
  return page;
}
/** As a user does it: the window says goodbye first, and keeps its editors. */
async function reloadWindow(): Promise<void> {
  const loaded = host.page.waitForEvent('domcontentloaded');
  await host.command('Developer: Reload Window');
  await loaded;
  await host.page.locator('.monaco-workbench').waitFor();
}
const readable = (): Locator => host.page.locator('.monaco-editor[data-uri^="turnpike:"]');
const selectedTurn = async (page: FrameLocator): Promise<string | null> =>
  await page.locator('[role=option][aria-selected=true]').getAttribute('data-turn');

test.each(['runs/shut.traj', 'runs/loop.traj'])(
  'a click on a finding of %s selects exactly the evidence, in the readable document',
  async (path) => {
    const page = await openInspector(path);
    const file = join(host.workspace, path);
    const bytes = readFileSync(file);
    const [finding] = inspect(file).findings;
    expect(finding?.evidence.length).toBeGreaterThan(0);
    for (const evidence of finding?.evidence.slice(0, 3) ?? []) {
      await page.locator(`#goto-box`).fill(String(evidence.turn + 1));
      await page.locator(`#goto-box`).press('Enter');
      await page.locator(`[data-testid=detail][data-turn="${evidence.turn}"]`).waitFor();
      await page.getByTestId('evidence').first().click();
      await readable().waitFor();
      const text = JSON.parse(`"${bytes.subarray(evidence.start, evidence.end).toString('utf8')}"`) as string;
      expect(text).not.toBe('');
      await expect.poll(() => selectedText(host.page)).toBe(text);
    }
  },
);

test('chart, list and readable document stay in step, and none takes the focus', async () => {
  const page = await openInspector('runs/marshmallow.traj');
  await page.getByTestId('turn-list').focus();
  await page.getByRole('button', { name: 'Readable document' }).click();
  await readable().waitFor();
  await expect.poll(() => readable().locator('.view-line', { hasText: 'Turn 1 ' }).count()).toBeGreaterThan(0);
  // readable → page
  await readable().locator('.view-line', { hasText: 'Turn 2' }).click();
  await expect.poll(() => selectedTurn(page)).toBe('1');
  await host.page.keyboard.press('ArrowUp');
  await host.page.keyboard.press('ArrowUp');
  await expect.poll(() => selectedTurn(page)).toBe('0');
  // page → readable: the turn is revealed, the list keeps the focus
  await page.locator('#goto-box').fill('4');
  await page.locator('#goto-box').press('Enter');
  await readable().locator('.view-line', { hasText: 'Turn 4' }).waitFor();
  await host.page.keyboard.press('j');
  await expect.poll(() => selectedTurn(page)).toBe('4');
  await readable().locator('.view-line', { hasText: 'Turn 5' }).waitFor();
});

test('reopens as text, as readable document and in the inspector, at the same turn', async () => {
  const page = await openInspector('runs/marshmallow.traj');
  await page.locator('#goto-box').fill('6');
  await page.locator('#goto-box').press('Enter');
  await host.command('Turnpike: Reopen as Readable Document');
  await readable().locator('.view-line', { hasText: 'Turn 6' }).waitFor();
  await expect.poll(() => host.page.locator('.tabs-container .tab').count()).toBe(1);
  await host.command('Turnpike: Reopen in Inspector');
  await host.inspector().getByTestId('turn-list').waitFor();
  await expect.poll(() => selectedTurn(host.inspector())).toBe('5');
  await host.command('Turnpike: Reopen as Text');
  await host.page.locator('.monaco-editor[data-uri$="marshmallow.traj"] .view-line', { hasText: '"trajectory"' }).waitFor();
  await expect.poll(() => host.page.locator('.tabs-container .tab').count()).toBe(1);
});

test('each attempt has its own turns, rewards and readable document', async () => {
  const page = await openInspector('runs/attempts.traj');
  const choice = page.locator('.attempts select');
  await expect.poll(() => choice.inputValue()).toBe('1');
  await expect.poll(() => fact(page, 'gra').innerText()).toContain('−0.50');
  await choice.selectOption('0');
  await expect.poll(() => fact(page, 'gra').innerText()).toContain('+1.55 if it fails');
  await page.locator('[role=option][data-turn="0"][data-loaded="true"]').waitFor();
  expectSame(await readTwin(page), inspect(join(host.workspace, 'runs/marshmallow.traj')));
  await page.getByRole('tab', { name: 'Turns' }).click();
  await page.locator('#goto-box').fill('11');
  await page.locator('#goto-box').press('Enter');
  await host.command('Turnpike: Reopen as Readable Document');
  await host.page.locator('.monaco-editor[data-uri*="attempt%3D0"] .view-line', { hasText: 'diff --git' }).first().waitFor();
});

test('editing turnpike.rewards.yaml rewards the open episode again', async () => {
  const page = await openInspector('runs/shut.traj');
  const file = join(host.workspace, 'runs/shut.traj');
  await expect.poll(() => fact(page, 'gra').innerText()).toContain('−0.50');
  host.write('turnpike.rewards.yaml', rewards({ threshold: -1 }));
  await expect.poll(() => fact(page, 'gra').innerText()).toContain('+1.05');
  expectSame(await readTwin(page), inspect(file));
  host.write('turnpike.rewards.yaml', rewards({ threshold: -1, weight: { id: 'action_format', value: 1 } }));
  await expect.poll(() => fact(page, 'gra').innerText()).not.toContain('+1.05');
  await expect
    .poll(async () => (await readTwin(page)).totals.gra?.value)
    .toBe((inspect(file).rewards.totals.gra as { value: number }).value);
  expectSame(await readTwin(page), inspect(file));
  rmSync(join(host.workspace, 'turnpike.rewards.yaml'));
  await expect.poll(() => fact(page, 'gra').innerText()).toContain('−0.50');
});

test('typing in turnpike.rewards.yaml counts before it is saved', async () => {
  host.write('turnpike.rewards.yaml', rewards({ threshold: 0 }));
  await host.openFile('turnpike.rewards.yaml');
  const editor = host.page.locator('.monaco-editor[data-uri$="turnpike.rewards.yaml"]').first();
  await editor.locator('.view-line', { hasText: 'threshold: 0' }).waitFor();
  await host.command('View: Split Editor Right');
  const page = await openInspector('runs/shut.traj');
  await expect.poll(() => fact(page, 'gra').innerText()).toContain('−0.50');
  await editor.locator('.view-line', { hasText: 'threshold: 0' }).click();
  await host.page.keyboard.press('End');
  await expect.poll(() => editor.locator('.view-line', { hasText: 'threshold: 0' }).innerText()).toMatch(/\}?\s*$/);
  const line = await editor.locator('.view-line', { hasText: 'threshold: 0' }).innerText();
  await host.page.keyboard.press('Shift+Home');
  await host.page.keyboard.type(line.replaceAll('\u00a0', ' ').trimStart().replace('threshold: 0', 'threshold: -1'));
  await expect.poll(() => fact(page, 'gra').innerText()).toContain('+1.05');
  // Half-typed, the file can't be read: its last version that could be goes on counting, and the header says so.
  await host.page.keyboard.type(' ]');
  await expect.poll(() => fact(page, 'config').innerText()).toMatch(/turnpike\.rewards\.yaml · line \d+ can’t be read/);
  expect(await fact(page, 'gra').innerText()).toContain('+1.05');
  await editor.locator('.squiggly-error').first().waitFor();
  await host.screenshot('rewards-half-typed');
  await host.page.keyboard.press('Backspace');
  await host.page.keyboard.press('Backspace');
  await expect.poll(() => fact(page, 'config').innerText()).not.toContain('can’t be read');
  await host.command('File: Revert File');
  await expect.poll(() => fact(page, 'gra').innerText()).toContain('−0.50');
  rmSync(join(host.workspace, 'turnpike.rewards.yaml'));
});

test('the slider’s threshold goes into a new configuration, and into a written one', async () => {
  const page = await openInspector('runs/shut.traj');
  await setThreshold(page, 'outcome', -0.5);
  await expect.poll(() => fact(page, 'gra').innerText()).toContain('+1.05');
  await fact(page, 'config').getByRole('button').click();
  await host.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Create turnpike.rewards.yaml' }).click();
  const file = 'turnpike.rewards.yaml';
  const editor = host.page.locator(`.monaco-editor[data-uri$="${file}"]`).first();
  await editor.locator('.view-line', { hasText: 'threshold: -0.5' }).waitFor();
  const made = host.read(file);
  expect(made).toContain('# Step rewards are paid when the outcome reaches the threshold');
  await host.openFile('runs/shut.traj');
  await expect.poll(() => fact(page, 'config').innerText()).toBe(file);
  await expect.poll(() => page.locator('.apply').isDisabled()).toBe(true);
  await setThreshold(page, 'outcome', 0.25);
  await expect.poll(() => fact(page, 'gra').innerText()).toContain('−0.50');
  await page.locator('.apply').click();
  await editor.locator('.view-line', { hasText: 'threshold: 0.25' }).waitFor();
  expect(host.read(file)).toBe(made);
  await host.command('File: Save');
  await expect.poll(() => host.read(file)).toBe(made.replace('threshold: -0.5', 'threshold: 0.25'));
  // The text is on the disk before VS Code has looked at the file once more: without a file then, the save would have failed.
  await expect.poll(() => host.page.locator('.tab.dirty').count()).toBe(0);
  rmSync(join(host.workspace, file));
});

test('a window reload keeps the place: turn, tab and threshold', async () => {
  const page = await openInspector('runs/again.traj');
  await page.locator('#goto-box').fill('8');
  await page.locator('#goto-box').press('Enter');
  await setThreshold(page, 'outcome', 1);
  await page.getByRole('tab', { name: 'Table' }).click();
  await page.locator('[data-turn="7"][aria-current=true]').waitFor();
  await reloadWindow();
  const again = host.inspector();
  await again.getByTestId('table-twin').waitFor();
  await again.locator('[data-turn="7"][aria-current=true]').waitFor();
  expectSame(await readTwin(again), inspectAt(join(host.workspace, 'runs/again.traj'), 1));
});

test('a hidden inspector comes back where it was', async () => {
  const page = await openInspector('runs/hidden.traj');
  await page.locator('#goto-box').fill('9');
  await page.locator('#goto-box').press('Enter');
  await host.openFile('other/messages.json');
  await host.page.locator('.monaco-editor[data-uri$="messages.json"]').waitFor();
  await host.openFile('runs/hidden.traj');
  await host.inspector().getByTestId('turn-list').waitFor();
  await expect.poll(() => selectedTurn(host.inspector())).toBe('8');
});

test('a running episode refreshes by itself and keeps the place', async () => {
  const page = await openInspector('live/running.traj');
  await expect.poll(() => fact(page, 'turns').innerText()).toBe('5');
  await page.locator('#goto-box').fill('3');
  await page.locator('#goto-box').press('Enter');
  host.write('live/running.traj', running(6));
  await expect.poll(() => fact(page, 'turns').innerText()).toBe('6');
  host.write('live/running.traj', running(7).slice(0, 9000));
  host.write('live/running.traj', running(7));
  await expect.poll(() => fact(page, 'turns').innerText()).toBe('7');
  expect(await selectedTurn(page)).toBe('2');
  expectSame(await readTwin(page), inspect(join(host.workspace, 'live/running.traj')));
});

test.each([
  ['other/robot.traj', 'auto path'],
  ['other/empty.traj', ''],
])('%s, which is no episode, opens as text with a sentence', async (path, text) => {
  await host.openFile(path);
  const name = path.split('/').at(-1) ?? '';
  await host.page
    .locator('.notification-toast', { hasText: `${name} was opened as text.` })
    .first()
    .waitFor();
  const editor = host.page.locator(`.monaco-editor[data-uri$="${name}"]`);
  await editor.waitFor();
  if (text !== '') await editor.locator('.view-line', { hasText: text }).waitFor();
  expect(await editor.locator('.squiggly-error').count(), 'another program’s file is not at fault').toBe(0);
  await expect.poll(() => host.page.locator('.tabs-container .tab').count()).toBe(1);
  await host.command('Notifications: Clear All Notifications');
});

test('any .json opens by the explorer menu', async () => {
  host.write('other/real.json', readFileSync(SAMPLE));
  await host.openFile('other/real.json');
  await host.command('Turnpike: Open in Turnpike');
  await host.inspector().getByTestId('turn-list').waitFor();
  await expect.poll(() => fact(host.inspector(), 'turns').innerText()).toBe('11');
});

test('JSON opened as text offers Open in Turnpike: in the title by its name, else in the menu', async () => {
  host.write('harbor/trajectory.json', readFileSync(SAMPLE));
  await host.openFile('harbor/trajectory.json');
  await host.page.locator('.monaco-editor[data-uri$="trajectory.json"]').waitFor();
  const title = host.page.locator('.editor-actions');
  await title.getByRole('button', { name: 'Open in Turnpike' }).click();
  await host.inspector().getByTestId('turn-list').waitFor();
  await host.openFile('other/messages.json');
  await host.page.locator('.monaco-editor[data-uri$="messages.json"]').waitFor();
  expect(await title.getByRole('button', { name: 'Open in Turnpike' }).count()).toBe(0);
  await title.getByRole('button', { name: 'More Actions...' }).click();
  await host.page.getByRole('menuitem', { name: 'Open in Turnpike' }).waitFor();
  await host.page.keyboard.press('Escape');
});

test('folded, the readable document says what each turn did', async () => {
  await openInspector('runs/unread.traj');
  await host.command('Turnpike: Reopen as Readable Document');
  await readable().locator('.view-line', { hasText: 'Turn 1 ' }).waitFor();
  // Until the server told where turns end, VS Code folds by indentation.
  await readable().locator('.codelens-decoration').first().waitFor();
  await host.command('Fold All');
  const line = (text: string): Locator => readable().locator('.view-line', { hasText: text });
  await line('Turn 3 · python reproduce.py').waitFor();
  await line('Turn 7 × error observed · edit 1475:1475').waitFor();
  await line('Turn 11 · submit').waitFor();
  expect(await line('observation').count()).toBe(0);
});

test('what the model saw opens beside what is read, at its newest message', async () => {
  const page = await openInspector('runs/unread.traj');
  await page.locator('#goto-box').fill('6');
  await page.locator('#goto-box').press('Enter');
  await host.command('Turnpike: Reopen as Readable Document');
  await readable().locator('.view-line', { hasText: 'Turn 6' }).waitFor();
  await host.command('Turnpike: Show What the Model Saw');
  const seen = host.page.locator('.monaco-editor[data-uri^="turnpike-text:"]');
  await seen.locator('.view-line', { hasText: 'Found 1 matches for "fields.py"' }).waitFor();
  await readable().locator('.view-line', { hasText: 'Turn 6' }).waitFor();
  expect(await host.page.locator('.tab.preview', { hasText: 'seen.txt' }).count()).toBe(0);
});

test('a command that can’t run says why and offers a way', async () => {
  await host.command('Turnpike: Go to Turn');
  const toast = host.page.locator('.notification-toast', { hasText: 'No episode is open here.' });
  await toast.getByRole('button', { name: 'Open Sample' }).click();
  await host.inspector().getByTestId('turn-list').waitFor();
  await host.page.locator('.tab', { hasText: 'marshmallow-1867.traj' }).waitFor();
});

test('no request of editor, server or page left the machine', () => {
  expect(host.outside()).toEqual([]);
  expect(host.errors).toEqual([]);
});
