import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../episode/index';

/** Small reads are served from one window of the file. */
const WINDOW = 256 << 10;
const ALIGN = 64 << 10;

/** Reads up to this size share one buffer, which the next large read overwrites. */
const LARGE = 4 << 20;

/** A byte source over an open file. Synchronous: made for worker threads. */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly mtimeMs: number;
  private readonly fd: number;
  private readonly window = Buffer.allocUnsafe(WINDOW);
  private windowStart = 0;
  private windowEnd = 0;
  private large: Buffer | null = null;

  /** @throws an error with a `code` (`ENOENT`, `EACCES`, `EISDIR`, …) */
  constructor(path: string) {
    this.fd = openSync(path, 'r');
    const stat = fstatSync(this.fd);
    if (!stat.isFile()) {
      closeSync(this.fd);
      throw Object.assign(new Error('not a regular file'), { code: stat.isDirectory() ? 'EISDIR' : 'ENOTFILE' });
    }
    this.size = stat.size;
    this.mtimeMs = stat.mtimeMs;
  }

  read(start: number, end: number): Uint8Array {
    const from = Math.max(0, Math.min(start, this.size));
    const to = Math.max(from, Math.min(end, this.size));
    if (from >= this.windowStart && to <= this.windowEnd) {
      return this.window.subarray(from - this.windowStart, to - this.windowStart);
    }
    const aligned = from - (from % ALIGN);
    if (to - aligned > WINDOW) return this.fill(this.largeBuffer(to - from), from, to - from);
    const got = this.fill(this.window, aligned, Math.min(WINDOW, this.size - aligned));
    this.windowStart = aligned;
    this.windowEnd = aligned + got.length;
    return got.subarray(from - aligned, to - aligned);
  }

  /** Whether the file is still what it was when it was opened. */
  unchanged(): boolean {
    const now = fstatSync(this.fd);
    return now.size === this.size && now.mtimeMs === this.mtimeMs;
  }

  close(): void {
    closeSync(this.fd);
  }

  private largeBuffer(length: number): Buffer {
    if (length > LARGE) return Buffer.allocUnsafe(length);
    return (this.large ??= Buffer.allocUnsafe(LARGE));
  }

  private fill(buffer: Buffer, position: number, length: number): Buffer {
    let filled = 0;
    while (filled < length) {
      const count = readSync(this.fd, buffer, filled, length - filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return buffer.subarray(0, filled);
  }
}
