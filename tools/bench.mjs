/**
 * `npm run bench`: the budgets of DESIGN §5, measured against `JSON.parse`, `jsonc-parser`, `stream-json` and an empty
 * custom editor in the same run. Prints a table and writes out/bench.json.
 *
 *   npm run bench -- index requests     these rows only (index, open, requests, gate, scroll, replay, states)
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { provisionCodeServer } from './lib/code-server.mjs';
import { ensureBrowser, installDependencies } from './lib/install.mjs';
import { OUT, ROOT } from './lib/paths.mjs';
import { fail, must, run, say } from './lib/run.mjs';

async function main() {
  await installDependencies();
  const rows = process.argv.slice(2);
  const needsEditor = rows.length === 0 || rows.some((row) => ['open', 'gate', 'scroll'].includes(row));
  say((await must('the build', process.execPath, [join(ROOT, 'tools/package.mjs')])).trim());
  if (needsEditor) {
    process.env.CHROME_PATH = await ensureBrowser();
    await provisionCodeServer();
  }
  const { build } = await import('esbuild');
  const folder = join(OUT, 'bench');
  mkdirSync(folder, { recursive: true });
  /** The tools find the project by their own place, so they stay where they are. */
  const tools = {
    name: 'tools',
    setup: (bundle) =>
      bundle.onResolve({ filter: /^\.\.?\/.*\.mjs$/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path), external: true })),
  };
  const common = { bundle: true, platform: 'node', target: 'node20', absWorkingDir: ROOT, logLevel: 'warning' };
  await build({
    ...common,
    entryPoints: ['test/bench/index-child.ts'],
    outfile: join(folder, 'index-child.cjs'),
    format: 'cjs',
    mainFields: ['module', 'main'],
    define: { 'import.meta.url': '""' },
  });
  await build({
    ...common,
    entryPoints: ['test/bench/main.ts'],
    outfile: join(folder, 'main.mjs'),
    format: 'esm',
    packages: 'external',
    plugins: [tools],
  });
  const { code } = await run(process.execPath, [join(folder, 'main.mjs'), ...rows], { quiet: false });
  process.exitCode = code;
}

await main().catch(fail);
