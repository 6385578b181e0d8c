import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeServerCli } from '../../tools/lib/code-server.mjs';
import { manifest } from '../../tools/lib/paths.mjs';
import { openHost } from '../host/index';
import type { Host } from '../host/index';

let host: Host;
beforeAll(async () => {
  host = await openHost({ files: { 'note.txt': 'a workspace file\n' } });
});
afterAll(() => host?.close());

test('the workbench appears with the packaged extension installed', async () => {
  const { publisher, name, version } = manifest();
  expect(await codeServerCli(host.profile, ['--list-extensions', '--show-versions'])).toContain(`${publisher}.${name}@${version}`);
  await host.openFile('note.txt');
  await host.page.locator('.monaco-editor .view-line', { hasText: 'a workspace file' }).waitFor();
  await host.screenshot('workbench');
});

test('no request of the editor or the browser leaves the machine', () => {
  expect(host.outside()).toEqual([]);
});
