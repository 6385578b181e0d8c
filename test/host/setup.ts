/** Keeps a picture of every open editor when a test fails: out/screenshots/failed-….png. */
import { afterEach } from 'vitest';
import { openHosts } from './index';

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  let index = 0;
  for (const host of openHosts) {
    const name = task.name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 60);
    await host.screenshot(`failed-${name}${index++ === 0 ? '' : `-${index}`}`).catch(() => undefined);
  }
});
