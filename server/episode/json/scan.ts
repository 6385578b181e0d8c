import { LEAF, RECORD, type Shape } from './shape';

/** What the scanner tells while it goes. Offsets are bytes of the file. */
export interface ScanSink {
  /**
   * A member's name as its raw bytes, one Latin-1 character each, without quotes; its value follows. Answers the
   * decoded name.
   */
  key(raw: string): string;
  open(kind: ContainerKind, start: number): void;
  close(end: number): void;
  leaf(kind: ValueKind, start: number, end: number, complete: boolean): void;
}

export const enum ValueKind {
  Object = 1,
  Array = 2,
  String = 3,
  Number = 4,
  True = 5,
  False = 6,
  Null = 7,
  /** `NaN`, `Infinity`, `-Infinity`: no JSON, but Python writes them. */
  NotFinite = 8,
}

export type ContainerKind = ValueKind.Object | ValueKind.Array;

/** Where and why a scan ended early. */
export interface Damage {
  readonly message: string;
  readonly byte: number;
  /** The text ended too early; nothing in it is wrong. */
  readonly truncated: boolean;
}

const enum State {
  Root,
  NextRoot,
  Value,
  FirstElement,
  FirstKey,
  Key,
  Colon,
  CommaOrEnd,
  InKey,
  InString,
  InScalar,
  Skip,
  SkipString,
  Over,
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const BOM = [0xef, 0xbb, 0xbf];

/** Bytes of a string looked at one by one before the native search is worth its call. */
const NEAR = 32;
const LONGEST_SCALAR = 1 << 16;

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const STARTS_SCALAR = /^[-+0-9A-Za-z.]$/;

const BEGINS_SCALAR = /^(?:[-+0-9.eE]+|-?I[nfity]*|N[aN]*|t[rue]*|f[alse]*|n[ul]*)$/;

function isSpace(c: number): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}

function endsScalar(c: number): boolean {
  return isSpace(c) || c === COMMA || c === CLOSE_BRACE || c === CLOSE_BRACKET;
}

function scalarKind(text: string): ValueKind | null {
  switch (text) {
    case 'true':
      return ValueKind.True;
    case 'false':
      return ValueKind.False;
    case 'null':
      return ValueKind.Null;
    case 'NaN':
    case 'Infinity':
    case '-Infinity':
      return ValueKind.NotFinite;
    default:
      return NUMBER.test(text) ? ValueKind.Number : null;
  }
}

/**
 * One pass over the bytes of a JSON text, fed in chunks that may end anywhere. Containers that the shape enters are
 * checked strictly; the bodies of all others, and of strings, are skipped at the speed of a byte search, by quotes and
 * bracket depth alone. Never recurses, never throws.
 *
 * Goes on to the start of a second root (JSON Lines), and stops at its end.
 */
export class Scanner {
  /** The first damage; the scan ended there. */
  damage: Damage | null = null;
  /** Offset of the first `NaN` or `Infinity` in an entered container. */
  notFinite: number | null = null;
  /** Whole roots seen, at most two. */
  roots = 0;

  private state = State.Root;
  private readonly shapes: Shape[] = [];
  private readonly kinds: ContainerKind[] = [];
  /** Shape of the value that comes next. */
  private next: Shape;
  private tokenStart = 0;
  private carried = '';
  private escape = false;
  private depth = 0;
  private skipKind: ContainerKind = ValueKind.Object;

  /** `offset`: of the first byte that is pushed. */
  constructor(
    private readonly root: Shape,
    private readonly sink: ScanSink,
    private offset = 0,
  ) {
    this.next = root;
  }

  /** Whether the scan needs no more bytes. */
  get over(): boolean {
    return this.state === State.Over;
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array): void {
    const b = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const n = b.length;
    const base = this.offset;
    let i = 0;
    while (i < n && this.state !== State.Over) {
      switch (this.state) {
        case State.InString:
        case State.SkipString: {
          i = this.stringEnd(b, i);
          if (i > n) {
            i = n;
            break;
          }
          if (this.state === State.SkipString) {
            this.state = State.Skip;
          } else {
            this.sink.leaf(ValueKind.String, this.tokenStart, base + i, true);
            this.afterValue();
          }
          break;
        }
        case State.Skip:
          i = this.skip(b, i);
          break;
        case State.InKey: {
          const from = i;
          i = this.stringEnd(b, i);
          if (i > n) {
            this.carried += b.toString('latin1', from, n);
            i = n;
            break;
          }
          const raw = this.carried + b.toString('latin1', from, i - 1);
          this.carried = '';
          this.enterKey(raw);
          break;
        }
        case State.InScalar: {
          const from = i;
          while (i < n && !endsScalar(b[i]!)) i++;
          this.carried += b.toString('latin1', from, i);
          if (i < n || this.carried.length > LONGEST_SCALAR) this.endScalar(base + i);
          break;
        }
        default: {
          const c = b[i]!;
          if (isSpace(c)) i++;
          else if (this.step(c, b, i, base + i)) i++;
        }
      }
    }
    this.offset = base + n;
  }

  /** No more bytes: a text that is not whole is damaged here. */
  end(): void {
    const at = this.offset;
    if (this.state === State.InScalar) {
      // Inside a container the rest may be missing: 12 of 123.
      if (this.kinds.length > 0 && BEGINS_SCALAR.test(this.carried)) {
        this.fail('the file ends in the middle of a value', at, true);
        return;
      }
      this.endScalar(at);
    }
    switch (this.state) {
      case State.Over:
        return;
      case State.NextRoot:
        this.state = State.Over;
        return;
      case State.Root:
        if (this.roots > 0) {
          this.state = State.Over;
          return;
        }
        this.fail('the file holds no JSON value', at, true);
        return;
      case State.InString:
        this.sink.leaf(ValueKind.String, this.tokenStart, at, false);
        this.fail('the file ends in the middle of a text', at, true);
        return;
      case State.Skip:
      case State.SkipString:
        this.sink.leaf(this.skipKind, this.tokenStart, at, false);
        this.fail('the file ends in the middle of a value', at, true);
        return;
      default:
        this.fail('the file ends before its JSON does', at, true);
    }
  }

  /** One structural byte; whether it was consumed. */
  private step(c: number, b: Buffer, i: number, at: number): boolean {
    switch (this.state) {
      case State.Root:
        if (at < 3 && this.roots === 0 && c === BOM[at]) return true;
        return this.beginValue(c, b, i, at);
      case State.NextRoot:
        if (c !== OPEN_BRACE && c !== OPEN_BRACKET) {
          this.fail(`the JSON ends before this place, and ${excerpt(b, i)} follows it`, at);
          return false;
        }
        this.next = c === OPEN_BRACE ? RECORD : LEAF;
        return this.beginValue(c, b, i, at);
      case State.FirstElement:
        if (c === CLOSE_BRACKET) return this.close(at);
        return this.beginValue(c, b, i, at);
      case State.Value:
        return this.beginValue(c, b, i, at);
      case State.FirstKey:
      case State.Key:
        if (c === QUOTE) {
          this.state = State.InKey;
          this.escape = false;
          return true;
        }
        if (c === CLOSE_BRACE && this.state === State.FirstKey) return this.close(at);
        this.fail(`a member's name in quotes was expected, but the file has ${excerpt(b, i)}`, at);
        return false;
      case State.Colon:
        if (c === COLON) {
          this.state = State.Value;
          return true;
        }
        this.fail(`a colon was expected after the member's name, but the file has ${excerpt(b, i)}`, at);
        return false;
      default: {
        const isObject = this.kinds[this.kinds.length - 1] === ValueKind.Object;
        if (c === COMMA) {
          if (isObject) {
            this.state = State.Key;
          } else {
            this.next = this.shapes[this.shapes.length - 1]!.elements ?? LEAF;
            this.state = State.Value;
          }
          return true;
        }
        if (c === (isObject ? CLOSE_BRACE : CLOSE_BRACKET)) return this.close(at);
        this.fail(`a comma or ${isObject ? '}' : ']'} was expected, but the file has ${excerpt(b, i)}`, at);
        return false;
      }
    }
  }

  private beginValue(c: number, b: Buffer, i: number, at: number): boolean {
    this.tokenStart = at;
    if (c === QUOTE) {
      this.state = State.InString;
      this.escape = false;
      return true;
    }
    if (c === OPEN_BRACE || c === OPEN_BRACKET) {
      const kind = c === OPEN_BRACE ? ValueKind.Object : ValueKind.Array;
      const enter = c === OPEN_BRACE ? this.next.members !== undefined : this.next.elements !== undefined;
      if (enter) {
        this.sink.open(kind, at);
        this.shapes.push(this.next);
        this.kinds.push(kind);
        this.state = c === OPEN_BRACE ? State.FirstKey : State.FirstElement;
        this.next = this.next.elements ?? LEAF;
      } else {
        this.skipKind = kind;
        this.depth = 1;
        this.state = State.Skip;
      }
      return true;
    }
    if (STARTS_SCALAR.test(String.fromCharCode(c))) {
      this.carried = '';
      this.state = State.InScalar;
      return false;
    }
    this.fail(`a value was expected, but the file has ${excerpt(b, i)}`, at);
    return false;
  }

  private enterKey(raw: string): void {
    const name = this.sink.key(raw);
    const shape = this.shapes[this.shapes.length - 1]!;
    this.next = shape.members?.get(name) ?? shape.rest ?? LEAF;
    this.state = State.Colon;
  }

  private endScalar(end: number): void {
    const text = this.carried;
    this.carried = '';
    const kind = scalarKind(text);
    if (kind === null) {
      const cut = end >= this.tokenStart + LONGEST_SCALAR;
      const seen = quoted(text, cut);
      this.fail(`a value was expected, but the file has ${seen}`, this.tokenStart);
      return;
    }
    if (kind === ValueKind.NotFinite) this.notFinite ??= this.tokenStart;
    this.sink.leaf(kind, this.tokenStart, end, true);
    this.afterValue();
  }

  private close(at: number): boolean {
    this.shapes.pop();
    this.kinds.pop();
    this.sink.close(at + 1);
    this.afterValue();
    return true;
  }

  private afterValue(): void {
    if (this.kinds.length > 0) {
      this.state = State.CommaOrEnd;
      return;
    }
    this.roots++;
    this.state = this.roots === 1 ? State.NextRoot : State.Over;
    this.next = this.root;
  }

  /** Index after the closing quote, or `length + 1` where the chunk ends inside the string. */
  private stringEnd(b: Buffer, from: number): number {
    const n = b.length;
    let i = from;
    if (this.escape) {
      this.escape = false;
      i++;
    }
    for (;;) {
      const near = i + NEAR < n ? i + NEAR : n;
      while (i < near) {
        const c = b[i++]!;
        if (c === QUOTE) return i;
        if (c === BACKSLASH) i++;
      }
      if (i >= n) {
        this.escape = i > n;
        return n + 1;
      }
      const quote = b.indexOf(QUOTE, i);
      const stop = quote < 0 ? n : quote;
      let k = stop - 1;
      while (k >= i && b[k] === BACKSLASH) k--;
      const escaped = ((stop - 1 - k) & 1) === 1;
      if (quote < 0) {
        this.escape = escaped;
        return n + 1;
      }
      i = quote + 1;
      if (!escaped) return i;
    }
  }

  /** Goes on in the body of a leaf container; the index where the chunk or the body ended. */
  private skip(b: Buffer, from: number): number {
    const n = b.length;
    let depth = this.depth;
    let i = from;
    while (i < n) {
      const c = b[i++]!;
      if (c === QUOTE) {
        i = this.stringEnd(b, i);
        if (i > n) {
          this.state = State.SkipString;
          i = n;
        }
      } else if (c === OPEN_BRACE || c === OPEN_BRACKET) {
        depth++;
      } else if (c === CLOSE_BRACE || c === CLOSE_BRACKET) {
        depth--;
        if (depth === 0) {
          this.sink.leaf(this.skipKind, this.tokenStart, this.offset + i, true);
          this.afterValue();
          return i;
        }
      }
    }
    this.depth = depth;
    return i;
  }

  private fail(what: string, byte: number, truncated = false): void {
    this.damage = { message: what, byte, truncated };
    this.state = State.Over;
  }

  /** Ends the scan here on the caller's behalf. */
  stop(message: string, byte = this.tokenStart): void {
    if (this.state !== State.Over) this.fail(message, byte);
  }
}

function excerpt(b: Buffer, i: number): string {
  const byte = b[i]!;
  if (byte === 0) return 'a NUL byte';
  const text = b.toString('utf8', i, Math.min(b.length, i + 24));
  return quoted(text.split(/[\r\n]/, 1)[0]!, true);
}

function quoted(text: string, cut: boolean): string {
  // eslint-disable-next-line no-control-regex -- hostile text must not reach a terminal
  const shown = text.slice(0, 20).replace(/[\u0000-\u001f\u007f-\u009f\ufffd]/g, '�');
  return `“${shown}${cut || text.length > 20 ? '…' : ''}”`;
}
