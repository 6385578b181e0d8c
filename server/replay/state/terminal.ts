/** A person's own shell in a container, over the engine's API: no `docker` program is needed. */
import type { Duplex } from 'node:stream';
import type { Container } from 'dockerode';
import { SHELL_STATE } from '../docker/reap';
import { exec } from '../shell/exec';
import { writeFile } from '../shell/files';

import { restoring } from '../shell/restore';
import { demultiplex } from '../shell/streams';
import type { ShellState } from './types';

export interface TerminalWish {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly errors: NodeJS.WritableStream;
  /** A terminal of this size and type; null: commands come through a pipe, as from a script. */
  readonly terminal: { readonly columns: number; readonly rows: number; readonly type: string } | null;
  /** Calls back whenever the terminal has another size; returns what ends that. */
  readonly resized?: (told: (columns: number, rows: number) => void) => () => void;
  /** Before each prompt. */
  readonly title: string;
  /** Null: a kept container knows by itself. */
  readonly shell: ShellState | null;
}

const FOLDER = '/run/turnpike';
const START = 'if command -v bash >/dev/null 2>&1; then exec bash "$@"; else exec sh; fi';

/** Resolves with the shell's exit code when it ends. */
export async function attachShell(container: Container, wish: TerminalWish): Promise<number> {
  const { terminal, input, output, errors } = wish;
  await exec(container, { command: ['mkdir', '-p', FOLDER], timeoutMs: 60_000, outputBytes: 1024 });
  await writeFile(container, `${FOLDER}/bashrc`, startOf(wish));
  await writeFile(container, `${FOLDER}/shrc`, [restoring({ cwd: wish.shell?.cwd ?? null, exported: null }), prompt(wish), ''].join('\n'));
  const handle = await container.exec({
    Cmd: ['/bin/sh', '-c', START, 'sh', ...(terminal === null ? [] : ['--rcfile', `${FOLDER}/bashrc`, '-i'])],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: terminal !== null,
    Env: terminal === null ? [`BASH_ENV=${FOLDER}/bashrc`] : [`ENV=${FOLDER}/shrc`],
  });
  const stream: Duplex = await handle.start({ hijack: true, stdin: true, Tty: terminal !== null });
  const ended = new Promise<void>((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('close', resolve);
    stream.once('error', reject);
  });
  const resize = (columns: number, rows: number): void => void handle.resize({ w: columns, h: rows }).catch(() => undefined);
  if (terminal !== null) resize(terminal.columns, terminal.rows);
  const settle = terminal === null ? undefined : wish.resized?.(resize);
  if (terminal === null)
    demultiplex(
      container,
      stream,
      (chunk) => void output.write(chunk),
      (chunk) => void errors.write(chunk),
    );
  else stream.on('data', (chunk: Buffer) => void output.write(chunk));
  input.pipe(stream);
  try {
    await ended;
  } finally {
    settle?.();
    input.unpipe(stream);
    stream.destroy();
  }
  return (await handle.inspect()).ExitCode ?? 0;
}

/** The user's own start file, then what the episode's shell exported, then where it stood. */
function startOf(wish: TerminalWish): string {
  const parts = [
    'unset BASH_ENV',
    wish.terminal === null ? '' : '[ ! -f ~/.bashrc ] || . ~/.bashrc',
    wish.shell === null ? `[ ! -f ${SHELL_STATE} ] || . ${SHELL_STATE}` : restoring(wish.shell),
    // The episode's shell had none of these.
    `export -n PS0 PS1 PS2; unset PS0 PROMPT_COMMAND; PS2='> '; export TERM='${typeOf(wish)}'; set -o history`,
    prompt(wish),
    '',
  ];
  return parts.filter((part) => part !== '').join('\n') + '\n';
}

/** A title is ours; what a shell would act on is left out all the same. */
const prompt = ({ title, terminal }: TerminalWish): string =>
  terminal === null ? '' : `PS1='${title.replaceAll(/[^\w .:–-]/g, '')} \\w \\$ '`;

const typeOf = ({ terminal }: TerminalWish): string => (/^[\w.+-]+$/.test(terminal?.type ?? '') ? terminal!.type : 'dumb');
