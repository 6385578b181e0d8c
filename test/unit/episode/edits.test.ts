import { describe, expect, it } from 'vitest';
import { actionFacts } from '../../../server/episode/facts';

const edits = (action: string): boolean => actionFacts(action).edits;

describe('git', () => {
  it.each([
    'git checkout -- x.py',
    'git checkout HEAD~1 -- src/x.py',
    'git checkout HEAD src/x.py',
    'git checkout src/x.py',
    'git checkout test_issue_123.py',
    'git checkout .',
    'git checkout ./src',
    "git checkout 'src/*'",
    'git checkout -p',
    'git checkout -f main',
    'git checkout --theirs x',
    'git -C /testbed -c a.b=c checkout -- x',
    'git switch --discard-changes main',
    'git restore x.py',
    'git restore --staged --worktree x.py',
    'git reset --hard HEAD~1',
    'git stash',
    'git stash -q',
    'git stash push -m x',
    'git stash pop && pytest',
    'git apply fix.patch',
    'git am x.mbox',
    'git cherry-pick abc',
    'git merge main',
    'git pull',
    'git rebase main',
    'git revert HEAD',
    'git rm x.py',
    'git mv a b',
    'git clean -fd',
  ])('edits: %s', (action) => {
    expect(edits(action)).toBe(true);
  });

  it.each([
    'cd x && git checkout branch',
    'git checkout feature/new-thing',
    'git checkout stable/2.2.x',
    'git checkout v1.0.rc1',
    'git checkout 3.1',
    'git checkout -',
    'git checkout -b fix',
    'git checkout -b fix origin/main',
    'git checkout --detach abc123',
    'git checkout main --',
    'git switch main',
    'git switch -c fix',
    'git restore --staged x.py',
    'git reset',
    'git reset --soft HEAD~1',
    'git reset HEAD x.py',
    'git stash list',
    'git stash show -p',
    'git stash drop',
    'git apply --check fix.patch',
    'git apply --stat fix.patch',
    'git rm --cached x.py',
    'git clean -nd',
    'git log --oneline -- x.py',
    'git diff HEAD -- x.py',
    'git add -A && git commit -m "x > y"',
    'git',
  ])('edits nothing: %s', (action) => {
    expect(edits(action)).toBe(false);
  });
});

describe('other commands', () => {
  it.each([
    `python3 -c 'open("src/x.py", "w").write(s)'`,
    'python3 -c "with open(\\"x.py\\", \\"w\\") as f: f.write(1)"',
    "python - <<'EOF'\nfrom pathlib import Path\nPath('x').write_text('y')\nEOF",
    "python3 <<'EOF'\nimport os\nos.remove('x')\nEOF",
    'perl -pi -e s/a/b/ x',
    'perl -i.bak -ne print x',
    'autopep8 -i x.py',
    'python -m black x.py',
    'npx prettier --write x.ts',
  ])('edits: %s', (action) => {
    expect(edits(action)).toBe(true);
  });

  it.each([
    `python3 -c 'print(open("x.py").read())'`,
    `python3 -c 'open("x.py", "r")'`,
    `python3 -c 'import tempfile, os; d = tempfile.mkdtemp(); open(os.path.join(d, "a"), "w").write("x")'`,
    `python3 x.py 'open("x.py", "w")'`,
    `grep -n 'open("x.py", "w")' x.py`,
    'perl -MList::Util -e 1',
    'ruby -Ilib -e 1',
    'ruby -ruri -e 1',
    'autopep8 x.py',
    'black --version',
    'patch --dry-run -p1 < x.patch',
    'make | tee /dev/stderr',
    'npx tsc --noEmit',
  ])('edits nothing: %s', (action) => {
    expect(edits(action)).toBe(false);
  });
});
