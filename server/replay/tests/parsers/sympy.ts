import type { TestStatus } from '../../types';
import { Results, tooMany, type LogParser } from '../parser';

/** Letters of SymPy's own runner; K is its keyboard interrupt, T its time limit. */
const STATUS: Readonly<Record<string, TestStatus>> = {
  ok: 'passed',
  F: 'failed',
  E: 'error',
  f: 'xfail',
  X: 'passed',
  s: 'skipped',
  w: 'skipped',
  T: 'failed',
  K: 'error',
};
const FILE = /^(\S+\.py)\[(\d{1,9}|\?)\]/;
const TEST = /^(test\w*) (ok|F|E|f|X|s|w|T|K)(?:\s+\[(?:OK|FAIL)\])?$/;
const FAILED = /^_+ (\S+\.py):(\w+) _+$/;
const TOTAL = /tests finished: (.{1,300})/;

/**
 * SymPy's `bin/test --verbose`: a file's header with its number of tests, then a letter for each test.
 *
 * A test is named by its file and function; the function alone is an alias, as SWE-bench knows it.
 */
export const sympy: LogParser = {
  id: 'sympy',
  name: 'SymPy’s runner',
  parse(lines) {
    if (!lines.some((line) => line.includes('test process starts'))) return null;
    const found = new Results();
    let file = '';
    let collected = 0;
    let passed: number | null = null;
    const add = (place: string, test: string, status: TestStatus): void => {
      const name = `${place}:${test}`;
      found.add(name, status);
      found.alias(test, name);
    };
    for (const line of lines) {
      const header = FILE.exec(line);
      if (header !== null) {
        file = header[1]!;
        collected += header[2] === '?' ? NaN : Number(header[2]);
      }
      const test = TEST.exec(line);
      if (test !== null) add(file, test[1]!, STATUS[test[2]!]!);
      const failed = FAILED.exec(line);
      if (failed !== null && found.results.get(`${failed[1]!}:${failed[2]!}`) !== 'error') add(failed[1]!, failed[2]!, 'failed');
      const total = TOTAL.exec(line);
      if (total !== null) passed = (passed ?? 0) + Number(/(\d{1,9}) passed/.exec(total[1]!)?.[1] ?? 0);
    }
    const named = found.count('passed');
    return {
      results: found.results,
      aliases: found.aliases,
      collected: Number.isNaN(collected) ? null : collected,
      problems:
        passed === null
          ? ['SymPy’s runner did not come to its summary: it was ended, or something ended it.']
          : named > passed
            ? [tooMany('passed tests', named, passed, 'SymPy’s runner')]
            : [],
    };
  },
};
