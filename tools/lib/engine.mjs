/**
 * A container engine of the tests' own: started from Debian's docker.io with data and socket in the cache, no bridge and
 * no firewall rules, so that the machine's network stays as it is. Nothing is pulled: images are made of Debian packages.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { IMAGES, recipe } from './engine-images.mjs';
import { apt, cacheFolder } from './install.mjs';
import { Sentence, end, lastLines, must, rootPrefix, say, start, which } from './run.mjs';

/** Engines refuse sockets in deep folders: the path of a Unix socket has at most 107 characters. */
const SOCKET_LIMIT = 107;
const READY_MS = 30_000;

export { IMAGES };

const ping = (socketPath) =>
  new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 2000 }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode === 200));
    });
    asked.once('error', () => resolve(false));
    asked.once('timeout', () => asked.destroy());
    asked.end();
  });

/**
 * Starts the engine, or throws a sentence. One that runs already from the same folder is used, and left running.
 * @param {{ folder?: string, options?: string[] }} [wish] `folder`: where its data lie, which sets engines apart; `options`: more of dockerd's
 * @returns {Promise<{ host: string, socket: string, pid: number | null, stop: () => Promise<void> }>}
 */
export async function startEngine({ folder = cacheFolder('engine'), options = [] } = {}) {
  const prefix = rootPrefix();
  if (prefix === null) throw new Sentence('The replay tests start a container engine, which needs root or sudo without a password.');
  if (!which('dockerd') && !existsSync('/usr/sbin/dockerd')) {
    const { ok, reason } = await apt(['docker.io']);
    if (!ok) throw new Sentence(`The replay tests need Docker's engine (${reason}). Install docker.io.`);
  }
  const short = join(process.env.TMPDIR ?? '/tmp', `turnpike-engine-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`);
  const socket = join(short, 'docker.sock');
  if (socket.length > SOCKET_LIMIT) throw new Sentence(`The engine's socket ${socket} has too long a path. Set TMPDIR to a shorter one.`);
  // Another run of the same checkout has one: two can't share their data, and the one that started it ends it.
  if (await ping(socket)) return { host: `unix://${socket}`, socket, pid: null, stop: () => Promise.resolve() };
  // What a killed engine left would keep the next one from starting.
  rmSync(short, { recursive: true, force: true });
  for (const made of [short, folder]) mkdirSync(made, { recursive: true });
  const failures = [];
  for (const driver of ['overlay2', 'vfs']) {
    const log = join(folder, `engine-${driver}.log`);
    writeFileSync(log, '');
    const out = openSync(log, 'a');
    const [program, ...rest] = [
      ...prefix,
      which('dockerd') ?? '/usr/sbin/dockerd',
      `--data-root=${join(folder, 'data')}`,
      `--exec-root=${join(short, 'exec')}`,
      `--pidfile=${join(short, 'docker.pid')}`,
      `--host=unix://${socket}`,
      `--group=${process.getgid()}`,
      `--storage-driver=${driver}`,
      '--exec-opt=native.cgroupdriver=cgroupfs',
      '--bridge=none',
      '--iptables=false',
      '--ip6tables=false',
      '--ip-forward=false',
      '--ip-masq=false',
      '--shutdown-timeout=5',
      '--log-level=warn',
      ...options,
    ];
    const child = start(program, rest, { stdio: ['ignore', out, out] });
    const deadline = Date.now() + READY_MS;
    while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
      if (await ping(socket)) return { host: `unix://${socket}`, socket, pid: child.pid, stop: () => stopEngine(child, short) };
      await new Promise((done) => setTimeout(done, 50));
    }
    await end(child);
    failures.push(`${driver}: ${lastLines(readFileSync(log, 'utf8'), 3) || 'no answer within 30 s'}`);
  }
  throw new Sentence(`Docker's engine did not start.\n${failures.join('\n')}`);
}

async function stopEngine(child, short) {
  await end(child);
  rmSync(short, { recursive: true, force: true });
}

/** Removes a folder that an engine had its data in: what a killed one mounted there stays mounted. */
export async function removeEngineFolder(folder) {
  const prefix = rootPrefix() ?? [];
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const [program, ...rest] of [...mounts.reverse().map((path) => [...prefix, 'umount', '-l', path]), [...prefix, 'rm', '-rf', folder]])
    await must('removing an engine’s folder', program, rest);
}

/** Makes an image of {@link IMAGES} where the engine has none of this content. Returns its name. */
export async function ensureImage(socket, name) {
  const { changes, content, ...root } = recipe(name);
  const tag = `${name}-${content}`;
  if (await ask(socket, 'GET', `/images/${encodeURIComponent(tag)}/json`).then(({ status }) => status === 200)) return tag;
  say(`making the test image ${name} of Debian packages`);
  const tar = await rootFileSystem(root, content);
  const query = new URLSearchParams([
    ['fromSrc', '-'],
    ['repo', tag.split(':')[0]],
    ['tag', tag.split(':')[1]],
    ...changes.map((change) => ['changes', change]),
  ]);
  const { status, body } = await ask(socket, 'POST', `/images/create?${query}`, createReadStream(tar));
  rmSync(tar, { force: true });
  if (status !== 200) throw new Sentence(`The engine did not take the test image ${name}: ${body}`);
  return tag;
}

/** An archive of a root file system: the packages' files, no maintainer script run. */
async function rootFileSystem({ packages, environment, script }, key) {
  // Two test runs may make the same image at once.
  const work = join(cacheFolder('image'), `${key}-${process.pid}`);
  const variables = Object.entries({ W: work, ...environment }).map(([variable, value]) => `${variable}=${value}`);
  const [program, ...rest] = [...rootPrefix(), 'env', ...variables, 'bash', '-c', script, 'bash', ...packages];
  await must('making a test image', program, rest, { timeout: 300_000 });
  return `${work}.tar`;
}

function ask(socketPath, method, path, stream = null) {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, ...(stream && { headers: { 'Content-Type': 'application/x-tar' } }) }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.once('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(chunks).toString() }));
    });
    asked.once('error', reject);
    if (stream) stream.pipe(asked);
    else asked.end();
  });
}
