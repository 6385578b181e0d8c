/** A light highlighter for actions: comments, strings, numbers, keywords, options. Good enough to read by, never wrong to copy. */
import type { Run } from './runs';

export type Language = 'shellscript' | 'python' | 'json' | 'diff' | 'text';

const SHELL_WORDS = 'if|then|else|elif|fi|for|in|do|done|while|until|case|esac|function|return|export|local|set|unset|source|cd|exit|echo';
const PYTHON_WORDS =
  'False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield';

interface Rule {
  readonly kind: string;
  readonly pattern: string;
}

const STRING = String.raw`"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'`;
const NUMBER = String.raw`(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])`;

const RULES: Record<'shellscript' | 'python' | 'json', readonly Rule[]> = {
  shellscript: [
    { kind: 'tok-comment', pattern: String.raw`(?<=^|\s)#[^\n]*` },
    { kind: 'tok-string', pattern: String.raw`"(?:[^"\\]|\\[\s\S])*"|'[^']*'` },
    { kind: 'tok-name', pattern: String.raw`\$\{[^}\n]*\}|\$\w+|\$[@*#?$!-]` },
    { kind: 'tok-option', pattern: String.raw`(?<=\s)--?[A-Za-z][\w-]*` },
    { kind: 'tok-keyword', pattern: String.raw`(?<![\w./-])(?:${SHELL_WORDS})(?![\w./-])` },
    { kind: 'tok-operator', pattern: String.raw`&&|\|\||<<-?|>>|[|;<>]` },
    { kind: 'tok-number', pattern: NUMBER },
  ],
  python: [
    { kind: 'tok-comment', pattern: String.raw`#[^\n]*` },
    { kind: 'tok-string', pattern: String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|${STRING}` },
    { kind: 'tok-keyword', pattern: String.raw`\b(?:${PYTHON_WORDS})\b` },
    { kind: 'tok-name', pattern: String.raw`(?<=\b(?:def|class)\s)\w+|@\w[\w.]*` },
    { kind: 'tok-number', pattern: NUMBER },
  ],
  json: [
    { kind: 'tok-name', pattern: String.raw`"(?:[^"\\\n]|\\.)*"(?=\s*:)` },
    { kind: 'tok-string', pattern: String.raw`"(?:[^"\\\n]|\\.)*"` },
    { kind: 'tok-keyword', pattern: String.raw`\b(?:true|false|null)\b` },
    { kind: 'tok-number', pattern: NUMBER },
  ],
};

const compiled = new Map<string, RegExp>();
function pattern(language: keyof typeof RULES): RegExp {
  let regex = compiled.get(language);
  if (!regex) compiled.set(language, (regex = new RegExp(RULES[language].map((rule) => `(${rule.pattern})`).join('|'), 'gm')));
  return regex;
}

/** Longer texts are shown plain: colours are not worth a stall. */
const LIMIT = 60_000;

export function highlight(text: string, language: Language): readonly Run[] {
  if (language === 'diff') return diffRuns(text);
  if (language === 'text' || text.length > LIMIT) return [{ text, kind: null }];
  const rules = RULES[language];
  const runs: Run[] = [];
  let from = 0;
  for (const match of text.matchAll(pattern(language))) {
    if (match[0] === '') continue;
    if (match.index > from) runs.push({ text: text.slice(from, match.index), kind: null });
    const group = match.slice(1).findIndex((part) => part !== undefined);
    runs.push({ text: match[0], kind: rules[group]?.kind ?? null });
    from = match.index + match[0].length;
  }
  if (from < text.length) runs.push({ text: text.slice(from), kind: null });
  return runs;
}

function diffRuns(text: string): readonly Run[] {
  return text.split(/(?<=\n)/).map((line) => ({ text: line, kind: diffLineKind(line) }));
}

export function diffLineKind(line: string): string | null {
  if (line.startsWith('+++') || line.startsWith('---')) return 'diff-head';
  if (line.startsWith('@@')) return 'diff-hunk';
  if (line.startsWith('+')) return 'diff-added';
  if (line.startsWith('-')) return 'diff-removed';
  return null;
}

/** The language of an action's text where the server says only `text`. */
export function guess(text: string): Language {
  if (/^diff --git |^--- [^\n]*\n\+\+\+ /m.test(text)) return 'diff';
  return 'text';
}
