/**
 * A container engine of the tests' own: started from Debian's docker.io with data and socket in the cache, no bridge and
 * no firewall rules, so that the machine's network stays as it is. Nothing is pulled: images are made of Debian packages.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { apt, cacheFolder } from './install.mjs';
import { Sentence, end, lastLines, must, rootPrefix, say, start, which } from './run.mjs';

/** Engines refuse sockets in deep folders: the path of a Unix socket has at most 107 characters. */
const SOCKET_LIMIT = 107;
const READY_MS = 30_000;

/** What every test image has: what agents and the scaffolds' tools expect of a SWE-bench image. */
const PACKAGES = [
  'base-files',
  'libc-bin',
  'bash',
  'dash',
  'coreutils',
  'grep',
  'sed',
  'mawk',
  'findutils',
  'diffutils',
  'patch',
  'tar',
  'gzip',
  'procps',
  'debianutils',
  'hostname',
  'git',
  'python3',
];

/** Test images by name, and what each has on top. */
const PROJECT = [
  'python3-pip',
  'python3-setuptools',
  'python3-wheel',
  'python3-dateutil',
  'python3-tz',
  'python3-simplejson',
  'python3-flake8',
];
export const IMAGES = {
  'turnpike-test:python': { packages: ['python3-pytest'], importable: [] },
  'turnpike-test:marshmallow': { packages: PROJECT, importable: [] },
  /** As after `pip install -e .` in the image's own repository. */
  'turnpike-test:installed': { packages: PROJECT, importable: ['/testbed/src'] },
};

/** Unpacked and not needed: documentation, and what only maintainer scripts call. */
const LEFT_OUT =
  /^(?:perl|perl-modules|libperl5|git-man|sensible-utils|media-types|readline-common|usrmerge|dpkg|perl-base|debconf|krb5-locales)[^a-z]/;

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
 * Starts the engine, or throws a sentence.
 * @returns {Promise<{ host: string, socket: string, pid: number, stop: () => Promise<void> }>}
 */
export async function startEngine() {
  const prefix = rootPrefix();
  if (prefix === null) throw new Sentence('The replay tests start a container engine, which needs root or sudo without a password.');
  if (!which('dockerd') && !existsSync('/usr/sbin/dockerd')) {
    const { ok, reason } = await apt(['docker.io']);
    if (!ok) throw new Sentence(`The replay tests need Docker's engine (${reason}). Install docker.io.`);
  }
  const folder = cacheFolder('engine');
  const short = join(process.env.TMPDIR ?? '/tmp', `turnpike-engine-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`);
  const socket = join(short, 'docker.sock');
  if (socket.length > SOCKET_LIMIT) throw new Sentence(`The engine's socket ${socket} has too long a path. Set TMPDIR to a shorter one.`);
  // What a killed engine left would keep the next one from starting.
  rmSync(short, { recursive: true, force: true });
  mkdirSync(short, { recursive: true });
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

/** Makes an image of {@link IMAGES} where the engine has none of this content. Returns its name. */
export async function ensureImage(socket, name) {
  const { packages: own, importable } = IMAGES[name];
  const packages = [...PACKAGES, ...own];
  const content = createHash('sha256')
    .update(JSON.stringify([packages, importable, LEFT_OUT.source, readFileSync(new URL(import.meta.url))]))
    .digest('hex')
    .slice(0, 16);
  const tag = `${name}-${content}`;
  if (await ask(socket, 'GET', `/images/${encodeURIComponent(tag)}/json`).then(({ status }) => status === 200)) return tag;
  say(`making the test image ${name} of Debian packages`);
  const tar = await rootFileSystem(packages, importable, content);
  const changes = [
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'ENV LANG=C.UTF-8',
    'ENV PYTHONDONTWRITEBYTECODE=1',
    'CMD ["/bin/bash"]',
  ];
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
async function rootFileSystem(packages, importable, key) {
  const work = join(cacheFolder('image'), key);
  const prefix = rootPrefix();
  const script = [
    'set -eu',
    'rm -rf "$W"; mkdir -p "$W/debs/partial" "$W/root"; : > "$W/status"',
    'cd "$W/root"; mkdir -p etc tmp root proc sys dev run opt home mnt var/tmp usr/bin usr/sbin usr/lib usr/lib64 usr/local/bin',
    'for d in bin sbin lib lib64; do ln -s usr/$d $d; done',
    'ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 || apt-get -qq update',
    'apt-get -qq -o Debug::NoLocking=1 -o Dir::State::status="$W/status" -o Dir::Cache="$W" -o Dir::Cache::archives="$W/debs" -o APT::Install-Recommends=false -o APT::Sandbox::User=root install -y --download-only "$@" >/dev/null',
    'for deb in "$W"/debs/*.deb; do',
    '  if ! basename "$deb" | grep -qE "$LEFT_OUT"; then dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink --no-same-owner --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale --exclude=./usr/share/info; fi',
    'done',
    "printf 'root:x:0:0:root:/root:/bin/bash\\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\\n' > etc/passwd",
    "printf 'root:x:0:\\nnogroup:x:65534:\\n' > etc/group",
    'chmod 1777 tmp var/tmp',
    'for l in python:python3 pytest:pytest-3 awk:mawk sh:dash which:which.debianutils; do [ -e usr/bin/${l%%:*} ] || [ ! -e usr/bin/${l##*:} ] || ln -s ${l##*:} usr/bin/${l%%:*}; done',
    // pip would refuse to install for lack of a virtual environment, which SWE-bench images have.
    'rm -f usr/lib/python3*/EXTERNALLY-MANAGED',
    'if [ -n "$IMPORTABLE" ]; then printf "%s\\n" "$IMPORTABLE" > usr/lib/python3/dist-packages/turnpike-test.pth; fi',
    'ldconfig -r "$W/root" 2>/dev/null || true',
    // Else the first run of Python would write byte code into the container, and into every tree.
    'chroot "$W/root" /usr/bin/python3 -m compileall -q -x "/(test|lib2to3|idlelib)/" --invalidation-mode unchecked-hash /usr/lib/python3.* /usr/lib/python3/dist-packages >/dev/null 2>&1 || true',
    'tar -C "$W/root" --numeric-owner --owner=0 --group=0 -cf "$W.tar" .',
    'rm -rf "$W"; chmod a+r "$W.tar"',
  ].join('\n');
  const [program, ...rest] = [
    ...prefix,
    'env',
    `W=${work}`,
    `IMPORTABLE=${importable.join('\n')}`,
    `LEFT_OUT=${LEFT_OUT.source.replaceAll('(?:', '(')}`,
    'bash',
    '-c',
    script,
    'bash',
    ...packages,
  ];
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
