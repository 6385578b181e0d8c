import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** Where the command line keeps results and states of replays, unless it is told another folder. */
export function defaultStorage(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const cache =
    process.platform === 'win32' ? LOCALAPPDATA : process.platform === 'darwin' ? join(homedir(), 'Library/Caches') : XDG_CACHE_HOME;
  return join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'turnpike', 'replays');
}
