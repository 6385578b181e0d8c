/** Texts of many passages with few reads: passages that stand near each other in the file are read together. */
import { decode, type Passage, type Span } from '../../episode/index';

/** Passages further apart than this are read apart. */
const GAP = 64 * 1024;
/** One read is at most this long, unless a single passage is longer. */
const READ = 4 << 20;

interface Wanted {
  readonly index: number;
  readonly passage: Passage;
}

/**
 * The whole texts of passages, in the given order.
 * @param read bytes of the file by range
 */
export async function readPassages(
  read: (span: Span) => Promise<Uint8Array>,
  passages: readonly Passage[],
  signal?: AbortSignal,
): Promise<string[]> {
  const texts = new Array<string>(passages.length).fill('');
  const sorted: Wanted[] = passages
    .map((passage, index) => ({ index, passage }))
    .sort((a, b) => a.passage.span.start - b.passage.span.start);
  for (let i = 0; i < sorted.length;) {
    const start = sorted[i]?.passage.span.start ?? 0;
    let end = sorted[i]?.passage.span.end ?? start;
    let next = i + 1;
    for (let candidate = sorted[next]; candidate !== undefined; candidate = sorted[++next]) {
      const { span } = candidate.passage;
      if (span.start - end > GAP || Math.max(end, span.end) - start > READ) break;
      end = Math.max(end, span.end);
    }
    signal?.throwIfAborted();
    const bytes = await read({ start, end });
    for (; i < next; i++) {
      const wanted = sorted[i];
      if (wanted === undefined) continue;
      const { span, encoding } = wanted.passage;
      texts[wanted.index] = decode(bytes.subarray(span.start - start, span.end - start), encoding).text;
    }
  }
  return texts;
}
