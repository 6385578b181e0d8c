import type { ShellState } from '../state/types';
import { quoted } from './quote';

/** Commands of bash that put a new shell where another one stood. Its functions, aliases and jobs are lost. */
export const restoring = ({ cwd, exported }: ShellState): string =>
  [exported ?? '', cwd === null ? '' : `cd -- ${quoted(cwd)}`].filter((part) => part !== '').join('\n');
