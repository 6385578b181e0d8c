/** Line and column of a byte, for editors that show the raw file. Built on first use: one pass for newlines. */
import type { FileHandle } from 'node:fs/promises';

const CHUNK = 4 << 20;
const NEWLINE = 10;

export class LineIndex {
  private constructor(private readonly starts: Float64Array) {}

  static async of(file: FileHandle, size: number): Promise<LineIndex> {
    let starts = new Float64Array(1024);
    let count = 1; // line 1 starts at byte 0
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, size)));
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, size - at), at);
      if (bytesRead === 0) break;
      const seen = chunk.subarray(0, bytesRead);
      for (let i = seen.indexOf(NEWLINE); i !== -1; i = seen.indexOf(NEWLINE, i + 1)) {
        if (count === starts.length) {
          const grown = new Float64Array(starts.length * 2);
          grown.set(starts);
          starts = grown;
        }
        starts[count++] = at + i + 1;
      }
      at += bytesRead;
    }
    return new LineIndex(starts.subarray(0, count));
  }

  /** 1-based line that holds the byte, and the byte at which it starts. */
  lineAt(byte: number): { readonly line: number; readonly start: number } {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.starts[middle] ?? 0) <= byte) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, start: this.starts[low] ?? 0 };
  }
}
