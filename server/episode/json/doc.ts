import { NONE, TEXT_LIMIT, type Doc, type NodeId, type NodeKind } from '../formats/format';
import type { ByteSource, Passage, Problem, Span } from '../types';
import { scan, type Outline, type Scanned } from './outline';
import { ValueKind } from './scan';
import type { Shape } from './shape';
import { byteOfChar, decode, decodeHead } from './text';

/** Problems kept per file; what goes beyond is counted. */
const PROBLEM_LIMIT = 200;

/** Longest value that is parsed whole, in bytes. */
const JSON_LIMIT = 1 << 28;

const KINDS: ReadonlyMap<ValueKind, NodeKind> = new Map([
  [ValueKind.Object, 'object'],
  [ValueKind.Array, 'array'],
  [ValueKind.String, 'string'],
  [ValueKind.Number, 'number'],
  [ValueKind.NotFinite, 'number'],
  [ValueKind.True, 'boolean'],
  [ValueKind.False, 'boolean'],
  [ValueKind.Null, 'null'],
]);

/** The problems of one file, shared by all its outlines. Lines are filled in at the end, by who has the file. */
export class Notes {
  readonly list: Problem[] = [];
  leftOut = 0;
  /** Reading stopped at this byte because time was over. */
  stoppedAt: number | null = null;

  /** `late`: whether a share of the time for the turns is over. */
  constructor(readonly late: (share: number) => boolean = () => false) {}

  /** Adds the sentence of a stop; of several the one that stands first in the file is true of all. */
  stop(byte: number, problem: Problem): void {
    if (this.stoppedAt !== null) {
      if (byte >= this.stoppedAt) return;
      this.list.shift();
    }
    this.stoppedAt = byte;
    this.list.unshift(problem);
  }

  add(problem: Problem): void {
    if (this.list.length < PROBLEM_LIMIT) this.list.push(problem);
    else this.leftOut++;
  }
}

/** A {@link Doc} over a byte source. */
export class JsonDoc implements Doc {
  readonly root: NodeId;
  readonly secondRoot: NodeId;
  private readonly outline: Outline;

  constructor(
    private readonly source: ByteSource,
    private readonly scanned: Scanned,
    private readonly notes: Notes,
  ) {
    this.outline = scanned.outline;
    this.root = this.outline.roots[0] ?? NONE;
    this.secondRoot = this.outline.roots[1] ?? NONE;
  }

  get size(): number {
    return this.source.size;
  }
  get problems(): readonly Problem[] {
    return this.notes.list;
  }
  get damaged(): boolean {
    return this.scanned.damage !== null && !this.complete(this.root);
  }

  kind(node: NodeId): NodeKind {
    return node < 0 ? 'none' : (KINDS.get(this.outline.kind(node)) ?? 'none');
  }
  start(node: NodeId): number {
    return node < 0 ? 0 : this.outline.start(node);
  }
  end(node: NodeId): number {
    return node < 0 ? 0 : this.outline.end(node);
  }
  span(node: NodeId): Span {
    return { start: this.start(node), end: this.end(node) };
  }
  complete(node: NodeId): boolean {
    return node >= 0 && this.outline.complete(node);
  }
  key(node: NodeId): string | null {
    if (node < 0) return null;
    const id = this.outline.keyId(node);
    return id < 0 ? null : this.outline.names[id]!;
  }
  parent(node: NodeId): NodeId {
    return node < 0 ? NONE : this.outline.parent(node);
  }

  child(node: NodeId, key: string): NodeId {
    if (node < 0) return NONE;
    const id = this.outline.idOf(key);
    if (id < 0) return NONE;
    let found = NONE;
    for (let at = this.outline.first(node); at >= 0; at = this.outline.next(at)) {
      if (this.outline.keyId(at) === id) found = at;
    }
    return found;
  }
  has(node: NodeId, key: string): boolean {
    return this.child(node, key) !== NONE;
  }
  children(node: NodeId): NodeId[] {
    const list: NodeId[] = [];
    if (node < 0) return list;
    for (let at = this.outline.first(node); at >= 0; at = this.outline.next(at)) list.push(at);
    return list;
  }
  count(node: NodeId): number {
    return node < 0 ? 0 : this.outline.childCount(node);
  }

  text(node: NodeId): string | null {
    const inside = this.inside(node);
    if (inside === null || !this.complete(node)) return null;
    if (inside.end - inside.start > TEXT_LIMIT) {
      const size = (inside.end - inside.start).toLocaleString('en');
      this.note('warning', `A text of ${size} bytes is longer than what is looked into; its front stands for it.`, node);
      return this.head(node, Math.floor(TEXT_LIMIT / 6));
    }
    const { text, odd } = decode(this.source.read(inside.start, inside.end), 'string');
    if (odd) this.noteOdd(node);
    return text;
  }
  head(node: NodeId, limit: number): string | null {
    const inside = this.inside(node);
    if (inside === null) return null;
    const end = Math.min(inside.end, inside.start + limit * 6 + 12);
    return decodeHead(this.source.read(inside.start, end), 'string', limit);
  }
  number(node: NodeId): number | null {
    if (node < 0 || this.outline.kind(node) !== ValueKind.Number) return null;
    const value = Number(this.raw(node));
    return Number.isFinite(value) ? value : null;
  }
  boolean(node: NodeId): boolean | null {
    if (node < 0) return null;
    const kind = this.outline.kind(node);
    return kind === ValueKind.True ? true : kind === ValueKind.False ? false : null;
  }
  json(node: NodeId): unknown {
    if (!this.complete(node)) return undefined;
    if (this.end(node) - this.start(node) > JSON_LIMIT) {
      this.note('warning', 'A value above 256 MB is left out.', node);
      return undefined;
    }
    return parseTolerantly(this.raw(node));
  }

  passage(node: NodeId, label?: string): Passage | null {
    if (node < 0) return null;
    const inside = this.inside(node);
    const named = label === undefined ? {} : { label };
    return inside === null ? { span: this.span(node), encoding: 'json', ...named } : { span: inside, encoding: 'string', ...named };
  }
  subPassage(node: NodeId, from: number, to: number, label?: string): Passage | null {
    const inside = this.inside(node);
    if (inside === null || from < 0 || to <= from || inside.end - inside.start > TEXT_LIMIT) return null;
    const bytes = this.source.read(inside.start, inside.end);
    const start = byteOfChar(bytes, 'string', from, 'start');
    if (start >= bytes.length) return null;
    const end = byteOfChar(bytes, 'string', to, 'end');
    const span = { start: inside.start + start, end: inside.start + end };
    return { span, encoding: 'string', ...(label === undefined ? {} : { label }) };
  }

  sub(node: NodeId, shape: Shape): Doc {
    const scanned = scan(this.source, shape, this.start(node), this.end(node));
    if (scanned.damage !== null && this.complete(node)) {
      this.notes.add(problem('error', `This value can't be read whole: ${scanned.damage.message}.`, scanned.damage.byte));
    }
    return new JsonDoc(this.source, scanned, this.notes);
  }

  note(severity: Problem['severity'], message: string, node: NodeId, turn?: number): void {
    this.notes.add(problem(severity, message, node < 0 ? null : this.start(node), turn));
  }

  late(share = 1): boolean {
    return this.notes.late(share);
  }
  stopAt(node: NodeId, read: number, all: number, what: string): void {
    const byte = this.start(node);
    const [first, whole] = [read, all].map((count) => count.toLocaleString('en'));
    const message =
      `Read up to byte ${byte.toLocaleString('en')}: the file breaks off and is larger than can be read in a few seconds, ` +
      `so the first ${first} of the ${whole} ${what} before its damage are read. Once its end is mended, all of it is read.`;
    this.notes.stop(byte, problem('error', message, byte));
  }

  private noteOdd(node: NodeId): void {
    const key = this.key(node);
    const what = key === null ? 'A text' : `The text of “${key.slice(0, 40)}”`;
    this.note(
      'warning',
      `${what} holds bytes that are no valid JSON string (control characters, broken escapes or wrong UTF-8); ` +
        'they are shown as well as they can be.',
      node,
    );
  }

  raw(node: NodeId): string {
    if (node < 0) return '';
    const bytes = this.source.read(this.start(node), this.end(node));
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }

  /** The bytes between a string's quotes. */
  private inside(node: NodeId): Span | null {
    if (node < 0 || this.outline.kind(node) !== ValueKind.String) return null;
    const start = this.outline.start(node) + 1;
    const end = this.outline.end(node) - (this.outline.complete(node) ? 1 : 0);
    return { start, end: Math.max(start, end) };
  }
}

export function problem(severity: Problem['severity'], message: string, byte: number | null, turn?: number): Problem {
  return { message, byte, line: null, turn: turn ?? null, severity };
}

/** As `JSON.parse`, with NaN and infinities as null and raw control characters allowed; undefined where it fails. */
export function parseTolerantly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Python's NaN, or a raw control character: mended below.
  }
  try {
    return JSON.parse(
      text.replace(/"[^"\\]*(?:\\[^][^"\\]*)*"|-?\bInfinity\b|\bNaN\b/g, (token) => (token.startsWith('"') ? mendString(token) : 'null')),
    );
  } catch {
    return undefined;
  }
}

function mendString(literal: string): string {
  // eslint-disable-next-line no-control-regex -- JSON forbids exactly these
  return /[\u0000-\u001f]|\\[^"\\/bfnrtu]|\\u(?![0-9a-fA-F]{4})/.test(literal)
    ? JSON.stringify(decode(Buffer.from(literal.slice(1, -1), 'utf8'), 'string').text)
    : literal;
}
