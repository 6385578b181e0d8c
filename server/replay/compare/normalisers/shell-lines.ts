import type { Normaliser } from '../normaliser';

/**
 * Bash that reads from a pipe counts all lines it was ever sent: `/bin/bash: line 2602: foo: command not found`. A number in a
 * complaint about syntax is a line of the command itself, and stays; so does that of a `bash -c`, which calls itself `bash`.
 */
const COUNTED = /^(\/bin\/bash: line )\d+(: (?!syntax error|unexpected EOF|warning: here-document|`).*)$/;

export const shellLines: Normaliser = {
  id: 'shell-lines',
  label: "line numbers of the agent's own shell",
  line: (line) => line.replace(COUNTED, '$1<n>$2'),
};
