import { describe, expect, it } from 'vitest';
import { atif } from '../../../server/replay/runtime/atif/index';
import { interpreted } from '../../../server/replay/runtime/atif/interpret';
import { outputsOn } from '../../../server/replay/runtime/atif/screen';
import { obstaclesIn } from '../../../server/replay/obstacles';
import type { RecordedCommand, Recording } from '../../../server/replay/types';

type Called = readonly [tool: string, given: unknown, shown: string | null];

/** One turn for each list of calls. */
const recording = (name: string, ...turns: readonly (readonly Called[])[]): Recording =>
  interpreted({
    hash: '0'.repeat(64),
    format: 'atif',
    version: 'ATIF-v1.7',
    instance: null,
    configuration: { name, version: '1' },
    problemStatement: null,
    submission: null,
    exitStatus: null,
    turns: turns.map((calls, index) => ({
      index,
      executed: true,
      state: null,
      commands: calls.map(([tool, given, shown]) => ({
        action: JSON.stringify(given),
        observation: shown,
        clipped: false,
        exitCode: null,
        timedOut: false,
        call: { tool, arguments: given },
      })),
    })),
  });
const read = (name: string, ...call: Called): RecordedCommand => recording(name, [call]).turns[0]!.commands[0]!;

describe('Claude Code in ATIF', () => {
  const bash = (shown: string, given: object = { command: 'ls', description: 'List' }): RecordedCommand =>
    read('claude-code', 'Bash', given, shown);

  it.each([
    ['what Harbor put after it', 'a.py\nb.py\n\n[stdout]\na.py\nb.py\n[metadata] {"noOutputExpected": false}', 'a.py\nb.py', null],
    ['no output', '(Bash completed with no output)\n\n[metadata] {"noOutputExpected": false}', '', null],
    [
      'a failure',
      'Exit code 127\n/bin/bash: line 1: x: command not found\n\n[error] tool reported failure',
      '/bin/bash: line 1: x: command not found',
      127,
    ],
    ['a failure without a word', 'Exit code 1\n\n[error] tool reported failure', '', 1],
  ])('reads %s', (_, shown, observation, exitCode) => {
    expect(bash(shown)).toMatchObject({ action: 'ls', observation, exitCode, timedOut: false, clipped: false });
  });

  it('knows a timeout and both kinds of cut', () => {
    expect(bash('Exit code 143\nCommand timed out after 2m 0s\npartly\n\n[error] tool reported failure')).toMatchObject({
      observation: 'partly',
      exitCode: null,
      timedOut: true,
    });
    expect(bash('a\n\n... [7 lines truncated] ...\n\nz')).toMatchObject({ observation: 'a', end: 'z', clipped: true });
    const saved =
      '<persisted-output>\nOutput too large (53KB). Full output saved to: /root/x\n\nPreview (first 2KB):\n1\n2\n...\n</persisted-output>';
    expect(bash(saved)).toMatchObject({ observation: '1\n2', clipped: true });
  });

  it.each<readonly [string, Called, string, boolean]>([
    ['a tool that looks', ['Read', { file_path: '/a' }, '1\tx'], '`Read` is a tool of claude-code, no shell command.', false],
    [
      'a tool that writes',
      ['Write', { file_path: '/a', content: '' }, 'ok'],
      '`Write` is a tool of claude-code, no shell command; what it changed is missing from here on.',
      true,
    ],
    [
      'a refused call',
      ['Bash', {}, '<tool_use_error>InputValidationError: …</tool_use_error>'],
      'claude-code refused the call: nothing ran.',
      false,
    ],
    [
      'a command in the background',
      ['Bash', { command: 'x', run_in_background: true }, ''],
      'claude-code ran it in the background, beside what came after it.',
      true,
    ],
    [
      'one that was moved there',
      ['Bash', { command: 'x' }, 'Command running in background with ID: b1.'],
      'claude-code ran it in the background, beside what came after it.',
      true,
    ],
    [
      'arguments of no kind',
      ['Bash', 'ls', ''],
      '`Bash` is a tool of claude-code, no shell command; what it changed is missing from here on.',
      true,
    ],
  ])('names %s', (_, call, reason, changesState) => {
    expect(read('claude-code', ...call).obstacle).toEqual({ reason, changesState });
  });
});

describe('other agents in ATIF', () => {
  it('reads OpenClaw’s exit codes', () => {
    expect(read('openclaw', 'exec', { command: 'false' }, '\n\n(Command exited with code 1)')).toMatchObject({
      observation: '',
      exitCode: 1,
    });
    expect(read('openclaw', 'exec', { command: 'rm x' }, '(no output)')).toMatchObject({ action: 'rm x', observation: '', exitCode: null });
  });

  it('reads Hermes’ JSON', () => {
    expect(read('hermes', 'terminal', { command: 'ls' }, '{"output": "a\\nb", "exit_code": 0, "error": null}')).toMatchObject({
      action: 'ls',
      observation: 'a\nb',
      exitCode: 0,
    });
    expect(read('hermes', 'terminal', { command: 'ls' }, 'no JSON')).toMatchObject({ observation: null, exitCode: null });
    expect(read('hermes', 'execute_code', { code: '1' }, '{}').obstacle?.changesState).toBe(true);
  });

  it('reads mini-swe-agent’s frame, and takes no other text for an output', () => {
    const shown = '<returncode>2</returncode>\n<output>\nno such file\n</output>';
    expect(read('mini-swe-agent', 'bash_command', { command: 'ls x' }, shown)).toMatchObject({ observation: 'no such file', exitCode: 2 });
    expect(read('mini-swe-agent', 'bash_command', { command: 'ls x' }, 'else')).toMatchObject({ observation: null, exitCode: null });
  });

  it('takes Codex’s list and any usual shell tool, and says that it does not know the agent’s shell', () => {
    expect(read('codex', 'shell', { command: ['bash', '-lc', 'ls'] }, 'a').action).toBe('ls');
    const other = recording('new-agent', [['run_shell_command', { command: 'cd /srv/x && ls' }, 'a']]);
    expect(other.turns[0]?.commands[0]?.action).toBe('cd /srv/x && ls');
    expect(atif.plan(other)).toMatchObject({ cwd: '/srv/x', image: null });
    expect(atif.plan(other).problems).toEqual([
      'How new-agent keeps its shell is not known: each command is run in a shell of its own.',
      'The file does not say where the commands were run; /srv/x is taken, where most commands go.',
    ]);
  });
});

describe('Terminus in ATIF', () => {
  const SCREEN = [
    'New Terminal Output:',
    'root@1f2e:/app# ls',
    'a.py  b.py',
    'root@1f2e:/app# cat a.py',
    'print(1)',
    '',
    'root@1f2e:/app#',
  ].join('\n');

  it('compares what stands whole between two prompts', () => {
    expect(outputsOn(SCREEN, ['ls', 'cat a.py'])).toEqual(['a.py  b.py', 'print(1)\n']);
    expect(outputsOn(SCREEN, ['pwd', 'cat a.py'])).toEqual([null, 'print(1)\n']);
    expect(outputsOn(SCREEN.replace(/\nroot@1f2e:\/app#$/, ''), ['ls', 'cat a.py'])).toEqual(['a.py  b.py', null]);
    expect(outputsOn(SCREEN.replace('print(1)', 'x'.repeat(160)), ['ls', 'cat a.py'])).toEqual(['a.py  b.py', null]);
    expect(outputsOn(`${SCREEN}\n[... output limited to 10000 bytes; 5 interior bytes omitted ...]`, ['ls'])).toEqual([null]);
  });

  it('gives the one screen of a turn to the commands that it shows', () => {
    const { turns } = recording('terminus-2', [
      ['bash_command', { keystrokes: 'ls\n', duration: 0.1 }, null],
      ['bash_command', { keystrokes: 'cat a.py\n', duration: 0.1 }, SCREEN],
    ]);
    expect(turns[0]?.commands.map(({ action, observation, obstacle }) => [action, observation, obstacle])).toEqual([
      ['ls', 'a.py  b.py', undefined],
      ['cat a.py', 'print(1)\n', undefined],
    ]);
  });

  it.each([
    ['C-c', true],
    ['q', true],
    ['\u0003', true],
    ['', false],
  ])('names keys that are no line: %j', (keystrokes, changesState) => {
    expect(read('terminus-2', 'bash_command', { keystrokes, duration: 1 }, SCREEN)).toMatchObject({
      observation: null,
      obstacle: { changesState },
    });
  });

  it('names the end of the task, turn by turn', () => {
    const run = recording('terminus-2', [['bash_command', { keystrokes: 'ls\n' }, SCREEN]], [['mark_task_complete', {}, 'sure?']]);
    expect(obstaclesIn(run)).toEqual([{ turn: 1, reason: '`mark_task_complete` is a tool of terminus, no shell command.' }]);
    expect(atif.plan(run).problems).toContain('One turn calls what is no shell command: skipped, and named turn by turn.');
  });
});
