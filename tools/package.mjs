/** `npm run package`: builds for production and makes the .vsix; fails above a bound, so that nothing slips in unseen. */
import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT, vsixPath } from './lib/paths.mjs';
import { Sentence, fail, must } from './lib/run.mjs';

const BOUND_MB = 3;

async function main() {
  const file = vsixPath();
  // whoever reads the package meanwhile finds the old one or the new one, whole
  const draft = `${file}.${process.pid}.vsix`;
  await must('the build', process.execPath, [join(ROOT, 'tools/build.mjs'), '--production']);
  await must('packaging', process.execPath, [
    join(ROOT, 'node_modules/@vscode/vsce/vsce'),
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    draft,
  ]);
  const size = statSync(draft).size / 1e6;
  renameSync(draft, file);
  if (size > BOUND_MB)
    throw new Sentence(
      `${file} has ${size.toFixed(2)} MB; the bound is ${BOUND_MB} MB. Look at what .vscodeignore lets in, or raise the bound with a reason.`,
    );
  console.log(`packaged ${file.slice(ROOT.length + 1)}: ${size.toFixed(2)} MB (bound ${BOUND_MB} MB)`);
}

await main().catch(fail);
