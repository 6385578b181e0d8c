import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode, episodeOf, memory, readBytes } from './helpers';
import { readEpisode, type Problem } from '../../../server/episode/index';

const step = (n: number): object => ({
  action: `echo ${n}\n`,
  observation: `${n}\r\n`,
  response: `step ${n}`,
  thought: `step ${n}`,
  execution_time: 0.25,
  state: { working_dir: '/testbed' },
  query: [{ role: 'user', content: `question "${n}" \\ é` }],
});
const run = (count: number): object => ({
  trajectory: Array.from({ length: count }, (_, i) => step(i)),
  history: [{ role: 'user', content: 'do it' }],
  info: { exit_status: 'submitted', submission: 'diff --git a/x b/x\n', swe_agent_version: '1.1.0' },
});
const text = (count = 3): string => JSON.stringify(run(count), null, 2);

function refusal(bytes: Uint8Array): Problem {
  const { notEpisode } = readBytes(bytes);
  expect(notEpisode, 'the file must not be an episode').toBeDefined();
  expect(notEpisode!.problems).toHaveLength(1);
  return notEpisode!.problems[0]!;
}

describe('a file that holds nothing', () => {
  it.each([
    ['0 bytes', Buffer.alloc(0), /^The file is empty \(0 bytes\)/],
    ['white space alone', Buffer.from(' \r\n\t '), /^Line 2, byte 5: the file holds no JSON value/],
    ['NUL bytes alone', Buffer.alloc(5000), /^Byte 0: the file begins with NUL bytes only/],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${text()}`, 'utf16le'), /^Byte 0: the file is UTF-16 text \(little endian\).*iconv/],
    ['UTF-16 without a mark', Buffer.from(text(), 'utf16le'), /^Byte 0: the file is UTF-16 text \(little endian\)/],
    ['UTF-16, big endian', Buffer.from(`\ufeff${text()}`, 'utf16le').swap16(), /^Byte 0: the file is UTF-16 text \(big endian\)/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0]), /^Byte 0: the file is packed with gzip/],
    [
      'plain words',
      Buffer.from('Traceback (most recent call last):'),
      /^Line 1, byte 0: a value was expected, but the file has “Traceback”.*opened as text/,
    ],
    ['a scalar', Buffer.from('42'), /^The file is JSON, but no trajectory/],
    ['an object of another kind', Buffer.from('{"name": "x"}'), /^The file is JSON, but no trajectory/],
    ['wrong types', Buffer.from('{"trajectory": {}, "history": 3, "info": []}'), /^The file is JSON, but no trajectory/],
  ])('%s', (_, bytes, message) => {
    expect(refusal(bytes).message).toMatch(message);
  });
});

describe('a half-written file', () => {
  const whole = encode(text());
  const starts = Array.from(text().matchAll(/^ {4}\{$/gm), ({ index }) => index);
  /** Byte after each step's closing brace. */
  const ends = Array.from(text().matchAll(/^ {4}\}(?=,?\n( {4}\{| {2}\],\n {2}"history"))/gm), ({ index }) =>
    Buffer.byteLength(text().slice(0, index + 5)),
  );

  it('shows the whole turns before every possible place of the cut, and says where it is', () => {
    for (let cut = starts[0]! + 20; cut < whole.length; cut++) {
      const { episode } = readBytes(whole.subarray(0, cut));
      expect(episode, `cut at ${cut}`).toBeDefined();
      const turns = episode!.rollouts[0]!.turns;
      expect(turns, `cut at ${cut}`).toHaveLength(ends.filter((end) => end <= cut).length);
      expect([null, 'submitted']).toContain(episode!.rollouts[0]!.exitStatus);
      const [problem] = episode!.problems;
      expect(problem).toMatchObject({ severity: 'error', byte: cut, turn: turns.length });
      expect(problem!.message).toMatch(/^Line [\d,]+, byte [\d,]+: the file ends .* it is half-written, or a run is still writing it\. /);
    }
  });

  it('of a RetryAgent keeps the attempts before and the turns of the last one', () => {
    const retry = JSON.stringify({ attempts: [run(2), run(3)] });
    const { episode } = readBytes(encode(retry.slice(0, retry.lastIndexOf('"action"') + 4)));
    expect(episode!.rollouts.map(({ turns }) => turns.length)).toEqual([2, 2]);
    expect(episode!.best).toBe(1);
    expect(episode!.finished).toBe(false);
    expect(episode!.problems[0]!.message).toMatch(/The 4 whole turns before it are shown, and totals cover only these\.$/);
  });
});

describe('a half-written file with more turns than there is time for', () => {
  /** Time is over after so many questions, whatever the machine. */
  const after = (questions: number) => {
    let asked = 0;
    return (share: number): boolean => ++asked > questions * share;
  };
  const mini = JSON.stringify({
    info: {},
    trajectory_format: 'mini-swe-agent-1.1',
    messages: Array.from({ length: 400 }, (_, i) => [
      { role: 'assistant', content: `say\n\`\`\`bash\nls ${i}\n\`\`\`` },
      { role: 'user', content: `<returncode>0</returncode>\n<output>\n${i}\n</output>` },
    ]).flat(),
  });
  const atif = JSON.stringify({
    schema_version: 'ATIF-v1.5',
    agent: { name: 'a', version: '1' },
    steps: Array.from({ length: 400 }, (_, i) => ({ step_id: i, source: 'agent', message: `say ${i}` })),
  });
  const history = JSON.stringify({
    history: Array.from({ length: 400 }, (_, i) => ({ role: i % 2 === 0 ? 'assistant' : 'user', content: 'x', action: `ls ${i}` })),
  });

  it.each([
    ['SWE-agent', text(400), 'turns'],
    ['a demonstration', history, 'history items'],
    ['mini-swe-agent', mini, 'messages|turns'],
    ['ATIF', atif, 'steps|turns'],
  ])('of %s gives the first of them, and names the byte', (_, whole, what) => {
    const bytes = encode(whole.slice(0, -30));
    const source = { size: bytes.length, read: (start: number, end: number) => bytes.subarray(start, end) };
    const everything = readEpisode(source);
    const result = readEpisode(source, { late: after(150) });
    if (!('episode' in everything) || !('episode' in result)) throw new Error('no episode');
    const all = everything.episode.rollouts[0]!.turns;
    const some = result.episode.rollouts[0]!.turns;
    expect(some.length).toBeGreaterThan(10);
    expect(some.length).toBeLessThan(all.length);
    expect(some).toEqual(all.slice(0, some.length));
    const [damage, stop] = result.episode.problems;
    expect(damage!.message).toContain(`The first ${some.length} turns before it are shown, and totals cover only these.`);
    expect(stop!.message).toMatch(
      new RegExp(`Read up to byte [\\d,]+: the file breaks off .* of the [\\d,]+ (?:${what}) before its damage`),
    );
    expect(stop!.byte).toBeGreaterThanOrEqual(some.at(-1)!.span.end);
    expect(result.episode.problems.filter(({ message }) => message.includes('Read up to'))).toHaveLength(1);
  });

  it('keeps one turn even where there is no time at all', () => {
    const bytes = encode(text(3).slice(0, -30));
    const result = readEpisode({ size: bytes.length, read: (start, end) => bytes.subarray(start, end) }, { late: () => true });
    expect('episode' in result && result.episode.rollouts[0]!.turns).toHaveLength(1);
  });

  it('that is whole is read to its end', () => {
    const bytes = encode(text(3));
    const result = readEpisode({ size: bytes.length, read: (start, end) => bytes.subarray(start, end) }, { late: () => true });
    expect('episode' in result && result.episode.rollouts[0]!.turns).toHaveLength(3);
    expect('episode' in result && result.episode.problems).toEqual([]);
  });
});

describe('damage in the middle', () => {
  it('ends the turns there, and names line, byte and turn', () => {
    const broken = text().replace(
      '"execution_time": 0.25,\n      "state": {\n        "working_dir": "/testbed"\n      },\n      "query": [\n        {\n          "role": "user",\n          "content": "question \\"1',
      '"execution_time": oops,\n "x": ["',
    );
    const { episode } = readBytes(encode(broken));
    expect(episode!.rollouts[0]!.turns).toHaveLength(1);
    const line = broken.slice(0, broken.indexOf('oops')).split('\n').length;
    expect(episode!.problems).toMatchObject([
      { severity: 'error', turn: 1, line, byte: Buffer.byteLength(broken.slice(0, broken.indexOf('oops'))) },
    ]);
    expect(episode!.problems[0]!.message).toContain('but the file has “oops”');
    expect(episode!.problems[0]!.message).toContain('The one whole turn before it is shown, and totals cover only it.');
  });

  it('after the end of the JSON is a warning, and all turns are shown', () => {
    const { episode } = readBytes(encode(`${text()}\n}`));
    expect(episode!.rollouts[0]!.turns).toHaveLength(3);
    expect(episode!.finished).toBe(true);
    expect(episode!.problems).toMatchObject([
      { severity: 'warning', message: expect.stringMatching(/the JSON ends before this place.*; it is ignored\.$/) as string },
    ]);
  });

  it('of any bytes never throws, and keeps whole turns in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = Uint8Array.from(encode(text(2)));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        const { episode, notEpisode } = readBytes(bytes);
        for (const problem of episode?.problems ?? notEpisode!.problems) expect(problem.message.length).toBeGreaterThan(10);
        episode?.rollouts[0]!.turns.forEach((turn, i) => {
          expect(turn.index).toBe(i);
          expect(turn.span.end).toBeLessThanOrEqual(bytes.length);
        });
      }),
      { numRuns: 1500 },
    );
  });
});

describe('odd content', () => {
  const replaced = (from: string, to: string | Uint8Array): ReturnType<typeof readBytes> => {
    const [before, after] = JSON.stringify(run(2)).split(from);
    return readBytes(Buffer.concat([encode(before!), typeof to === 'string' ? encode(to) : to, encode(after!)]));
  };

  it('wrong UTF-8 is shown with marks, and its turn is named', () => {
    const thought = readBytes(Buffer.from(JSON.stringify(run(1)).replace('"thought":"step 0"', '"thought":"\xff\xfe"'), 'latin1'));
    const turn = thought.episode!.rollouts[0]!.turns[0]!;
    expect(turn.thoughtHead).toBe('��');
    expect(thought.episode!.problems).toMatchObject([{ severity: 'warning', turn: 0, line: 1 }]);
    expect(thought.episode!.problems[0]!.message).toMatch(
      /^Line 1, turn 1: The text of “thought” holds bytes that are no valid JSON string/,
    );
  });

  it('a raw control character in a text does not stop the read', () => {
    const { episode } = replaced('"observation":"1\\r\\n"', '"observation":"a\u0000b\u001b[31mc"');
    expect(episode!.rollouts[0]!.turns[1]!.observationHead).toBe('abc');
    expect(episode!.rollouts[0]!.turns[1]!.lengths.observation).toBe(9);
    expect(episode!.problems).toMatchObject([{ severity: 'warning', turn: 1 }]);
  });

  it('lone surrogates and NUL escapes are texts like any other', () => {
    const value = { ...run(1), trajectory: [{ ...step(0), thought: '\ud83d lone', observation: 'a\u0000b' }] };
    const episode = episodeOf(value);
    expect(episode.problems).toEqual([]);
    expect(episode.rollouts[0]!.turns[0]!.thoughtHead).toBe('\ud83d lone');
    expect(episode.rollouts[0]!.turns[0]!.lengths.observation).toBe(3);
  });

  it('NaN, as Python writes it, is missing', () => {
    const { episode } = replaced(
      '"execution_time":0.25,"state":{"working_dir":"/testbed"},"query":[{"role":"user","content":"question \\"1',
      '"execution_time":NaN,"state":{"a":1},"query":[{"role":"user","content":"question \\"1',
    );
    expect(episode!.rollouts[0]!.turns[1]!.seconds).toBeNull();
    expect(episode!.rollouts[0]!.seconds).toBe(0.25);
    expect(episode!.problems).toMatchObject([{ severity: 'warning', turn: 1 }]);
  });

  it('keys of the prototype are members like any other', () => {
    const { episode } = readBytes(
      encode(
        '{"__proto__": {"trajectory": 1}, "constructor": 2, "trajectory": [{"__proto__": {"action": "x"}, "action": "ls", "observation": "a", "response": "", "state": "{}"}], "history": [], "info": {"__proto__": {"exit_status": "submitted"}, "model_stats": {"__proto__": {"instance_cost": 9}}}}',
      ),
    );
    const rollout = episode!.rollouts[0]!;
    expect(rollout.turns[0]!.actionText).toBe('ls');
    expect(rollout.exitStatus).toBeNull();
    expect(rollout.cost).toBeNull();
    expect(({} as Record<string, unknown>)['exit_status']).toBeUndefined();
  });

  it('a repeated key counts as in JSON.parse: the last', () => {
    const { episode } = replaced('"exit_status":"submitted"', '"exit_status":"exit_cost","exit_status":"submitted (exit_cost)"');
    expect(episode!.rollouts[0]!.exitStatus).toBe('submitted (exit_cost)');
  });

  it('steps of wrong types keep their place, and say so', () => {
    const { episode } = readBytes(
      encode(
        JSON.stringify({
          trajectory: [step(0), null, 'x', { action: ['ls'], observation: 7, thought: null, state: 5, execution_time: '1' }, step(4)],
          history: [],
          info: 3,
        }),
      ),
    );
    const { turns } = episode!.rollouts[0]!;
    expect(turns.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
    expect(turns[1]!.problem).toBe('This step is no object but null.');
    expect(turns[3]!.problem).toContain('Its “action” is no text but an array, shown as JSON.');
    expect(turns[3]!.actionText).toBe('["ls"]');
    expect(turns[3]!.seconds).toBeNull();
    expect(
      episode!.problems.map(({ severity, message, turn }) => [severity, message.replace(/^Line \d+(?:, turn \d)?: /, ''), turn]),
    ).toEqual([
      ['error', 'The “info” is no object but a number; exit status, submission and cost are read as missing.', null],
      ['error', 'This step is no object but null.', 1],
      ['error', 'This step is no object but a string.', 2],
      ['warning', 'Its “action” is no text but an array, shown as JSON.', 3],
      ['warning', 'Its “observation” is no text but a number, shown as JSON.', 3],
      ['error', 'The “execution_time” is no number but a string; it is read as missing.', 3],
      ['error', 'The “state” is no object but a number; it is read as missing.', 3],
    ]);
    expect(episode!.problems[1]!.message).toMatch(/^Line \d+, turn 2: This step/);
    // None of them is an answer of the policy that could not be parsed.
    expect(turns.map(({ kind }) => kind)).toEqual(['action', 'message', 'message', 'action', 'action']);
  });

  it('nesting of 100,000 levels in every field is read without recursion', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const bytes = encode(
      `{"trajectory": [{"action": "ls", "observation": ${deep}, "response": "", "thought": ${deep}, "state": ${deep}, "query": ${deep}}], "history": ${deep}, "info": {"model_stats": ${deep}}}`,
    );
    const { episode } = readBytes(bytes);
    expect(episode!.rollouts[0]!.turns).toHaveLength(1);
    const nested = readBytes(
      encode(`{"trajectory": [{"action": ${deep}, "observation": "o", "response": "", "execution_time": 1}], "history": [], "info": {}}`),
    );
    const [turn] = nested.episode!.rollouts[0]!.turns;
    expect(turn).toMatchObject({ kind: 'action', executed: true, lengths: { action: 200_000 } });
    expect(nested.episode!.problems).toMatchObject([
      { turn: 0, message: 'Line 1, turn 1: Its “action” is no text but an array, shown as JSON.' },
    ]);
  });

  it('a step without an action is none that the policy wrote badly', () => {
    const episode = episodeOf({ trajectory: [{}, { observation: 'o' }, { action: null }, { action: '' }, step(4)], history: [], info: {} });
    expect(episode.rollouts[0]!.turns.map(({ kind }) => kind)).toEqual(['message', 'message', 'message', 'unparsable', 'action']);
    expect(episode.problems.map(({ turn, message }) => [turn, message.replace(/^.*: /, '')])).toEqual(
      [0, 1, 2].map((turn) => [turn, 'This step holds no action.']),
    );
    expect(episode.rollouts[0]!.turns[0]!.problem).toBe('This step holds no action.');
  });

  it.each([
    [
      { exit_status: ['submitted'], submission: 'diff --git a/x b/x\n' },
      { exitStatus: null, submissionKind: 'diff' },
      'The “exit_status” is no text but an array',
    ],
    [
      { exit_status: 'submitted', submission: { diff: 'x' } },
      { exitStatus: 'submitted', submissionKind: 'text' },
      'The “submission” is no text but an object',
    ],
    [[1, 2], { exitStatus: null, submissionKind: null }, 'The “info” is no object but an array'],
  ])('info %j is told, and no empty patch', (info, expected, said) => {
    const episode = episodeOf({ ...run(1), info });
    expect(episode.rollouts[0]).toMatchObject(expected);
    expect(episode.problems).toHaveLength(1);
    expect(episode.problems[0]!.severity).toBe('error');
    expect(episode.problems[0]!.message).toContain(said);
  });

  it('a submit whose submission the damage cut off is not known to have had none', () => {
    const cut = JSON.stringify({ ...run(1), info: { exit_status: 'submitted', submission: 'diff --git a/x b/x\n' } });
    const at = (end: string): string | null => readBytes(encode(cut.slice(0, cut.indexOf(end)))).episode!.rollouts[0]!.exitStatus;
    expect(at('"submission"')).toBeNull();
    expect(at('--git')).toBeNull();
    expect(at('}}')).toBe('submitted');
  });

  it('problems of an attempt that is not the chosen one name it, and no turn of the chosen', () => {
    const attempt = { ...run(2), trajectory: [step(0), 7] };
    const chosen = { ...run(1), info: { ...(run(1) as { info: object }).info, best_attempt_idx: 0 } };
    const told = (attempts: object[]): unknown =>
      episodeOf({ attempts, ...chosen }).problems.map(({ message, turn }) => [message.replace(/^Line \d+, /, ''), turn]);
    expect(told([run(1), attempt])).toEqual([['attempt 2, turn 2: This step is no object but a number.', null]]);
    expect(told([attempt, run(1)])).toEqual([['turn 2: This step is no object but a number.', 1]]);
  });
});

describe('a file with a tail', () => {
  it.each([
    ['an object', '{"x": 1}'],
    ['a list', '[1, 2]'],
    ['half an object', '{"role": "user", "content": "cut'],
  ])('%s behind the episode is ignored, and told', (_, tail) => {
    const { episode } = readBytes(encode(`${text()}\n${tail}`));
    expect(episode!.rollouts[0]!.turns).toHaveLength(3);
    expect(episode!.finished).toBe(true);
    expect(episode!.problems).toMatchObject([{ severity: 'warning', byte: Buffer.byteLength(text()) + 1 }]);
    expect(episode!.problems[0]!.message).toMatch(/^Line \d+: The episode ends before this place/);
  });

  it('that is another episode is a file of several', () => {
    expect(readBytes(encode(`${text()}\n${text()}`)).episode).toBeUndefined();
  });
});

describe('sources', () => {
  it('a file that shrank below its size gives what is left', () => {
    const bytes = encode(text());
    const result = readEpisode({ size: bytes.length * 2, read: (start, end) => memory(bytes).read(start, end) });
    expect('episode' in result && result.episode.rollouts[0]!.turns.length).toBe(3);
  });
});
