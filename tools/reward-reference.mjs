/**
 * Writes docs/rewards.md, the reference of reward functions and of turnpike.rewards.yaml.
 *
 *   node tools/reward-reference.mjs           writes the page
 *   node tools/reward-reference.mjs --check   exits 1 when the page is not up to date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import process from 'node:process';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = fileURLToPath(new URL('../docs/rewards.md', import.meta.url));

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['server/reward/config/reference.ts'],
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
const { rewardsReference } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
const text = await format(rewardsReference(), { ...(await resolveConfig(page)), filepath: page });

if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== text) {
    console.error('docs/rewards.md is not up to date. Run: node tools/reward-reference.mjs');
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, text);
  console.log('docs/rewards.md');
}
