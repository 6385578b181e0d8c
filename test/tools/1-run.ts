/** Runs our SWE-agent 1.x tools the way test/fixtures/tools-1/make.py runs SWE-agent's own. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';

export const BUNDLES = join(import.meta.dirname, '../../server/replay/tools/bundles');
const PAIRS = join(import.meta.dirname, '../fixtures/tools-1/pairs');

type Shown = string | { readonly base64: string } | { readonly sha256: string; readonly length: number };
type Content = string | { readonly base64: string } | { readonly repeat: string; readonly times: number; readonly then?: string };

export interface Expected {
  readonly outputs: readonly (readonly [code: number, text: Shown])[];
  readonly changed: Readonly<Record<string, Shown | null>>;
}

export interface Case {
  readonly name: string;
  readonly bundles: readonly string[];
  readonly steps: readonly { readonly run: readonly string[]; readonly stdin?: string; readonly cd?: string }[];
  readonly files?: Readonly<Record<string, Content>>;
  readonly registry?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly setup?: readonly string[];
  /** Lines of the output come in the order of the file system. */
  readonly unordered?: boolean;
  /** By releases, joined with `+` where they print the same. */
  readonly expected: Readonly<Record<string, Expected>>;
}

export interface Pairs {
  readonly python: string;
  readonly commits: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

export const pairs = (name: string): Pairs => JSON.parse(readFileSync(join(PAIRS, `${name}.json`), 'utf8')) as Pairs;

/** What the tools ask of an image. No flake8 among it: our own linting is what is tested. */
const COMMANDS = [
  'env',
  'sh',
  'bash',
  'python3',
  'git',
  'find',
  'grep',
  'sed',
  'awk',
  'cut',
  'sort',
  'uniq',
  'wc',
  'cat',
  'realpath',
  'ln',
  'chmod',
  'mkdir',
  'rmdir',
  'rm',
  'printf',
  'tr',
  'head',
  'seq',
  'dirname',
];

function which(command: string): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, command);
    try {
      accessSync(path, constants.X_OK);
      return realpathSync(path);
    } catch {
      continue;
    }
  }
  throw new Error(`These tests need ${command} in PATH.`);
}

/** python3 by its own account: a launcher (pyenv's) does not survive being linked. */
async function python(): Promise<string> {
  const { text } = await start('python3', ['-c', 'import sys; print(sys.executable)'], { PATH: process.env.PATH ?? '' }, '.', '');
  return text.toString().trim();
}

function start(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
  input: string,
): Promise<{ code: number; text: Buffer }> {
  return new Promise((resolve, reject) => {
    // One pipe for both streams, so their order is the program's.
    const child = spawn('/bin/sh', ['-c', 'exec "$@" 2>&1', 'sh', command, ...args], { env, cwd, stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, text: Buffer.concat(chunks) }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

const content = (value: Content): Buffer =>
  typeof value === 'string'
    ? Buffer.from(value)
    : 'base64' in value
      ? Buffer.from(value.base64, 'base64')
      : Buffer.from(value.repeat.repeat(value.times) + (value.then ?? ''));

/** As make.py writes outputs down. */
function shown(data: Buffer): Shown {
  const text = data.toString('utf8');
  if (!Buffer.from(text).equals(data)) return { base64: data.toString('base64') };
  const length = [...text].length;
  return length > 3000 ? { sha256: createHash('sha256').update(data).digest('hex'), length } : text;
}

function crash(text: Buffer): Buffer {
  const mark = 'Traceback (most recent call last):\n';
  const latin = text.toString('latin1');
  const at = latin.indexOf(mark);
  if (at < 0) return text;
  const rest = latin.slice(at + mark.length).split('\n');
  const last = rest.findLastIndex((line) => line !== '' && !line.startsWith(' '));
  return Buffer.from(`${latin.slice(0, at)}Traceback: ${rest.slice(last).join('\n')}`, 'latin1');
}

export class Workplace {
  private readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'tp')));
  readonly dir = join(this.base, 'work');
  readonly root = join(this.base, 'root');
  private readonly bin = join(this.base, 'bin');

  static async make(): Promise<Workplace> {
    const place = new Workplace();
    mkdirSync(place.bin);
    const real = await python();
    for (const command of COMMANDS) symlinkSync(command === 'python3' ? real : which(command), join(place.bin, command));
    return place;
  }

  empty(): void {
    for (const folder of [this.dir, this.root]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    }
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }

  env(bundles: readonly string[], version: string, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    const libs = bundles.map((bundle) => join(BUNDLES, bundle, 'lib')).filter((lib) => existsSync(lib));
    const bins = bundles.map((bundle) => join(BUNDLES, bundle, 'bin')).reverse();
    return {
      PATH: [...bins, this.bin].join(':'),
      PYTHONPATH: `:${libs.join(':')}`,
      PYTHONDONTWRITEBYTECODE: '1',
      SWE_AGENT_ENV_FILE: join(this.root, '.swe-agent-env'),
      TURNPIKE_TOOLS_HOME: this.root,
      TURNPIKE_TOOLS_VERSION: version,
      HOME: this.root,
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      ...Object.fromEntries(Object.entries(extra).map(([key, value]) => [key, this.fill(value)])),
    };
  }

  fill(text: string): string {
    return text.replaceAll('{dir}', this.dir).replaceAll('{root}', this.root).replaceAll('{tools}', BUNDLES);
  }

  hide(data: Buffer): Buffer {
    let text = data.toString('latin1');
    for (const [name, path] of [
      ['dir', this.dir],
      ['root', this.root],
      ['tools', BUNDLES],
    ] as const)
      text = text.replaceAll(Buffer.from(path).toString('latin1'), `{${name}}`);
    return Buffer.from(text, 'latin1');
  }

  write(files: Readonly<Record<string, Content>>): void {
    for (const [name, value] of Object.entries(files)) {
      const filled = this.fill(name);
      const path = name.startsWith('{') ? filled : join(this.dir, filled);
      mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
      if (!name.endsWith('/')) writeFileSync(path, content(value));
    }
  }

  async shell(argv: readonly string[], env: Record<string, string>, stdin = '', cd = '.'): Promise<{ code: number; text: Buffer }> {
    const words = argv.map((word) => this.fill(word));
    const args = words[0] === 'sh' ? ['-c', words[1] ?? ''] : ['-c', '"$@"', 'bash', ...words];
    return start('bash', args, env, join(this.dir, cd), this.fill(stdin));
  }

  snapshot(): Map<string, Buffer> {
    const found = new Map<string, Buffer>();
    const walk = (where: string, base: string, place: string): void => {
      for (const name of readdirSync(where)) {
        const path = join(where, name);
        if (name === '.git' || !existsSync(path)) continue;
        if (statSync(path).isDirectory()) walk(path, base, place);
        else found.set(place + relative(base, path), readFileSync(path));
      }
    };
    walk(this.dir, this.dir, '');
    walk(this.root, this.root, '{root}/');
    return found;
  }

  async run(test: Case, version: string): Promise<Expected> {
    this.empty();
    this.write(test.files ?? {});
    writeFileSync(join(this.root, '.swe-agent-env'), pythonJson(JSON.parse(this.fill(JSON.stringify(test.registry ?? {})))));
    for (const command of test.setup ?? []) {
      const { code, text } = await this.shell(['sh', command], this.env(test.bundles, version));
      if (code !== 0) throw new Error(`${test.name}: ${command}: ${text.toString()}`);
    }
    const before = this.snapshot();
    const outputs: [number, Shown][] = [];
    for (const { run, stdin, cd } of test.steps) {
      const { code, text } = await this.shell(run, this.env(test.bundles, version, test.env), stdin, cd);
      outputs.push([code, shown(crash(this.hide(text)))]);
    }
    const after = this.snapshot();
    const changed: Record<string, Shown | null> = {};
    for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
      const now = after.get(name);
      if (now !== undefined && before.get(name)?.equals(now)) continue;
      changed[name] = now === undefined ? null : shown(/\.swe-agent-env$|state\.json$/.test(name) ? this.hide(now) : now);
    }
    return { outputs, changed };
  }
}

/** JSON as Python spaces it, so that an untouched registry is byte-equal. */
const pythonJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${pythonJson(key)}: ${pythonJson(item)}`)
      .join(', ')}}`;
  return JSON.stringify(value).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
};

const TEXTS = new Map<string, string>();

/** Everything the commands of a bundle are made of. */
function sources(bundle: string): string {
  const known = TEXTS.get(bundle);
  if (known !== undefined) return known;
  const files = ['bin', 'lib'].flatMap((part) => {
    const folder = join(BUNDLES, bundle, part);
    return existsSync(folder)
      ? readdirSync(folder, { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ name }) => join(folder, name))
      : [];
  });
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  TEXTS.set(bundle, text);
  return text;
}

/** Whether what a case runs differs by release at all; if not, one run stands for both. */
export const versioned = ({ bundles, steps }: Case): boolean =>
  JSON.stringify(steps).includes('install.sh') || bundles.some((bundle) => sources(bundle).includes('TURNPIKE_TOOLS_VERSION'));

const sorted = (text: Shown): Shown => (typeof text === 'string' ? text.split('\n').sort().join('\n') : text);

/** Wordings of Python's own syntax errors change between its minor versions. */
const maskSyntax = (text: Shown): Shown =>
  typeof text === 'string' ? text.replace(/(E999 )(?:Syntax|Indentation|Tab)Error.*/g, '$1…') : text;

export const comparable = (expected: Expected, test: Case, samePython: boolean): Expected => ({
  outputs: expected.outputs.map(([code, text]) => {
    const ordered = test.unordered === true ? sorted(text) : text;
    return [code, samePython ? ordered : maskSyntax(ordered)];
  }),
  changed: expected.changed,
});
