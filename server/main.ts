#!/usr/bin/env node
/** The `turnpike` command: the command line and the language server are two doors of one engine. */
import { runCommandLine } from './cli/index';
import { startLanguageServer } from './language/index';

// A reader that closes early (`| head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void runCommandLine(process.argv, { languageServer: startLanguageServer }).then((code) => {
  process.exitCode = code;
});
