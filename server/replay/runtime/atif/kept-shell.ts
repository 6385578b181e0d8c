import { PtyBash } from '../../shell/pty-bash';
import { quoted } from '../../shell/quote';
import { restoring } from '../../shell/restore';
import type { RecordedCommand } from '../../types';
import type { Ran, Session, Stage } from '../runtime';
import { actionWish } from '../wish';
import type { Dialect } from './dialect';
import { limitOf } from './limit';
import { mustHave } from './place';

/** One bash on a terminal for all commands. */
export class KeptShell implements Session {
  private constructor(
    private readonly bash: PtyBash,
    private readonly stage: Stage,
    private readonly dialect: Dialect,
  ) {}

  static async open(stage: Stage, dialect: Dialect): Promise<KeptShell> {
    await mustHave(stage.container, stage.plan.cwd);
    const bash = await PtyBash.open(stage.container, {});
    const shell = new KeptShell(bash, stage, dialect);
    await bash.run(
      stage.restored === undefined ? `cd -- ${quoted(stage.plan.cwd)}` : restoring(stage.restored),
      actionWish(stage, undefined),
    );
    return shell;
  }

  async run(command: RecordedCommand, signal: AbortSignal | undefined): Promise<Ran> {
    const wish = actionWish(this.stage, signal, limitOf(command, this.dialect));
    const result = await this.bash.run(command.action, wish);
    signal?.throwIfAborted();
    return {
      observation: this.dialect.trims ? result.text.trim() : result.text,
      printed: result.printed,
      truncated: result.truncated,
      exitCode: result.exitCode,
      timedOut: result.state === 'late',
      durationMs: result.durationMs,
      cwd: result.cwd,
      exported: result.exported,
      submission: null,
      problem:
        result.state === 'late'
          ? `The command ran longer than ${wish.timeoutMs / 1000} s and was interrupted.`
          : result.state === 'dead'
            ? 'The command ended the shell. The next one runs in a new shell, with the same directory and exported variables.'
            : null,
    };
  }

  close(): void {
    this.bash.close();
  }
}
