/** The text of a configuration with the place of everything in it. */
import { LineCounter, isMap, isNode, isPair, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml';

export type Path = readonly (string | number)[];
export interface Range {
  readonly offset: number;
  readonly end: number;
}

export class Source {
  readonly document: Document.Parsed;
  private readonly lines = new LineCounter();

  constructor(readonly text: string) {
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, stringKeys: true, uniqueKeys: true });
  }

  /** 1-based line and column of a UTF-16 offset. */
  place(offset: number): { readonly line: number; readonly column: number } {
    const { line, col } = this.lines.linePos(Math.max(0, Math.min(offset, this.text.length)));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** The range of the value at a path, or of the nearest thing around it. */
  value(path: Path): Range {
    for (let length = path.length; length >= 0; length--) {
      const node = this.node(path.slice(0, length));
      const range = node && rangeOf(node);
      if (range) return isMap(node) ? firstKey(node, range) : range;
    }
    return { offset: 0, end: Math.min(this.text.length, 1) };
  }

  /** The range of the key at the end of a path. */
  key(path: Path): Range {
    const parent = this.node(path.slice(0, -1));
    if (isMap(parent)) {
      const pair = parent.items.find((one) => isScalar(one.key) && one.key.value === path.at(-1));
      const range = isNode(pair?.key) ? rangeOf(pair.key) : null;
      if (range) return range;
    }
    return this.value(path.slice(0, -1));
  }

  private node(path: Path): Node | null {
    let node: unknown = this.document.contents;
    for (const step of path) {
      if (isMap(node)) node = node.items.find((one) => isPair(one) && isScalar(one.key) && one.key.value === step)?.value;
      else if (isSeq(node) && typeof step === 'number') node = node.items[step];
      else return null;
    }
    return isNode(node) ? node : null;
  }
}

function rangeOf(node: Node): Range | null {
  const range = node.range;
  return range ? { offset: range[0], end: Math.max(range[1], range[0] + 1) } : null;
}

/** A whole map as a problem's range would underline a page; its first key says enough. */
function firstKey(node: Node, fallback: Range): Range {
  const key = isMap(node) ? node.items[0]?.key : null;
  return (isNode(key) && rangeOf(key)) || fallback;
}
