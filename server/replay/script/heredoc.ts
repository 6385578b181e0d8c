import { randomBytes } from 'node:crypto';

/** Any text as a here-document that nothing in it can end; one line end is added. A shell can't hold NUL: it is left out. */
export function heredoc(text: string): string {
  const plain = text.replaceAll('\0', '');
  const lines = new Set(plain.split('\n'));
  let word: string;
  do word = `END_${randomBytes(6).toString('hex')}`;
  while (lines.has(word));
  return `<<'${word}'\n${plain}\n${word}`;
}
