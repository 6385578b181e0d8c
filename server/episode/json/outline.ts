import type { ByteSource } from '../types';
import type { ValueKind } from './scan';
import { Scanner, type ContainerKind, type Damage, type ScanSink } from './scan';
import type { Shape } from './shape';

/** Bytes read at a time. */
export const CHUNK = 4 << 20;

/** Most nodes that an outline holds, about 150 MB; announced when it is reached. */
export const NODE_LIMIT = 4_000_000;

/** Most different member names; far fewer than any format has. */
const NAME_LIMIT = 200_000;

const COMPLETE = 0x80;
const KIND = 0x0f;

/**
 * The nodes of a JSON text that a {@link Shape} enters, in columns: a 10,000-turn file is 80,000 nodes and 3 MB.
 * Node ids grow in file order; -1 is no node. Offsets are doubles, so files above 4 GB work.
 */
export class Outline implements ScanSink {
  count = 0;
  readonly names: string[] = [];
  readonly roots: number[] = [];

  private kinds: Uint8Array;
  private starts: Float64Array;
  private ends: Float64Array;
  private keys: Int32Array;
  private parents: Int32Array;
  private firsts: Int32Array;
  private nexts: Int32Array;
  private counts: Int32Array;

  private readonly ids = new Map<string, number>();
  private readonly rawIds = new Map<string, number>();
  private readonly open_: number[] = [];
  private readonly last: number[] = [];
  private pendingKey = -1;

  constructor(private capacity = 64) {
    this.kinds = new Uint8Array(capacity);
    this.starts = new Float64Array(capacity);
    this.ends = new Float64Array(capacity);
    this.keys = new Int32Array(capacity);
    this.parents = new Int32Array(capacity);
    this.firsts = new Int32Array(capacity);
    this.nexts = new Int32Array(capacity);
    this.counts = new Int32Array(capacity);
  }

  kind(node: number): ValueKind {
    return this.kinds[node]! & KIND;
  }
  complete(node: number): boolean {
    return (this.kinds[node]! & COMPLETE) !== 0;
  }
  start(node: number): number {
    return this.starts[node]!;
  }
  end(node: number): number {
    return this.ends[node]!;
  }
  /** Index into {@link names}, or -1. */
  keyId(node: number): number {
    return this.keys[node]!;
  }
  idOf(name: string): number {
    return this.ids.get(name) ?? -1;
  }
  parent(node: number): number {
    return this.parents[node]!;
  }
  first(node: number): number {
    return this.firsts[node]!;
  }
  next(node: number): number {
    return this.nexts[node]!;
  }
  childCount(node: number): number {
    return this.counts[node]!;
  }

  key(raw: string): string {
    let id = this.rawIds.get(raw);
    if (id === undefined) {
      const name = keyName(raw);
      id = this.ids.get(name);
      if (id === undefined) {
        id = this.names.length;
        this.names.push(name);
        this.ids.set(name, id);
      }
      this.rawIds.set(raw, id);
    }
    this.pendingKey = id;
    return this.names[id]!;
  }

  open(kind: ContainerKind, start: number): void {
    const node = this.add(kind, start);
    this.open_.push(node);
    this.last.push(-1);
  }

  close(end: number): void {
    const node = this.open_.pop()!;
    this.last.pop();
    this.ends[node] = end;
    this.kinds[node]! |= COMPLETE;
  }

  leaf(kind: ValueKind, start: number, end: number, complete: boolean): void {
    const node = this.add(kind, start);
    this.ends[node] = end;
    if (complete) this.kinds[node]! |= COMPLETE;
  }

  /** Gives all containers that are still open their end. */
  abandon(end: number): void {
    for (const node of this.open_) this.ends[node] = end;
  }

  private add(kind: ValueKind, start: number): number {
    const node = this.count++;
    if (node >= this.capacity) this.grow();
    this.kinds[node] = kind;
    this.starts[node] = start;
    this.keys[node] = this.pendingKey;
    this.pendingKey = -1;
    this.firsts[node] = -1;
    this.nexts[node] = -1;
    const depth = this.open_.length - 1;
    if (depth < 0) {
      this.parents[node] = -1;
      this.roots.push(node);
      return node;
    }
    const parent = this.open_[depth]!;
    this.parents[node] = parent;
    this.counts[parent]!++;
    const before = this.last[depth]!;
    if (before < 0) this.firsts[parent] = node;
    else this.nexts[before] = node;
    this.last[depth] = node;
    return node;
  }

  private grow(): void {
    this.capacity *= 2;
    const grown = <T extends Uint8Array | Float64Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.kinds = grown(this.kinds, new Uint8Array(this.capacity));
    this.starts = grown(this.starts, new Float64Array(this.capacity));
    this.ends = grown(this.ends, new Float64Array(this.capacity));
    this.keys = grown(this.keys, new Int32Array(this.capacity));
    this.parents = grown(this.parents, new Int32Array(this.capacity));
    this.firsts = grown(this.firsts, new Int32Array(this.capacity));
    this.nexts = grown(this.nexts, new Int32Array(this.capacity));
    this.counts = grown(this.counts, new Int32Array(this.capacity));
  }
}

/** What one pass over a range of a file gave. */
export interface Scanned {
  readonly outline: Outline;
  readonly damage: Damage | null;
  /** Offset of the first NaN or Infinity. */
  readonly notFinite: number | null;
}

/** A chunk of a hole, as a crash leaves it in a file that was being written. */
const HOLE = Buffer.alloc(CHUNK);

/**
 * Outlines `[start, end)` of a source. `progress` is called before each chunk with the byte reached: it may throw to
 * cancel, and a clause that it gives ends the scan there, as damage.
 */
export function scan(
  source: ByteSource,
  shape: Shape,
  start = 0,
  end = source.size,
  progress?: (byte: number) => string | null | void,
): Scanned {
  const outline = new Outline(end - start > 1 << 16 ? 4096 : 16);
  const scanner = new Scanner(shape, outline, start);
  let at = start;
  while (at < end && !scanner.over) {
    const enough = progress?.(at);
    if (typeof enough === 'string') {
      scanner.stop(enough, at);
      break;
    }
    const bytes = source.read(at, Math.min(end, at + CHUNK));
    if (bytes.length === 0) break;
    if (bytes.length === CHUNK && HOLE.equals(bytes)) {
      scanner.stop('from here on the file holds NUL bytes, as a disk leaves it after a crash', at);
      break;
    }
    scanner.push(bytes);
    at += bytes.length;
    if (outline.count > NODE_LIMIT) {
      scanner.stop(`only the first ${NODE_LIMIT.toLocaleString('en')} values of the file are read`);
    } else if (outline.names.length > NAME_LIMIT) {
      scanner.stop(`the file has more than ${NAME_LIMIT.toLocaleString('en')} different member names, and is read only so far`);
    }
  }
  scanner.end();
  outline.abandon(scanner.damage?.byte ?? at);
  return { outline, damage: scanner.damage, notFinite: scanner.notFinite };
}

function keyName(raw: string): string {
  if (/^[\u0020-\u005b\u005d-\u007e]*$/.test(raw)) return raw;
  const text = Buffer.from(raw, 'latin1').toString('utf8');
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
