#!/usr/bin/env node
/** The `turnpike` command: the command line and the language server are two doors of one engine. */
import { runCommandLine } from './cli/index';
import { startLanguageServer } from './language/index';

/** As in sysexits.h: an error of ours, not of the input. */
const INTERNAL_ERROR = 70;

// A reader that closes early (`| head`) is no error of ours; what was not read keeps its exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

void runCommandLine(process.argv, { languageServer: startLanguageServer }).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(
      `turnpike: an error of Turnpike itself, please report it. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = INTERNAL_ERROR;
  },
);
