import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeServerCli } from '../../tools/lib/code-server.mjs';
import { ROOT, manifest, vsixPath } from '../../tools/lib/paths.mjs';
import { openHost } from '../host/index';
import type { Host } from '../host/index';

/** Names in a zip file, from its central directory. */
function zipNames(file: string): string[] {
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const names: string[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const length = bytes.readUInt16LE(at + 28);
    names.push(bytes.toString('utf8', at + 46, at + 46 + length));
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return names.sort();
}

const BUNDLES = [
  'extension.cjs',
  'turnpike.cjs',
  'read-worker.cjs',
  'module-child.cjs',
  'webview.js',
  'webview.css',
  'folder.js',
  'folder.css',
];

describe('the package', () => {
  const names = zipNames(vsixPath());

  test('holds every bundle, the licence and the texts', () => {
    for (const bundle of BUNDLES) expect(names).toContain(`extension/dist/${bundle}`);
    for (const name of ['package.json', 'readme.md', 'changelog.md', 'LICENSE.txt']) expect(names).toContain(`extension/${name}`);
  });

  test('holds nothing else: no source, no test, no map, no dependency', () => {
    const allowed = [
      /^extension\/dist\/[\w-]+\.(cjs|js|css)$/,
      // What a replay puts into its container: programs, their libraries and their settings.
      /^extension\/dist\/tools\/(bundles|commands)\/[\w./-]+$/,
      /^extension\/(package\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
      /^extension\/extension\/(media|samples|syntaxes|walkthrough)\/[\w./-]+\.(svg|png|md|json|traj|yaml)$/,
      /^extension\/extension\/[\w.-]+\.json$/,
      /^(extension\.vsixmanifest|\[Content_Types\]\.xml)$/,
    ];
    expect(names.filter((name) => !allowed.some((pattern) => pattern.test(name)))).toEqual([]);
  });

  test('the files that package.json points at are there', () => {
    const text = readFileSync(join(ROOT, 'package.json'), 'utf8');
    const pointed = [...text.matchAll(/"(\.?\/?(?:dist|extension)\/[^"*]+\.\w+)"/g)].map((match) => (match[1] ?? '').replace(/^\.\//, ''));
    expect(pointed.length).toBeGreaterThan(2);
    for (const path of pointed) expect(names).toContain(`extension/${path}`);
  });

  test('names no path of the machine that built it', () => {
    for (const bundle of BUNDLES) {
      expect(readFileSync(join(ROOT, 'dist', bundle), 'utf8').includes(ROOT), bundle).toBe(false);
    }
    expect(statSync(vsixPath()).size).toBeLessThan(3_000_000);
  });
});

describe('installed in VS Code', () => {
  let host: Host;
  beforeAll(async () => {
    host = await openHost({ files: { samples: { from: join(ROOT, 'extension/samples') } }, open: 'samples/marshmallow-1867.traj' });
  });
  afterAll(() => host?.close());

  test('is listed with its version', async () => {
    const { publisher, name, version } = manifest();
    expect(await codeServerCli(host.profile, ['--list-extensions', '--show-versions'])).toContain(`${publisher}.${name}@${version}`);
  });

  test('opens the sample in the inspector', async () => {
    await host.inspector().getByText('marshmallow', { exact: false }).first().waitFor();
    await host.screenshot('smoke-sample');
    expect(host.errors).toEqual([]);
  });

  test('asks nothing of another machine', () => {
    expect(host.outside()).toEqual([]);
  });
});
