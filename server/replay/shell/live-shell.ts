/** A shell that lives as long as the episode does: a command costs a round trip on an open stream, not a process. */
import type { Duplex } from 'node:stream';
import type { Container } from 'dockerode';
import { statusOf } from '../docker/answer';
import { cleaned } from './clean';
import { FrameReader, type Ended, type Frame } from './frame';
import type { Printed } from './output';
import { demultiplex, into } from './streams';

export interface ShellWish {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A terminal of this size; null: pipes. */
  readonly terminal: { readonly columns: number; readonly rows: number } | null;
}

export interface RunWish {
  readonly timeoutMs: number;
  readonly outputBytes: number;
  readonly signal?: AbortSignal;
}

/** `late`: it ran out of time and still runs. `dead`: the shell ended (the command was `exit`, or killed it). */
export type RunResult =
  | ({ readonly state: 'ended'; readonly durationMs: number } & Ended)
  | { readonly state: 'late' | 'dead'; readonly printed: Printed; readonly durationMs: number };

export interface ShellResult {
  /** As a terminal shows it: no control sequences, lines ended by one character. */
  readonly text: string;
  readonly printed: number;
  readonly truncated: boolean;
  readonly exitCode: number | null;
  readonly cwd: string | null;
  /** `export -p` of the shell now; null: not known. */
  readonly exported: string | null;
  readonly durationMs: number;
  readonly state: RunResult['state'];
}

/** Where the shell stands now, and what it exports; a command that did not end says nothing of it. */
export const shellResult = (result: RunResult, { cwd, exported }: Pick<ShellResult, 'cwd' | 'exported'>): ShellResult => ({
  text: cleaned(result.printed.text),
  printed: result.printed.bytes,
  truncated: result.printed.truncated,
  exitCode: result.state === 'ended' ? result.exitCode : null,
  cwd,
  exported,
  durationMs: result.durationMs,
  state: result.state,
});

export class LiveShell {
  private reader: { readonly push: (chunk: Buffer) => void; readonly end: () => void } | null = null;
  private closed = false;

  private constructor(private readonly stream: Duplex) {
    const died = (): void => {
      this.closed = true;
      this.reader?.end();
    };
    stream.once('end', died);
    stream.once('close', died);
    stream.on('error', died);
  }

  static async open(container: Container, { command, cwd, env, terminal }: ShellWish): Promise<LiveShell> {
    const handle = await container.exec({
      Cmd: [...command],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: terminal !== null,
      WorkingDir: cwd,
      Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
    });
    const stream: Duplex = await handle.start({ hijack: true, stdin: true, Tty: terminal !== null });
    const shell = new LiveShell(stream);
    if (terminal !== null)
      await handle.resize({ w: terminal.columns, h: terminal.rows }).catch((error: unknown) => {
        // Where the container may start no more processes the shell is gone before it has a size.
        if (![404, 409].includes(statusOf(error) ?? 0)) throw error;
        shell.closed = true;
      });
    const take = (chunk: Buffer): void => {
      shell.reader?.push(chunk);
    };
    // A terminal has one stream; pipes come with a header on each piece.
    if (terminal === null) demultiplex(container, stream, take, take);
    else stream.pipe(into(take));
    return shell;
  }

  get alive(): boolean {
    return !this.closed;
  }

  /** Runs one framed command. One at a time. */
  run(frame: Frame, { timeoutMs, outputBytes, signal }: RunWish): Promise<RunResult> {
    const started = performance.now();
    const reader = new FrameReader(frame.mark, outputBytes);
    return new Promise((resolve) => {
      const finish = (result: { state: 'late' | 'dead' } | ({ state: 'ended' } & Ended)): void => {
        if (this.reader === null) return;
        this.reader = null;
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        const durationMs = performance.now() - started;
        resolve(result.state === 'ended' ? { ...result, durationMs } : { state: result.state, printed: reader.abandon(), durationMs });
      };
      const cancel = (): void => {
        finish({ state: 'late' });
      };
      const timer = setTimeout(cancel, timeoutMs);
      this.reader = {
        push: (chunk) => {
          const ended = reader.push(chunk);
          if (ended !== null) finish({ state: 'ended', ...ended });
        },
        end: () => {
          finish({ state: 'dead' });
        },
      };
      if (this.closed) finish({ state: 'dead' });
      else if (signal?.aborted === true) cancel();
      else {
        signal?.addEventListener('abort', cancel, { once: true });
        this.stream.write(frame.script);
      }
    });
  }

  /** Bytes for the terminal: a key that somebody presses. */
  press(key: string): void {
    if (!this.closed) this.stream.write(key);
  }

  close(): void {
    this.stream.destroy();
  }
}
