/** One process in a container, started, bounded in time and output, and waited for. */
import type { Duplex } from 'node:stream';
import type { Container, Exec } from 'dockerode';
import { statusOf } from '../docker/answer';
import type { Undecodable } from './decode';
import { Output, type Printed } from './output';
import { demultiplex } from './streams';

export interface ExecWish {
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Bytes of stdout and of stderr that are kept. */
  readonly outputBytes: number;
  readonly stdin?: Uint8Array;
  /** What becomes of bytes that are no UTF-8. Default: `replace`. */
  readonly undecodable?: Undecodable;
  readonly signal?: AbortSignal;
}

export interface ExecResult {
  readonly stdout: Printed;
  readonly stderr: Printed;
  /** Both, in the order in which the pieces came. Two pipes race: another run may mix them in another way. */
  readonly merged: Printed;
  /** Null where it timed out, or the engine does not say. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
}

/**
 * Runs `command` to its end. A process that outlives its time goes on running in the container (Docker can't kill an exec):
 * the caller kills it, see {@link killEverything}.
 */
export async function exec(container: Container, wish: ExecWish): Promise<ExecResult> {
  const started = performance.now();
  const handle = await container.exec({
    Cmd: [...wish.command],
    AttachStdout: true,
    AttachStderr: true,
    AttachStdin: wish.stdin !== undefined,
    ...(wish.cwd !== undefined && { WorkingDir: wish.cwd }),
    ...(wish.env !== undefined && { Env: Object.entries(wish.env).map(([name, value]) => `${name}=${value}`) }),
  });
  const stream: Duplex = await handle.start({ hijack: true, stdin: wish.stdin !== undefined });
  const output = (): Output => new Output(wish.outputBytes, wish.undecodable ?? 'replace');
  const [stdout, stderr, merged] = [output(), output(), output()];
  demultiplex(
    container,
    stream,
    (chunk) => {
      stdout.add(chunk);
      merged.add(chunk);
    },
    (chunk) => {
      stderr.add(chunk);
      merged.add(chunk);
    },
  );
  if (wish.stdin !== undefined) stream.end(wish.stdin);
  const ended = await settle(stream, wish.timeoutMs, wish.signal);
  const durationMs = performance.now() - started;
  stream.destroy();
  wish.signal?.throwIfAborted();
  const exitCode = ended === 'late' ? null : await exitCodeOf(handle);
  return { stdout: stdout.end(), stderr: stderr.end(), merged: merged.end(), exitCode, timedOut: ended === 'late', durationMs };
}

/** Null where the engine forgot the process: the container was started again meanwhile. */
async function exitCodeOf(handle: Exec): Promise<number | null> {
  try {
    return (await handle.inspect()).ExitCode;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

function settle(stream: Duplex, timeoutMs: number, signal: AbortSignal | undefined): Promise<'ended' | 'late'> {
  return new Promise((resolve, reject) => {
    const done = (how: 'ended' | 'late'): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      resolve(how);
    };
    const cancel = (): void => {
      done('late');
    };
    const timer = setTimeout(() => {
      done('late');
    }, timeoutMs);
    signal?.addEventListener('abort', cancel, { once: true });
    stream.once('end', () => {
      done('ended');
    });
    stream.once('close', () => {
      done('ended');
    });
    stream.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

/** Kills every process of the container but PID 1, which stays (`kill -9 -1` spares it). */
export async function killEverything(container: Container): Promise<void> {
  await exec(container, { command: ['/bin/sh', '-c', 'kill -9 -1'], timeoutMs: 10_000, outputBytes: 1024 });
}

/**
 * Ends what a command left behind where it takes more than half of the processes that the container may have: nothing else
 * could start. The file system stays. Returns how many there were; 0: nothing was done.
 */
export async function clearCrowd(container: Container, limit: number): Promise<number> {
  const crowd = await processes(container);
  if (crowd <= limit / 2) return 0;
  // Where no process can start, no kill can either: starting the container again ends them all.
  await container.restart({ t: 0 });
  return crowd;
}

/** Asked of the engine's list: its statistics take a second each time. */
async function processes(container: Container): Promise<number> {
  const { Processes } = (await container.top()) as { readonly Processes?: readonly unknown[] };
  return Processes?.length ?? 0;
}
