import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Field, Turn } from '../../../server/episode/index';
import { readBytes, readText, rolloutOf, texts } from './corpus-files';

const load = (name: string): { bytes: Buffer; turns: readonly Turn[]; result: ReturnType<typeof readBytes> } => {
  const bytes = readFileSync(`test/fixtures/derived/mini-swe-agent-${name}.traj.json`);
  const result = readBytes(bytes);
  return { bytes, result, turns: rolloutOf(result).turns };
};
const shown = (bytes: Buffer, turn: Turn | undefined): Record<Field, string[]> => ({
  thought: texts(bytes, turn?.thought ?? []),
  action: texts(bytes, turn?.action ?? []),
  observation: texts(bytes, turn?.observation ?? []),
});
const problems = (result: ReturnType<typeof readBytes>): string[] =>
  'episode' in result ? result.episode.problems.map(({ message }) => message) : ['no episode'];

describe('mini-swe-agent 1.x', () => {
  it('takes several blocks and none for unparsable, and shows the answer whole', () => {
    const { bytes, turns } = load('1-format-errors');
    expect(turns.map(({ kind, executed }) => [kind, executed])).toEqual([
      ['action', true],
      ['action', true],
      ['unparsable', false],
      ['unparsable', false],
      ['action', true],
    ]);
    expect(shown(bytes, turns[2])).toEqual({
      thought: ['THOUGHT: two at once.\n\n```bash\nls\n```\n\nand\n\n```bash\npwd\n```'],
      action: [],
      observation: ['Please always provide EXACTLY ONE action in triple backticks, found 2 actions.'],
    });
    expect(turns[2]?.tool).toBeNull();
    expect(turns[4]).toMatchObject({ timedOut: true, returnCode: null, actionText: 'sleep 100' });
  });

  it('splits thought and command, and takes the output out of its frame', () => {
    const { bytes, turns } = load('1-submitted');
    const submit = shown(bytes, turns.at(-1));
    expect(submit.thought).toEqual(['THOUGHT: done.']);
    expect(submit.action).toEqual(['echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT && git add -A && git diff --cached']);
    expect(submit.observation[0]).toMatch(/^diff --git /);
    expect(turns.at(-1)).toMatchObject({ submits: true, executed: true, tool: { name: 'bash', known: true, validArguments: true } });
    expect(turns[0]).toMatchObject({
      returnCode: 0,
      cost: expect.any(Number) as number,
      tokens: { input: expect.any(Number) as number, output: expect.any(Number) as number },
    });
    expect(shown(bytes, turns[0]).observation[0]).not.toContain('<returncode>');
  });

  it('knows a command that the user refused', () => {
    expect(load('1-interrupted').turns.at(-1)).toMatchObject({ kind: 'blocked', executed: false, returnCode: null });
  });

  it('shows the whole turns of a half-written file, without its format mark', () => {
    const { turns, result } = load('1-half-written');
    expect(turns).toHaveLength(2);
    expect(result).toMatchObject({ episode: { format: 'mini-swe-agent', versionInferred: true } });
    expect(problems(result)[0]).toMatch(/^Line \d+, byte [\d,]+: .*The 2 whole turns before it are shown, and totals cover only these\.$/);
  });
});

describe('mini-swe-agent v0', () => {
  it('is a bare list of messages that never says how it ended', () => {
    const { result, turns } = load('v0');
    expect(result).toMatchObject({
      episode: {
        version: 'v0',
        versionInferred: true,
        finished: false,
        rollouts: [{ exitStatus: null, submission: null, model: null, cost: null }],
      },
    });
    expect(turns.map(({ executed, submits }) => [executed, submits])).toEqual([
      [true, false],
      [true, false],
      [true, true],
    ]);
  });

  it('is told from a plain chat', () => {
    expect(readText('[{"role": "user", "content": "```bash\\nls\\n```"}, {"role": "assistant", "content": "hi"}]')).toMatchObject({
      notEpisode: { recognised: 'chat messages' },
    });
  });
});

describe('mini-swe-agent 2.x', () => {
  it('shows several commands as several passages, with the first failure as return code', () => {
    const { bytes, turns } = load('2-several-commands');
    const turn = turns.at(-1);
    expect(shown(bytes, turn)).toMatchObject({
      thought: ['Two at once.'],
      action: ['ls', 'pytest -q', 'git diff'],
      observation: ['a.py', '1 failed'],
    });
    expect(turn).toMatchObject({
      actionText: 'ls\npytest -q\ngit diff',
      returnCode: 1,
      tests: true,
      edits: false,
      executed: true,
      seconds: 2,
    });
    expect(turn?.lengths).toEqual({ thought: 12, action: 'ls\npytest -q\ngit diff'.length, observation: 'a.py\n1 failed'.length });
  });

  it('tells rejected, interrupted and a person’s own commands apart', () => {
    const { bytes, turns } = load('2-interrupts');
    expect(turns.map(({ kind, executed, returnCode }) => [kind, executed, returnCode])).toEqual([
      ['action', true, 0],
      ['action', true, 0],
      ['blocked', false, null],
      ['action', true, 0],
    ]);
    expect(shown(bytes, turns[3]).observation).toEqual([
      'a.py',
      '<exception>action was not executed</exception>\n<returncode>-1</returncode>\n<output>\n</output>',
      'Interrupted by user: wait',
    ]);
  });

  it('counts answers that are not in the file', () => {
    const { result, turns } = load('2-format-errors');
    expect(turns.every(({ kind }) => kind === 'action')).toBe(true);
    expect(problems(result)).toEqual(['2 answers of the model could not be parsed. The file holds only the error messages.']);
  });

  it('takes the exit’s message for the submit’s output', () => {
    const { bytes, turns } = load('2-submit-confirmed');
    expect(turns.at(-1)).toMatchObject({ executed: true, submits: true, returnCode: null });
    expect(shown(bytes, turns.at(-1)).observation[0]).toMatch(/^diff --git /);
  });

  it('knows a timeout by what the runner recorded', () => {
    expect(load('2-timeout').turns.at(-1)).toMatchObject({ timedOut: true, returnCode: -1, executed: true });
  });

  it('finds the command of a text model inside its text', () => {
    const { bytes, turns } = load('2-text');
    expect(shown(bytes, turns[1])).toEqual({
      thought: ['THOUGHT: by text.'],
      action: ['cat b.py'],
      observation: ['cat: b.py: No such file or directory'],
    });
    expect(turns.map(({ returnCode, cost }) => [returnCode, cost])).toEqual([
      [0, 0.002],
      [1, 0.002],
    ]);
  });

  it('reads items of the Responses API, which have no role', () => {
    const { bytes, turns, result } = load('2-responses');
    expect(turns).toHaveLength(1);
    expect(shown(bytes, turns[0])).toEqual({ thought: ['Look first.', 'I look.'], action: ['ls'], observation: ['a.py'] });
    expect(turns[0]?.thought.map(({ label }) => label)).toEqual(['reasoning', undefined]);
    expect(texts(bytes, [rolloutOf(result).problemStatement!])).toEqual(['A task.\n']);
  });
});

describe('wrong types', () => {
  it.each([
    ['{"trajectory_format": "mini-swe-agent-1"}', 'Line 1: The file holds no list of messages.'],
    ['{"trajectory_format": "mini-swe-agent-1", "messages": "none"}', 'Line 1: The messages are no list but a string.'],
    [
      '{"trajectory_format": "mini-swe-agent-1", "messages": [\nnull]}',
      'Line 2: The message at position 1 is no object but null, and is left out.',
    ],
  ])('%s', (file, sentence) => {
    expect(problems(readText(file))).toEqual([sentence]);
  });
});

describe('members of wrong types', () => {
  const user = { role: 'user', content: 'task' };
  const file = (info: unknown, ...messages: unknown[]): ReturnType<typeof readText> =>
    readText(JSON.stringify({ info, messages, trajectory_format: 'mini-swe-agent-1.1' }));

  it('of messages are told with their line and turn', () => {
    const acted = { role: 'assistant', content: 'x', extra: { actions: [{ command: { x: 1 } }] } };
    const answer = { role: 'tool', content: 'out', extra: { returncode: '0' } };
    const result = file({}, { role: 7, content: 'x' }, { role: 'assistant', content: { a: 1 } }, user, acted, answer);
    expect(problems(result)).toEqual([
      'Line 1: The “role” is no text but a number; the message is no turn and no answer to one.',
      'Line 1, turn 1: The “content” is no text but an object; it is shown as JSON.',
      'Line 1, turn 2: The “command” is no text but an object; it is shown as JSON.',
      'Line 1: The “returncode” is no number but a string; it is read as missing.',
    ]);
    // What the scaffold wrote wrongly is no answer that the model wrote badly.
    expect(rolloutOf(result).turns.map(({ kind }) => kind)).toEqual(['message', 'action']);
  });

  it.each([
    [{ exit_status: 'Submitted', submission: { diff: 'x' } }, 'Submitted', 'text', 'The “submission” is no text but an object'],
    [{ exit_status: ['Submitted'], submission: '' }, null, null, 'The “exit_status” is no text but an array'],
    ['x', null, null, 'The “info” is no object but a string'],
  ])('info %j is told, and no empty patch', (info, exitStatus, submissionKind, said) => {
    const result = file(info, user);
    expect(rolloutOf(result)).toMatchObject({ exitStatus, submissionKind });
    expect(problems(result)).toEqual([expect.stringContaining(said)]);
  });

  it('a tail behind the run is ignored, and told', () => {
    const run = JSON.stringify({ info: {}, messages: [user], trajectory_format: 'mini-swe-agent-1.1' });
    expect(problems(readText(`${run}\n{"x": 1}`))).toEqual([expect.stringMatching(/^Line 2: The episode ends before this place/)]);
    expect(readText(`${run}\n${run}`)).toHaveProperty('notEpisode');
  });
});

describe('any messages', () => {
  it('are read without a throw, each passage inside its turn', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '```bash\nls\n```',
        '```bash\n\n```',
        '<returncode>1</returncode>\n<output>\n\n</output>',
        '\ud800',
        'é\n```bash\n ls \n```\n😀',
      ),
    );
    const value = fc.oneof(text, fc.jsonValue({ maxDepth: 2 }), fc.array(fc.record({ type: fc.constant('text'), text })));
    const message = fc.record(
      {
        role: fc.constantFrom('assistant', 'user', 'tool', 'exit', 'system', 7),
        content: value,
        extra: fc.oneof(
          fc.jsonValue({ maxDepth: 2 }),
          fc.record({ actions: fc.array(fc.record({ command: value })), returncode: fc.jsonValue({ maxDepth: 0 }), raw_output: text }),
        ),
        reasoning_content: value,
        output: value,
      },
      { requiredKeys: ['role'] },
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), (messages, info) => {
        const file = JSON.stringify({ info, messages, trajectory_format: 'mini-swe-agent-1.1' });
        const bytes = Buffer.from(file, 'utf8');
        const rollout = rolloutOf(readBytes(bytes));
        expect(rollout.turns).toHaveLength(messages.filter(({ role }) => role === 'assistant').length);
        for (const turn of rollout.turns) {
          expect(texts(bytes, turn.action).join('\n')).toBe(turn.actionText);
          expect(texts(bytes, turn.thought).join('\n')).toHaveLength(turn.lengths.thought);
          expect(texts(bytes, turn.observation).join('\n')).toHaveLength(turn.lengths.observation);
          for (const { span } of [...turn.thought, ...turn.action]) {
            expect(turn.span.start <= span.start && span.start < span.end && span.end <= turn.span.end).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('with 50,000 unclosed fences are read in linear time', () => {
    const content = '```bash\nx '.repeat(50_000);
    const start = performance.now();
    expect(
      rolloutOf(readText(JSON.stringify({ info: {}, messages: [{ role: 'assistant', content }], trajectory_format: 'mini-swe-agent-1' })))
        .turns[0],
    ).toMatchObject({ kind: 'message' });
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
