/** One process of an own reward module: forked with an empty environment, talked to in turns, killed at the end. */
import { fork, type ChildProcess } from 'node:child_process';
import { z } from 'zod';
import type { FromChild, ToChild } from './module-messages';

/** Heap of a module's process. */
const HEAP_MB = 512;

export type Answer = FromChild | { readonly t: 'exit'; readonly how: string } | { readonly t: 'timeout' };

/** A module may say anything over its process's channel: nothing of it is taken unseen. */
const position = z.number().int();
const text = z.string().max(2000);
const fromChild: z.ZodType<FromChild> = z.union([
  z.object({ t: z.literal('ready') }),
  z.object({ t: z.literal('loaded'), scope: z.enum(['turn', 'episode']) }),
  z.object({ t: z.literal('score'), position, number: text.nullable() }),
  z.object({ t: z.literal('score'), position, wrong: text }),
  z.object({ t: z.literal('score'), position, threw: text }),
  z.object({ t: z.literal('done') }),
  z.object({ t: z.literal('broke'), message: text }),
]);

/** Nothing of the server's environment but what a process needs to start: own code sees no token and no key. */
function emptyEnvironment(): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {};
  if (process.env['SystemRoot'] !== undefined) kept['SystemRoot'] = process.env['SystemRoot'];
  // Inside VS Code the server's own program is Electron, which is Node only when told so.
  if (process.versions['electron'] !== undefined) kept['ELECTRON_RUN_AS_NODE'] = '1';
  return kept;
}

export class ModuleProcess {
  private readonly child: ChildProcess;
  private readonly answers: Answer[] = [];
  private wake: (() => void) | null = null;

  constructor(script: string, folder: string) {
    this.child = fork(script, [], {
      cwd: folder,
      env: emptyEnvironment(),
      // Not the server's: under a debugger the child would open the same port.
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'json',
    });
    this.child.on('message', (message) => {
      const said = fromChild.safeParse(message);
      this.push(said.success ? said.data : { t: 'broke', message: 'the module sent a message of its own' });
    });
    this.child.on('exit', (code, signal) => this.push({ t: 'exit', how: signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}` }));
    this.child.on('error', (error) => this.push({ t: 'exit', how: error.message }));
  }

  private push(answer: Answer): void {
    this.answers.push(answer);
    this.wake?.();
  }

  /** The next thing that the process says, or that it ended, or that it took too long. */
  async next(ms: number): Promise<Answer> {
    const deadline = performance.now() + ms;
    for (;;) {
      const answer = this.answers.shift();
      if (answer) return answer;
      const left = deadline - performance.now();
      if (left <= 0) return { t: 'timeout' };
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = null;
    }
  }

  /** Resolves when the message is handed over; a process that is gone is told of by {@link next}. */
  send(message: ToChild): Promise<void> {
    return new Promise((resolve) => {
      if (!this.child.connected) resolve();
      else this.child.send(message, () => resolve());
    });
  }

  kill(): void {
    this.child.removeAllListeners();
    this.child.on('error', () => undefined);
    this.child.kill('SIGKILL');
    if (this.child.connected) this.child.disconnect();
    this.push({ t: 'exit', how: 'stopped' });
  }
}
