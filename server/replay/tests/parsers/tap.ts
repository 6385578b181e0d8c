import { Results, type LogParser } from '../parser';

const RESULT = /^(ok|not ok)\b(?: (\d{1,9}))?(?: -)?(?: (.{1,2000}))?$/;
const PLAN = /^1\.\.(\d{1,9})(?: #.*)?$/;

/** The Test Anything Protocol: a plan `1..N`, and `ok 1 - name` or `not ok 2 - name # TODO why` for each test. */
export const tap: LogParser = {
  id: 'tap',
  name: 'TAP',
  parse(lines) {
    const found = new Results();
    let plan: number | null = null;
    let seen = 0;
    for (const line of lines) {
      const planned = PLAN.exec(line);
      if (planned !== null) plan = (plan ?? 0) + Number(planned[1]);
      const result = RESULT.exec(line);
      if (result === null) continue;
      seen++;
      const good = result[1] === 'ok';
      const [description = '', directive = ''] = cut(result[3] ?? '');
      const name = description === '' ? `test ${result[2] ?? seen}` : description;
      const todo = /^todo\b/i.test(directive);
      found.add(name, /^skip/i.test(directive) ? 'skipped' : todo ? (good ? 'passed' : 'xfail') : good ? 'passed' : 'failed');
    }
    // `ok` alone starts many a line that is no test.
    if (plan === null || seen === 0) return null;
    const problems: string[] = [];
    if (seen < plan) problems.push(`The plan is ${plan} tests, ${seen} have a result.`);
    if (seen > plan) problems.push(`The plan is ${plan} tests, ${seen} lines look like results.`);
    return { results: found.results, aliases: found.aliases, collected: plan, problems };
  },
};

function cut(text: string): readonly [string, string] {
  const at = ` ${text}`.lastIndexOf(' # ');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 2).trim()];
}
