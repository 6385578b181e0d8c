/**
 * A login bash on pipes, as SWE-agent 0.x kept one in its container: `ls` prints a line each, commands of the agent are
 * functions of the shell, so a command that takes too long is killed beside the shell, never with it.
 */
import type { Container } from 'dockerode';
import { exec } from './exec';
import { bashFrame, scriptFrame } from './frame';
import { LiveShell, shellResult, type ShellResult, type RunWish } from './live-shell';

const QUICK = { timeoutMs: 5_000, outputBytes: 64 * 1024 };
/** A shell that starts a process takes milliseconds; one among a bomb, seconds. */
const ANSWER_MS = 3_000;
/** Kills all but PID 1, the shell $1 and itself; again, until nothing new has come. */
const KILL_OTHERS =
  'for n in 1 2 3; do for p in /proc/[0-9]*; do p=${p#/proc/}; case $p in 1|"$1"|$$) ;; *) kill -9 "$p" 2>/dev/null;; esac; done; done';

export class PipeBash {
  private pid = '';
  private now: Pick<ShellResult, 'cwd' | 'exported'> = { cwd: null, exported: null };

  private constructor(
    private readonly container: Container,
    private readonly shell: LiveShell,
  ) {}

  static async open(container: Container): Promise<PipeBash> {
    const shell = await LiveShell.open(container, { command: ['/bin/bash', '-l'], cwd: '/', env: {}, terminal: null });
    const bash = new PipeBash(container, shell);
    const { text, state } = await bash.run('echo $$', QUICK);
    if (state !== 'ended') throw new Error('The image has no /bin/bash, in which SWE-agent 0.x ran its commands.');
    bash.pid = text.trim();
    return bash;
  }

  get alive(): boolean {
    return this.shell.alive;
  }

  /**
   * Whether a process can start. One among a fork bomb would wait for its turn for ever: what keeps it from starting is killed,
   * and where not even that can start, the container is started again, with its files and without this shell.
   */
  async ready(): Promise<void> {
    if (!(await this.crowded())) return;
    await this.interrupt().catch(() => undefined);
    if (!this.shell.alive || !(await this.crowded())) return;
    this.shell.close();
    await this.container.restart({ t: 0 });
  }

  private async crowded(): Promise<boolean> {
    const answer = await this.shell.run(scriptFrame('(:)'), { ...QUICK, timeoutMs: ANSWER_MS });
    return answer.state === 'late' || answer.printed.text.includes('fork: ');
  }

  async run(command: string, wish: RunWish): Promise<ShellResult> {
    const result = await this.shell.run(bashFrame(command, 'nothing'), wish);
    if (result.state === 'late') await this.interrupt();
    if (result.state === 'ended') this.now = result;
    return shellResult(result, this.now);
  }

  close(): void {
    this.shell.close();
  }

  private async interrupt(): Promise<void> {
    await exec(this.container, { command: ['/bin/sh', '-c', KILL_OTHERS, 'sh', this.pid], timeoutMs: 10_000, outputBytes: 1024 });
    // What the killed command still had to say goes with this one; a shell that does not answer is itself what hangs.
    const answer = await this.shell.run(bashFrame(':', 'nothing'), QUICK);
    if (answer.state === 'ended') return;
    await exec(this.container, { command: ['/bin/sh', '-c', 'kill -9 "$1"', 'sh', this.pid], timeoutMs: 10_000, outputBytes: 1024 });
    this.shell.close();
  }
}
