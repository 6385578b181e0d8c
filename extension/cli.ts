import { execFile } from 'node:child_process';

export interface Ran {
  /** Exit code; null: it was ended by a signal or could not start. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the extension's own `turnpike` command with the extension host's own node. No shell is involved. */
export function runCli(cli: string, args: readonly string[], cwd?: string): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [cli, ...args],
      {
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NO_COLOR: '1' },
        timeout: 60_000,
        maxBuffer: 32 * 1024 * 1024,
        ...(cwd === undefined ? {} : { cwd }),
      },
      (error, stdout, stderr) =>
        resolve({
          code: error === null ? 0 : typeof error.code === 'number' ? error.code : null,
          stdout,
          stderr: stderr || (error !== null && typeof error.code !== 'number' ? error.message : ''),
        }),
    );
  });
}
