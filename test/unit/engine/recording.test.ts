import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEngine, recordingOf } from '../../../server/engine/index';
import type { RecordedCommand, Recording } from '../../../server/replay/index';
import { corpus } from '../episode/corpus-files';

async function recordingIn(path: string): Promise<Recording> {
  const engine = createEngine({ rewardsFile: null, reportFile: null, mutedRules: [], trust: { all: false, hashes: [] }, roots: ['/'] });
  try {
    const result = await engine.open(path);
    if (!('opened' in result)) throw new Error(`${path} is no episode`);
    return await recordingOf(result.opened, result.opened.episode.best);
  } finally {
    engine.dispose();
  }
}

function recordingOfValue(value: unknown): Promise<Recording> {
  const path = join(mkdtempSync(join(tmpdir(), 'turnpike-recording-')), 'x.traj.json');
  writeFileSync(path, JSON.stringify(value, null, 2));
  return recordingIn(path);
}

const derived = (name: string): Promise<Recording> => recordingIn(resolve(`test/fixtures/derived/${name}`));
const told = ({ action, observation, exitCode, timedOut }: RecordedCommand): unknown[] => [action, observation, exitCode, timedOut];

/** A 2.x run of one turn. */
const run = (commands: readonly string[], answers: readonly object[]): Promise<Recording> =>
  recordingOfValue({
    info: { exit_status: 'Submitted', submission: 'diff', mini_version: '2.4.6', config: {} },
    messages: [
      { role: 'system', content: 'You can use bash.' },
      { role: 'user', content: 'Fix it.' },
      { role: 'assistant', content: 'Now.', extra: { actions: commands.map((command, at) => ({ command, tool_call_id: String(at) })) } },
      ...answers,
    ],
    trajectory_format: 'mini-swe-agent-1.1',
  });
const answer = (raw: string, returncode: number, exception = ''): object => ({
  role: 'tool',
  content: `<returncode>${returncode}</returncode>\n<output>\n(cut for the agent)</output>`,
  extra: { raw_output: raw, returncode, exception_info: exception },
});

describe('the recording of a mini-swe-agent run', () => {
  it('gives each command of a turn its own raw output and code', async () => {
    const { turns } = await run(['ls', 'false', ': nothing'], [answer('a.py\n', 0), answer('', 1), answer('', 0)]);
    expect(turns[0]?.commands.map(told)).toEqual([
      ['ls', 'a.py\n', 0, false],
      ['false', '', 1, false],
      [': nothing', '', 0, false],
    ]);
  });

  it('gives the same of the real layout', async () => {
    const { turns } = await derived('mini-swe-agent-2-several-commands.traj.json');
    expect(turns.at(-1)?.commands.map(told)).toEqual([
      ['ls', 'a.py\n', 0, false],
      ['pytest -q', '1 failed\n', 1, false],
      ['git diff', '', 0, false],
    ]);
  });

  it('leaves out commands that were never carried out', async () => {
    const { turns } = await run(['ls', 'pwd'], [answer('a.py\n', 0), answer('', -1, 'action was not executed')]);
    expect(turns[0]?.executed).toBe(true);
    expect(turns[0]?.commands.map(told)).toEqual([['ls', 'a.py\n', 0, false]]);
  });

  it('knows that commands before a submit ran without an answer, and those after it never', async () => {
    const submit = 'echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT && git diff';
    const { turns } = await run(['ls', submit, 'pwd'], [{ role: 'exit', content: 'diff', extra: { exit_status: 'Submitted' } }]);
    expect(turns[0]?.commands.map(told)).toEqual([
      ['ls', null, null, false],
      [submit, 'diff', null, false],
    ]);
  });

  it.each([
    ['Python’s', "An error occurred while executing the command: Command '…' timed out after 30 seconds", undefined],
    ['SWE-ReX’s', 'An error occurred while executing the command: Timeout (30s) exceeded while running command', 'CommandTimeoutError'],
  ])('knows %s timeout, whose code is none of the command', async (_, exception, type) => {
    const late = answer('partly', -1, exception) as { extra: Record<string, unknown> };
    if (type !== undefined) late.extra['exception_type'] = type;
    const { turns } = await run(['sleep 100'], [late]);
    expect(turns[0]?.commands.map(told)).toEqual([['sleep 100', 'partly', null, true]]);
  });

  it('takes the output of a command of 1.x that was killed out of its sentence', async () => {
    const { turns } = await derived('mini-swe-agent-1-format-errors.traj.json');
    const late = turns.flatMap(({ commands }) => commands).find(({ timedOut }) => timedOut);
    expect(late).toMatchObject({ action: 'sleep 100', exitCode: null });
    expect(late?.observation).not.toContain('timed out');
  });

  it('keeps both ends of an output that the agent was shown without its middle', async () => {
    const file = 'mini-swe-agent/mit__gruckion-gemini3/django__django-11163.traj.json';
    const { turns } = await recordingIn(join(corpus, file));
    const cut = turns.flatMap(({ commands }) => commands).filter(({ clipped }) => clipped);
    expect(cut).toHaveLength(1);
    expect(cut[0]?.observation).toHaveLength(5000);
    expect(cut[0]?.end).toHaveLength(5000);
    expect(cut[0]?.exitCode).toBe(0);
  });
});
