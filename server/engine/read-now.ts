import { statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { readEpisode, type Problem, type ReadResult } from '../episode/index';
import { FileSource } from './file-source';

/** What was read, of which state of the file. */
export interface FileRead {
  readonly size: number;
  readonly mtimeMs: number;
  /** Time of the read itself. */
  readonly ms: number;
  /** Peak memory of the process after the read, in bytes. */
  readonly peak: number;
}

export type FileReadResult = ReadResult & FileRead;

/**
 * Reads a file on this thread. One more try where the file changed meanwhile; if it goes on changing, the result says
 * so. Never throws for what a path or a file holds. `progress` is told each byte that the scan reaches; `limit`: how long a
 * file that is cut off is scanned, in milliseconds.
 */
export function readNow(path: string, progress?: (byte: number) => void, limit = CUT_SCAN_MS): FileReadResult {
  const began = performance.now();
  try {
    for (let last = false; ; last = true) {
      const { result, size, mtimeMs, changed } = readOnce(path, limit, progress);
      const facts = { size, mtimeMs, ms: performance.now() - began, peak: process.resourceUsage().maxRSS * 1024 };
      if (!changed) return { ...result, ...facts };
      const costly = isDamaged(result) && facts.ms > limit;
      if (last || costly) return { ...withProblem(result, last ? CHANGED_TWICE : CHANGED), ...facts };
    }
  } catch (error) {
    return { ...refused(sentenceOf(error)), size: 0, mtimeMs: 0, ms: performance.now() - began, peak: 0 };
  }
}

/**
 * Bad input ends within 10 s: a file that is cut off is scanned this long, and any damaged file is read {@link READ_SHARE}
 * times as long, its scan included. What follows (rewards, findings, the answer) takes time by the turn, so by these
 * limits too.
 */
const CUT_SCAN_MS = 1200;
const READ_SHARE = 2.5;

/** Bytes at the end that are looked at for the bracket of a whole JSON text. */
const TAIL = 4096;

/** Whether a file ends without a closing bracket, as one does that is half-written. */
function endsOpen(source: FileSource): boolean {
  const tail = source.read(Math.max(0, source.size - TAIL), source.size);
  let at = tail.length - 1;
  while (at >= 0 && (tail[at] === 0x20 || tail[at] === 0x0a || tail[at] === 0x0d || tail[at] === 0x09)) at--;
  return tail[at] !== 0x7d && tail[at] !== 0x5d;
}

/** Ends the scan of a cut-off file after {@link CUT_SCAN_MS}. A whole file is read to its end, however large. */
function bounded(source: FileSource, limit: number, progress?: (byte: number) => void): (byte: number) => string | null {
  const began = performance.now();
  let open: boolean | null = null;
  return (byte) => {
    progress?.(byte);
    if (performance.now() - began < limit) return null;
    open ??= endsOpen(source);
    return open ? `the file has no end (it is half-written), and its scan was stopped after ${limit / 1000} s` : null;
  };
}

/** Tells when a share of the time between the first question and `end` is over. */
function late(end: number): (share: number) => boolean {
  let began: number | null = null;
  return (share) => {
    const now = performance.now();
    began ??= now;
    return now - began > (end - began) * share;
  };
}

function readOnce(
  path: string,
  limit: number,
  progress?: (byte: number) => void,
): { result: ReadResult; size: number; mtimeMs: number; changed: boolean } {
  // A pipe or a device would hang or never end when opened.
  const stat = statSync(path);
  if (!stat.isFile()) throw Object.assign(new Error(), { code: stat.isDirectory() ? 'EISDIR' : 'ENOTFILE' });
  const source = new FileSource(path);
  try {
    const end = performance.now() + READ_SHARE * limit;
    const result = readEpisode(source, { progress: bounded(source, limit, progress), late: late(end) });
    const now = statSync(path, { throwIfNoEntry: false });
    // Compared by path as well: writers that replace the file leave the open one as it was.
    const changed = !source.unchanged() || now === undefined || now.ino !== stat.ino || now.size !== source.size;
    return { result, size: source.size, mtimeMs: source.mtimeMs, changed };
  } finally {
    source.close();
  }
}

const CHANGED = 'The file changed while it was read. What is shown may mix two states of it; it is read again when it rests.';
const CHANGED_TWICE = 'The file changed while it was read, twice. What is shown may mix two states of it; it is read again when it rests.';

/** A result without an episode, for one reason. */
export function refused(message: string): ReadResult {
  return { notEpisode: { recognised: null, problems: [problem('error', message)] } };
}

function isDamaged(result: ReadResult): boolean {
  const { problems } = 'episode' in result ? result.episode : result.notEpisode;
  return problems.some(({ severity }) => severity === 'error');
}

function withProblem(result: ReadResult, message: string): ReadResult {
  const added = problem('warning', message);
  return 'episode' in result
    ? { episode: { ...result.episode, problems: [...result.episode.problems, added] } }
    : { notEpisode: { ...result.notEpisode, problems: [...result.notEpisode.problems, added] } };
}

function problem(severity: Problem['severity'], message: string): Problem {
  return { message, byte: null, line: null, turn: null, severity };
}

/** A sentence, with the way out, for an error of the file system. */
export function sentenceOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'There is no such file. Check the path; it may have been moved or deleted.';
    case 'EISDIR':
      return 'This is a directory, not a file. Name one of the trajectory files in it.';
    case 'ENOTFILE':
      return 'This is a pipe, socket or device, not a file. Save its content to a file first.';
    case 'EACCES':
    case 'EPERM':
      return 'There is no permission to read this file. Change its permissions, or open it as the user who owns it.';
    case 'ELOOP':
      return 'The path goes in a circle of symbolic links. Name the file itself.';
    case 'ENAMETOOLONG':
      return 'The path is longer than the file system allows.';
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many files are open. Close some, and open this one again.';
    case 'EIO':
      return 'The disk gave an error while the file was read. Try a copy of the file.';
    case 'ERR_WORKER_OUT_OF_MEMORY':
    case 'ERR_BUFFER_TOO_LARGE':
      return 'The file needs more memory than Turnpike takes for one file. Split it, or remove its longest texts.';
    default:
      return `The file can't be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
