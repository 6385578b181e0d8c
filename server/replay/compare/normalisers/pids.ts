import type { Normaliser } from '../normaliser';

const NAMED = /\b(pid|PID|process|Process)([ =:#]{1,2})\d+\b/g;
/** `[1] 4242`, as bash says of a background job. */
const JOB = /^(\[\d+\])([-+ ]*) \d+$/;
/** A line of `ps`: the numbers before the terminal. */
const PS = /^\s*\d+( (?:pts\/\d+|\?|tty\d*)\s+)\d\d:\d\d:\d\d /;

export const pids: Normaliser = {
  id: 'pids',
  label: 'process numbers',
  line: (line) => line.replace(NAMED, '$1$2<pid>').replace(JOB, '$1$2 <pid>').replace(PS, '<pid>$1<time> '),
};
