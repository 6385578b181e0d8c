/** Marks what was found in the texts that are shown, without touching them: the browser paints over ranges. */
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

const NAME = 'turnpike-find';
const MOST = 2000;

function rangesIn(root: Element, query: string): Range[] {
  const ranges: Range[] = [];
  const wanted = query.toLowerCase();
  for (const block of root.querySelectorAll('.text')) {
    const nodes: Text[] = [];
    const starts: number[] = [];
    let text = '';
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode as Text;
      nodes.push(node);
      starts.push(text.length);
      text += node.data;
    }
    const lower = text.toLowerCase();
    // Where lower case changes the length, places would be off: such a text is left unmarked.
    if (lower.length !== text.length) continue;
    let n = 0;
    const place = (at: number): readonly [Text, number] | null => {
      while (n + 1 < nodes.length && (starts[n + 1] ?? 0) <= at) n++;
      while (n > 0 && (starts[n] ?? 0) > at) n--;
      const node = nodes[n];
      return node ? [node, at - (starts[n] ?? 0)] : null;
    };
    for (let at = lower.indexOf(wanted); at >= 0 && ranges.length < MOST; at = lower.indexOf(wanted, at + wanted.length)) {
      const start = place(at);
      const end = place(at + wanted.length - 1);
      if (!start || !end) break;
      const range = document.createRange();
      range.setStart(start[0], start[1]);
      range.setEnd(end[0], end[1] + 1);
      ranges.push(range);
    }
  }
  return ranges;
}

/** Marks `query` in the texts under `root` whenever the query or what is shown changes. */
export function useFindMarks(root: RefObject<HTMLElement | null>, query: string, shown: unknown): void {
  useEffect(() => {
    if (query === '' || !root.current) {
      CSS.highlights.delete(NAME);
      return;
    }
    const element = root.current;
    const ranges = rangesIn(element, query);
    CSS.highlights.set(NAME, new Highlight(...ranges));
    const box = ranges[0]?.getBoundingClientRect();
    const frame = element.getBoundingClientRect();
    // Only a pane that scrolls by itself is moved: the page stays where the find box is.
    if (box && element.scrollHeight > element.clientHeight && (box.bottom > frame.bottom || box.top < frame.top))
      element.scrollTop += box.top - frame.top - frame.height / 3;
    return () => void CSS.highlights.delete(NAME);
  }, [root, query, shown]);
}
