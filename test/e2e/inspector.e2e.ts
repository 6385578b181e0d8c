import { afterAll, beforeAll, expect, test } from 'vitest';
import { join } from 'node:path';
import type { Host } from '../host/index';
import { openHost } from '../host/index';
import { SAMPLE, SHUT, expectSame, fact, inspect, inspectAt, readTwin, setThreshold } from './support';

let host: Host;
beforeAll(async () => {
  host = await openHost({ files: { 'runs/marshmallow.traj': { from: SAMPLE }, 'runs/shut.traj': { from: SHUT } } });
  await host.openFile('runs/marshmallow.traj');
});
afterAll(() => host?.close());

test('a .traj opens in the inspector with its turns and totals', async () => {
  const page = host.inspector();
  await page.getByTestId('turn-list').waitFor();
  await expect.poll(() => fact(page, 'turns').innerText()).toBe('11');
  await page.locator('[role=option][data-turn="0"][data-loaded="true"]').waitFor();
  await host.screenshot('inspector-11-wide-dark');
});

test.each([
  ['marshmallow.traj', 'submitted, tests unknown'],
  ['shut.traj', 'an empty patch'],
])('the table of %s (%s) equals inspect --json, before and after each move of the threshold', async (name) => {
  const file = join(host.workspace, 'runs', name);
  await host.openFile(`runs/${name}`);
  const page = host.inspector();
  expectSame(await readTwin(page), inspect(file));
  const { levels } = inspect(file).rewards;
  const gated = levels.find((l) => l.gate !== null);
  expect(gated?.id).toBe('outcome');
  for (const threshold of [-1, -0.5, -0.49, 0, 0.01, 0.5, 1, 1.5]) {
    await setThreshold(page, 'outcome', threshold);
    expectSame(await readTwin(page), inspectAt(file, threshold));
  }
});

test('dragging the slider pays and masks as the command line would under the threshold that it shows', async () => {
  const file = join(host.workspace, 'runs', 'shut.traj');
  await host.openFile('runs/shut.traj');
  const page = host.inspector();
  await readTwin(page);
  const slider = page.getByTestId('threshold-outcome');
  const shown = async (): Promise<number> =>
    Number((await page.getByTestId('threshold-value-outcome').inputValue()).replace('−', '-').replace('+', ''));
  const seen = new Set<string>();
  for (const part of [0.1, 0.35, 0.6, 0.85]) {
    const box = await slider.boundingBox();
    if (!box) throw new Error('the slider is not on the screen');
    await slider.hover({ position: { x: box.width * part, y: box.height / 2 } });
    await host.page.mouse.down();
    await host.page.mouse.move(box.x + box.width * (part + 0.04), box.y + box.height / 2, { steps: 4 });
    await host.page.mouse.up();
    const threshold = await shown();
    expectSame(await readTwin(page), inspectAt(file, threshold));
    seen.add(await page.locator('.slider').first().getAttribute('data-state').then(String));
  }
  expect([...seen].sort()).toEqual(['open', 'shut']);
});
