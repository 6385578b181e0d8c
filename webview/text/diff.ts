/** A submission file by file. Lines are kept exactly; only their kind is added. */
import { diffLineKind } from './highlight';

export interface DiffLine {
  readonly text: string;
  readonly kind: string | null;
}

export interface DiffFile {
  readonly name: string;
  readonly added: number;
  readonly removed: number;
  readonly lines: readonly DiffLine[];
}

const nameOf = (header: string): string => {
  const git = /^diff --git "?a\/(.*?)"? "?b\/(.*?)"?$/.exec(header);
  return git?.[2] ?? header;
};

/** Splits a unified diff at its files; null when the text has none. */
export function diffFiles(text: string): readonly DiffFile[] | null {
  const files: { name: string; added: number; removed: number; lines: DiffLine[] }[] = [];
  let inHunk = false;
  let git = false;
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  lines.forEach((line, i) => {
    if (line.startsWith('diff --git ')) {
      files.push({ name: nameOf(line), added: 0, removed: 0, lines: [] });
      inHunk = false;
      git = true;
    } else if (!git && line.startsWith('--- ') && lines[i + 1]?.startsWith('+++ ')) {
      files.push({ name: (lines[i + 1] ?? '').slice(4).replace(/^b\//, '').split('\t')[0] ?? '', added: 0, removed: 0, lines: [] });
      inHunk = false;
    }
    const file = files.at(-1);
    if (!file) return;
    if (line.startsWith('@@')) inHunk = true;
    const kind = inHunk ? (line.startsWith('+') ? 'diff-added' : line.startsWith('-') ? 'diff-removed' : diffLineKind(line)) : 'diff-head';
    if (inHunk && kind === 'diff-added') file.added++;
    if (inHunk && kind === 'diff-removed') file.removed++;
    file.lines.push({ text: line, kind });
  });
  return files.length > 0 ? files : null;
}
