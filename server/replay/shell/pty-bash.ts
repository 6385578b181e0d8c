/**
 * Bash on a terminal of 80 × 24 without echo, as SWE-ReX opened it for SWE-agent 1.x: programs see a terminal (`ls` prints
 * columns), both streams are one, and a command that takes too long is interrupted as by Ctrl-C.
 */
import type { Container } from 'dockerode';
import { killEverything } from './exec';
import { bashFrame, scriptFrame } from './frame';
import { LiveShell, shellResult, type ShellResult, type RunWish } from './live-shell';

const TERMINAL = { columns: 80, rows: 24 };
const INTERRUPT = '\u0003';
const SUSPEND = '\u001a';
/** What is waited for after a key. */
const KEY_MS = 1_000;
const QUICK = { timeoutMs: 10_000, outputBytes: 64 * 1024 };

export class PtyBash {
  cwd = '/';
  /** `export -p` after the last command that ended. */
  exported = '';

  private constructor(
    private readonly container: Container,
    private readonly env: Readonly<Record<string, string>>,
    private shell: LiveShell,
  ) {}

  static async open(container: Container, env: Readonly<Record<string, string>>): Promise<PtyBash> {
    const bash = new PtyBash(container, env, await start(container, env));
    await bash.run('[ -f /root/.bashrc ] && source /root/.bashrc; PS1= PS2= PS0=', QUICK);
    return bash;
  }

  async run(command: string, wish: RunWish): Promise<ShellResult> {
    await this.listening();
    const result = await this.shell.run(bashFrame(command, 'terminal'), wish);
    if (result.state === 'late') await this.interrupt();
    if (result.state === 'dead') await this.restore();
    if (result.state === 'ended') {
      this.cwd = result.cwd;
      this.exported = result.exported;
    }
    return shellResult(result, this);
  }

  /**
   * Whether the shell takes a command and can start a process. One whose input the last command closed ends a moment later,
   * and what is sent to it then would be lost, unseen; one among a fork bomb would wait for its turn for ever.
   */
  private async listening(): Promise<void> {
    if (this.shell.alive) {
      const answer = await this.shell.run(scriptFrame('(:)'), { ...QUICK, timeoutMs: KEY_MS });
      const crowded = answer.state === 'late' || answer.printed.text.includes('fork: ');
      if (!crowded && answer.state === 'ended') return;
      if (crowded) await killEverything(this.container);
    }
    await this.restore();
  }

  close(): void {
    this.shell.close();
  }

  /** Ctrl-C up to three times, then Ctrl-Z and a kill, as SWE-ReX does; last of all a new shell in the old place. */
  private async interrupt(): Promise<void> {
    for (const keys of [INTERRUPT, INTERRUPT, INTERRUPT, SUSPEND]) {
      this.shell.press(keys);
      await new Promise((done) => setTimeout(done, 50));
      const answer = await this.shell.run(bashFrame(keys === SUSPEND ? 'kill -9 %1' : ':', 'terminal'), { ...QUICK, timeoutMs: KEY_MS });
      if (answer.state === 'dead') break;
      if (answer.state !== 'ended') continue;
      // Bash tells of the end of a job with the command after it: that one is ours, not the episode's.
      await this.shell.run(bashFrame(':', 'terminal'), QUICK);
      return;
    }
    await killEverything(this.container);
    await this.restore();
  }

  /** The shell is gone: another one where it stood, with what it exported. Functions and jobs are lost. */
  private async restore(): Promise<void> {
    this.shell.close();
    this.shell = await start(this.container, this.env);
    if (!this.shell.alive) {
      // A crowd of processes leaves no room for a shell: starting the container again ends them all, and keeps the files.
      await this.container.restart({ t: 0 });
      this.shell = await start(this.container, this.env);
    }
    await this.shell.run(bashFrame(`${this.exported}\ncd -- '${this.cwd.replaceAll("'", String.raw`'\''`)}'`, 'terminal'), QUICK);
  }
}

async function start(container: Container, env: Readonly<Record<string, string>>): Promise<LiveShell> {
  const shell = await LiveShell.open(container, {
    // Without readline, which would act on tabs and on every other key of a command.
    command: ['bash', '--noediting', '-i'],
    cwd: '/',
    env: { ...env, PS1: '', PS2: '', PS0: '' },
    terminal: TERMINAL,
  });
  // The engine's own TERM promises colours; SWE-ReX had none.
  await shell.run(bashFrame('stty -icanon -echo; unset TERM; TERM=dumb; set +o history; PS1= PS2= PS0=', 'terminal'), QUICK);
  return shell;
}
