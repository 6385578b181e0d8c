/**
 * `npm start [-- FILE] [--no-open]`: from a fresh clone to an episode on the screen.
 *
 * Installs, builds and packages what changed since the last start, prints the report of FILE (default: the sample), and
 * opens it in VS Code: with `code` on the PATH in a profile of its own, else in code-server from npm on this machine's
 * loopback address. Only node builtins: it runs before anything is installed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { codeServerCli, makeProfile, startCodeServer } from './lib/code-server.mjs';
import { installDependencies } from './lib/install.mjs';
import { CACHE, DIST, ROOT, vsixPath } from './lib/paths.mjs';
import { Sentence, fail, must, run, say, which } from './lib/run.mjs';

const SAMPLE = join(ROOT, 'extension/samples/marshmallow-1867.traj');
/** No question about trust at the start: a workspace is restricted until its user says otherwise. */
const QUIET_TRUST = { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' };
/** What the package is made of. */
const SOURCES = [
  'extension',
  'server',
  'webview',
  'tools/build.mjs',
  'tools/package.mjs',
  'package.json',
  'package-lock.json',
  '.vscodeignore',
  'README.md',
  'CHANGELOG.md',
];

function* filesUnder(path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) yield* filesUnder(join(path, name));
}

/** Changes when a source does. Contents, not times: a checkout or a copy changes the times alone. */
function sourcesHash() {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of filesUnder(join(ROOT, source)))
      hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** Builds and packages when a source changed. Returns the package's stamp. */
async function buildPackage() {
  const stampFile = join(CACHE, 'start-sources');
  const stamp = sourcesHash();
  if (
    existsSync(stampFile) &&
    readFileSync(stampFile, 'utf8') === stamp &&
    existsSync(vsixPath()) &&
    existsSync(join(DIST, 'turnpike.cjs'))
  )
    return stamp;
  say('building and packaging');
  say((await must('the build', process.execPath, [join(ROOT, 'tools/package.mjs')])).trim());
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(stampFile, stamp);
  return stamp;
}

/**
 * A small extension that opens the file once VS Code knows Turnpike: a new profile would show it as text, since files
 * on the command line are opened before the extensions' editors are known.
 */
const OPENER = {
  'package.json': JSON.stringify({
    name: 'start',
    publisher: 'turnpike',
    version: '0.0.1',
    engines: { vscode: '^1.100.0' },
    main: './main.js',
    activationEvents: ['onStartupFinished'],
    extensionKind: ['workspace'],
    capabilities: { untrustedWorkspaces: { supported: true } },
  }),
  'main.js': `const vscode = require('vscode');
exports.activate = async () => {
  const file = process.env.TURNPIKE_START_FILE;
  if (!file) return;
  const uri = vscode.Uri.file(file);
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  if (tabs.some((tab) => tab.input instanceof vscode.TabInputCustom && tab.input.uri.path === uri.path)) return;
  await vscode.commands.executeCommand('vscode.openWith', uri, /\\.(traj|traj\\.json)$/.test(file) ? 'turnpike.inspector' : 'default');
  await vscode.window.tabGroups.close(tabs.filter((tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.path === uri.path));
};
`,
};

/** A profile with the opener in it, from the start: later VS Code goes by its own list of extensions. */
function startProfile(base, settings) {
  const fresh = !existsSync(join(base, 'ext/turnpike.start-0.0.1'));
  if (fresh) rmSync(base, { recursive: true, force: true });
  const profile = makeProfile(base, settings);
  const folder = join(profile.extensions, 'turnpike.start-0.0.1');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(OPENER)) writeFileSync(join(folder, name), text);
  return profile;
}

/** Installs the package into a profile, unless this very package is in it. */
async function installInto(profileBase, stamp, install) {
  const file = join(profileBase, 'installed');
  if (existsSync(file) && readFileSync(file, 'utf8') === stamp) return;
  say('installing the extension into a profile of its own');
  await install();
  writeFileSync(file, stamp);
}

/** Opens with `code`. False where it can't, so that code-server takes over. */
async function openWithCode(file, stamp) {
  const code = which('code');
  if (!code) return false;
  const profile = startProfile(join(CACHE, 'vscode-profile'), QUIET_TRUST);
  const flags = ['--user-data-dir', profile.userData, '--extensions-dir', profile.extensions];
  try {
    await installInto(profile.base, stamp, () =>
      must('installing the extension', code, [...flags, '--install-extension', vsixPath(), '--force'], { timeout: 120_000 }),
    );
    await must('opening VS Code', code, [...flags, '--new-window', dirname(file), file], {
      timeout: 60_000,
      env: { ...process.env, TURNPIKE_START_FILE: file },
    });
  } catch (error) {
    if (!(error instanceof Sentence)) throw error;
    console.log(`${error.message}\nOpening in a browser instead.`);
    return false;
  }
  say(`opened ${file} in VS Code`);
  return true;
}

/** Serves until Ctrl-C. */
async function openInBrowser(file, stamp) {
  // Sockets go into the profile, and their paths must be short: a deep clone would break a profile in its cache.
  const deep = CACHE.length > 60;
  const base = deep
    ? join(tmpdir(), `turnpike-${createHash('sha256').update(CACHE).digest('hex').slice(0, 8)}`)
    : join(CACHE, 'cs-profile');
  const profile = startProfile(base, { ...QUIET_TRUST, 'git.enabled': false });
  await installInto(base, stamp, () => codeServerCli(profile, ['--install-extension', vsixPath(), '--force']));
  const server = await startCodeServer(profile, { trust: true, env: { TURNPIKE_START_FILE: file } });
  console.log(
    `\n  ${file} is open at\n\n    ${server.address(dirname(file))}\n\n  Open this address in a browser. Ctrl-C ends the server.\n`,
  );
  const interrupted = new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => done('interrupted'));
  });
  if ((await Promise.race([interrupted, server.exited.then(() => 'exited')])) === 'exited')
    throw new Sentence(`code-server ended by itself. Its log: ${server.logFile}`);
  await server.stop();
}

async function main() {
  const args = process.argv.slice(2);
  const noOpen = args.includes('--no-open');
  const named = args.filter((arg) => arg !== '--no-open' && arg !== '--');
  const unknown = named.find((arg) => arg.startsWith('-'));
  if (unknown) throw new Sentence(`npm start does not know ${unknown}. Usage: npm start -- [FILE] [--no-open]`);
  if (named.length > 1) throw new Sentence('npm start opens one file. Usage: npm start -- [FILE] [--no-open]');
  // npm runs scripts in the package's folder; the user's own is in INIT_CWD
  const file = named.length === 1 ? resolve(process.env.INIT_CWD ?? process.cwd(), named[0]) : SAMPLE;
  if (!existsSync(file)) throw new Sentence(`${file} does not exist.`);

  await installDependencies();
  const stamp = await buildPackage();
  const { code } = await run(process.execPath, [join(DIST, 'turnpike.cjs'), 'inspect', file], { quiet: false });
  if (noOpen) {
    process.exitCode = code;
    return;
  }
  if (!(await openWithCode(file, stamp))) await openInBrowser(file, stamp);
}

await main().catch(fail);
