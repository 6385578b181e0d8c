import type { Normaliser } from '../normaliser';

/** A moment with seconds, as log lines carry; a bare date is a value. */
const MOMENT = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[ ]?[+-]\d\d:?\d\d)?/g;
/** `ls -l`: mode, links, owner, group, size, then the date. */
const LISTED = /^([-dlcbps][-rwxsStT]{9}[.+@]?\s+\d+\s+\S+\s+\S+\s+\d+ )([A-Z][a-z]{2} [ \d]\d (?: \d{4}|\d\d:\d\d))( .*)$/;
/** Headers of `diff -u`: name, tab, moment. */
const DIFF_HEADER = /^(---|\+\+\+) ([^\t]+)\t.*$/;
/** `date` without arguments. */
const DATE =
  /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d(?: (?:AM|PM))? [A-Z]{3,4} \d{4}\b/g;

export const times: Normaliser = {
  id: 'times',
  label: 'times and dates of the run and of files',
  line: (line, { action }) =>
    /^\s*git (?:log|show)\b/.test(action)
      ? line
      : line.replace(LISTED, '$1<date>$3').replace(DIFF_HEADER, '$1 $2\t<time>').replace(MOMENT, '<time>').replace(DATE, '<time>'),
};
