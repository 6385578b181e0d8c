import { randomBytes } from 'node:crypto';
import { cleaned } from '../../shell/clean';
import { clearCrowd, exec, killEverything, type ExecResult } from '../../shell/exec';
import { writeFile } from '../../shell/files';
import type { RecordedCommand } from '../../types';
import type { Ran, Session, Stage } from '../runtime';
import { stringAt } from '../values';
import { actionWish } from '../wish';
import type { Dialect } from './dialect';
import { limitOf } from './limit';
import { mustHave } from './place';

/** Where the exported variables wait for the next command. */
const EXPORTS = '/tmp/.turnpike-exports';
const SEPARATOR = '\u001e';

/**
 * `$1` the command, `$2` where it starts, `$3` the mark before the place where it ended, `$4` the file of exports. One pipe
 * takes both streams, so that their order is that of the writes. A command that ends its shell leaves the place as it was.
 * One line, since the shell's messages name the line.
 */
const KEEPING = [
  'exec 2>&1',
  '[ -z "$4" ] || [ ! -f "$4" ] || . "$4"',
  'cd -- "$2"',
  'eval "$1" </dev/null',
  'TURNPIKE_CODE=$?',
  '[ -z "$4" ] || export -p > "$4"',
  String.raw`printf '\036%s %s\036' "$3" "$(pwd -P)"`,
  'exit "$TURNPIKE_CODE"',
].join('; ');

/** A shell per command, which starts where the last one ended, with what it exported, or anew: as the dialect says. */
export class FreshShell implements Session {
  private cwd: string;
  private readonly mark = randomBytes(16).toString('hex');

  private constructor(
    private readonly stage: Stage,
    private readonly dialect: Dialect,
    private readonly interpreter: readonly string[],
  ) {
    this.cwd = stage.restored?.cwd ?? stage.plan.cwd;
  }

  static async open(stage: Stage, dialect: Dialect, interpreter: readonly string[]): Promise<FreshShell> {
    await mustHave(stage.container, stage.plan.cwd);
    const exported = stage.restored?.exported ?? null;
    if (dialect.keeps === 'environment' && exported !== null) await writeFile(stage.container, EXPORTS, exported);
    return new FreshShell(stage, dialect, interpreter);
  }

  async run(command: RecordedCommand, signal: AbortSignal | undefined): Promise<Ran> {
    const { container, limits } = this.stage;
    const wish = actionWish(this.stage, signal, limitOf(command, this.dialect));
    const cwd = stringAt(command.call?.arguments, 'workdir') ?? this.cwd;
    const result = await exec(container, { command: this.words(command.action, cwd), cwd: this.startsIn(cwd), ...wish });
    if (result.timedOut) await killEverything(container);
    const crowd = await clearCrowd(container, limits.pids);
    const printed = this.placed(result);
    const text = (raw: string): string => (this.dialect.trims ? cleaned(raw).trim() : cleaned(raw));
    return {
      observation: text(printed),
      printed: result.merged.bytes,
      truncated: result.merged.truncated,
      ...(this.dialect.keeps === 'nothing' && { streams: { stdout: text(result.stdout.text), stderr: text(result.stderr.text) } }),
      exitCode: result.exitCode,
      timedOut: result.timedOut,
      durationMs: result.durationMs,
      cwd: this.cwd,
      exported: null,
      submission: null,
      problem: result.timedOut
        ? `The command ran longer than ${wish.timeoutMs / 1000} s and was ended.`
        : crowd > 0
          ? `The command left ${crowd} processes behind; they were ended, since nothing else could start.`
          : null,
    };
  }

  close(): void {
    // Nothing is left open between commands.
  }

  private words(action: string, cwd: string): string[] {
    if (this.dialect.keeps === 'nothing') return [...this.interpreter, action];
    const file = this.dialect.keeps === 'environment' ? EXPORTS : '';
    // `$0` is what the shell calls itself in its messages.
    return [...this.interpreter, KEEPING, this.interpreter[0]!, action, cwd, this.mark, file];
  }

  /** The script goes to the place itself: one that the last command removed would keep a process from starting. */
  private startsIn(cwd: string): string {
    return this.dialect.keeps === 'nothing' ? cwd : '/';
  }

  /** What was printed without the note of the place, which is taken. Outside of the agent's folder it goes back there. */
  private placed({ merged, exitCode }: ExecResult): string {
    if (this.dialect.keeps === 'nothing') return merged.text;
    const at = merged.text.lastIndexOf(`${SEPARATOR}${this.mark} `);
    if (at < 0) return merged.text;
    const end = merged.text.indexOf(SEPARATOR, at + 1);
    const place = merged.text.slice(at + this.mark.length + 2, end < 0 ? undefined : end);
    const home = this.stage.plan.cwd;
    const inside = place === home || place.startsWith(home.endsWith('/') ? home : `${home}/`);
    if (this.dialect.keeps === 'environment') this.cwd = place;
    else if (exitCode === 0) this.cwd = inside ? place : home;
    return merged.text.slice(0, at) + (end < 0 ? '' : merged.text.slice(end + 1));
  }
}
