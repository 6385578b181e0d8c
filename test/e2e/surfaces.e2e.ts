/// <reference lib="dom" />
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../tools/lib/paths.mjs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Host } from '../host/index';
import { THEMES, openHost } from '../host/index';
import { SAMPLE, SHUT, expectSame, fact, inspect, readTwin, rewards } from './support';

let host: Host;
beforeAll(async () => {
  host = await openHost({
    files: {
      'runs/gpt/mm-1867/mm-1867.traj': { from: SAMPLE },
      'runs/gpt/mm-1868/mm-1868.traj': { from: SHUT },
      'runs/mini/mm-1867/mm-1867.traj': { from: SHUT },
      'runs/mini/mm-1869/mm-1869.traj': '',
    },
  });
  // While the explorer is in front: settings are written to the workspace later on.
  await host.watching();
});
afterAll(() => host?.close());
beforeEach(async () => {
  await host.command('View: Close All Editors');
});

const view = (name: string) =>
  host.page.locator('.split-view-view .pane', { has: host.page.locator(`.pane-header[aria-label^="${name}"]`) });
/** The page of a webview panel, which is no custom editor. */
const panel = () => host.page.frameLocator('iframe.webview.ready').last().frameLocator('iframe#active-frame');

test('the tree lists folders, instances and what became of them', async () => {
  await host.command('Turnpike: Focus on Episodes View');
  const rows = view('Episodes').locator('.monaco-list-row');
  await rows.filter({ hasText: 'runs/gpt' }).waitFor();
  await rows.filter({ hasText: 'runs/mini' }).waitFor();
  await rows.filter({ hasText: 'mm-1868' }).filter({ hasText: '−0.50 · ▲1 · empty' }).waitFor();
  await rows.filter({ hasText: 'untested' }).waitFor();
  await host.screenshot('episodes-view');
});

test('an episode that changes is summarised again', async () => {
  const row = view('Episodes').locator('.monaco-list-row').filter({ hasText: 'mm-1868' });
  host.write('runs/gpt/mm-1868/mm-1868.traj', readFileSync(SAMPLE));
  await row.filter({ hasText: 'untested' }).waitFor();
  host.write('runs/gpt/mm-1868/mm-1868.traj', readFileSync(SHUT));
  await row.filter({ hasText: '· empty' }).waitFor();
});

test('explorer badges mark what was summarised', async () => {
  await host.command('View: Show Explorer');
  await host.command('File: Reveal Active File in Explorer View').catch(() => undefined);
  await host.openFile('runs/gpt/mm-1868/mm-1868.traj');
  await host.inspector().getByTestId('turn-list').waitFor();
  await host.page
    .locator('.explorer-folders-view .monaco-list-row', { hasText: 'mm-1868.traj' })
    .locator('.monaco-icon-label[class*="monaco-decoration-itemBadge"]')
    .waitFor({ state: 'attached' });
});

test('a finding in the view leads to its evidence', async () => {
  await host.openFile('runs/gpt/mm-1868/mm-1868.traj');
  await host.inspector().getByTestId('turn-list').waitFor();
  await host.command('Turnpike: Focus on Suspected Hacks View');
  await view('Suspected Hacks').locator('.monaco-list-row').filter({ hasText: 'H22' }).click();
  await host.page.locator('.monaco-editor[data-uri^="turnpike:"] .view-line', { hasText: 'Turn 10' }).waitFor();
});

test('a muted rule is no longer shown, and comes back', async () => {
  await host.openFile('runs/gpt/mm-1868/mm-1868.traj');
  const page = host.inspector();
  await page.getByTestId('turn-list').waitFor();
  await expect.poll(() => fact(page, 'findings').innerText()).toContain('1');
  await host.choose('Turnpike: Mute Rule', 'H22');
  await expect.poll(() => fact(page, 'findings').innerText()).toBe('no findings');
  expect(JSON.parse(host.read('.vscode/settings.json'))).toEqual({ 'turnpike.hacks.mutedRules': ['H22'] });
  await host.choose('Turnpike: Unmute Rule', 'H22');
  await expect.poll(() => fact(page, 'findings').innerText()).toContain('1');
});

test('tree, folder table and a configuration with an error, in every theme', async () => {
  host.write('turnpike.rewards.yaml', rewards({ threshold: 0 }).replace('weight: 0.1', 'weight: much'));
  await host.openFile('turnpike.rewards.yaml');
  await host.page.locator('.squiggly-error').first().waitFor();
  await host.command('View: Split Editor Right');
  await host.command('Turnpike: Focus on Episodes View');
  await host.command('Turnpike: Compare Episodes in Folder');
  const page = panel();
  await page.locator('tbody tr').nth(3).waitFor();
  for (const [name, title] of Object.entries(THEMES)) {
    await host.configure({ 'workbench.colorTheme': title });
    await page.locator(`body[data-vscode-theme-id="${title}"]`).waitFor();
    await host.screenshot(`surfaces-${name}`);
  }
  await host.configure({ 'workbench.colorTheme': THEMES.dark });
  rmSync(join(host.workspace, 'turnpike.rewards.yaml'));
});

test('the folder table says what the command line says of each file', async () => {
  await host.command('Turnpike: Compare Episodes in Folder');
  const page = panel();
  await page.locator('tbody tr').nth(3).waitFor();
  await expect.poll(() => page.locator('.stat', { hasText: 'Completion CR' }).innerText()).toContain('100.0 % of 3');
  await expect.poll(() => page.locator('.stat', { hasText: 'Modification MR' }).innerText()).toContain('33.3 % of 3');
  const shut = inspect(SHUT);
  const row = page.locator('tbody tr', { hasText: 'runs/gpt/mm-1868/mm-1868.traj' });
  const cells = (await row.locator('td').allInnerTexts()).map((t) => t.trim());
  expect(cells.slice(1)).toEqual([
    'empty patch',
    '+1.05',
    '−0.50',
    '0',
    String(shut.findings.length),
    String(shut.rewards.turns.length),
    '0.00',
  ]);
  // What could not be read is last whatever the sort, and says why.
  const unread = page.locator('tbody tr').last();
  await expect.poll(() => unread.innerText()).toMatch(/mm-1869[^]*empty[^]*can’t be read/);
  expect((await unread.locator('td').allInnerTexts()).slice(2)).toEqual(['–', '–', '–', '–', '–', '–']);
  await host.screenshot('folder-table');

  await page.getByRole('button', { name: 'G-RA' }).click();
  await expect.poll(() => page.locator('tbody tr').first().innerText()).toContain('runs/gpt/mm-1867');
  expect(await unread.innerText()).toContain('mm-1869');
  await page.getByRole('searchbox').fill('mini empty patch');
  await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  const csv = join(host.workspace, 'table.csv');
  const input = host.page.locator('.quick-input-widget input').first();
  await expect.poll(() => input.inputValue()).toContain('ws-turnpike.csv');
  await input.fill(csv);
  await expect.poll(() => input.inputValue()).toBe(csv);
  await input.press('Enter');
  // The file is there before its text is.
  await expect.poll(() => (existsSync(csv) ? readFileSync(csv, 'utf8') : '')).not.toBe('');
  const [head, line, ...rest] = readFileSync(csv, 'utf8').split('\r\n');
  expect(head?.split(',').slice(0, 2)).toEqual(['path', 'instance']);
  expect(line).toContain('runs/mini/mm-1867/mm-1867.traj,marshmallow-code__marshmallow-1867,,finished,empty_patch,submitted,');
  expect(rest).toEqual(['']);
  await page.locator('tbody tr button.link').first().click();
  await host.inspector().getByTestId('turn-list').waitFor();
});

test('the folder table has no accessibility problem that axe knows', async () => {
  await host.command('Turnpike: Compare Episodes in Folder');
  await panel().locator('tbody tr').first().waitFor();
  const frame = await panel().locator('main').elementHandle();
  const content = await frame?.ownerFrame();
  await content?.evaluate(readFileSync(join(ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  const violations = await content?.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(on: Document): Promise<{ violations: { id: string }[] }> } };
    return (await axe.run(document)).violations.map((v) => v.id);
  });
  expect(violations).toEqual([]);
});

test('a report that the user sets decides the outcome, until it is taken back', async () => {
  const { info } = JSON.parse(readFileSync(SAMPLE, 'utf8')) as { info: { submission: string } };
  const tests = { FAIL_TO_PASS: { success: ['a'], failure: [] }, PASS_TO_PASS: { success: ['b'], failure: [] } };
  const report = {
    'marshmallow-code__marshmallow-1867': { patch_exists: true, patch_successfully_applied: true, resolved: true, tests_status: tests },
  };
  host.write('graded/patch.diff', info.submission);
  host.write('graded/report.json', JSON.stringify(report));
  await host.openFile('runs/gpt/mm-1867/mm-1867.traj');
  const page = host.inspector();
  await page.getByTestId('turn-list').waitFor();
  await expect.poll(() => fact(page, 'gra').innerText()).toContain('+1.55 if it fails');
  await host.command('Turnpike: Set Test Report of Episode');
  const path = join(host.workspace, 'graded/report.json');
  const input = host.page.locator('.quick-input-widget input').first();
  // The dialog puts its own folder into the box once it has listed it.
  await host.page.locator('.quick-input-list .monaco-list-row', { hasText: 'mm-1867.traj' }).waitFor();
  await input.fill(path);
  await expect.poll(() => input.inputValue()).toBe(path);
  await host.page.locator('.quick-input-widget').getByRole('button', { name: 'Use Report' }).click();
  await expect.poll(() => fact(page, 'gra').innerText()).toBe('+2.55');
  expectSame(await readTwin(page), inspect(join(host.workspace, 'runs/gpt/mm-1867/mm-1867.traj'), '--report', path));
  await host.choose('Turnpike: Set Test Report of Episode', 'Use No Set Report');
  await expect.poll(() => fact(page, 'gra').innerText()).toContain('+1.55 if it fails');
});

test('the turnpike command for terminals runs as it was installed', async () => {
  await host.command('Turnpike: Install the turnpike Command in Integrated Terminals');
  await host.page.locator('.notification-toast', { hasText: 'New integrated terminals have the turnpike command now.' }).waitFor();
  const program = join(host.profile.userData, 'User/globalStorage/turnpike.turnpike/bin/turnpike');
  await expect.poll(() => existsSync(program)).toBe(true);
  expect(execFileSync(program, ['inspect', '--json', SHUT], { encoding: 'utf8' })).toContain('"turnpike.inspect/1"');
});

test('what the model saw, the doctor and the log are one command away', async () => {
  await host.openFile('runs/gpt/mm-1867/mm-1867.traj');
  await host.inspector().getByTestId('turn-list').waitFor();
  await host.command('Turnpike: Show What the Model Saw');
  await host.inspector().getByRole('tabpanel', { name: 'What the model saw' }).waitFor();
  await host.command('Turnpike: Reopen as Readable Document');
  await host.page.locator('.monaco-editor[data-uri^="turnpike:"] .view-line', { hasText: 'Turn 1' }).first().waitFor();
  await host.command('Turnpike: Show What the Model Saw');
  await host.page.locator('.view-line', { hasText: 'What the model saw at turn 1' }).waitFor();
  await host.command('Turnpike: Check This Installation (Doctor)');
  await host.page.locator('.view-line', { hasText: 'The Turnpike server runs.' }).waitFor();
});

test('a restarted server is asked again, and the reader keeps the place', async () => {
  await host.openFile('runs/gpt/mm-1867/mm-1867.traj');
  const page = host.inspector();
  await page.getByTestId('turn-list').waitFor();
  await page.locator('#goto-box').fill('5');
  await page.locator('#goto-box').press('Enter');
  await host.command('Turnpike: Restart Server');
  await host.page.locator('.statusbar', { hasText: 'Restarting the Turnpike server' }).waitFor({ state: 'detached' });
  await expect.poll(() => host.inspector().locator('[role=option][aria-selected=true]').getAttribute('data-turn')).toBe('4');
  await host.inspector().locator('[role=option][data-turn="4"][data-loaded="true"]').waitFor();
});

test('nothing left the machine', () => {
  expect(host.outside()).toEqual([]);
  expect(host.errors).toEqual([]);
});
