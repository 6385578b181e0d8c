/**
 * Runs the commands of a 0.x episode again with nothing but what its observations show of the files: where all that a
 * command printed had been shown before, it must print the same.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { CommandSet } from '../../server/replay/runtime/commands-0';
import { guarded } from '../../server/replay/runtime/guard';
import type { Installed } from './0-commands';

export interface Step {
  readonly action: string;
  readonly observation: string;
  /** Working directory before the action. */
  readonly folder: string;
}

export interface Verdict {
  readonly turn: number;
  readonly command: string;
  /** Null: not all of what it prints was shown before. */
  readonly equal: boolean | null;
  readonly recorded: string;
  readonly ours: string;
}

const UNSEEN = '#unseen-line';
const MARK = '\u001eturn\u001e';
const OURS = new Set(['open', 'goto', 'scroll_up', 'scroll_down', 'create', 'edit', 'set_cursors', 'search_file']);
/** Leave files as they are. */
const READERS = new Set([
  'python',
  'python3',
  'ls',
  'cat',
  'pwd',
  'file',
  'strings',
  'grep',
  'find_file',
  'search_dir',
  'submit',
  'tshark',
]);
/** The linter can be told to find nothing. */
const LINT = `eval "$(declare -f _tp_lint | sed '1s/_tp_lint/_tp_found/')"; _tp_lint() { [ -n "$NO_LINT" ] || _tp_found "$@"; }`;

class Shell {
  private readonly child: ChildProcessWithoutNullStreams;
  private text = '';
  private wake: () => void = () => undefined;

  constructor({ folder, source }: Installed, set: CommandSet, base: string) {
    this.child = spawn('bash', ['--noprofile', '--norc'], { env: { PATH: `${folder}:${base}`, LC_ALL: 'C.UTF-8', HOME: folder } });
    this.child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
      this.wake();
    });
    const variables = Object.entries(set.variables).map(([name, value]) => `${name}=${value}`);
    const sources = source.map((file) => `source '${join(folder, file)}'`);
    this.child.stdin.write(['exec 2>&1', set.state, ...variables, ...sources, LINT, ''].join('\n'));
  }

  async run(command: string): Promise<string> {
    this.text = '';
    this.child.stdin.write(`${command}\nprintf '%s' '${MARK}'\n`);
    while (!this.text.includes(MARK)) await new Promise<void>((resolve) => (this.wake = resolve));
    return this.text.slice(0, this.text.indexOf(MARK));
  }

  close(): void {
    this.child.kill('SIGKILL');
  }
}

interface Shown {
  readonly path: string;
  readonly total: number;
  readonly lines: ReadonlyMap<number, string>;
}

/** The last view of a file in an observation: after a refused edit that is the file as it stayed. */
function shownIn(observation: string): Shown | null {
  const heads = [...observation.matchAll(/^\[File: (\S+) \((\d+) lines total\)\]$/gm)];
  const head = heads.at(-1);
  if (head === undefined) return null;
  const lines = new Map<number, string>();
  for (const [, number, text] of observation.slice(head.index).matchAll(/^(\d+):(.*)$/gm)) lines.set(Number(number), text ?? '');
  return { path: head[1] ?? '', total: Number(head[2]), lines };
}

const read = (path: string): string[] => readFileSync(path, 'utf8').replace(/\n$/, '').split('\n');

/** Takes in what an observation shows; true: the file was not known at all. */
function learn(root: string, shown: Shown | null): boolean {
  if (shown === null) return false;
  const path = join(root, shown.path);
  const fresh = !existsSync(path);
  const lines = fresh ? Array.from({ length: shown.total }, () => UNSEEN) : read(path);
  for (const [number, text] of shown.lines) if (lines[number - 1] === UNSEEN) lines[number - 1] = text;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return fresh;
}

const partlySeen = (path: string): boolean => existsSync(path) && readFileSync(path, 'utf8').includes(UNSEEN);

/** A command that may write: what it names is not known any more. */
function forget(root: string, action: string, known: Set<string>): void {
  for (const path of known)
    if (action.includes(basename(path))) {
      rmSync(join(root, path), { force: true });
      known.delete(path);
    }
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

export async function verdicts(steps: readonly Step[], set: CommandSet, commands: Installed, base: string): Promise<Verdict[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'seen-0-')));
  const shell = new Shell(commands, set, base);
  const found: Verdict[] = [];
  const known = new Set<string>();
  const tops = [...new Set(steps.map(({ folder }) => literal(folder.split('/')[1] ?? '')))];
  const inside = (text: string): string => text.replaceAll(new RegExp(`(?<![\\w.~/-])/(?=(?:${tops.join('|')})\\b)`, 'g'), `${root}/`);
  try {
    for (const [turn, { action, observation, folder }] of steps.entries()) {
      const command = /^\s*(\w+)/.exec(action)?.[1] ?? '';
      mkdirSync(join(root, folder), { recursive: true });
      if (!OURS.has(command)) {
        if (!READERS.has(command)) forget(root, action, known);
        continue;
      }
      const recorded = observation.replace(/\n$/, '');
      const shown = shownIn(recorded);
      const target = shown === null ? null : join(root, shown.path);
      const fresh = command !== 'create' && learn(root, shown !== null && existsSync(target!) ? null : shown);
      const blind = target !== null && partlySeen(target) && (command === 'search_file' || (command === 'edit' && target.endsWith('.py')));
      const updated = recorded.includes('File updated.');
      if (blind && command === 'edit' && !updated) {
        found.push({ turn, command, equal: null, recorded, ours: '' });
        continue;
      }
      const text = guarded(inside(action), { edit: 'end_of_edit' }).trim();
      const ours = (await shell.run(`cd '${join(root, folder)}'\nNO_LINT=${blind ? 'yes' : ''}\n${text}`))
        .replaceAll(root, '')
        .replace(/\n$/, '');
      const seen = !fresh && !blind && !ours.includes(UNSEEN);
      found.push({ turn, command, equal: seen ? ours === recorded : null, recorded, ours });
      if (shown !== null) known.add(shown.path);
      learn(root, shown);
    }
    return found;
  } finally {
    shell.close();
    rmSync(root, { recursive: true, force: true });
  }
}
