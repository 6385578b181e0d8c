/** Texts of one state of a file, read by slice. */
import { open, type FileHandle } from 'node:fs/promises';
import { charLength, decode, decodeHead, type Passage, type Span } from '../episode/index';
import { LineIndex } from './line-index';

/** A span longer than this is not read at once. */
const SPAN_LIMIT = 512 * 2 ** 20;

/** The file is no longer what was read: ask for it again. */
export class StaleFileError extends Error {
  constructor(path: string) {
    super(`${path} changed since it was read. It is being read again.`);
    this.name = 'StaleFileError';
  }
}

export class OpenFile {
  private lines: Promise<LineIndex> | null = null;
  private closed = false;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    readonly size: number,
    private readonly mtimeMs: number,
  ) {}

  /** @param state of the file as it was read; bytes of any other state are refused */
  static async of(path: string, state: { readonly size: number; readonly mtimeMs: number }): Promise<OpenFile> {
    return new OpenFile(path, await open(path, 'r'), state.size, state.mtimeMs);
  }

  /** @throws StaleFileError when the file was rewritten in place */
  async bytes({ start, end }: Span): Promise<Uint8Array> {
    if (this.closed) throw new StaleFileError(this.path);
    const from = Math.max(0, Math.min(start, this.size));
    const length = Math.min(Math.max(0, Math.min(end, this.size) - from), SPAN_LIMIT);
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.handle.read(buffer, filled, length - filled, from + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    const now = await this.handle.stat();
    if (now.size !== this.size || now.mtimeMs !== this.mtimeMs) throw new StaleFileError(this.path);
    return buffer.subarray(0, filled);
  }

  /** At most `limit` UTF-16 units; `wholeLength` null: the text is whole. */
  async text({ span, encoding }: Passage, limit = Number.POSITIVE_INFINITY): Promise<{ text: string; wholeLength: number | null }> {
    const bytes = await this.bytes(span);
    if (bytes.length <= limit) return { text: decode(bytes, encoding).text, wholeLength: null };
    const wholeLength = charLength(bytes, encoding);
    return wholeLength <= limit
      ? { text: decode(bytes, encoding).text, wholeLength: null }
      : { text: decodeHead(bytes, encoding, limit), wholeLength };
  }

  async position(byte: number): Promise<{ line: number; character: number }> {
    this.lines ??= LineIndex.of(this.handle, this.size);
    const { line, start } = (await this.lines).lineAt(Math.min(byte, this.size));
    const before = await this.bytes({ start, end: byte });
    return { line, character: new TextDecoder().decode(before).length };
  }

  close(): Promise<void> {
    this.closed = true;
    return this.handle.close();
  }
}
