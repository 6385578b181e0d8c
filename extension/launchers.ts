const quotePosix = (s: string): string => `'${s.replaceAll("'", `'\\''`)}'`;

/** The two small programs that start `cli` with `node`: for POSIX shells and for Windows. */
export function launchers(node: string, cli: string): { readonly posix: string; readonly windows: string } {
  return {
    posix: `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${quotePosix(node)} ${quotePosix(cli)} "$@"\n`,
    windows: `@echo off\r\nset ELECTRON_RUN_AS_NODE=1\r\n"${node}" "${cli}" %*\r\n`,
  };
}
