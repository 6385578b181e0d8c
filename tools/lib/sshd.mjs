/** A real ssh server on the loopback that lets one key in as this user. Nothing of the machine is changed for it. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { debianProgram } from './debian.mjs';
import { freePort, listens } from './registry.mjs';
import { Sentence, end, lastLines, must, rootPrefix, start, which } from './run.mjs';

const READY_MS = 10_000;
/** Debian's names of the folders of libraries. */
const TRIPLETS = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/**
 * @param {string} folder of its own
 * @returns {Promise<{ port: number, user: string, path: string, strangers: string, stop: () => Promise<void> }>} `path` is a PATH
 * whose ssh knows the server and has the key; with `strangers` it does not know the server
 */
export async function startSshd(folder) {
  const installed = which('sshd') ?? (existsSync('/usr/sbin/sshd') ? '/usr/sbin/sshd' : null);
  const program = installed ?? (await debianProgram('openssh-server', 'usr/sbin/sshd'));
  const library = installed === null ? await debianProgram('libwrap0', `usr/lib/${TRIPLETS[process.arch]}/libwrap.so.0`) : null;
  const port = await freePort();
  const user = userInfo().username;
  mkdirSync(folder, { recursive: true });
  const file = (name) => join(folder, name);
  for (const name of ['host', 'user'])
    await must('making a key', 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file(name)]);
  const settings = {
    Port: port,
    ListenAddress: '127.0.0.1',
    HostKey: file('host'),
    AuthorizedKeysFile: file('user.pub'),
    PidFile: file('sshd.pid'),
    PermitRootLogin: 'yes',
    PasswordAuthentication: 'no',
    StrictModes: 'no',
    UsePAM: 'no',
  };
  writeFileSync(
    file('sshd_config'),
    Object.entries(settings)
      .map((entry) => entry.join(' '))
      .join('\n') + '\n',
  );
  // A server that runs as root wants a user and a folder of its own: it sees them in a view of the file system that is its alone.
  writeFileSync(
    file('passwd'),
    `${readFileSync('/etc/passwd', 'utf8').replace(/^sshd:.*\n/m, '')}sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin\n`,
  );
  const view = 'mount --bind "$1/passwd" /etc/passwd && mount -t tmpfs none /run && mkdir /run/sshd && exec "$2" -D -e -f "$1/sshd_config"';
  const environment = library === null ? [] : [`LD_LIBRARY_PATH=${join(library, '..')}`];
  const [first, ...rest] = [...(rootPrefix() ?? []), 'env', ...environment, 'unshare', '-m', 'sh', '-c', view, 'sh', folder, program];
  let said = '';
  const child = start(first, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  const deadline = Date.now() + READY_MS;
  while (!(await listens(port))) {
    if (Date.now() > deadline || child.exitCode !== null) {
      await end(child);
      throw new Sentence(`The test's ssh server did not start.\n${lastLines(said, 5)}`);
    }
    await sleep(50);
  }
  writeFileSync(file('known'), `[127.0.0.1]:${port} ${readFileSync(file('host.pub'), 'utf8')}`);
  writeFileSync(file('none'), '');
  const client = (name, known) => {
    mkdirSync(file(name));
    const options = ['-F', 'none', '-i', file('user'), '-o', 'IdentitiesOnly=yes', '-o', `UserKnownHostsFile=${file(known)}`];
    writeFileSync(join(file(name), 'ssh'), `#!/bin/sh\nexec "${which('ssh')}" ${options.join(' ')} "$@"\n`);
    chmodSync(join(file(name), 'ssh'), 0o755);
    return [file(name), process.env.PATH].join(delimiter);
  };
  return { port, user, path: client('friend', 'known'), strangers: client('stranger', 'none'), stop: () => end(child) };
}
