import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Turn } from '../../../server/episode/index';
import { readBytes, readText, rolloutOf, texts } from './corpus-files';

const load = (name: string): { bytes: Buffer; turns: readonly Turn[]; result: ReturnType<typeof readBytes> } => {
  const bytes = readFileSync(`test/fixtures/derived/atif-${name}.json`);
  const result = readBytes(bytes);
  return { bytes, result, turns: 'episode' in result ? rolloutOf(result).turns : [] };
};
const problems = (result: ReturnType<typeof readBytes>): string[] =>
  ('episode' in result ? result.episode : result.notEpisode).problems.map(({ message }) => message);

describe('ATIF', () => {
  it.each([
    ['1.0', 'ATIF-v1.0', 5],
    ['1.3-token-ids', 'ATIF-v1.3', 1],
  ])('%s opens without a word', (name, version, count) => {
    const { result, turns } = load(name);
    expect(result).toMatchObject({ episode: { version, finished: true } });
    expect(problems(result)).toEqual([]);
    expect(turns).toHaveLength(count);
    if (name.startsWith('1.3')) expect(turns[0]?.tokens).toEqual({ input: 5, output: 2 });
  });

  it('without final metrics is unfinished', () => {
    expect(load('1.4-running').result).toMatchObject({ episode: { finished: false } });
  });

  it('1.5: steps copied from another trajectory are the runner’s and did not run here', () => {
    expect(load('1.5-copied-context').turns.map(({ kind, executed, synthetic }) => [kind, executed, synthetic])).toEqual([
      ['action', false, true],
      ['action', true, false],
    ]);
  });

  it('1.6: parts of messages and results are passages; one command as text, other arguments as JSON', () => {
    const { bytes, turns, result } = load('1.6-parts');
    const [parts, unanswered, refused] = turns;
    expect(texts(bytes, parts!.thought)[0]).toBe('I see the picture.');
    expect(JSON.parse(texts(bytes, parts!.thought)[1]!)).toMatchObject({ type: 'image' });
    expect(parts!.thought[1]).toMatchObject({ encoding: 'json', label: 'image' });
    expect(texts(bytes, parts!.action)[0]).toBe('pytest -q');
    expect(JSON.parse(texts(bytes, parts!.action)[1]!)).toEqual({ file_path: '/a.py' });
    expect(parts!.action.map(({ label }) => label)).toEqual(['Bash', 'Read']);
    expect(texts(bytes, parts!.observation)).toEqual(['1 passed', 'in 0.1s', 'Exit code 1\nno']);
    expect(parts).toMatchObject({
      executed: true,
      tests: true,
      returnCode: 1,
      cost: 0.001,
      seconds: 5,
      tool: { name: 'Bash', known: true },
    });
    expect(unanswered).toMatchObject({
      kind: 'action',
      executed: false,
      edits: true,
      observationHash: null,
      tool: { name: 'Write', known: false },
    });
    expect(refused).toMatchObject({
      executed: true,
      seconds: null,
      toolError: 'InputValidationError: command is missing',
      tool: { validArguments: false },
    });
    expect(texts(bytes, [rolloutOf(result).problemStatement!])).toEqual(['The task.']);
  });

  it('1.7: a step without a call of the model is the runner’s, and sub-agents are announced', () => {
    const { turns, result } = load('1.7-subagents');
    expect(turns.map(({ kind, synthetic }) => [kind, synthetic])).toEqual([
      ['message', true],
      ['action', false],
    ]);
    expect(rolloutOf(result).steps).toBe(3);
    expect(problems(result)).toEqual([expect.stringMatching(/^Line \d+: The file holds 2 trajectories of sub-agents, not shown here\.$/)]);
  });

  it('an unknown minor opens with a notice, an unknown major does not', () => {
    const minor = load('1.8-unknown-minor');
    expect(minor.turns).toHaveLength(5);
    expect(problems(minor.result)).toEqual([
      'Line 2: ATIF-v1.8 is newer than the versions known here (1.0 to 1.7): what it added is not shown.',
    ]);
    expect(load('2.0-unknown-major').result).toMatchObject({ notEpisode: { recognised: 'ATIF (unknown major version)' } });
  });

  it.each([
    ['{"schema_version": "ATIF-v1.4"}', 'Line 1: The file holds no list of steps.'],
    ['{"schema_version": "ATIF-v1.4", "steps": {}}', 'Line 1: The steps are no list but an object.'],
    [
      '{"schema_version": "ATIF-v1.4", "steps": [7, {"source": "agent"}]}',
      'Line 1: The step at position 1 is no object but a number, and is left out.',
    ],
    [
      '{"schema_version": "ATIF-v1.4", "steps": [\n{"source": "tool"}]}',
      'Line 2: The source of this step is none of agent, user and system, so it is no turn.',
    ],
    [
      '{"schema_version": "ATIF-v1.4", "steps": [{"source": "agent", "message": "m", "tool_calls": "x"}]}',
      'Line 1, turn 1: The “tool_calls” is no list but a string; it is read as missing.',
    ],
    [
      '{"schema_version": "ATIF-v1.4", "steps": [], "final_metrics": "x"}',
      'Line 1: The “final_metrics” is no object but a string; the run is read as not ended.',
    ],
    [
      '{"schema_version": "ATIF-v1.4", "steps": []}\n{"x": 1}',
      'Line 2: The episode ends before this place, and another JSON value follows it, as a file has it that was rewritten in place by a shorter one; it is ignored.',
    ],
  ])('says what is wrong in %s', (file, sentence) => {
    expect(problems(readText(file))).toEqual([sentence]);
  });

  it('shows the whole steps of a half-written file', () => {
    const text = readFileSync('test/fixtures/derived/atif-1.0.json', 'utf8');
    const result = readText(text.slice(0, text.lastIndexOf('"source"')));
    expect(rolloutOf(result).turns).toHaveLength(4);
    expect(problems(result)[0]).toMatch(/The 4 whole turns before it are shown, and totals cover only these\.$/);
  });

  it('is read whatever its steps hold, each passage inside its turn', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('\ud800', '😀', ''));
    const value = fc.oneof(text, fc.jsonValue({ maxDepth: 2 }));
    const call = fc.record(
      {
        tool_call_id: value,
        function_name: value,
        arguments: fc.oneof(value, fc.record({ command: value }), fc.record({ code: value, timeout: value })),
      },
      { requiredKeys: [] },
    );
    const step = fc.record(
      {
        source: fc.constantFrom('agent', 'user', 3),
        message: fc.oneof(value, fc.array(fc.record({ type: value, text: value }))),
        tool_calls: fc.oneof(value, fc.array(call)),
        observation: fc.oneof(value, fc.record({ results: fc.array(fc.record({ source_call_id: value, content: value })) })),
        metrics: value,
        timestamp: value,
        reasoning_content: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(step, fc.jsonValue({ maxDepth: 1 })), { maxLength: 6 }), (steps) => {
        const bytes = Buffer.from(JSON.stringify({ schema_version: 'ATIF-v1.4', agent: {}, steps }), 'utf8');
        const rollout = rolloutOf(readBytes(bytes));
        expect(rollout.steps).toBe(steps.filter((one) => typeof one === 'object' && one !== null && !Array.isArray(one)).length);
        for (const turn of rollout.turns) {
          expect(texts(bytes, turn.action).join('\n')).toBe(turn.actionText);
          expect(texts(bytes, turn.thought).join('\n')).toHaveLength(turn.lengths.thought);
          expect(texts(bytes, turn.observation).join('\n')).toHaveLength(turn.lengths.observation);
          for (const { span } of [...turn.thought, ...turn.action, ...turn.observation]) {
            expect(turn.span.start <= span.start && span.start < span.end && span.end <= turn.span.end).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
