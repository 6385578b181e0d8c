/** Django 4.1.3 as the recorded episode had it: the source distribution from PyPI as a git repository, made once. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../tools/lib/install.mjs';

export const DJANGO = '4.1.3';

/** The clone's folder. Downloads where the cache lacks this version; throws a sentence where it can't. */
export function django(): string {
  const folder = cacheFolder('django');
  const clone = join(folder, `django-${DJANGO}`);
  if (existsSync(clone)) return clone;
  const work = join(folder, `work-${process.pid}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    execFileSync('tar', ['--no-same-owner', '-xzf', archive(folder), '-C', work]);
    const tree = join(work, `Django-${DJANGO}`);
    const git = (...args: string[]): void => {
      execFileSync(
        'git',
        ['-C', tree, '-c', 'user.name=django', '-c', 'user.email=django@example.org', '-c', 'core.excludesFile=', ...args],
        {
          stdio: ['ignore', 'ignore', 'inherit'],
        },
      );
    };
    // What only the distribution has, the recorded repository had not.
    rmSync(join(tree, 'Django.egg-info'), { recursive: true, force: true });
    unlinkSync(join(tree, 'PKG-INFO'));
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', `Django ${DJANGO}`);
    renameSync(tree, clone);
    return clone;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The source distribution, by pip, which checks its hash against the index. */
function archive(folder: string): string {
  const file = join(folder, `Django-${DJANGO}.tar.gz`);
  if (
    existsSync(file) &&
    statSync(file).size > 1e6 &&
    readFileSync(file)
      .subarray(0, 2)
      .equals(Buffer.from([0x1f, 0x8b]))
  )
    return file;
  try {
    execFileSync(
      'python3',
      [
        '-m',
        'pip',
        'download',
        '-q',
        '--disable-pip-version-check',
        '--no-deps',
        '--no-binary',
        'django',
        '-d',
        folder,
        `Django==${DJANGO}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'], timeout: 240_000 },
    );
  } catch (error) {
    const why = (error as { stderr?: Buffer }).stderr?.toString().trim().split('\n').at(-1) ?? String(error);
    throw new Error(`The Django test needs Django ${DJANGO}'s source distribution, which pip could not download: ${why}`);
  }
  return file;
}
