/**
 * What SWE-agent 1.x makes of an action before it runs it: tools with an `end_name` get their text as a here-document.
 *
 * Its defect is kept (formats.md §1.9): a block that does not begin at the start of what is left of the action is cut once
 * more by its own offset. Recorded episodes ran like that.
 */
export function guarded(action: string, endings: Readonly<Record<string, string>>): string {
  const parts: string[] = [];
  let rest = action;
  while (rest.trim() !== '') {
    const found = firstBlock(rest, endings);
    if (found === null) {
      parts.push(rest);
      break;
    }
    const { start, end, ending } = found;
    const before = rest.slice(0, start);
    const block = rest.slice(start, end);
    rest = rest.slice(end);
    if (before.trim() !== '') parts.push(before);
    if (block.trim() === '') continue;
    if ((block.split('\n')[0] ?? '').trim().endsWith(`<< '${ending}'`)) {
      parts.push(block);
      continue;
    }
    const cut = block.slice(start);
    const first = cut.split('\n')[0] ?? '';
    parts.push(`${first} << '${ending}'${cut.slice(first.length)}`);
  }
  return parts.join('\n');
}

interface Block {
  readonly start: number;
  readonly end: number;
  readonly ending: string;
}

function firstBlock(text: string, endings: Readonly<Record<string, string>>): Block | null {
  const blocks = Object.entries(endings).flatMap(([name, ending]): Block[] => {
    const found = new RegExp(String.raw`^\s*(?:${literal(name)})\s*(?:[^]*?)^(?:${literal(ending)})\s*$`, 'm').exec(text);
    return found === null ? [] : [{ start: found.index, end: found.index + found[0].length, ending }];
  });
  return blocks.reduce<Block | null>((a, b) => (a === null || b.start < a.start ? b : a), null);
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
