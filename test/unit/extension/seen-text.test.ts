import { expect, test } from 'vitest';
import { seenText } from '../../../extension/seen-text';

const message = (role: string, text: string, wholeLength: number | null = null) => ({
  role,
  text,
  wholeLength,
  demonstration: false,
  clipped: false,
  span: { start: 0, end: 0 },
});

test('the newest message is found whatever line ends the older ones have', () => {
  const { text, newest } = seenText(6, {
    messages: [message('system', 'a\r\nb\rc\n'), { ...message('user', 'demo'), demonstration: true }, message('user', 'now\nthis', 9000)],
    source: 'query',
    note: 'Here are three.',
  });
  const lines = text.split(/\r\n|\r|\n/);
  expect(lines[0]).toBe('What the model saw at turn 7');
  expect(lines[1]).toBe('Here are three.');
  expect(lines.filter((line) => line.startsWith('── ')).map((line) => line.replaceAll('─', '').trim())).toEqual([
    'system',
    'user · demonstration',
    'user',
  ]);
  expect(lines[newest]).toMatch(/^── user ─+$/);
  expect(lines.slice(newest + 1)).toEqual(['now', 'this', '(first 8 of 9,000 characters)', '']);
});

test('without messages the document begins at its beginning', () => {
  expect(seenText(0, { messages: [], source: 'none', note: 'This file does not record what the model saw.' })).toEqual({
    text: 'What the model saw at turn 1\nThis file does not record what the model saw.\n',
    newest: 0,
  });
});
