import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Turn } from '../../../server/episode/index';
import { commandHead, turnName } from '../../../server/language/heading';
import { buildTurn } from '../hack/build';

const turn = (action: string, more: Partial<Turn> = {}): Turn => ({ ...buildTurn(6, { action }), actionText: action, ...more });
const name = (action: string, more: Partial<Turn> = {}): string => turnName(turn(action, more), 6);

describe('a turn is called', () => {
  test('by its number and the first line of its command', () => {
    expect(name('python reproduce.py')).toBe('Turn 7 · python reproduce.py');
    expect(name('python reproduce.py\n')).toBe('Turn 7 · python reproduce.py');
    expect(name('\n\n  cat > a.py <<E\nprint()\nE')).toBe('Turn 7 · cat > a.py <<E …');
    expect(name('x'.repeat(200))).toBe(`Turn 7 · ${'x'.repeat(79)}…`);
    expect(name(`a${'😀'.repeat(60)}`).isWellFormed()).toBe(true);
  });

  test('by the tool and the whole call, where the call is JSON', () => {
    const json = turn('{\n  "file_path": "/a b",\n  "limit": 3\n}', { tool: { name: 'Read', known: null, validArguments: null } });
    const action = [{ span: { start: 0, end: 9 }, encoding: 'json' as const }];
    expect(turnName({ ...json, action }, 6)).toBe('Turn 7 · Read { "file_path": "/a b", "limit": 3 }');
  });

  test('by what went wrong, before the command', () => {
    expect(name('pytest', { returnCode: 1, error: 'recorded' })).toBe('Turn 7 × exit 1 · pytest');
    expect(name('pytest', { returnCode: -1, error: 'recorded' })).toBe('Turn 7 × exit -1 · pytest');
    expect(name('pytest', { returnCode: 0, error: null })).toBe('Turn 7 · pytest');
    expect(name('sleep 9', { timedOut: true, returnCode: -1, error: 'recorded' })).toBe('Turn 7 × timed out · sleep 9');
    expect(name('pytest', { error: 'observed' })).toBe('Turn 7 × error observed · pytest');
    expect(name('vim a', { kind: 'blocked', executed: false, error: 'recorded' })).toBe(
      'Turn 7 × blocked by the filter, nothing ran · vim a',
    );
    expect(name('if', { kind: 'syntax_error', executed: false, error: 'recorded' })).toBe('Turn 7 × shell syntax error, nothing ran · if');
    expect(name('', { kind: 'unparsable', executed: false, error: 'recorded' })).toBe('Turn 7 × answer not parsed, nothing ran');
    expect(name('ls', { problem: 'Its state is no object.' })).toBe('Turn 7 × damaged in the file · ls');
  });

  test('by why there is no command of the policy', () => {
    expect(name('')).toBe('Turn 7 · (no action)');
    expect(name('', { kind: 'message' })).toBe('Turn 7 · (message without action)');
    expect(name('submit', { kind: 'autosubmission', synthetic: true })).toBe('Turn 7 · (submitted by the runner)');
    expect(name('exit_cost', { kind: 'limit_exit', synthetic: true, error: 'recorded' })).toBe('Turn 7 × ended by a limit or an error');
    expect(name('exit', { kind: 'exit' })).toBe('Turn 7 · (typed exit)');
    expect(name('edit 1:1', { kind: 'retry', error: 'observed' })).toBe(
      'Turn 7 × error observed · (the tool asked for another try) · edit 1:1',
    );
  });

  test('on one line without controls, whatever the command holds', () => {
    expect(commandHead(turn('a\u001b[31mb\u0007c\u202ed\u2028e'))).toBe('ab c d …');
    const any = fc.string({
      unit: fc.constantFrom('a', ' ', '\t', '\n', '\r', '\u001b', '[', '3', 'm', '\u0000', '\u009b', '\u202e', '\u2066', '─', '·'),
    });
    fc.assert(
      fc.property(any, (action) => {
        // eslint-disable-next-line no-control-regex -- none of them may be left
        expect(name(action)).toMatch(/^Turn 7 · [^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+$/);
        expect(name(action).length).toBeLessThanOrEqual('Turn 7 · '.length + 80);
      }),
    );
  });
});

interface Grammar {
  readonly repository: Readonly<Record<string, { readonly match: string; readonly begin: string }>>;
}

describe('the grammar', () => {
  const grammar = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../extension/syntaxes/turnpike-episode.tmLanguage.json'), 'utf8'),
  ) as Grammar;
  const parts = (rule: string, line: string): (string | undefined)[] => {
    const { match, begin } = grammar.repository[rule]!;
    return [...(new RegExp(match ?? begin).exec(line) ?? [])].slice(1);
  };
  const heading = (action: string, more: Partial<Turn> = {}): string => `── ${name(action, more)} ──────────`;

  test('tells error, remark and command of a heading apart', () => {
    expect(parts('turn', heading('ls'))).toEqual(['──', 'Turn 7', undefined, undefined, '·', 'ls', '──────────']);
    const failed = parts('turn', heading('pytest -x', { returnCode: 2, error: 'recorded' }));
    expect(failed).toEqual(['──', 'Turn 7', ' × exit 2', undefined, '·', 'pytest -x', '──────────']);
    expect(parts('turn', heading('', { kind: 'unparsable', error: 'recorded' }))[2]).toBe(' × answer not parsed, nothing ran');
    expect(parts('turn', heading('', { kind: 'message' })).slice(2, 6)).toEqual([
      undefined,
      ' · (message without action)',
      undefined,
      undefined,
    ]);
    const retry = parts('turn', heading('edit 1', { kind: 'retry', error: 'observed' }));
    expect(retry.slice(2, 6)).toEqual([' × error observed', ' · (the tool asked for another try)', '·', 'edit 1']);
  });

  test('takes no command for an error', () => {
    expect(parts('turn', heading('echo × exit 1 ──────────'))[2]).toBeUndefined();
    expect(parts('turn', heading('× exit 1'))[2]).toBeUndefined();
  });

  test('marks a failed exit in the header of an observation, and no other', () => {
    expect(parts('observation', '┄ observation  exit 1 · 0.42 s')).toEqual(['┄', 'observation', '  ', 'exit 1', ' · 0.42 s']);
    expect(parts('observation', '┄ observation  bash · exit -9')).toEqual(['┄', 'observation', '  bash · ', 'exit -9', '']);
    expect(parts('observation', '┄ observation  exit 0 · 0.42 s')[3]).toBeUndefined();
    expect(parts('observation', '┄ observation')[4]).toBe('');
  });
});
