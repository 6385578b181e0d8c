/**
 * How one command is framed in a long-lived shell: what is sent, and how its end is found in what comes back.
 *
 * The end is a record separator, a random mark that the command can't know, the exit code, the working directory and the
 * exported variables. Marks of 128 random bits make it useless to print old ones.
 */
import { randomBytes } from 'node:crypto';
import { Output, type Printed } from './output';

const SEPARATOR = '\u001e';

export interface Frame {
  /** What is written to the shell: one line. */
  readonly script: string;
  readonly mark: string;
}

export interface Ended {
  readonly printed: Printed;
  readonly exitCode: number;
  readonly cwd: string;
  /** `export -p` of the shell after the command. */
  readonly exported: string;
}

/**
 * Printed by the shell itself: no process is started for it. `builtin`: bash's own commands, also where the agent's functions
 * have their names.
 */
const trailer = (mark: string, builtin: 'builtin ' | ''): string =>
  `${builtin}printf '\\036${mark} %d %s\\036' "$?" "$PWD"; ${builtin}export -p; ${builtin}printf '\\036${mark}\\036'`;

/**
 * Any text as one command for bash. The text crosses as an argument of `printf`, so quotes, here-documents, several lines
 * and characters that a terminal would act on all hold, and no process is started for it.
 *
 * `stdin`: what the command reads from; a terminal stays open, as the recorded run had it.
 */
export function bashFrame(command: string, stdin: 'nothing' | 'terminal'): Frame {
  const mark = newMark();
  const run = stdin === 'nothing' ? 'builtin eval "$TURNPIKE_COMMAND" </dev/null 2>&1' : 'builtin eval "$TURNPIKE_COMMAND"';
  return { mark, script: `builtin printf -v TURNPIKE_COMMAND %b '${escaped(command)}'; ${run}; ${trailer(mark, 'builtin ')}\n` };
}

/** Our own script, which is known to be whole: works in any POSIX shell. */
export function scriptFrame(script: string): Frame {
  const mark = newMark();
  return { mark, script: `{ ${script}\n} </dev/null 2>&1; ${trailer(mark, '')}\n` };
}

const newMark = (): string => `T${randomBytes(16).toString('hex')}`;

/** For `%b` between single quotes. NUL can't be in a command; it is left out, as a shell does. */
const escaped = (text: string): string =>
  text
    .replaceAll('\0', '')
    // eslint-disable-next-line no-control-regex -- control characters are what it is about
    .replace(/[\u0001-\u001f\u007f'\\]/g, (character) => `\\0${character.charCodeAt(0).toString(8).padStart(3, '0')}`);

/** Finds the end of a command in the bytes that come back, wherever the chunks are cut. */
export class FrameReader {
  private readonly output: Output;
  private readonly opening: Buffer;
  private readonly closing: Buffer;
  private tail: Buffer = Buffer.alloc(0);
  private trailer: Buffer | null = null;

  constructor(mark: string, outputBytes: number) {
    // Of both scaffolds that keep a shell open (SWE-ReX, and SWE-agent 0.7; before, such bytes ended the episode).
    this.output = new Output(outputBytes, 'backslashes');
    this.opening = Buffer.from(`${SEPARATOR}${mark} `);
    this.closing = Buffer.from(`${SEPARATOR}${mark}${SEPARATOR}`);
  }

  push(chunk: Buffer): Ended | null {
    if (this.trailer !== null) this.trailer = Buffer.concat([this.trailer, chunk]);
    else {
      const seen = this.tail.length === 0 ? chunk : Buffer.concat([this.tail, chunk]);
      const at = seen.indexOf(this.opening);
      if (at < 0) {
        // Enough is held back that a mark across two chunks is found.
        const safe = Math.max(0, seen.length - this.opening.length + 1);
        this.output.add(seen.subarray(0, safe));
        this.tail = Buffer.from(seen.subarray(safe));
        return null;
      }
      this.output.add(seen.subarray(0, at));
      this.trailer = Buffer.from(seen.subarray(at + this.opening.length));
    }
    const end = this.trailer.indexOf(this.closing);
    if (end < 0) return null;
    const text = this.trailer.subarray(0, end).toString('utf8').replaceAll('\r\n', '\n');
    const cut = text.indexOf(SEPARATOR);
    const head = /^(\d+) ([^]*)$/.exec(text.slice(0, cut));
    return {
      printed: this.output.end(),
      exitCode: Number(head?.[1] ?? NaN),
      cwd: head?.[2] ?? '',
      exported: text.slice(cut + 1),
    };
  }

  /** What came before the end that never came. */
  abandon(): Printed {
    this.output.add(this.tail);
    this.tail = Buffer.alloc(0);
    return this.output.end();
  }
}
