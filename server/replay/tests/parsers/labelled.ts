import type { TestStatus } from '../../types';
import { Results, type LogParser } from '../parser';

const STATUS: Readonly<Record<string, TestStatus>> = {
  PASS: 'passed',
  PASSED: 'passed',
  FAIL: 'failed',
  FAILED: 'failed',
  ERROR: 'error',
  SKIP: 'skipped',
  SKIPPED: 'skipped',
  XFAIL: 'xfail',
  XPASS: 'failed',
};
/** Automake's `PASS: name`, Go's `--- PASS: Name (0.00s)`. */
const LABELLED = /^\s{0,40}(?:--- )?(PASS|PASSED|FAIL|FAILED|ERROR|SKIP|SKIPPED|XFAIL|XPASS): (\S.*?)(?: \(\d+(?:\.\d+)?s\))?$/;
/** Automake's totals. */
const TOTAL = /^# TOTAL: +(\d{1,9})$/;

/** `PASS: name`, as automake, DejaGnu and Go print it. */
export const labelled: LogParser = {
  id: 'labelled',
  name: '“PASS: name”',
  parse(lines) {
    const found = new Results();
    let total: number | null = null;
    for (const line of lines) {
      const [, word, name] = LABELLED.exec(line) ?? [];
      if (word !== undefined && name !== undefined) found.add(name, STATUS[word]!);
      const told = TOTAL.exec(line);
      if (told !== null) total = (total ?? 0) + Number(told[1]);
    }
    if (found.results.size === 0) return null;
    const problems =
      total !== null && found.results.size > total ? [`The log names ${found.results.size} tests, its total is ${total}.`] : [];
    return { results: found.results, aliases: found.aliases, collected: total, problems };
  },
};
