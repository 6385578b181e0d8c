/** Child processes and what a person reads about them. Only node builtins: it runs before anything is installed. */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { ROOT } from './paths.mjs';

/** A failure that is told in its sentence alone, without a stack. */
export class Sentence extends Error {}

const started = Date.now();
export const say = (text) => console.log(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}`);

/** Ends a script on a failure: a sentence as it stands, anything else with its stack. */
export function fail(error) {
  console.error(error instanceof Sentence ? error.message : (error?.stack ?? String(error)));
  process.exit(1);
}

/** Path of a program, or null. */
export function which(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, process.platform === 'win32' ? `${name}.cmd` : name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this folder
    }
  }
  return null;
}

const children = new Set();

/** Ends a child and all that it started; resolves when it is gone. */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), 5000);
  await gone;
  clearTimeout(timer);
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child, signal) {
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // already gone
  }
}

/** Starts a child in a process group of its own, ended with this process. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', detached: process.platform !== 'win32', ...options });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

process.once('exit', () => {
  for (const child of children) signalGroup(child, 'SIGKILL');
});

/**
 * Runs a command to its end.
 * @returns {Promise<{ code: number, output: string }>} `code` 127 where it can't be started; `output` is stdout and stderr unless they are inherited
 */
export function run(command, args, { quiet = true, timeout = 0, ...options } = {}) {
  return new Promise((resolve) => {
    const child = start(command, args, { stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'], ...options });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    let late = false;
    const timer = timeout
      ? setTimeout(() => {
          late = true;
          void end(child);
        }, timeout)
      : undefined;
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, output: error.message });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      const output = Buffer.concat(chunks).toString();
      resolve({ code: late ? 124 : (code ?? 1), output: late ? `${output}\nended after ${timeout / 1000} s without an answer` : output });
    });
  });
}

/** Runs a command that must succeed; else a sentence with the last lines that it printed. */
export async function must(what, command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Sentence(`${what} failed (exit ${code}): ${command} ${args.join(' ')}\n${lastLines(output, 15)}`);
  return output;
}

export const lastLines = (text, count) => text.trimEnd().split('\n').slice(-count).join('\n');

/** npm of the Node that runs this. */
export const npm = (args, options) => must(`npm ${args[0]}`, process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);

/** The command prefix that makes us root, or null where we can't be. */
export function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (which('sudo') && spawnSync('sudo', ['-n', 'true']).status === 0) return ['sudo', '-n'];
  return null;
}
