/**
 * Bundles the three sides with esbuild into dist/.
 *
 *   node tools/build.mjs [--production] [--watch]
 *
 * --watch prints "[watch] build started" and "[watch] build finished", which .vscode/tasks.json matches.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { context, build } from 'esbuild';
import { ROOT, DIST } from './lib/paths.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: ROOT,
  bundle: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  legalComments: 'none',
  logLevel: 'silent',
  metafile: true,
  logOverride: { 'import-is-undefined': 'error' },
  define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // The "module" builds first: some UMD "main" files hide their require calls from a bundler.
  mainFields: ['module', 'main'],
  // yaml's entry for Node is CommonJS, which nothing can be left out of: the read worker would load all of it for nothing.
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  define: { ...common.define, 'import.meta.url': '__bundleUrl' },
};
const bundleUrl = 'const __bundleUrl = require("node:url").pathToFileURL(__filename).href;';
const nodeBundle = (entry, out, extra = {}) => ({
  ...node,
  entryPoints: [entry],
  outfile: join('dist', out),
  banner: { js: bundleUrl },
  ...extra,
});

/** ansi-output ships a UMD file under "type": "module"; read outside its package it is what it is. */
const umd = {
  name: 'umd',
  setup(bundle) {
    bundle.onResolve({ filter: /^ansi-output$/ }, ({ path }) => ({ path, namespace: 'umd' }));
    bundle.onLoad({ filter: /.*/, namespace: 'umd' }, () => ({
      contents: readFileSync(join(ROOT, 'node_modules/ansi-output/dist/ansi-output.js'), 'utf8'),
      loader: 'js',
    }));
  },
};

const page = (entry, out) => ({
  ...common,
  entryPoints: [entry],
  outfile: join('dist', out),
  platform: 'browser',
  format: 'iife',
  target: ['chrome128'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  plugins: [umd],
  loader: { '.ttf': 'dataurl', '.svg': 'text' },
});

const BUNDLES = [
  nodeBundle('extension/main.ts', 'extension.cjs', { external: ['vscode'] }),
  nodeBundle('server/main.ts', 'turnpike.cjs', { alias: { ...node.alias, ssh2: './tools/lib/no-ssh2.cjs' } }),
  nodeBundle('server/engine/read-worker.ts', 'read-worker.cjs'),
  nodeBundle('server/engine/module-child.ts', 'module-child.cjs'),
  page('webview/main.tsx', 'webview.js'),
  page('extension/pages/folder.tsx', 'folder.js'),
];

const kilobytes = (file) => `${(statSync(join(ROOT, file)).size / 1000).toFixed(0).padStart(6)} kB  ${file}`;

function report(result) {
  for (const output of Object.keys(result.metafile?.outputs ?? {}).filter((file) => !file.endsWith('.map'))) console.log(kilobytes(output));
}

/** One line a problem, in the form that the problem matcher of .vscode/tasks.json reads. */
function problems(messages, severity) {
  for (const { text, location } of messages) {
    const place = location ? `${location.file}:${location.line}:${location.column + 1}: ` : '';
    console.error(`${place}${severity}: ${text}`);
  }
}

function finish(bundle) {
  if (bundle.outfile === 'dist/turnpike.cjs' && existsSync(join(DIST, 'turnpike.cjs'))) chmodSync(join(DIST, 'turnpike.cjs'), 0o755);
}

async function once() {
  const results = await Promise.allSettled(BUNDLES.map((bundle) => build(bundle)));
  let failed = false;
  results.forEach((result, i) => {
    if (result.status === 'fulfilled') {
      problems(result.value.warnings, 'warning');
      report(result.value);
      finish(BUNDLES[i]);
      return;
    }
    failed = true;
    if (Array.isArray(result.reason.errors)) problems(result.reason.errors, 'error');
    else console.error(`error: ${result.reason.message}`);
  });
  if (failed) process.exitCode = 1;
}

async function forever() {
  let running = 0;
  for (const bundle of BUNDLES) {
    const lines = {
      name: 'watch-lines',
      setup(watched) {
        watched.onStart(() => {
          if (running++ === 0) console.log('[watch] build started');
        });
        watched.onEnd((result) => {
          problems(result.warnings, 'warning');
          problems(result.errors, 'error');
          if (result.errors.length === 0) finish(bundle);
          if (--running === 0) console.log('[watch] build finished');
        });
      },
    };
    const watcher = await context({ ...bundle, plugins: [...(bundle.plugins ?? []), lines] });
    await watcher.watch();
  }
}

/** What a replay puts into its container travels as it stands: none of it runs here. A file that two folders share is a link here and a copy there. */
function copyTools() {
  const [from, to] = [join(ROOT, 'server/replay/tools'), join(DIST, 'tools')];
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, dereference: true, filter: (path) => !/(?:README\.md|__pycache__)$/.test(path) });
}

mkdirSync(DIST, { recursive: true });
copyTools();
await (watch ? forever() : once());
