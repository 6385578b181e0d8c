/** The command line keeps what it replays. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, inject, it } from 'vitest';
import { SHORT, storageFolder } from './service-support';
import { marshmallow, testImage } from './support';

interface Ended {
  readonly code: number;
  readonly text: string;
}

const turnpike = (...flags: string[]): Promise<Ended> =>
  new Promise((done) => {
    const given = ['--image', testImage('installed'), '--repo', marshmallow(), '--base', 'mm1867', ...flags];
    const env = { ...process.env, DOCKER_HOST: inject('engine').host, NO_COLOR: '1' };
    execFile(process.execPath, [resolve('dist/turnpike.cjs'), 'replay', SHORT, ...given], { env }, (error, text) => {
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, text });
    });
  });

it('answers the same again from what is kept; --again and other inputs replay', async () => {
  const storage = ['--storage', storageFolder()];
  const first = await turnpike('--turn', '2', ...storage);
  expect(first).toMatchObject({ code: 0, text: expect.stringContaining('no real divergence') as string });
  expect(first.text).not.toContain('--again replays');

  const second = await turnpike('--turn', '2', ...storage);
  expect(second.code).toBe(0);
  expect(second.text).toMatch(/\nkept from \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC; --again replays\n$/);
  // Durations and all: it is the same result.
  expect(second.text.replace(/kept from .*\n$/, '')).toBe(first.text);

  const again = await turnpike('--turn', '2', '--again', ...storage);
  expect(again.text).not.toContain('kept from');
  const other = await turnpike('--turn', '1', ...storage);
  expect(other.text).not.toContain('kept from');
  expect(other.text).toContain('1 equal');
});
