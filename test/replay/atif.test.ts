import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { preflight, replay, toolFolders, type Recording, type ReplayFacts } from '../../server/replay/index';
import { connectToTestEngine, recordingOfFile, testImage } from './support';

type Step = readonly (readonly [tool: string, given: unknown, shown: string | null])[];
const OPTIONS = { repository: null, limits: {}, until: null, runtime: null, tests: null };

/** An ATIF file as Harbor writes it. `screen`: one result without a call's name for all calls of a step. */
function fileOf(agent: object, steps: readonly Step[], screen = false): string {
  const path = join(mkdtempSync(join(tmpdir(), 'turnpike-atif-')), 'trajectory.json');
  const value = {
    schema_version: 'ATIF-v1.6',
    session_id: 's',
    agent: { version: '1', ...agent },
    steps: [
      { step_id: 1, source: 'user', message: 'Do it.' },
      ...steps.map((calls, at) => ({
        step_id: at + 2,
        source: 'agent',
        message: 'Now.',
        tool_calls: calls.map(([function_name, given], call) => ({ tool_call_id: `c${at}-${call}`, function_name, arguments: given })),
        observation: {
          results: screen
            ? [{ content: calls.at(-1)?.[2] ?? '' }]
            : calls.map(([, , content], call) => ({ source_call_id: `c${at}-${call}`, content })),
        },
      })),
    ],
    final_metrics: { total_steps: steps.length + 1 },
  };
  writeFileSync(path, JSON.stringify(value, null, 2));
  return path;
}

async function replayed(path: string): Promise<{ recording: Recording; facts: ReplayFacts }> {
  const recording = await recordingOfFile(path);
  const options = { ...OPTIONS, image: testImage('python') };
  return { recording, facts: await replay(await connectToTestEngine(), { recording, options, tools: toolFolders() }) };
}
const classesOf = ({ turns }: ReplayFacts): unknown[] => turns.map(({ divergence }) => divergence?.class ?? null);
const meta = '\n\n[metadata] {"noOutputExpected": false}';

describe('ATIF episodes', () => {
  it('of Claude Code: a shell per command, the directory kept, other tools named', async () => {
    const bash = (command: string, shown: string): Step => [['Bash', { command }, shown]];
    const path = fileOf({ name: 'claude-code', extra: { cwds: ['/tmp'] } }, [
      bash('mkdir -p a/b && cd a && export KEPT=1 && pwd', `/tmp/a\n\n[stdout]\n/tmp/a\n[metadata] {}`),
      bash('pwd; echo "${KEPT:-gone}"', `/tmp/a\ngone\n\n[stdout]\n/tmp/a\ngone\n[metadata] {}`),
      bash('cd b; false', 'Exit code 1\n\n[error] tool reported failure'),
      bash('pwd; exit 3', 'Exit code 3\n/tmp/a\n\n[error] tool reported failure'),
      bash('cd /usr && echo out; echo err >&2', `out\nerr${meta}`),
      bash('pwd', `/tmp${meta}`),
      bash(':"x"', 'Exit code 127\n/bin/bash: line 1: :x: command not found\n\n[error] tool reported failure'),
      bash(
        'echo "',
        'Exit code 2\n/bin/bash: eval: line 1: unexpected EOF while looking for matching `"\'\n\n[error] tool reported failure',
      ),
      [['Read', { file_path: '/tmp/x' }, '1\tx']],
      bash('printf ""', `(Bash completed with no output)${meta}`),
      [['Write', { file_path: '/tmp/x', content: 'x' }, 'File created']],
      bash('cat x', `x${meta}`),
    ]);
    const { recording, facts } = await replayed(path);
    expect(classesOf(facts).slice(0, 10)).toEqual(['equal', 'equal', 'equal', 'equal', 'equal', 'equal', 'equal', 'equal', null, 'equal']);
    expect(facts.turns.map(({ trusted }) => trusted)).toEqual([...Array<boolean>(10).fill(true), false, false]);
    expect(facts.turns[8]).toMatchObject({ executed: false, problem: '`Read` is a tool of claude-code, no shell command.' });
    expect(facts.turns[10]?.problem).toContain('what it changed is missing');
    // The file was never written: it differs, and nobody is told that the episode does.
    expect(facts.turns[11]?.divergence?.class).not.toBe('equal');
    expect(facts.firstDivergence).toBeNull();
    expect(facts.problems).toContain(
      '2 turns call what is no shell command: skipped, and named turn by turn. From turn 11 on the state may be another than the recorded one.',
    );
    const before = await preflight(null, recording, { ...OPTIONS, image: null }, toolFolders());
    expect(before.runtime).toBe('atif');
    expect(before.obstacles.map(({ turn }) => turn)).toEqual([8, 10]);
  });

  it('whose folder the image lacks end in a sentence', async () => {
    const path = fileOf({ name: 'claude-code', extra: { cwds: ['/nowhere'] } }, [[['Bash', { command: 'ls' }, '']]]);
    await expect(replayed(path)).rejects.toThrow('The episode worked in /nowhere, which the image does not have');
  });

  it('of Hermes: exports kept, exit codes compared', async () => {
    const terminal = (command: string, output: string, exit_code: number): Step => [
      ['terminal', { command }, JSON.stringify({ output, exit_code, error: null })],
    ];
    const { facts } = await replayed(
      fileOf({ name: 'hermes' }, [
        terminal('cd /tmp && mkdir -p x && cd x && export A="1 2"', '', 0),
        terminal('echo "$A $PWD"', '1 2 /tmp/x', 0),
        terminal('echo wrong; false', 'wrong', 0),
      ]),
    );
    expect(classesOf(facts)).toEqual(['equal', 'equal', 'exit_status']);
    expect(facts.firstDivergence).toBe(2);
  });

  it('of OpenClaw: nothing kept, sh', async () => {
    const run = (command: string, shown: string): Step => [['exec', { command }, shown]];
    const { facts } = await replayed(
      fileOf({ name: 'openclaw' }, [
        run('cd /tmp && pwd', '/tmp'),
        run('cd /tmp && file x', '/usr/bin/sh: 1: file: not found'),
        run('cd /tmp; false', '\n\n(Command exited with code 1)'),
        [['exec', { command: 'pwd', workdir: '/usr' }, '/usr']],
      ]),
    );
    expect(classesOf(facts)).toEqual(['equal', 'equal', 'equal', 'equal']);
  });

  it('of Terminus: one shell, and of the screen what stands there whole', async () => {
    const typed = (...keys: string[]): Step => keys.map((keystrokes) => ['bash_command', { keystrokes, duration: 0.1 }, null]);
    const seen = (step: Step, screen: string): Step =>
      step.map(([tool, given], at) => [tool, given, at === step.length - 1 ? screen : null]);
    const $ = 'root@1f2e:/tmp# ';
    const { facts } = await replayed(
      fileOf(
        { name: 'terminus-2', extra: { cwds: ['/tmp'] } },
        [
          seen(typed('cd /tmp\n', 'X=5\n'), `New Terminal Output:\nroot@1f2e:/app# cd /tmp\n${$}X=5\n${$}`),
          seen(typed('echo $((X + 1))\n'), `New Terminal Output:\n${$}echo $((X + 1))\n6\n${$}`),
          seen(typed('vim x\n'), 'Current Terminal Screen:\n~\n~'),
          seen(typed('C-c'), 'Current Terminal Screen:\n~'),
        ],
        true,
      ),
    );
    expect(classesOf(facts).slice(0, 2)).toEqual(['equal', 'equal']);
    expect(facts.turns[2]?.divergence?.class).toBe('unrecorded');
    expect(facts.turns[3]).toMatchObject({
      executed: false,
      trusted: false,
      problem: 'It presses keys of a terminal program; a replay has a shell.',
    });
  });
});
