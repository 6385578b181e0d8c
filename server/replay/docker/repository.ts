/** Puts a local clone at a commit into a container, history kept, the clone untouched. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import type { Container } from 'dockerode';
import { RepositoryError } from '../errors';
import { exec } from '../shell/exec';
import type { RepositorySource } from '../types';

/** No configuration of the user, no hook, no prompt: a clone's own settings must not run anything. */
const QUIET = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_COUNT: '4',
  GIT_CONFIG_KEY_0: 'uploadpack.allowAnySHA1InWant',
  GIT_CONFIG_VALUE_0: 'true',
  GIT_CONFIG_KEY_1: 'core.hooksPath',
  GIT_CONFIG_VALUE_1: '/dev/null',
  GIT_CONFIG_KEY_2: 'safe.directory',
  GIT_CONFIG_VALUE_2: '*',
  GIT_CONFIG_KEY_3: 'protocol.file.allow',
  GIT_CONFIG_VALUE_3: 'always',
};

function git(arguments_: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', arguments_, { cwd, env: { ...process.env, ...QUIET }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, complaint] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.on('error', (error) => {
      reject(new RepositoryError(`git could not be started: ${error.message}.`, 'Install it: a local clone is read with it.'));
    });
    child.on('close', (code) => {
      if (code === 0) resolve(out.trim());
      else reject(new RepositoryError(complaint.trim().split('\n').at(-1) ?? `git ended with exit code ${String(code)}`));
    });
  });
}

/** The hash of the commit that a source names now. Throws {@link RepositoryError}. */
export async function commitOf({ directory, commit }: RepositorySource): Promise<string> {
  if (!existsSync(directory)) throw new RepositoryError(`There is no folder ${directory}.`, "Name the clone's own.");
  return git(['rev-parse', '--verify', '-q', '--end-of-options', `${commit}^{commit}`], directory).catch(() => {
    throw new RepositoryError(`${directory} has no commit ${commit}.`, 'Fetch it there, or name another one with --base.');
  });
}

/** Replaces `target` in the container by the repository at the commit, on a branch `main` as a fresh clone would be. */
export async function putRepository(container: Container, { directory, commit }: RepositorySource, target: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'turnpike-repository-'));
  try {
    const clone = join(work, posix.basename(target) || 'repository');
    await git(['init', '-q', '-b', 'main', clone], work);
    const known = await commitOf({ directory, commit });
    await git(['fetch', '-q', '--update-shallow', '--no-tags', directory, known], clone);
    await git(['reset', '-q', '--hard', known], clone);
    await exec(container, {
      command: ['/bin/sh', '-c', 'rm -rf -- "$1" && mkdir -p -- "$2"', 'sh', target, dirname(target)],
      timeoutMs: 60_000,
      outputBytes: 4096,
    });
    // Started only now: what a program printed before it ended is thrown away where nobody reads yet.
    await container.putArchive(tarOf(work, posix.basename(clone)), { path: dirname(target) });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Owned by root, as what an image holds is. */
function tarOf(folder: string, name: string): NodeJS.ReadableStream {
  const child = spawn('tar', ['-C', folder, '--owner=0', '--group=0', '--numeric-owner', '-cf', '-', name], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return child.stdout;
}
