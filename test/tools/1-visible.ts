/** What of a recorded episode can be run again from what it shows, without its repository. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Workplace } from './1-run';

export interface Step {
  readonly action: string;
  readonly observation: string | null;
  readonly state: { readonly working_dir?: string; readonly open_file?: string } | string | null;
}

export interface Played {
  readonly index: number;
  readonly action: string;
  readonly tool: string;
  readonly recorded: string;
  readonly got: string;
  readonly creates: boolean;
  /** The file's text before the turn. */
  readonly input: string;
}

const BUNDLES = ['registry', 'edit_anthropic', 'windowed', 'search'];
const VIEWED = /^Here's the result of running `cat -n` on (?<path>[^\n]+):\n(?<rows>[^]*)$/;
const OPENED = /\[File: (?<path>[^\n]+) \((?<total>\d+) lines total\)\]\n(?<rows>[^]*)$/;

/** The single-quoted words and plain ones of an action; null where it is more than words. */
export function words(action: string): string[] | null {
  const found: string[] = [];
  let rest = action.trim();
  while (rest !== '') {
    const word = /^(?:'[^']*'|"[^"$`\\]*"|[^\s'"$`\\|&;<>()*?[\]{}~#!])+/.exec(rest)?.[0];
    if (word === undefined) return null;
    found.push(word.replace(/'([^']*)'|"([^"]*)"/g, (_, single: string | undefined, double: string | undefined) => single ?? double ?? ''));
    const after = rest.slice(word.length);
    if (after !== '' && !/^\s/.test(after)) return null;
    rest = after.trimStart();
  }
  return found;
}

/** The text of a file that was shown whole, by either kind of tool; null where it was not. */
function shownWhole(action: string, observation: string): { path: string; text: string } | null {
  const argv = words(action);
  if (argv?.[0] === 'str_replace_editor' && argv[1] === 'view' && argv.length === 3) {
    const view = VIEWED.exec(observation)?.groups;
    if (view === undefined || observation.includes('<response clipped>')) return null;
    // A row per line; the last is what follows the last newline, and lost its tab where observations were stripped.
    const rows = view
      .rows!.trimEnd()
      .replace(/(\n *\d+)$/, '$1\t')
      .split('\n');
    const text = rows.map((row) => row.replace(/^\s*\d+\t/, ''));
    return rows.every((row, at) => row.startsWith(`${String(at + 1).padStart(6)}\t`)) ? { path: view.path!, text: text.join('\n') } : null;
  }
  const open = OPENED.exec(observation)?.groups;
  if (open === undefined || observation.includes('Your proposed edit')) return null;
  const rows = open.rows!.replace(/\n$/, '').split('\n').slice(0, Number(open.total));
  if (rows.length !== Number(open.total) || !rows.every((row, at) => row.startsWith(`${at + 1}:`))) return null;
  return { path: open.path!, text: `${rows.map((row) => row.slice(row.indexOf(':') + 1)).join('\n')}\n` };
}

const mentions = (action: string, path: string): boolean => action.includes(path.split('/').at(-1) ?? path);

/** Runs, in order, every turn whose file is known at that point. */
export async function playable(steps: readonly Step[], place: Workplace): Promise<Played[]> {
  place.empty();
  writeFileSync(join(place.root, '.swe-agent-env'), '{"WINDOW": 100, "OVERLAP": 2}');
  const played: Played[] = [];
  const known = new Set<string>();
  let openFile = '';
  const here = (path: string): string => join(place.dir, path);
  const all = steps.map(({ action }) => action).join('\n');
  const version = /^\s*str_replace_editor /m.test(all) ? '1.1' : '1.0-dev';
  const editing = /^edit \d+:\d+\n/m.test(all) ? 'windowed_edit_linting' : 'windowed_edit_replace';
  const env = place.env([...BUNDLES, editing], version);

  for (const [index, step] of steps.entries()) {
    const recorded = (step.observation ?? '').replaceAll('\r\n', '\n');
    const action = step.action.trim();
    const before = steps[index - 1]?.state;
    const cwd =
      (typeof before === 'object' && before?.working_dir) || (typeof step.state === 'object' && step.state?.working_dir) || '/testbed';
    const tool = action.split(/\s/)[0] ?? '';
    const plan = planOf(action, tool, known, cwd, openFile);
    if (plan !== null) {
      mkdirSync(here(cwd), { recursive: true });
      if (plan.creates) mkdirSync(dirname(here(plan.path)), { recursive: true });
      const input = existsSync(here(plan.path)) ? readFileSync(here(plan.path), 'utf8') : '';
      // The path is the only word of the action that names a place on this machine.
      const argv = plan.argv.map((word) => (word.startsWith('/') && word === plan.path ? `{dir}${word}` : word));
      const { text } = await place.shell(argv, env, plan.stdin, cwd.slice(1));
      const got = text.toString().replaceAll(place.dir, '');
      played.push({ index, action, tool: plan.name, recorded: trimmed(recorded), got: trimmed(got), creates: plan.creates, input });
      if (plan.creates) known.add(plan.path);
      if (tool === 'create' || tool === 'open') openFile = plan.path;
      continue;
    }
    // A file opened and not seen whole is open all the same.
    if (tool === 'open') openFile = '';
    const whole = shownWhole(action, recorded);
    // Whatever else ran may have changed any file it names.
    if (whole === null)
      for (const path of [...known]) if (mentions(action, path) && /^(?:rm|mv|sed|git|patch|cat >|echo)/.test(action)) known.delete(path);
    if (whole !== null) {
      const path = whole.path.startsWith('/') ? whole.path : join(cwd, whole.path);
      mkdirSync(dirname(here(path)), { recursive: true });
      writeFileSync(here(path), whole.text);
      known.add(path);
      // The windowed tools remember which file is open.
      if (tool === 'open') openFile = path;
      if (tool === 'open') await place.shell(['open', `{dir}${path}`], env);
    }
  }
  return played;
}

/** The pty ends with newlines that SWE-agent took off in some versions. */
const trimmed = (text: string): string => text.replace(/\s+$/, '');

interface Plan {
  readonly path: string;
  readonly name: string;
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly creates: boolean;
}

/** A turn whose only input is a known file, else null. */
function planOf(action: string, tool: string, known: ReadonlySet<string>, cwd: string, openFile: string): Plan | null {
  const argv = words(action);
  if (tool === 'str_replace_editor' && argv !== null) {
    const [, command = '', path = ''] = argv;
    const relative = !path.startsWith('/');
    if (command === 'create' || relative || known.has(path))
      return { path, name: `str_replace_editor ${command}`, argv, stdin: '', creates: command === 'create' };
    return null;
  }
  if (tool === 'create' && argv?.length === 2) {
    return { path: join(cwd, argv[1] ?? ''), name: tool, argv, stdin: '', creates: true };
  }
  if (tool === 'open' && argv !== null) {
    const path = (argv[1] ?? '').startsWith('/') ? (argv[1] ?? '') : join(cwd, argv[1] ?? '');
    return known.has(path) ? { path, name: tool, argv, stdin: '', creates: false } : null;
  }
  if (!known.has(openFile)) return null;
  if ((tool === 'insert' || tool === 'edit') && argv !== null && !/^edit \d+:\d+\n/.test(action))
    return { path: openFile, name: tool, argv, stdin: '', creates: false };
  const [head = '', ...text] = action.split('\n');
  if (/^edit \d+:\d+$/.test(head))
    return { path: openFile, name: tool, argv: head.split(' '), stdin: `${text.join('\n')}\n`, creates: false };
  return null;
}
