/** Installs what a fresh machine lacks. Only node builtins: it runs before anything is installed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { CACHE, ROOT } from './paths.mjs';
import { Sentence, lastLines, npm, rootPrefix, run, say, which } from './run.mjs';

export function checkNode() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new Sentence(`Turnpike needs Node 20 or newer; this is ${process.version}. Install a newer Node and start again.`);
}

/** Installs the dependencies when node_modules is missing or the lock file changed since. */
export async function installDependencies() {
  checkNode();
  const stamp = join(ROOT, 'node_modules/.turnpike-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing dependencies with npm');
  await npm(['ci', '--no-audit', '--no-fund']);
  writeFileSync(stamp, lock);
}

let aptListed = false;

/** Installs Debian packages as root or with sudo. */
export async function apt(packages) {
  const prefix = rootPrefix();
  if (!prefix || !which('apt-get'))
    return { ok: false, reason: !which('apt-get') ? 'there is no apt-get here' : 'apt-get needs root or sudo without a password' };
  const command = (args) => {
    const [program, ...rest] = [
      ...prefix,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-o',
      'DPkg::Lock::Timeout=300',
      '-qq',
      ...args,
    ];
    return run(program, rest);
  };
  say(`installing ${packages.join(', ')} with apt`);
  if (!aptListed) {
    const update = await command(['update']);
    if (update.code !== 0) return { ok: false, reason: `apt-get update failed: ${lastLines(update.output, 3)}` };
    aptListed = true;
  }
  const { code, output } = await command(['install', '-y', '--no-install-recommends', ...packages]);
  return code === 0 ? { ok: true, reason: '' } : { ok: false, reason: `apt-get install failed: ${lastLines(output, 3)}` };
}

/** A browser that the tests can drive: `CHROME_PATH`, what is on the PATH, or Chromium from Debian. */
export async function ensureBrowser() {
  const given = process.env.CHROME_PATH;
  if (given) {
    if (!existsSync(given)) throw new Sentence(`CHROME_PATH names ${given}, which does not exist. Point it at a Chrome or Chromium.`);
    return given;
  }
  const found = findBrowser();
  if (found) return found;
  const { ok, reason } = await apt(['chromium', 'fonts-dejavu-core']);
  const installed = ok && findBrowser();
  if (installed) return installed;
  throw new Sentence(`The page and editor tests need Chrome or Chromium (${reason}). Install one and set CHROME_PATH to its program.`);
}

export const findBrowser = () => which('chromium') ?? which('chromium-browser') ?? which('google-chrome') ?? which('google-chrome-stable');

/** Neovim for the foreign-client test: `NVIM_PATH`, the PATH, or Debian. */
export async function ensureNeovim() {
  const found = process.env.NVIM_PATH ?? which('nvim');
  if (found) return found;
  const { ok, reason } = await apt(['neovim']);
  const installed = ok && which('nvim');
  if (installed) return installed;
  throw new Sentence(`The foreign-client test needs Neovim 0.7 or newer (${reason}). Install it, or set NVIM_PATH to its program.`);
}

/** Python for the tools that run inside a replay's container, which the tests run outside of one. */
export async function ensurePython() {
  if (which('python3')) return;
  const { ok, reason } = await apt(['python3']);
  if (!ok || !which('python3')) throw new Sentence(`The tests of SWE-agent's tools need Python 3 (${reason}). Install it.`);
}

/** pip, which gets a source distribution from its index and checks its hash. */
export async function ensurePip() {
  await ensurePython();
  const there = async () => (await run('python3', ['-m', 'pip', '--version'])).code === 0;
  if (await there()) return;
  const { ok, reason } = await apt(['python3-pip']);
  if (!ok || !(await there())) throw new Sentence(`The replay tests get Django by pip (${reason}). Install Python's pip.`);
}

/** ssh and ssh-keygen, for the test of engines behind ssh. */
export async function ensureSsh() {
  if (which('ssh') && which('ssh-keygen')) return;
  const { ok, reason } = await apt(['openssh-client']);
  if (!ok || !which('ssh-keygen')) throw new Sentence(`The replay tests reach an engine over ssh (${reason}). Install OpenSSH's client.`);
}

export function cacheFolder(name) {
  const folder = join(CACHE, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
