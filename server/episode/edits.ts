import type { SimpleCommand } from './shell';

/**
 * Whether a command changes files, by its words. Pure.
 *
 * An edit is what a reader looks for among "edits": the content of files changes by path. Of git:
 *
 * | command                                                              | edit                                    |
 * | -------------------------------------------------------------------- | --------------------------------------- |
 * | `checkout -- PATH`, `checkout REV [--] PATH`, `checkout PATH`, `-p`  | yes: files by path                      |
 * | `checkout BRANCH`, `-b`, `-B`, `--detach`, `--orphan`; `switch`      | no: another commit is looked at         |
 * | `checkout -f`, `switch -f`, `switch --discard-changes`               | yes: changes are thrown away            |
 * | `restore PATH`                                                       | yes; with `--staged` alone no           |
 * | `reset --hard`, `--merge`, `--keep`                                  | yes; any other `reset` moves the index  |
 * | `stash`, `stash push`, `save`, `pop`, `apply`, `branch`              | yes; `list`, `show`, `drop`, `clear` no |
 * | `apply`                                                              | yes; with `--check`, `--stat`, `--numstat`, `--summary`, `--cached` no |
 * | `rm`                                                                 | yes; with `--cached` or `-n` no         |
 * | `clean`, `mv`                                                        | yes; with `-n` no                       |
 * | `am`, `cherry-pick`, `merge`, `pull`, `rebase`, `revert`             | yes                                     |
 *
 * `checkout WORD` alone is a path where the word looks like one (`.`, `./x`, `a/`, `*.py`, `a/b.py`); git itself would
 * ask the repository, which is not at hand.
 */
export function commandEdits({ words, writes }: SimpleCommand): boolean {
  if (writes.length > 0) return true;
  const name = baseName(words[0] ?? '');
  const has = (...options: readonly string[]): boolean => words.some((word) => options.includes(word));
  switch (name) {
    case 'str_replace_editor':
    case 'str_replace_based_edit_tool':
      return EDITOR_SUBCOMMANDS.has(words[1] ?? '');
    case 'git':
      return gitEdits(words);
    case 'sed':
    case 'gsed':
      return words.some((word) => /^-[A-Za-z]*i/.test(word) || word.startsWith('--in-place'));
    case 'perl':
    case 'ruby':
      // What follows -M, -m, -I, -r, -e is a name or code.
      return words.some((word) => /^-[^-MmIreEx\s]*i/.test(word));
    case 'awk':
    case 'gawk':
      return words.includes('inplace');
    case 'patch':
      return !has('--dry-run');
    case 'tee':
      return words.slice(1).some((word) => !word.startsWith('-') && !word.startsWith('/dev/'));
    case 'black':
    case 'isort':
      return words.length > 1 && !has('--check', '--check-only', '-c', '--diff', '--version', '--help', '-h');
    case 'autoflake':
    case 'yapf':
    case 'autopep8':
      return has('-i', '--in-place');
    case 'ruff':
      return has('--fix') || (words[1] === 'format' && !has('--check', '--diff'));
    case 'npx':
    case 'eslint':
    case 'prettier':
      return has('--fix', '--write', '-w');
    case 'find':
      return has('-delete') || words.some((word, i) => word === '-exec' && EDIT_WORDS.has(words[i + 1] ?? ''));
    default:
      if (PYTHON.test(name) && words[1] === '-m') return commandEdits({ words: words.slice(2), writes });
      return EDIT_WORDS.has(name);
  }
}

export const PYTHON = /^(?:python|python[23](?:\.\d+)?|pypy3?)$/;

const EDIT_WORDS: ReadonlySet<string> = new Set([
  'apply_patch',
  'cp',
  'dd',
  'ed',
  'ex',
  'install',
  'ln',
  'mv',
  'patch',
  'rm',
  'rmdir',
  'tee',
  'touch',
  'truncate',
  'unlink',
  'write_file',
]);

const EDITOR_SUBCOMMANDS: ReadonlySet<string> = new Set(['create', 'str_replace', 'insert', 'undo_edit']);

const GIT_EDITS: ReadonlySet<string> = new Set(['am', 'cherry-pick', 'merge', 'pull', 'rebase', 'revert']);
const STASH_KEEPS: ReadonlySet<string> = new Set(['list', 'show', 'drop', 'clear', 'create', 'store']);

function gitEdits(words: readonly string[]): boolean {
  const at = words.findIndex((word, i) => i > 0 && !word.startsWith('-') && !/^-[cC]$/.test(words[i - 1]!));
  if (at < 0) return false;
  const rest = words.slice(at + 1);
  const has = (...options: readonly string[]): boolean => rest.some((word) => options.includes(word));
  switch (words[at]) {
    case 'checkout':
      return checkoutEdits(rest);
    case 'switch':
      return has('-f', '--force', '--discard-changes');
    case 'restore':
      return !has('--staged', '-S') || has('--worktree', '-W');
    case 'reset':
      return has('--hard', '--merge', '--keep');
    case 'stash':
      return !STASH_KEEPS.has(rest.find((word) => !word.startsWith('-')) ?? 'push');
    case 'apply':
      return has('--apply') || !has('--check', '--stat', '--numstat', '--summary', '--cached');
    case 'rm':
      return !has('--cached', '-n', '--dry-run');
    case 'clean':
    case 'mv':
      return !rest.some((word) => word === '--dry-run' || /^-[A-Za-z]*n/.test(word));
    default:
      return GIT_EDITS.has(words[at]!);
  }
}

function checkoutEdits(rest: readonly string[]): boolean {
  const end = rest.indexOf('--');
  if (end >= 0 && end < rest.length - 1) return true;
  const before = end < 0 ? rest : rest.slice(0, end);
  const has = (...options: readonly string[]): boolean => before.some((word) => options.includes(word));
  if (has('-f', '--force', '-p', '--patch', '--ours', '--theirs') || before.some((word) => word.startsWith('--pathspec-from-file')))
    return true;
  if (has('-b', '-B', '--orphan', '--detach', '-d', '-t', '--track')) return false;
  const named = before.filter((word) => !/^-./.test(word));
  return named.length > 1 || looksLikePath(named[0] ?? '');
}

/** `stable/2.2.x` and `1.0.rc1` are names of branches and tags. */
function looksLikePath(word: string): boolean {
  return /^(?:\.{1,2}(?:\/|$)|\/|:\/)|\/$|\*|\.(?!(?:x|rc\d*|dev\d*|post\d*)$)[A-Za-z]\w{0,8}$/.test(word);
}

/** Python that opens a file for writing, moves or removes one. */
const PYTHON_WRITES =
  /\bopen\([^)\n]*,\s*(?:mode\s*=\s*)?\\?['"][rbt]*[wax+]|\.write_(?:text|bytes)\(|\bos\.(?:remove|unlink|rename|replace)\(|\bshutil\.(?:copy\w*|move)\(/;
/** A scratch folder of the code's own is no edit. */
const SCRATCH = /\btempfile\b|\bmkdtemp\b/;

/** Whether the commands hold Python code in place (`-c`, a heredoc) that writes files. */
export function inlinePythonEdits(action: string, commands: readonly SimpleCommand[]): boolean {
  const inline = commands.some(
    ({ words }) => PYTHON.test(baseName(words[0] ?? '')) && (words.includes('-c') || (words[1] ?? '-') === '-') && !words.includes('-m'),
  );
  return inline && PYTHON_WRITES.test(action) && !SCRATCH.test(action);
}

function baseName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}
