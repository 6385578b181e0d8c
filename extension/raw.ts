import { open } from 'node:fs/promises';

export interface Position {
  readonly line: number;
  readonly character: number;
}

/** 0-based line and UTF-16 column of a byte of a UTF-8 text, a BOM not counted (editors hide it). */
export function positionAt(bytes: Uint8Array, offset: number): Position {
  const end = Math.min(offset, bytes.length);
  let line = 0;
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let i = bytes.indexOf(10); i !== -1 && i < end; i = bytes.indexOf(10, i + 1)) {
    line++;
    start = i + 1;
  }
  return { line, character: end <= start ? 0 : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, end)).length };
}

/** Where a byte range of a file stands in its text; a sentence where the file is too large for a text editor. */
export async function rangeOf(
  path: string,
  span: { readonly start: number; readonly end: number },
  limit: number,
): Promise<{ readonly start: Position; readonly end: Position } | { readonly problem: string }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > limit)
      return {
        problem: `This file has ${(size / 1e6).toFixed(0)} MB; VS Code gives extensions no text above ${(limit / 1048576).toFixed(0)} MB. The readable document shows all of it.`,
      };
    const bytes = new Uint8Array(Math.min(size, Math.max(span.start, span.end)));
    await file.read(bytes, 0, bytes.length, 0);
    return { start: positionAt(bytes, span.start), end: positionAt(bytes, span.end) };
  } finally {
    await file.close();
  }
}
