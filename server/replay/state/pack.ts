/**
 * Reads git's packs (gitformat-pack: pack version 2, index version 2) by position, so that neither git nor a whole pack in
 * memory is needed. Packs come out of a container and are not trusted: every length is checked before anything is inflated,
 * and what was read must have the name that it was asked by.
 */
import { createHash } from 'node:crypto';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { StateError } from './types';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

export interface PackedObject {
  readonly type: ObjectType;
  readonly bytes: Buffer;
}

const unzip = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate);
const TYPES: Readonly<Record<number, ObjectType>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const [OFFSET_DELTA, NAME_DELTA] = [6, 7];
const MAGIC = 0xff744f63;
/** git makes chains of 50 at most. */
const DEPTH = 200;
const LARGEST_DELTA = 64 * 2 ** 20;
/** Type, size and the way to the base: at most this many bytes. */
const HEAD = 64;

/** Where an object lies, before it is inflated. `size`: of the object, or of the delta. */
interface Head {
  readonly type: ObjectType | null;
  readonly size: number;
  /** Start of the compressed bytes. */
  readonly at: number;
  /** Offset in this pack, or name in any; null: no delta. */
  readonly base: number | string | null;
}

/** Gives an object of another pack, which a delta may stand on. */
export type Elsewhere = (name: string, limit: number) => Promise<PackedObject | null>;

export class Pack {
  private constructor(
    private readonly path: string,
    private readonly index: Buffer,
    private readonly count: number,
    private readonly handle: FileHandle,
    private readonly bytes: number,
    private readonly ends: Float64Array,
  ) {}

  /** `path` without its ending. */
  static async open(path: string): Promise<Pack> {
    const index = await readFile(`${path}.idx`);
    const count = index.length < 1072 ? -1 : index.readUInt32BE(8 + 255 * 4);
    const sound = count >= 0 && index.readUInt32BE(0) === MAGIC && index.readUInt32BE(4) === 2 && index.length >= 1072 + count * 28;
    if (!sound) throw damaged(path, 'its index is not one of version 2');
    const starts = new Float64Array(count + 1);
    for (let n = 0; n < count; n++) starts[n] = offsetOf(index, count, n);
    const handle = await open(`${path}.pack`, 'r').catch(() => null);
    if (handle === null) throw damaged(path, 'it is not there');
    const { size } = await handle.stat();
    starts[count] = size - 20;
    return new Pack(path, index, count, handle, size, starts.sort());
  }

  has(name: string): boolean {
    return this.offset(name) !== null;
  }

  /** Bytes of an object, without reading it; null: not in this pack. */
  async size(name: string): Promise<number | null> {
    const offset = this.offset(name);
    if (offset === null) return null;
    const head = await this.head(offset);
    if (head.base === null) return head.size;
    if (head.size > LARGEST_DELTA) throw damaged(this.path, 'a delta is too large');
    // The size of what a delta makes is written at the delta's own start.
    const delta = await this.inflated(head, offset);
    return new Delta(delta, () => damaged(this.path, 'a delta is cut')).made;
  }

  /** Null: not in this pack. Throws StateError where it is larger than `limit` bytes, or damaged. */
  async read(name: string, limit: number, elsewhere: Elsewhere): Promise<PackedObject | null> {
    const offset = this.offset(name);
    if (offset === null) return null;
    const found = await this.at(offset, limit, elsewhere);
    const actual = createHash('sha1').update(`${found.type} ${found.bytes.length}\0`).update(found.bytes).digest('hex');
    if (actual !== name) throw damaged(this.path, `the object ${name.slice(0, 12)} is another one`);
    return found;
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async at(start: number, limit: number, elsewhere: Elsewhere): Promise<PackedObject> {
    const deltas: Delta[] = [];
    let held = 0;
    for (let offset = start; ;) {
      const head = await this.head(offset);
      if (head.size > limit) throw tooLarge(head.size, limit);
      const content = await this.inflated(head, offset);
      if (head.base === null) return this.applied({ type: head.type!, bytes: content }, deltas);
      held += content.length;
      if (deltas.length === DEPTH || held > LARGEST_DELTA) throw damaged(this.path, 'a chain of deltas has no end');
      const delta = new Delta(content, () => damaged(this.path, 'a delta does not fit'));
      if (delta.made > limit) throw tooLarge(delta.made, limit);
      deltas.push(delta);
      if (typeof head.base === 'number') {
        offset = head.base;
        continue;
      }
      const here = this.offset(head.base);
      if (here !== null) {
        offset = here;
        continue;
      }
      const base = await elsewhere(head.base, limit);
      if (base === null) throw damaged(this.path, `the object ${head.base.slice(0, 12)} is missing`);
      return this.applied(base, deltas);
    }
  }

  private applied(base: PackedObject, deltas: readonly Delta[]): PackedObject {
    return { type: base.type, bytes: deltas.reduceRight((bytes, delta) => delta.on(bytes), base.bytes) };
  }

  private async head(offset: number): Promise<Head> {
    const bytes = await this.slice(offset, Math.min(HEAD, this.bytes - 20 - offset));
    let [at, shift] = [0, 4];
    const next = (): number => {
      const byte = bytes[at++];
      if (byte === undefined) throw damaged(this.path, 'an object is cut');
      return byte;
    };
    let byte = next();
    const kind = (byte >> 4) & 7;
    let size = byte & 15;
    for (; byte >= 128; shift += 7) {
      byte = next();
      size += (byte & 127) * 2 ** shift;
    }
    if (!Number.isSafeInteger(size)) throw damaged(this.path, 'an object has an impossible size');
    if (kind === NAME_DELTA) {
      const base = bytes.subarray(at, at + 20).toString('hex');
      return { type: null, size, at: offset + at + 20, base };
    }
    if (kind === OFFSET_DELTA) {
      byte = next();
      let back = byte & 127;
      while (byte >= 128) {
        byte = next();
        back = (back + 1) * 128 + (byte & 127);
      }
      if (back <= 0 || back > offset) throw damaged(this.path, 'a delta points out of the pack');
      return { type: null, size, at: offset + at, base: offset - back };
    }
    const type = TYPES[kind];
    if (type === undefined) throw damaged(this.path, 'an object has no known type');
    return { type, size, at: offset + at, base: null };
  }

  private async inflated({ size, at }: Head, offset: number): Promise<Buffer> {
    const compressed = await this.slice(at, this.endOf(offset) - at);
    const bytes = await unzip(compressed, { maxOutputLength: Math.max(1, size) }).catch(() => null);
    if (bytes?.length !== size) throw damaged(this.path, 'an object can not be inflated');
    return bytes;
  }

  private async slice(at: number, length: number): Promise<Buffer> {
    if (at < 12 || length < 0 || at + length > this.bytes) throw damaged(this.path, 'an object lies outside of it');
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.handle.read(bytes, done, length - done, at + done).catch(() => ({ bytesRead: 0 }));
      if (bytesRead === 0) throw damaged(this.path, 'it is cut');
      done += bytesRead;
    }
    return bytes;
  }

  /** Where the next object starts. */
  private endOf(offset: number): number {
    let [low, high] = [0, this.ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return this.ends[low] ?? this.bytes - 20;
  }

  private offset(name: string): number | null {
    const first = parseInt(name.slice(0, 2), 16);
    const wanted = Buffer.from(name, 'hex');
    let low = first === 0 ? 0 : this.index.readUInt32BE(8 + (first - 1) * 4);
    let high = Math.min(this.index.readUInt32BE(8 + first * 4), this.count);
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = wanted.compare(this.index, 1032 + middle * 20, 1052 + middle * 20);
      if (order === 0) return offsetOf(this.index, this.count, middle);
      if (order > 0) low = middle + 1;
      else high = middle;
    }
    return null;
  }
}

function offsetOf(index: Buffer, count: number, n: number): number {
  const small = index.readUInt32BE(1032 + count * 24 + n * 4);
  if (small < 2 ** 31) return small;
  const at = 1032 + count * 28 + (small - 2 ** 31) * 8;
  return at + 8 <= index.length ? Number(index.readBigUInt64BE(at)) : -1;
}

/** Copies of the base and new bytes, in turn. */
class Delta {
  readonly made: number;
  private readonly needed: number;
  private at = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly bad: () => StateError,
  ) {
    this.needed = this.varint();
    this.made = this.varint();
  }

  on(base: Buffer): Buffer {
    if (base.length !== this.needed) throw this.bad();
    const made = Buffer.allocUnsafe(this.made);
    let done = 0;
    const put = (from: Buffer, start: number, length: number): void => {
      if (start + length > from.length || done + length > made.length) throw this.bad();
      from.copy(made, done, start, start + length);
      done += length;
    };
    for (let at = this.at; at < this.bytes.length;) {
      const code = this.bytes[at++]!;
      if (code === 0) throw this.bad();
      if (code < 128) {
        put(this.bytes, at, code);
        at += code;
        continue;
      }
      let [start, length] = [0, 0];
      for (let bit = 0; bit < 7; bit++) {
        if ((code & (1 << bit)) === 0) continue;
        const byte = this.bytes[at++];
        if (byte === undefined) throw this.bad();
        if (bit < 4) start += byte * 2 ** (8 * bit);
        else length += byte * 2 ** (8 * (bit - 4));
      }
      put(base, start, length === 0 ? 0x10000 : length);
    }
    if (done !== made.length) throw this.bad();
    return made;
  }

  private varint(): number {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = this.bytes[this.at++];
      if (byte === undefined || shift > 49) throw this.bad();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
      shift += 7;
    }
  }
}

const damaged = (path: string, why: string): StateError =>
  new StateError(`The kept states are damaged (${path.slice(path.lastIndexOf('/') + 1)}: ${why}). Replay the episode again.`);

const tooLarge = (size: number, limit: number): StateError =>
  new StateError(`The file has ${Math.ceil(size / 2 ** 20)} MB; files of up to ${Math.floor(limit / 2 ** 20)} MB are shown.`);
