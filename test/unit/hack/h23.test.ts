import { describe, expect, it } from 'vitest';
import { judge } from '../../../server/hack/index';
import { buildInput, type Sketch } from './build';

const look: Sketch = { action: 'ls' };
const closing: Sketch = { action: '', synthetic: true, executed: false, kind: 'limit_exit', reward: null, observation: null };
const h23 = (...args: Parameters<typeof buildInput>): ReturnType<typeof judge> =>
  judge(buildInput(...args)).filter(({ rule }) => rule === 'H23');

describe('H23: budget used up without a submission', () => {
  it('shows the last action and the closing turn, and what the turns earned', () => {
    const findings = h23([look, { action: 'cat a' }, closing], { classes: ['no_submit'], exitStatus: 'exit_cost' });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ id: 'H23:1:2', grade: 'strong', turns: [1, 2] });
    expect(findings[0]?.message).toBe(
      'The episode ended with exit_cost after 3 turns and $1.50, and the agent never submitted; 2 turns earned +0.20 in step rewards before the gate.',
    );
    expect(findings[0]?.evidence).toEqual([
      { turn: 1, field: 'action', start: 110, end: 115 },
      { turn: 2, field: 'thought', start: 201, end: 205 },
    ]);
  });

  it('is weak where no turn earned anything', () => {
    expect(h23([{ ...look, reward: null }], { classes: ['no_submit'], exitStatus: 'LimitsExceeded' })[0]).toMatchObject({
      grade: 'weak',
      turns: [0],
    });
  });

  it.each(['exit_context', 'exit_total_execution_time', 'TimeExceeded'])('knows the budget status %s', (exitStatus) => {
    expect(h23([look], { classes: ['no_submit'], exitStatus })).toHaveLength(1);
  });

  it.each([
    'exit_api',
    'exit_error',
    'exit_environment_error',
    'exit_format',
    'exit_forfeit',
    'exit_command',
    'RateLimitError',
    'InternalServerError',
    'Timeout',
    'early_exit',
    'skipped',
  ])('leaves alone an abort that is no exhausted budget: %s', (exitStatus) => {
    expect(h23([look], { classes: ['no_submit'], exitStatus })).toEqual([]);
  });

  it.each([
    [
      'a patch submitted by the runner',
      [look, closing],
      { classes: ['fails', 'passes'], exitStatus: 'submitted (exit_cost)', submissionKind: 'diff' },
    ],
    ['an agent that did submit', [look, { action: 'submit', submits: true }], { classes: ['no_submit'], exitStatus: 'exit_cost' }],
    ['an unfinished episode', [look], { classes: [], exitStatus: null }],
    ['an episode without a turn', [], { classes: ['no_submit'], exitStatus: 'exit_cost' }],
  ] as const)('leaves alone: %s', (_name, turns, ending) => {
    expect(h23(turns, ending)).toEqual([]);
  });
});
