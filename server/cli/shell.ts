/** `turnpike shell`: a terminal in the state after a turn, or in a container that was kept. */
import { resolve } from 'node:path';
import { createEngine, recordingOf, ReplayService, type Engine } from '../engine/index';
import {
  attachShell,
  connect,
  keptContainer,
  keptContainers,
  NoEngine,
  NoImage,
  openState,
  removeKept,
  ReplayError,
  StateError,
  type Connection,
  type OpenedState,
  type ShellState,
} from '../replay/index';
import { EXIT } from './exit';
import { clean } from './report';
import { defaultStorage } from './storage';

export interface ShellFlags {
  /** From 1; 0: before the first turn. */
  readonly turn?: number;
  readonly attempt?: number;
  readonly image?: string;
  readonly repo?: string;
  readonly base?: string;
  readonly storage?: string;
  readonly keep?: true;
  readonly container?: string;
  readonly list?: true;
  readonly remove?: string;
}

/** @returns the shell's exit code, or one of {@link EXIT} with a sentence on stderr */
export async function shell(file: string | undefined, flags: ShellFlags): Promise<number> {
  try {
    if (flags.list === true) return await list();
    if (flags.remove !== undefined) return await remove(flags.remove);
    if (flags.container !== undefined) return await enter(flags.container);
    if (file === undefined) return wrong('Name a trajectory file and a turn, or a container with --container (see --list).');
    if (flags.turn === undefined) return wrong('Name the turn with --turn; 0 is the state before the first one.');
    if ((flags.repo === undefined) !== (flags.base === undefined))
      return wrong('--repo and --base belong together: a local clone, and the commit that the episode started from.');
    return await inState(resolve(file), flags.turn - 1, flags);
  } catch (error) {
    if (!(error instanceof ReplayError) && !(error instanceof StateError)) throw error;
    say(error.message);
    return error instanceof NoEngine || error instanceof NoImage ? EXIT.noEngine : EXIT.unread;
  }
}

async function list(): Promise<number> {
  for (const { name, createdMs, running } of await keptContainers(await connect()))
    process.stdout.write(`${name}  ${new Date(createdMs).toISOString()}  ${running ? 'running' : 'stopped'}\n`);
  return EXIT.read;
}

async function remove(name: string): Promise<number> {
  const connection = await connect();
  const names = name === 'all' ? (await keptContainers(connection)).map((kept) => kept.name) : [name];
  for (const each of names) {
    if (await removeKept(connection, each)) process.stdout.write(`${each} is removed.\n`);
    else return unknown(each);
  }
  return EXIT.read;
}

async function enter(name: string): Promise<number> {
  const container = await keptContainer(await connect(), name);
  return container === null ? unknown(name) : attached(container, null, 'kept');
}

async function inState(path: string, turn: number, flags: ShellFlags): Promise<number> {
  const engine = createEngine({
    rewardsFile: null,
    reportFile: null,
    mutedRules: [],
    trust: { all: false, hashes: [] },
    roots: [process.cwd()],
  });
  const service = new ReplayService({ storage: flags.storage === undefined ? defaultStorage() : resolve(flags.storage) });
  const cancel = new AbortController();
  const interrupted = (): void => {
    cancel.abort();
  };
  process.once('SIGINT', interrupted);
  let opened: OpenedState;
  try {
    const connection = await connect();
    opened = await openOrReplay(connection, engine, service, path, turn, flags, cancel.signal);
  } catch (error) {
    if (!cancel.signal.aborted) throw error;
    say('Cancelled.');
    return EXIT.unread;
  } finally {
    process.off('SIGINT', interrupted);
    engine.release(path);
    engine.dispose();
    await service.dispose();
  }
  // A terminal that is closed must not leave the container behind.
  const gone = (): void => void opened.close().finally(() => process.exit(EXIT.unread));
  process.once('SIGTERM', gone).once('SIGHUP', gone);
  for (const sentence of opened.uncovered) say(sentence);
  try {
    const name = turn < 0 ? 'before turn 1' : `turn ${turn + 1}`;
    const code = await attached(opened.container, opened.shell, name);
    if (flags.keep === true) {
      const kept = await opened.keep();
      say(`Kept as ${kept}. Enter it: turnpike shell --container ${kept}   Remove it: turnpike shell --remove ${kept}`);
    }
    return code;
  } finally {
    process.off('SIGTERM', gone).off('SIGHUP', gone);
    if (flags.keep !== true) await opened.close();
  }
}

/** From what is kept; where that is not enough, the episode is replayed first, and said so. */
async function openOrReplay(
  connection: Connection,
  engine: Engine,
  service: ReplayService,
  path: string,
  turn: number,
  flags: ShellFlags,
  signal: AbortSignal,
): Promise<OpenedState> {
  const result = await engine.open(path);
  if ('notEpisode' in result)
    throw new StateError(result.notEpisode.problems[0]?.message ?? `${path} is no episode that Turnpike can read.`);
  const rollout = flags.attempt === undefined ? result.opened.episode.best : flags.attempt - 1;
  if (result.opened.rollouts[rollout] === undefined)
    throw new StateError(`The episode has ${result.opened.rollouts.length} attempts: there is no attempt ${rollout + 1}.`);
  const recording = await recordingOf(result.opened, rollout);
  if (turn >= recording.turns.length)
    throw new StateError(`The episode has ${recording.turns.length} turns: there is no turn ${turn + 1}.`);
  const store = (await service.states())!;
  const asked = flags.image !== undefined || flags.repo !== undefined;
  const kept = asked ? null : await service.kept(path, rollout);
  if (kept !== null) {
    try {
      return await openState(connection, { store, run: kept.key, turn });
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      say(error.message);
    }
  }
  const replayed = async (again: boolean): Promise<OpenedState> => {
    const { key } = await service.replay({
      path,
      rollout,
      recording,
      options: {
        image: flags.image ?? null,
        repository: flags.repo !== undefined && flags.base !== undefined ? { directory: resolve(flags.repo), commit: flags.base } : null,
        limits: {},
        until: null,
        runtime: null,
        tests: null,
      },
      again,
      signal,
      progress: (step) => {
        if (step.phase === 'running') say(`Replayed ${step.done} of ${step.of} turns.`, true);
      },
    });
    return openState(connection, { store, run: key, turn });
  };
  try {
    return await replayed(false);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    // The result is known, its states are gone.
    return replayed(true);
  }
}

async function attached(container: OpenedState['container'], state: ShellState | null, title: string): Promise<number> {
  const { stdin, stdout, stderr } = process;
  const terminal = stdin.isTTY === true && stdout.isTTY === true;
  if (terminal) stdin.setRawMode(true);
  try {
    return await attachShell(container, {
      input: stdin,
      output: stdout,
      errors: stderr,
      terminal: terminal ? { columns: stdout.columns, rows: stdout.rows, type: process.env['TERM'] ?? 'dumb' } : null,
      resized: (told) => {
        const tell = (): void => {
          told(stdout.columns, stdout.rows);
        };
        stdout.on('resize', tell);
        return () => void stdout.off('resize', tell);
      },
      title,
      shell: state,
    });
  } finally {
    if (terminal) stdin.setRawMode(false);
    stdin.unref();
  }
}

/** On stderr, which is not part of what a shell prints. `over`: the next sentence takes its place. */
function say(sentence: string, over = false): void {
  process.stderr.write(over && process.stderr.isTTY ? `\r\u001b[K${clean(sentence)}` : `${clean(sentence)}\n`);
}

function wrong(sentence: string): number {
  say(sentence);
  return EXIT.usage;
}

function unknown(name: string): number {
  say(`There is no kept container ${name}. turnpike shell --list names those that there are.`);
  return EXIT.unread;
}
