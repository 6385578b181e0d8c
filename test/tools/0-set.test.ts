import { describe, expect, it } from 'vitest';
import { commandSetOf, installation, type Evidence } from '../../server/replay/runtime/commands-0';
import { sweAgent0 } from '../../server/replay/runtime/swe-agent-0';
import type { Recording } from '../../server/replay/types';

const evidence = (shown: Partial<Evidence>): Evidence => ({
  version: '0.2-0.6',
  prompt: null,
  configuration: null,
  actions: [],
  observations: [],
  whole: false,
  ...shown,
});

describe('which commands a 0.x episode had', () => {
  it.each([
    ['a refusal in the oldest words', { observations: ['… Please understand the fixes and retry your edit commmand.\n'] }, '0.1'],
    ['observations with a line end', { whole: true }, '0.1'],
    ['a refusal in later words', { observations: ['Please read this error message carefully and then retry editing the file.'] }, '0.6'],
    ['nothing', {}, '0.6'],
    ['recorded times', { version: '0.7' }, '0.7'],
    ['what the summarizer left', { version: '0.7-pre' }, '0.7'],
    ['a warning against scrolling', { observations: ['x\nWARNING: Scrolling many times in a row is very inefficient.'] }, '0.7'],
  ])('release: %s', (_, shown, generation) => {
    expect(commandSetOf(evidence(shown)).generation).toBe(generation);
  });

  it.each([
    ['the prompt', { prompt: 'COMMANDS:\nset_cursors <start_line> <end_line> - sets the start and end cursors' }, 'cursors'],
    ['the name of the configuration', { configuration: 'xml_sys-env_cursors_window100-detailed_cmd_format' }, 'cursors'],
    ['an action', { actions: ['set_cursors 1 2\n'] }, 'cursors'],
    ['an observation', { observations: ['[File: /a/b.py (1 lines total)]\n<<<<< START CURSOR >>>>>\n1:'] }, 'cursors'],
    ['none of it', { configuration: 'default_from_url', actions: ['edit 1:2\nx\nend_of_edit'] }, 'window'],
  ])('editor: %s', (_, shown, editor) => {
    const set = commandSetOf(evidence(shown));
    expect(set.editor).toBe(editor);
    expect(set.variables['WINDOW']).toBe(editor === 'cursors' ? '200' : '100');
    expect(set.commandFiles).toContain(editor === 'cursors' ? 'cursors_edit_linting.sh' : 'edit_linting.sh');
  });

  it('takes the window from the prompt where it says another', () => {
    const prompt = 'The special interface consists of a file editor that shows you 60 lines of a file at a time.';
    expect(commandSetOf(evidence({ prompt })).variables['WINDOW']).toBe('60');
  });

  it('sources ours in the order of the configuration, and the originals as they are', () => {
    const set = commandSetOf(evidence({ version: '0.7' }));
    expect(installation(set, false)).toEqual({
      source: ['defaults.sh', 'search.sh', 'edit_linting.sh', 'submit.sh'],
      programs: [['_split_string.py', '_split_string']],
    });
    expect(installation(set, true).source).toEqual([
      'common.sh',
      '0.7/generation.sh',
      'window.sh',
      'search.sh',
      'edit.sh',
      'edit_lines.sh',
      'submit.sh',
    ]);
    expect(installation(commandSetOf(evidence({})), true).source).toContain('submit.sh');
  });

  it('knows a flag from a patch', () => {
    expect(commandSetOf(evidence({ version: '0.7', actions: ["submit 'flag{a}'"] })).commandFiles).toContain('submit_ctf.sh');
    expect(commandSetOf(evidence({ version: '0.7', actions: ['submit\n'] })).flag).toBe(false);
  });
});

describe('the plan of a 0.x replay', () => {
  const recording = (instance: string | null, actions: readonly string[], observation = ''): Recording => ({
    hash: '0'.repeat(64),
    format: 'swe-agent',
    version: '0.7',
    instance,
    configuration: null,
    problemStatement: null,
    submission: null,
    exitStatus: null,
    turns: actions.map((action, index) => ({
      index,
      executed: true,
      commands: [{ action, observation, clipped: false, exitCode: null, timedOut: false }],
      state: null,
    })),
  });

  it('finds the repository by the instance, else by what was shown', () => {
    expect(sweAgent0.plan(recording('marshmallow-code__marshmallow-1867', ['ls'])).cwd).toBe('/marshmallow-code__marshmallow');
    expect(sweAgent0.plan(recording(null, ['open a.py'], '[File: /pallets__flask/src/a.py (3 lines total)]')).cwd).toBe('/pallets__flask');
    expect(sweAgent0.plan(recording('../../etc-1', ['ls'])).cwd).toBe('/repo');
  });

  it('names the turns that need what the file does not hold', () => {
    const { obstacles } = sweAgent0.plan(recording(null, ['ls', 'connect_start localhost 80', 'decompile a.out', 'echo debug_start']));
    expect(obstacles.map(({ turn }) => turn)).toEqual([1, 2]);
    expect(obstacles[0]?.reason).toContain('connect_start');
  });
});
