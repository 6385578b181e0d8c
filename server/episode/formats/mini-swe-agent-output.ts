/** What a command of mini-swe-agent printed, without the frame that its templates put around it (formats.md §2.1). */
import type { Passage } from '../types';
import type { Doc, NodeId } from './format';
import type { Container } from './pieces';

export interface Printed {
  /** Empty: nothing; null: the file does not say. */
  readonly output: readonly Passage[] | null;
  /** The last part, where the template left out the middle. */
  readonly end: Passage | null;
}

/** The frame of a whole output in the templates of 1.x and 2.x. */
const WHOLE = /^(?:<exception>[^]*?<\/exception>\n)?<returncode>-?\d{1,9}<\/returncode>\n<output>\n([^]*?)\n?<\/output>\s*$/d;
/** What 1.x answers where a command ran out of time; the command stands before it, the output after it. */
export const KILLED = '</command> timed out and has been killed.\nThe output of the command was:\n';

const NOT_SAID: Printed = { output: null, end: null };

/** 2.x keeps the raw output beside the message; before, it is read out of the message. */
export function printedBy(doc: Doc, content: NodeId, text: string | null, extra: Container | null): Printed {
  if (extra !== null) {
    const raw = extra.doc.child(extra.node, 'raw_output');
    if (extra.doc.kind(raw) === 'string') return { output: parts(extra.doc.passage(raw)), end: null };
  }
  if (text === null) return NOT_SAID;
  const killed = text.startsWith('The last command <command>') ? text.indexOf(KILLED) : -1;
  const whole = killed < 0 ? WHOLE.exec(text)?.indices?.[1] : inside(text, '<output>\n', '\n</output>\n', killed + KILLED.length);
  if (whole !== undefined) return { output: parts(doc.subPassage(content, whole[0], whole[1])), end: null };
  const head = inside(text, '<output_head>\n', '\n</output_head>', Math.max(0, killed));
  const tail = head === undefined ? undefined : inside(text, '<output_tail>\n', '\n</output_tail>', head[1]);
  if (head === undefined || tail === undefined) return NOT_SAID;
  return { output: parts(doc.subPassage(content, head[0], head[1])), end: doc.subPassage(content, tail[0], tail[1]) };
}

/** From after the first `open` to the last `close`: the output may hold either. */
function inside(text: string, open: string, close: string, from: number): readonly [number, number] | undefined {
  const at = text.indexOf(open, from);
  const end = at < 0 ? -1 : text.lastIndexOf(close);
  return end < at + open.length - 1 ? undefined : [at + open.length, Math.max(end, at + open.length)];
}

const parts = (passage: Passage | null): Passage[] => (passage === null || passage.span.end === passage.span.start ? [] : [passage]);
