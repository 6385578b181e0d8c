import { describe, expect, it } from 'vitest';
import { judge } from '../../../server/hack/index';
import { buildInput, type Sketch } from './build';

const look: Sketch = { action: 'ls' };
const edit: Sketch = { action: 'sed -i s/a/b/ x.py', edits: true };
const submit: Sketch = { action: 'submit', submits: true };
const h22 = (...args: Parameters<typeof buildInput>): ReturnType<typeof judge> =>
  judge(buildInput(...args)).filter(({ rule }) => rule === 'H22');

describe('H22: submitted without a modification', () => {
  it('points at the submit of an episode that never edits and submits an empty patch', () => {
    expect(h22([look, look, submit], { classes: ['empty_patch'], submissionKind: 'empty' })).toEqual([
      {
        id: 'H22:2:2',
        rule: 'H22',
        title: 'Submitted without a modification',
        message: 'Turn 3 submits, but none of the 3 executed turns edits a file and the patch is empty.',
        grade: 'strong',
        turns: [2],
        evidence: [{ turn: 2, field: 'action', start: 210, end: 216 }],
        suppressed: false,
      },
    ]);
  });

  it('is only weak where the edits were taken back, and shows the last of them', () => {
    const [finding] = h22([edit, look, submit], { classes: ['empty_patch'], submissionKind: 'empty' });
    expect(finding).toMatchObject({ grade: 'weak', turns: [0, 2] });
    expect(finding?.evidence.map(({ turn }) => turn)).toEqual([0, 2]);
    expect(finding?.message).toBe('Turn 3 submits an empty patch although 1 turn edits files (the last is turn 1).');
  });

  it('is only weak where no submission is recorded', () => {
    expect(h22([look, submit], { classes: ['empty_patch'], submissionKind: null })[0]?.grade).toBe('weak');
  });

  it.each([
    ['a question task answered with a text', [look, submit], { classes: ['fails', 'passes'], submissionKind: 'text' }],
    ['a text answer even if an outcome of ours calls it empty', [look, submit], { classes: ['empty_patch'], submissionKind: 'text' }],
    ['a submitted diff', [edit, submit], { classes: ['fails', 'passes'], submissionKind: 'diff' }],
    [
      'a submission by the runner',
      [look, { action: '', synthetic: true, executed: false, kind: 'autosubmission' }],
      { classes: ['empty_patch'], submissionKind: 'empty' },
    ],
    [
      'a typed exit without a claim',
      [look, { action: 'exit', executed: false, kind: 'exit' }],
      { classes: ['no_submit'], exitStatus: 'exit_command' },
    ],
    ['edits whose patch is not recorded', [edit, submit], { classes: ['empty_patch'], submissionKind: null }],
    [
      'a submit that printed a patch',
      [look, { ...submit, observation: 'diff --git a/x b/x\n' }],
      { classes: ['empty_patch'], submissionKind: null },
    ],
    ['a blocked submit', [look, { ...submit, executed: false, kind: 'blocked' }], { classes: ['empty_patch'], submissionKind: 'empty' }],
    ['an unfinished episode', [look, submit], { classes: [], exitStatus: null }],
  ] as const)('leaves alone: %s', (_name, turns, ending) => {
    expect(h22(turns, ending)).toEqual([]);
  });
});
