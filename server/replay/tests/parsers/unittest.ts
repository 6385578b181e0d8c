import type { TestStatus } from '../../types';
import { Results, tooMany, type LogParser } from '../parser';

const STATUS: Readonly<Record<string, TestStatus>> = {
  ok: 'passed',
  OK: 'passed',
  FAIL: 'failed',
  ERROR: 'error',
  'expected failure': 'xfail',
  'unexpected success': 'failed',
};
/** `test_x (module.Class)`, since Python 3.11 `test_x (module.Class.test_x)`; what follows is in the last group. */
const NAMED = /^\s{0,8}([A-Za-z_][\w.]{0,300}) \(([\w.<>]{1,1000})\)(.*)$/;
const BLOCK = /^(FAIL|ERROR): (.+)$/;
const RAN = /^Ran (\d{1,9}) tests? in \d+(?:\.\d+)?s$/;
const FOUND = /^Found (\d{1,9}) test(?:s|\(s\))?\.$/;
const VERDICT = /^(?:OK|FAILED|NO TESTS RAN)(?: \(.{1,300}\))?$/;
const DOTS = ' ... ';

/**
 * unittest with verbosity 1 or 2, and Django's runner, which stands on it.
 *
 * A test's result follows its name after ` ... `, or stands on a line of its own where the test, or Django, printed
 * something in between. The line of a docstring is an alias: SWE-bench knows such tests by it. A `FAIL:` or `ERROR:` block
 * at the end outdoes whatever was printed before.
 */
export const unittest: LogParser = {
  id: 'unittest',
  name: 'unittest',
  parse(lines) {
    const found = new Results();
    const reader = new Reader(found);
    let ran: number | null = null;
    let announced: number | null = null;
    for (const [at, line] of lines.entries()) {
      const total = RAN.exec(line);
      const own = total !== null && isRule(lines[at - 1], '-') && (lines[at + 1] ?? '') === '' && VERDICT.test(lines[at + 2] ?? '');
      if (own) ran = (ran ?? 0) + Number(total[1]);
      const told = FOUND.exec(line);
      if (told !== null) announced = (announced ?? 0) + Number(told[1]);
      const block = isRule(lines[at - 1], '=') ? BLOCK.exec(line) : null;
      if (block !== null) reader.block(block[1] === 'FAIL' ? 'failed' : 'error', block[2]!);
      else reader.line(line);
    }
    if (ran === null && found.results.size === 0) return null;
    const problems: string[] = [];
    if (ran === null) problems.push('unittest did not come to its summary: it was ended, or something ended it.');
    // What breaks before a test starts (a module, a class) is named and not counted.
    const named = [...found.results.keys()].filter((name) => !/^(?:setUp|tearDown)(?:Class|Module) /.test(name)).length;
    if (ran !== null && named > ran) problems.push(tooMany('tests', named, ran, 'unittest'));
    return { results: found.results, aliases: found.aliases, collected: announced ?? ran, problems };
  },
};

const isRule = (line: string | undefined, character: string): boolean => line === character.repeat(70);

class Reader {
  /** Named, and waiting for the line of its docstring. */
  private named: string | null = null;
  /** Running: its result may stand on a line of its own. */
  private running: string | null = null;

  constructor(private readonly found: Results) {}

  line(line: string): void {
    const [, test, place, rest] = NAMED.exec(line) ?? [];
    if (test !== undefined && place !== undefined && rest !== undefined) {
      const name = `${test} (${place})`;
      const dots = rest.indexOf(DOTS);
      if (rest === '') {
        this.named = name;
        return;
      }
      // Between name and dots a subtest has its parameters, and nothing else has anything.
      if (dots === 0 || (dots > 0 && /^ [[(]/.test(rest))) {
        this.result(name, rest.slice(dots + DOTS.length));
        return;
      }
    }
    const dots = line.lastIndexOf(DOTS);
    if (this.named !== null && dots > 0) {
      this.found.alias(line.slice(0, dots), this.named);
      this.result(this.named, line.slice(dots + DOTS.length));
      return;
    }
    this.named = null;
    const alone = this.running === null ? null : statusOf(line);
    if (this.running === null || alone === null) return;
    this.found.add(this.running, alone);
    this.running = null;
  }

  block(status: TestStatus, title: string): void {
    const [, test, place] = NAMED.exec(title) ?? [];
    this.found.add(test === undefined || place === undefined ? title : `${test} (${place})`, status);
  }

  private result(name: string, text: string): void {
    const status = statusOf(text);
    this.named = null;
    // A test whose subtests failed gets no word: the next one follows on its line, and its blocks at the end.
    if (status === null && NAMED.test(text)) {
      this.running = null;
      this.line(text);
      return;
    }
    this.running = status === null ? name : null;
    if (status !== null) this.found.add(name, status);
  }
}

function statusOf(text: string): TestStatus | null {
  const word = text.trimEnd();
  if (Object.hasOwn(STATUS, word)) return STATUS[word] ?? null;
  return /^skipped(?: ['"].*)?$/.test(word) ? 'skipped' : null;
}
