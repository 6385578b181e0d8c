/** What the test images are made of. An image is made again where its own recipe here differs, and only then. */
import { createHash } from 'node:crypto';

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

const PROJECT = [
  'python3-pip',
  'python3-setuptools',
  'python3-wheel',
  'python3-dateutil',
  'python3-tz',
  'python3-simplejson',
  'python3-flake8',
];
/** Test images by name, and what each has on top. */
export const IMAGES = {
  'turnpike-test:python': { packages: ['python3-pytest'], importable: [] },
  'turnpike-test:marshmallow': { packages: PROJECT, importable: [] },
  /** As after `pip install -e .` in the image's own repository. */
  'turnpike-test:installed': { packages: PROJECT, importable: ['/testbed/src'] },
  /** What Django asks for; itself it is the episode's repository. */
  'turnpike-test:django': {
    packages: ['python3-asgiref', 'python3-sqlparse', 'python3-tz', 'python3-jinja2'],
    importable: ['/testbed'],
  },
};

/** Unpacked and not needed: documentation, and what only maintainer scripts call. */
const LEFT_OUT =
  /^(?:perl|perl-modules|libperl5|git-man|sensible-utils|media-types|readline-common|usrmerge|dpkg|perl-base|debconf|krb5-locales)[^a-z]/;

/** Makes the root file system in the folder $W of the packages that are its arguments, then an archive beside it. */
const SCRIPT = [
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

const CHANGES = [
  'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'ENV LANG=C.UTF-8',
  'ENV PYTHONDONTWRITEBYTECODE=1',
  'CMD ["/bin/bash"]',
];

/** How to make the image; `content` is the hash of all that shapes it. */
export function recipe(name) {
  const { packages: own, importable } = IMAGES[name];
  const packages = [...PACKAGES, ...own];
  const environment = { IMPORTABLE: importable.join('\n'), LEFT_OUT: LEFT_OUT.source.replaceAll('(?:', '(') };
  const content = createHash('sha256')
    .update(JSON.stringify([packages, environment, SCRIPT, CHANGES]))
    .digest('hex')
    .slice(0, 16);
  return { packages, environment, script: SCRIPT, changes: CHANGES, content };
}
