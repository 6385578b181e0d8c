/** A real image registry on the loopback, with what stands before one in the world: a slow line, a limit, a login. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { debianProgram } from './debian.mjs';
import { Sentence, end, start } from './run.mjs';

const READY_MS = 10_000;
/** `user:pass`, as htpasswd writes it. */
const LOGIN = 'user:$2b$04$wamj5gGqOeiOvQOfBiABkujnlIbn.UDudRTukhSl.R7DVqoSveUEe\n';

/**
 * @param {{ folder: string, login?: boolean }} wish `folder`: of its own, for data
 * @returns {Promise<{ port: number, stop: () => Promise<void> }>}
 */
export async function startRegistry({ folder, login = false }) {
  const program = await debianProgram('docker-registry', 'usr/bin/docker-registry');
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'htpasswd'), LOGIN);
  const config = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `127.0.0.1:${port}` },
    ...(login && { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } }),
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
  const child = start(program, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    if (await answers(port)) return { port, stop: () => end(child) };
    await sleep(50);
  }
  await end(child);
  throw new Sentence('The test registry did not start.');
}

/**
 * Stands before a registry. `bytesPerSecond`: of one layer; `status`: answered to everything, with the registry's kind of body.
 * `sent` counts the bytes of layers that went through, `open` the connections that ask for one now.
 */
export async function startGate(port, { bytesPerSecond = Infinity, refusal = null } = {}) {
  const gate = { sent: 0, open: 0 };
  const server = createServer((asked, answer) => {
    if (refusal !== null) {
      answer.writeHead(refusal.status, { 'Content-Type': 'application/json' });
      answer.end(JSON.stringify({ errors: [{ code: refusal.code, message: refusal.message }] }));
      return;
    }
    const { method, url, headers } = asked;
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, async (found) => {
      answer.writeHead(found.statusCode, found.headers);
      const layer = method === 'GET' && url.includes('/blobs/');
      if (layer) gate.open++;
      answer.once('close', () => {
        if (layer) gate.open--;
        found.destroy();
      });
      try {
        for await (const chunk of found) {
          if (layer) gate.sent += chunk.length;
          if (!answer.write(chunk)) await room(answer);
          if (layer && bytesPerSecond !== Infinity) await sleep((chunk.length / bytesPerSecond) * 1000);
          if (answer.destroyed) return;
        }
        answer.end();
      } catch {
        answer.destroy();
      }
    });
    onward.once('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: server.address().port,
    gate,
    stop: () =>
      new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      }),
  };
}

/** Resolves when the answer takes more, or never will. */
function room(answer) {
  return new Promise((resolve) => {
    const go = () => {
      answer.off('drain', go).off('close', go);
      resolve();
    };
    answer.once('drain', go).once('close', go);
  });
}

/** One that nobody listens on now. */
export async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

function answers(port) {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/v2/' }, (answer) => {
      answer.resume();
      resolve(true);
    });
    asked.once('error', () => resolve(false));
    asked.end();
  });
}

/** Whether something takes connections there. */
export function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
