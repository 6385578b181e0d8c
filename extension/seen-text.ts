import type { SeenMessage } from '../server/protocol/index';

export interface Seen {
  readonly messages: readonly SeenMessage[];
  readonly source: 'query' | 'history' | 'none';
  readonly note: string | null;
}

const HEAD_WIDTH = 70;

/**
 * What the model saw, message by message under headings.
 *
 * @param turn from 0
 * @returns `newest`: line (from 0) of the heading of the last message, which is what the model answered to
 */
export function seenText(turn: number, { messages, source, note }: Seen): { readonly text: string; readonly newest: number } {
  const lines = [`What the model saw at turn ${turn + 1}${source === 'history' ? ' (put together from the history)' : ''}`];
  if (note !== null) lines.push(note);
  let newest = 0;
  for (const message of messages) {
    const marks = [
      message.role,
      ...(message.demonstration ? ['demonstration'] : []),
      ...(message.clipped ? ['clipped by the history processor'] : []),
    ]
      .join(' · ')
      .replace(LINE_ENDS, ' ');
    lines.push('');
    newest = lines.length;
    // An editor counts a lone CR as a line end too; a message's own lines must not move the headings.
    lines.push(`── ${marks} ${'─'.repeat(Math.max(4, HEAD_WIDTH - marks.length))}`, ...message.text.split(LINE_ENDS));
    if (message.wholeLength !== null)
      lines.push(`(first ${message.text.length.toLocaleString('en-US')} of ${message.wholeLength.toLocaleString('en-US')} characters)`);
  }
  return { text: `${lines.join('\n')}\n`, newest };
}

const LINE_ENDS = /\r\n|\r|\n/g;
