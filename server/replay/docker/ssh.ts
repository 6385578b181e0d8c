/**
 * An engine behind ssh, reached as the `docker` command does it: by the user's own ssh, so that its configuration, keys, agent,
 * jump hosts and, above all, its known hosts count. A library of ours would take any host for the right one.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Asked for nothing: there is nobody to answer. */
const OPTIONS = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-o', 'ServerAliveInterval=15', '-T'];
const SAID = 2_000;
/** Parallel connections: SSH servers refuse more than ten unauthenticated ones at once. */
const CONNECTIONS = 8;

/** Arguments of ssh; a host or user never reads as an option of it. */
export function sshArguments(url: URL): string[] {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return [
    ...OPTIONS,
    ...(url.username === '' ? [] : ['-l', decodeURIComponent(url.username)]),
    ...(url.port === '' ? [] : ['-p', url.port]),
    '--',
    host,
    // Where the address has a path it is the socket on the other machine.
    ...(url.pathname.length > 1
      ? [`docker --host ${word(`unix://${decodeURIComponent(url.pathname)}`)} system dial-stdio`]
      : ['docker system dial-stdio']),
  ];
}

const word = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Connections of HTTP that are processes of ssh, kept open and used again. `program`: another one than `ssh`. */
export function sshAgent(url: URL, program = 'ssh'): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: CONNECTIONS, timeout: 0 });
  const connection = (): Duplex => new SshConnection(spawn(program, sshArguments(url), { stdio: ['pipe', 'pipe', 'pipe'] }));
  return Object.assign(agent, { createConnection: connection });
}

/** Standard input and output of ssh as one connection; what it says when it ends is the reason. */
class SshConnection extends Duplex {
  private said = '';

  constructor(private readonly child: ChildProcessWithoutNullStreams) {
    super({ allowHalfOpen: true });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.said = (this.said + text).slice(-SAID);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stdin.on('error', () => undefined);
    child.once('error', (error: NodeJS.ErrnoException) => {
      this.destroy(new Error(error.code === 'ENOENT' ? 'there is no program "ssh" here' : `ssh could not be started: ${error.message}`));
    });
    child.once('close', (code) => {
      this.push(null);
      this.destroy(code === 0 ? undefined : this.failure(code));
    });
  }

  private failure(code: number | null): Error {
    const last = this.said.trim().split('\n').slice(-3).join(' ').trim();
    return Object.assign(new Error(last === '' ? `ssh ended with exit code ${String(code)}` : `ssh says: ${last}`), { code: 'ECONNRESET' });
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.child.stdin.write(chunk, (error) => {
      done(error ?? null);
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    this.child.stdin.end(() => {
      done();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.child.kill();
    done(error);
  }

  // What HTTP asks of a socket. Time limits are the callers'.
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    for (const part of this.parts()) part.ref();
    return this;
  }
  /** One that waits to be used again does not keep the process alive. */
  unref(): this {
    for (const part of this.parts()) part.unref();
    return this;
  }

  private parts(): { ref(): unknown; unref(): unknown }[] {
    const { stdin, stdout, stderr } = this.child;
    return [this.child, ...([stdin, stdout, stderr] as unknown as Socket[])];
  }
}
