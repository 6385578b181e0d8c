/** Numbers and marks as Turnpike writes them (LOOK.md): true minus, sign and two decimals, one mark per grade. */
import type { Grade } from '../hack/index';
import type { Score } from '../reward/index';

/** `+0.10`, `−0.50`, `0.00`; what rounds to zero has no sign. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  if (Number(text) === 0) return '0.00';
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** A number as a person wrote it, with a true minus. */
export function plain(value: number): string {
  return String(value).replace('-', '−');
}

/** `10,000`. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 turn`, `2 turns`. */
export function counted(value: number, noun: string): string {
  return `${grouped(value)} ${noun}${value === 1 ? '' : 's'}`;
}

export const GRADE_MARK: Readonly<Record<Grade, string>> = { weak: '▲', strong: '◆', proved: '■' };

/** A score in a word: its number, `–` or `!`. */
export function scoreText(score: Score): string {
  return score.state === 'scored' ? signed(score.value) : score.state === 'unscored' ? '–' : '!';
}

/** Cut to `limit` UTF-16 units, never inside a surrogate pair, with an ellipsis where something is gone. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = (text.charCodeAt(limit - 2) & 0xfc00) === 0xd800 ? limit - 2 : limit - 1;
  return `${text.slice(0, end)}…`;
}

/** Text as Markdown that shows exactly its characters. Hostile text stays text: no link, no image, no HTML. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+\-.!|<>~&$^"':@/=]/g, (c) => (c === '<' ? '&lt;' : c === '>' ? '&gt;' : c === '&' ? '&amp;' : `\\${c}`))
    .replace(/\r?\n|\r/g, ' ');
}
