/**
 * A real VS Code from npm: code-server and the Node that it asks for, kept in the cache under their versions.
 * Nothing is compiled and no install script runs. Only node builtins: `npm start` runs it before anything is built.
 */
import { execFile } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { CACHE } from './paths.mjs';
import { Sentence, end, lastLines, npm, say, start } from './run.mjs';

export const CODE_SERVER = '4.139.1';
/** Its major is what code-server's `engines` asks. */
export const HOST_NODE = '24.21.0';

const nodePackage = `node-${process.platform}-${process.arch}`;

/** Parts of VS Code that nothing here uses, and that only cost space or reach for the network. */
const UNUSED = [
  'node_modules/@github',
  'node_modules/@microsoft/mxc-sdk',
  'extensions/copilot',
  'extensions/mermaid-markdown-features',
  'extensions/microsoft-authentication',
];

/**
 * Installs code-server where the cache lacks it.
 * @returns {Promise<{ node: string, entry: string }>}
 */
export async function provisionCodeServer() {
  const home = join(CACHE, `code-server-${CODE_SERVER}-node-${HOST_NODE}`);
  if (!existsSync(home)) {
    say(`installing code-server ${CODE_SERVER} from npm (about a minute, once)`);
    const draft = `${home}.${process.pid}`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true });
    writeFileSync(
      join(draft, 'package.json'),
      JSON.stringify({ private: true, dependencies: { 'code-server': CODE_SERVER, [nodePackage]: HOST_NODE } }),
    );
    try {
      await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: draft });
      const vscode = join(draft, 'node_modules/code-server/lib/vscode');
      // "npm ci" refuses: the shrinkwrap that code-server ships lacks a package
      await npm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: vscode });
      for (const part of UNUSED) rmSync(join(vscode, part), { recursive: true, force: true });
      rmSync(join(draft, 'node_modules', nodePackage, 'share'), { recursive: true, force: true });
      renameSync(draft, home);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      throw existsSync(home) ? undefined : new Sentence(`code-server ${CODE_SERVER} could not be installed from npm. ${error.message}`);
    }
  }
  return {
    node: join(home, 'node_modules', nodePackage, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    entry: join(home, 'node_modules/code-server/out/node/entry.js'),
  };
}

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Settings under which nothing pops up, nothing updates and nothing is asked of a gallery. */
export const QUIET_SETTINGS = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/**
 * A profile folder: user data, extensions and a home of its own.
 * The path must stay short: VS Code puts sockets into the user data folder.
 */
export function makeProfile(base, settings = {}) {
  const profile = { base, userData: join(base, 'ud'), extensions: join(base, 'ext'), home: join(base, 'home') };
  for (const folder of [join(profile.userData, 'User'), profile.extensions, profile.home]) mkdirSync(folder, { recursive: true });
  const file = join(profile.userData, 'User/settings.json');
  if (!existsSync(file)) writeFileSync(file, JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2));
  return profile;
}

/** The environment of a server that knows nothing of this machine's user and no gallery. */
export const cleanEnvironment = (profile, extra = {}) => ({
  PATH: process.env.PATH,
  LANG: 'C.UTF-8',
  HOME: profile.home,
  XDG_CONFIG_HOME: join(profile.home, '.config'),
  XDG_DATA_HOME: join(profile.home, '.local/share'),
  XDG_CACHE_HOME: join(profile.home, '.cache'),
  XDG_RUNTIME_DIR: profile.home,
  EXTENSIONS_GALLERY: '{}',
  ...extra,
});

/** Runs code-server's own command line in a profile and gives what it printed. */
export async function codeServerCli(profile, args) {
  const { node, entry } = await provisionCodeServer();
  const { stdout } = await promisify(execFile)(
    node,
    [entry, '--user-data-dir', profile.userData, '--extensions-dir', profile.extensions, ...args],
    {
      env: cleanEnvironment(profile),
      encoding: 'utf8',
    },
  );
  return stdout;
}

/**
 * Starts a server on loopback and waits until the workbench can be loaded.
 * @param {{ trust?: boolean, args?: string[], env?: Record<string, string> }} options `trust`: workspace trust is on
 */
export async function startCodeServer(profile, { trust = false, args = [], env = {}, patience = 60_000 } = {}) {
  const { node, entry } = await provisionCodeServer();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(profile.base, 'server.log');
  const log = createWriteStream(logFile);
  const flags = [
    '--bind-addr',
    `127.0.0.1:${port}`,
    '--auth',
    'none',
    '--user-data-dir',
    profile.userData,
    '--extensions-dir',
    profile.extensions,
  ];
  flags.push('--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', '--disable-proxy');
  if (!trust) flags.push('--disable-workspace-trust');
  const child = start(node, [entry, ...flags, ...args], { env: cleanEnvironment(profile, env), stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const stop = () => end(child);
  for (const late = Date.now() + patience; ;) {
    // "/healthz" answers before the workbench can be loaded; "/" does not
    if (
      await fetch(`${url}/`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      break;
    const dead = child.exitCode !== null || child.signalCode !== null;
    if (dead || Date.now() > late) {
      await stop();
      throw new Sentence(
        `code-server ${dead ? `ended with exit ${child.exitCode}` : `did not answer in ${patience / 1000} s`}. Its last lines:\n${lastLines(readFileSync(logFile, 'utf8'), 10)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  /** The address that opens a folder, and a file in it. */
  const address = (folder, file) => {
    const open = file
      ? `&payload=${encodeURIComponent(JSON.stringify([['openFile', `vscode-remote://127.0.0.1:${port}${encodeURI(file)}`]]))}`
      : '';
    return `${url}/?folder=${encodeURIComponent(folder)}${open}`;
  };
  return { port, url, address, logFile, pid: child.pid, stop, exited: new Promise((resolve) => child.once('exit', resolve)) };
}
