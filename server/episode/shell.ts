/** One command of a shell line: words without quotes, and where its output goes. */
export interface SimpleCommand {
  readonly words: readonly string[];
  /** Files that the command writes by redirection. */
  readonly writes: readonly string[];
}

/** Longest shell text that is looked into, in UTF-16 units. */
const SHELL_LIMIT = 65_536;

/** Words that stand before the command proper. */
const PREFIXES: ReadonlySet<string> = new Set([
  'sudo',
  'time',
  'env',
  'nohup',
  'command',
  'exec',
  'then',
  'do',
  'else',
  'if',
  'while',
  'until',
  '!',
  '{',
  '(',
  'xargs',
]);

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

/**
 * The simple commands of a shell text, well enough to tell what it does: quotes, heredocs, comments and the operators
 * `; & | newline ( )` are understood; substitutions stay part of their word. Never fails; linear.
 */
export function simpleCommands(text: string): SimpleCommand[] {
  const s = text.length > SHELL_LIMIT ? text.slice(0, SHELL_LIMIT) : text;
  const commands: SimpleCommand[] = [];
  let words: string[] = [];
  let writes: string[] = [];
  let word = '';
  let inWord = false;
  let redirect: 'write' | 'read' | 'heredoc' | null = null;
  let heredocs: { end: string; strip: boolean }[] = [];
  let stripTabs = false;

  const endWord = (): void => {
    if (!inWord) return;
    if (redirect === 'write') {
      if (!word.startsWith('/dev/') && !/^\d+$|^-$/.test(word)) writes.push(word);
    } else if (redirect === 'heredoc') {
      heredocs.push({ end: word, strip: stripTabs });
    } else if (redirect === null) {
      words.push(word);
    }
    redirect = null;
    word = '';
    inWord = false;
  };
  const endCommand = (): void => {
    endWord();
    redirect = null;
    let first = 0;
    while (first < words.length && (PREFIXES.has(words[first]!) || ASSIGNMENT.test(words[first]!))) first++;
    if (words.length > first || writes.length > 0) commands.push({ words: words.slice(first), writes });
    words = [];
    writes = [];
  };

  let i = 0;
  while (i < s.length) {
    const c = s[i]!;
    switch (c) {
      case "'": {
        const close = s.indexOf("'", i + 1);
        const end = close < 0 ? s.length : close;
        word += s.slice(i + 1, end);
        inWord = true;
        i = end + 1;
        break;
      }
      case '"': {
        let j = i + 1;
        while (j < s.length && s[j] !== '"') j += s[j] === '\\' ? 2 : 1;
        word += s.slice(i + 1, j);
        inWord = true;
        i = j + 1;
        break;
      }
      case '\\':
        if (s[i + 1] !== '\n') {
          word += s[i + 1] ?? '';
          inWord = true;
        }
        i += 2;
        break;
      case '#':
        if (inWord) {
          word += c;
          i++;
        } else {
          const line = s.indexOf('\n', i);
          i = line < 0 ? s.length : line;
        }
        break;
      case ' ':
      case '\t':
      case '\r':
        endWord();
        i++;
        break;
      case '\n':
        endCommand();
        i++;
        for (const heredoc of heredocs) i = afterHeredoc(s, i, heredoc.end, heredoc.strip);
        heredocs = [];
        break;
      case ';':
      case '|':
      case '(':
      case ')':
        if (c === '(' && word.endsWith('$')) {
          word += c;
          i++;
          break;
        }
        endCommand();
        i++;
        break;
      case '&':
        if (s[i + 1] === '>') {
          endWord();
          redirect = 'write';
          i += s[i + 2] === '>' ? 3 : 2;
        } else {
          endCommand();
          i++;
        }
        break;
      case '>': {
        if (inWord && /^\d$/.test(word)) {
          word = '';
          inWord = false;
        } else {
          endWord();
        }
        i += s[i + 1] === '>' || s[i + 1] === '|' ? 2 : 1;
        if (s[i] === '&') {
          redirect = 'read';
          i++;
        } else {
          redirect = 'write';
        }
        break;
      }
      case '<':
        endWord();
        if (s.startsWith('<<<', i)) {
          redirect = 'read';
          i += 3;
        } else if (s.startsWith('<<', i)) {
          redirect = 'heredoc';
          stripTabs = s[i + 2] === '-';
          i += stripTabs ? 3 : 2;
        } else {
          redirect = 'read';
          i++;
        }
        break;
      default:
        word += c;
        inWord = true;
        i++;
    }
  }
  endCommand();
  return commands;
}

function afterHeredoc(s: string, from: number, end: string, strip: boolean): number {
  let i = from;
  while (i < s.length) {
    const newline = s.indexOf('\n', i);
    const stop = newline < 0 ? s.length : newline;
    let line = s.slice(i, stop).replace(/\r$/, '');
    if (strip) line = line.replace(/^\t+/, '');
    i = stop + 1;
    if (line === end) break;
  }
  return Math.min(i, s.length);
}
