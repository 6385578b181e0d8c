/// <reference lib="dom" />
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { THEMES, openHost, type Host } from '../host/index';
import { openGround, type ReplayGround } from './engine';
import { SAMPLE, fact } from './support';

/**
 * The sample is a real episode of 11 turns. In an image that lacks marshmallow its third turn, `python reproduce.py`,
 * really diverges; in one that has it installed every turn comes out the same.
 */
const TURNS = 11;
const TASK = 'marshmallow-code__marshmallow-*';

let ground: ReplayGround;
let host: Host;
beforeAll(async () => {
  ground = await openGround();
  host = await openHost({
    files: { 'runs/mm-1867/mm-1867.traj': { from: SAMPLE }, 'runs/mm-1868/mm-1868.traj': { from: SAMPLE } },
    env: { DOCKER_HOST: ground.host },
    // Else a terminal's text is a picture.
    settings: { 'terminal.integrated.gpuAcceleration': 'off' },
  });
  // They depend on the machine, so that VS Code looks for them in the workspace, and not among a remote user's own.
  await host.configure(settings(ground.bare));
});
afterAll(async () => {
  await host?.close();
  await ground?.close();
});
beforeEach(async () => {
  await host.command('Notifications: Clear All Notifications');
  await host.command('View: Close All Editors');
});

const settings = (image: string) => ({
  'turnpike.replay.images': { [TASK]: image },
  'turnpike.replay.repositories': { [TASK]: { directory: ground.clone, commit: ground.commit } },
});
const lane = () => host.inspector().getByTestId('replay-lane');
const marks = async (): Promise<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const path of await lane().locator('path.replay-mark').all()) {
    const mark = /replay-(?!mark)(\w+)/.exec((await path.getAttribute('class')) ?? '')?.[1] ?? '';
    counts[mark] = (counts[mark] ?? 0) + 1;
  }
  return counts;
};
const open = async (path = 'runs/mm-1867/mm-1867.traj'): Promise<void> => {
  await host.openFile(path);
  await host.inspector().getByTestId('turn-list').waitFor();
};
/** A side of the diff editor that is open: its lines. */
const side = (name: 'original' | 'modified') => host.page.locator(`.monaco-diff-editor .editor.${name} .view-lines`);
const terminal = () => host.page.locator('.terminal-wrapper.active .xterm-rows');

test('a replay can be cancelled', async () => {
  await open('runs/mm-1868/mm-1868.traj');
  const page = host.inspector();
  await page.getByRole('button', { name: `Replay ${TURNS} turns` }).click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: `Replay ${TURNS} turns` }).waitFor();
});

test('the button replays, and the lane, the header, the tree and the status say what came of it', async () => {
  await open();
  const page = host.inspector();
  await page.getByRole('button', { name: `Replay ${TURNS} turns` }).click();
  await expect.poll(() => fact(page, 'replay').innerText(), { timeout: 90_000 }).toContain('turn 3');
  await expect.poll(marks).toEqual({ equal: 2, diverged: 1, untrusted: 8 });
  await host.command('Turnpike: Focus on Episodes View');
  await host.page.locator('.pane .monaco-list-row').filter({ hasText: 'mm-1867' }).filter({ hasText: '≠3' }).waitFor();
  await host.screenshot('replay-inspector-dark');
});

test('the diff editor shows recorded and replayed, and the next divergence is one command away', async () => {
  await open();
  await expect.poll(marks).toMatchObject({ diverged: 1 });
  await host.inspector().locator('[role=option][data-turn="2"]').click({ button: 'right' });
  await host.page.locator('.monaco-menu .action-label', { hasText: 'Browse Repository at Turn' }).waitFor();
  await host.screenshot('replay-menu');
  await host.page.keyboard.press('Escape');
  await host.command('Turnpike: Go to Next Divergence');
  await expect.poll(() => host.inspector().locator('[role=option][aria-selected=true]').getAttribute('data-turn')).toBe('2');
  await host.command('Turnpike: Compare Recorded and Replayed Observation');
  await host.page.locator('.tab.active', { hasText: 'Turn 3 · recorded ↔ replayed' }).waitFor();
  await side('original').locator('.view-line', { hasText: '344' }).waitFor();
  await side('modified').locator('.view-line', { hasText: 'ModuleNotFoundError' }).waitFor();
  for (const [name, title] of Object.entries(THEMES)) {
    await host.configure({ 'workbench.colorTheme': title });
    await host.page
      .locator(
        `.monaco-workbench.${name === 'dark' ? 'vs-dark' : name === 'light' ? 'vs' : name === 'highContrast' ? 'hc-black' : 'hc-light'}`,
      )
      .first()
      .waitFor();
    await host.screenshot(`replay-diff-${name}`);
  }
  await host.configure({ 'workbench.colorTheme': THEMES.dark });
});

test('the Testing view has an episode as a test, and its divergence as a failed assertion', async () => {
  await host.command('Testing: Focus on Test Explorer View');
  const rows = host.page.locator('.test-explorer .monaco-list-row');
  await rows.filter({ hasText: 'mm-1867' }).first().waitFor();
  await rows.filter({ hasText: 'mm-1867' }).first().click();
  await host.command('Test: Run All Tests');
  await rows.filter({ hasText: 'mm-1867' }).first().locator('.computed-state.codicon-testing-failed-icon').waitFor({ timeout: 120_000 });
  await host.screenshot('replay-testing');
  // Its message is the diff of the two observations.
  const message = host.page.locator('.test-output-peek-tree .monaco-list-row', { hasText: 'Turn 3 diverged' }).first();
  const line = host.page.locator('.monaco-diff-editor .view-line', { hasText: 'ModuleNotFoundError' }).first();
  // The list moves and selects by itself while results still come in.
  const opened = async (): Promise<boolean> => {
    await message.click();
    return line.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
  };
  await expect.poll(opened, { timeout: 60_000 }).toBe(true);
  await host.screenshot('replay-testing-diff');
  // In the image that has all, what failed comes out as recorded.
  await host.configure(settings(ground.installed));
  await host.command('Test: Rerun Failed Tests');
  await rows.filter({ hasText: 'mm-1867' }).first().locator('.computed-state.codicon-testing-passed-icon').waitFor({ timeout: 120_000 });
});

test('what is missing is said with the ways out', async () => {
  await host.configure({ 'turnpike.replay.images': { [TASK]: 'turnpike-test:nowhere' } });
  await open('runs/mm-1868/mm-1868.traj');
  await host.command('Turnpike: Replay Episode Again, Whatever Is Known');
  const toast = host.page.locator('.notification-toast', { hasText: 'The engine has no image turnpike-test:nowhere' });
  await toast.getByRole('button', { name: 'Choose Image…' }).click();
  const input = host.page.locator('.quick-input-widget input').first();
  await input.fill(ground.installed);
  await input.press('Enter');
  await host.page.locator('.quick-input-list .monaco-list-row', { hasText: 'For marshmallow-code__marshmallow-1867' }).click();
  await expect.poll(marks, { timeout: 90_000 }).toEqual({ equal: TURNS });
  expect(JSON.parse(host.read('.vscode/settings.json'))).toMatchObject({
    'turnpike.replay.images': { 'marshmallow-code__marshmallow-1867': ground.installed },
  });
});

test('the repository can be browsed as it was after a turn, and compared between turns', async () => {
  await open('runs/mm-1868/mm-1868.traj');
  await expect.poll(marks).toEqual({ equal: TURNS });
  await host.command('Turnpike: Browse Repository at Turn');
  const tree = host.page.locator('.pane', { has: host.page.locator('.pane-header[aria-label^="Repository · turn 1"]') });
  await tree.locator('.monaco-list-row', { hasText: 'AUTHORS.rst' }).click();
  await host.page.locator('.monaco-editor[data-uri^="turnpike-state:"] .view-line', { hasText: 'Authors' }).first().waitFor();
  await host.screenshot('replay-state');
  await host.command('Turnpike: Close Repository');
  await tree.waitFor({ state: 'detached' });
  await open('runs/mm-1868/mm-1868.traj');
  await host.command('Turnpike: Compare Repository Between Turns');
  await host.page.locator('.quick-input-list .monaco-list-row', { hasText: 'From turn 1 to the end (turn 11)' }).click();
  await host.page.locator('.tab.active', { hasText: 'Repository · turn 1 ↔ turn 11' }).waitFor();
  // The fix that the episode made, and the script that it took away again.
  await host.page
    .locator('.monaco-diff-editor .view-line', { hasText: 'round(value.total_seconds() / base_unit.total_seconds())' })
    .first()
    .waitFor();
  await host.screenshot('replay-states');
});

test('a terminal opens in the state of a turn', async () => {
  await open('runs/mm-1868/mm-1868.traj');
  await expect.poll(marks).toEqual({ equal: TURNS });
  await host.command('Turnpike: Open Terminal in State of Turn');
  await expect.poll(() => terminal().innerText(), { timeout: 60_000 }).toContain('turn 1 /testbed #');
  await host.page.keyboard.type('ls reproduce.py; git rev-parse HEAD\n');
  await expect.poll(() => terminal().innerText()).toContain('bfd2593d');
  expect(await terminal().innerText()).toMatch(/^reproduce\.py$/m);
  await host.screenshot('replay-terminal');
});

test('nothing left the machine', () => {
  expect(host.outside()).toEqual([]);
  expect(host.errors).toEqual([]);
});
