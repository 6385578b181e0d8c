/**
 * Runs everything that says whether Turnpike works, and installs what that needs.
 *
 *   npm test                  all suites
 *   npm test -- unit lint     these suites only
 *
 * Two lanes run side by side: checks and fast tests in one, browser and editor in the other. The last line is
 * "N passed, N failed, N skipped". A suite whose browser or editor can't start fails; it is never skipped.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ensureImage, IMAGES, startEngine } from './lib/engine.mjs';
import { ensureBrowser, ensureNeovim, ensurePip, ensurePython, ensureSsh, installDependencies } from './lib/install.mjs';
import { provisionCodeServer } from './lib/code-server.mjs';
import { OUT, ROOT } from './lib/paths.mjs';
import { Sentence, fail, lastLines, run, say } from './lib/run.mjs';

const MINUTES = 60_000;
const bin = (path) => join(ROOT, 'node_modules', path);
const RESULTS = join(OUT, 'results');

/** A check that passes or fails as one. */
const check = (lane, what, ...commands) => ({ lane, what, needs: [], commands });
/** A vitest project of vitest.config.ts. */
const project = (lane, name, needs = [], limit = 10 * MINUTES) => ({ lane, project: name, needs, limit });

/** Folders with a tsconfig.json: pages and tests know the DOM, the rest does not. */
const PROJECTS = ['.', 'extension/pages', 'webview', 'test', 'test/webview'];

const SUITES = {
  typecheck: check(
    'checks',
    'TypeScript finds no error',
    ...PROJECTS.map((folder) => [bin('typescript/bin/tsc'), '--noEmit', '-p', folder]),
  ),
  lint: check('checks', 'ESLint finds no error', [bin('eslint/bin/eslint.js'), '.', '--max-warnings=0']),
  format: check('checks', 'Prettier would change nothing', [bin('prettier/bin/prettier.cjs'), '--check', '.', '--log-level=warn']),
  unit: project('checks', 'unit'),
  integration: project('checks', 'integration', ['package', 'neovim']),
  tools: project('checks', 'tools', ['python']),
  replay: project('checks', 'replay', ['package', 'engine', 'pip', 'ssh'], 18 * MINUTES),
  page: project('driven', 'page', ['package', 'browser']),
  smoke: project('driven', 'smoke', ['package', 'browser', 'code-server']),
  e2e: project('driven', 'e2e', ['package', 'browser', 'code-server', 'engine'], 18 * MINUTES),
};

const WITHOUT_APT = new Set(['package', 'code-server']);
/** What suites need before they can start. Each is prepared once; a failure fails the suites that need it. */
const NEEDS = {
  package: async () => {
    const { code, output } = await run(process.execPath, [join(ROOT, 'tools/package.mjs')], { timeout: 5 * MINUTES });
    if (code !== 0) throw new Sentence(`the build or the package failed:\n${lastLines(output, 20)}`);
    say(lastLines(output, 1));
  },
  browser: async () => {
    process.env.CHROME_PATH = await ensureBrowser();
  },
  neovim: async () => {
    process.env.NVIM_PATH = await ensureNeovim();
  },
  python: ensurePython,
  pip: ensurePip,
  ssh: ensureSsh,
  'code-server': () => provisionCodeServer(),
  // One engine for the suites of both lanes: two of them can't share its data.
  engine: async () => {
    if (process.env.TURNPIKE_TEST_ENGINE !== undefined) return;
    engine = await startEngine();
    for (const name of Object.keys(IMAGES)) await ensureImage(engine.socket, name);
    process.env.TURNPIKE_TEST_ENGINE = engine.host;
  },
};
/** The engine that was started here, and is ended here. */
let engine = null;

async function runCheck(name, suite) {
  let log = '';
  for (const command of suite.commands) {
    const { code, output } = await run(process.execPath, command, {
      timeout: 5 * MINUTES,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    });
    if (code !== 0) log += output;
  }
  return log === ''
    ? { passed: 1, failed: [], skipped: [] }
    : { passed: 0, failed: [{ name: `${name} > ${suite.what}`, message: lastLines(log, 40) }], skipped: [] };
}

async function runProject(name, suite) {
  const file = join(RESULTS, `${name}.json`);
  const { code, output } = await run(
    process.execPath,
    [bin('vitest/vitest.mjs'), 'run', '--project', suite.project, '--reporter=default', '--reporter=./tools/lib/vitest-reporter.mjs'],
    { timeout: suite.limit, env: { ...process.env, TURNPIKE_RESULTS: file, NO_COLOR: '1', FORCE_COLOR: '0' } },
  );
  const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: [], skipped: [] };
  // vitest can fail without a failed test: no file found, a crash, a time limit
  if (code !== 0 && results.failed.length === 0)
    results.failed.push({ name, message: `vitest ended with exit ${code}:\n${lastLines(output, 25)}` });
  if (code === 0 && results.passed === 0) results.failed.push({ name, message: 'ran no test' });
  if (results.failed.length > 0) console.log(output);
  return results;
}

const broken = (name, sentence) => ({ passed: 0, failed: [{ name, message: `could not start: ${sentence}` }], skipped: [] });

async function main() {
  const filters = process.argv.slice(2);
  const unknown = filters.filter((name) => !(name in SUITES));
  if (unknown.length > 0) throw new Sentence(`There is no suite ${unknown.join(', ')}. The suites are ${Object.keys(SUITES).join(', ')}.`);
  const names = filters.length > 0 ? filters : Object.keys(SUITES);

  await installDependencies();
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });

  const needed = new Set(names.flatMap((name) => SUITES[name].needs));
  const ready = {};
  // One after the other where they use apt; npm and the build go on meanwhile.
  let apt = Promise.resolve();
  for (const need of Object.keys(NEEDS).filter((name) => needed.has(name))) {
    const before = WITHOUT_APT.has(need) ? Promise.resolve() : apt;
    ready[need] = before.then(NEEDS[need]).then(
      () => null,
      (error) => (error instanceof Sentence ? error.message : (error.stack ?? String(error))),
    );
    if (!WITHOUT_APT.has(need)) apt = ready[need];
  }

  const outcomes = new Map();
  const lane = async (which) => {
    for (const name of names.filter((candidate) => SUITES[candidate].lane === which)) {
      const suite = SUITES[name];
      const missing = (await Promise.all(suite.needs.map((need) => ready[need]))).filter((sentence) => sentence !== null);
      const started = Date.now();
      const results =
        missing.length > 0 ? broken(name, missing.join('\n')) : await (suite.commands ? runCheck(name, suite) : runProject(name, suite));
      outcomes.set(name, results);
      const seconds = ((Date.now() - started) / 1000).toFixed(0);
      say(
        `${results.failed.length > 0 ? 'FAILED' : 'passed'}  ${name}: ${results.passed} passed, ${results.failed.length} failed, ${results.skipped.length} skipped in ${seconds} s`,
      );
    }
  };
  await Promise.all([lane('checks'), lane('driven')]);

  const all = names.map((name) => outcomes.get(name));
  const failed = all.flatMap((results) => results.failed);
  const skipped = all.flatMap((results) => results.skipped);
  // A skip without a reason hides something: it counts as a failure.
  const silent = skipped.filter(({ reason }) => !reason);
  failed.push(...silent.map(({ name }) => ({ name, message: 'skipped without a reason' })));
  const named = skipped.filter(({ reason }) => reason);
  if (failed.length > 0)
    console.log(`\nFailed:\n${failed.map(({ name, message }) => `  ${name}\n    ${message.replaceAll('\n', '\n    ')}`).join('\n')}`);
  if (named.length > 0) console.log(`\nSkipped:\n${named.map(({ name, reason }) => `  ${name}: ${reason}`).join('\n')}`);
  const passed = all.reduce((sum, results) => sum + results.passed, 0);
  process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0;
  console.log(`\n${passed} passed, ${failed.length} failed, ${named.length} skipped`);
}

await main()
  .finally(() => engine?.stop())
  .catch((error) => {
    console.log('\n0 passed, 1 failed, 0 skipped');
    fail(error);
  });
