import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { Opened } from '../../../server/engine/index';
import { EpisodeModel, wholeUnits } from '../../../server/language/model';
import { generate } from '../../integration/lsp/long-episode';
import { opened } from './open';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-model-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a page is laid out once, and the others while nobody asks', async () => {
  const path = join(folder, 'long.traj');
  writeFileSync(path, generate(1200));
  const file = await opened(path);
  let reads = 0;
  const counting: Opened = {
    ...file,
    rollouts: file.rollouts.map((r) => ({ ...r })),
    bytes: (span) => {
      reads++;
      return file.bytes(span);
    },
  };
  const model = EpisodeModel.of(counting, 0)!;
  expect(EpisodeModel.of(counting, 0)).toBe(model);
  expect(EpisodeModel.of(counting, 1)).toBeNull();
  const [third, again] = await Promise.all([model.page(3), model.page(3)]);
  expect(again).toBe(third);
  expect(third.window).toEqual({ from: 750, to: 1000 });
  await vi.waitFor(() => expect(reads).toBe(model.windows.length), { timeout: 5000 });
  const before = reads;
  const texts = await Promise.all(model.windows.map((_, page) => model.page(page)));
  expect(reads).toBe(before);
  expect(texts.map((p) => p.turns.length)).toEqual([250, 250, 250, 250, 200]);
  expect(await model.page(99)).toBe(texts[4]);
});

test('a text is never cut inside a surrogate pair', () => {
  expect(wholeUnits('a😀b', 2)).toBe('a');
  expect(wholeUnits('a😀b', 3)).toBe('a😀');
  expect(wholeUnits('ab', 2)).toBe('ab');
});
