/** Where things lie. Only node builtins: it runs before anything is installed. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const DIST = join(ROOT, 'dist');
export const OUT = join(ROOT, 'out');
/** Downloads and profiles that survive a run. `TURNPIKE_CACHE` moves it, so that several clones can share one. */
export const CACHE = resolve(process.env.TURNPIKE_CACHE ?? join(ROOT, '.cache'));

export const manifest = () => JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
export const vsixPath = () => join(ROOT, `turnpike-${manifest().version}.vsix`);
