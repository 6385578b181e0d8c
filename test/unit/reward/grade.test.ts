import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grade, tally, turned } from '../../../server/reward/index';
import { vector } from './vectors';

const none = { failToPass: null, passToPass: null };

describe('grading by SWE-bench’s lists', () => {
  const lists = { failToPass: ['f1', 'f2'], passToPass: ['p1', 'p2'] };
  it.each([
    [{ f1: 'passed', f2: 'xfail', p1: 'passed', p2: 'skipped' }, 'full'],
    [{ f1: 'passed', f2: 'failed', p1: 'passed', p2: 'passed' }, 'partial'],
    [{ f1: 'passed', f2: 'skipped', p1: 'passed', p2: 'passed' }, 'partial'],
    [{ f1: 'passed', f2: 'passed', p1: 'passed', p2: 'error' }, 'no'],
    [{ f1: 'passed', f2: 'passed', p1: 'passed' }, 'no'],
    [{ f1: 'failed', f2: 'failed', p1: 'passed', p2: 'passed' }, 'no'],
    [{}, 'no'],
  ] as const)('%j is %s', (results, resolved) => {
    expect(grade(vector(results), lists)?.resolved).toBe(resolved);
  });
  it('keeps what is missing apart from what failed', () => {
    expect(grade(vector({ f2: 'failed', p1: 'passed' }), lists)).toEqual({
      failToPass: { passed: [], failed: ['f2'], missing: ['f1'] },
      passToPass: { passed: ['p1'], failed: [], missing: ['p2'] },
      resolved: 'no',
    });
    expect(tally(vector({ f2: 'failed', p1: 'passed', other: 'passed' }), lists)).toEqual({ passed: 1, failed: 1, skipped: 0, missing: 2 });
  });
  it('says nothing without lists', () => {
    expect(grade(vector({ a: 'passed' }), none)).toBeNull();
  });
  it('finds tests by the names that the lists have', () => {
    const lists = (name: string) => ({ failToPass: [name], passToPass: null });
    // Cut at the first blank, as SWE-bench's parsers do; all that begin so must pass.
    const cut = vector({ 't.py::a[x y]': 'passed', 't.py::a[x z]': 'passed', 't.py::b[x y]': 'passed', 't.py::b[x z]': 'failed' });
    expect(grade(cut, lists('t.py::a[x'))?.resolved).toBe('full');
    expect(grade(cut, lists('t.py::b[x'))?.resolved).toBe('no');
    const docstring = vector({ 'test_a (m.C)': 'passed' }, { aliases: { 'It works.': ['test_a (m.C)'] } });
    expect(grade(docstring, lists('It works.'))?.resolved).toBe('full');
    expect(grade(docstring, lists('test_a'))?.failToPass.missing).toEqual(['test_a']);
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(grade(vector({ a: 'passed' }), lists(name))?.failToPass.missing).toEqual([name]);
      expect(grade(vector(JSON.parse(`{"${name}":"passed"}`) as Record<string, 'passed'>), lists(name))?.resolved).toBe('full');
    }
  });
});

describe('what a turn turned', () => {
  it('is green and red', () => {
    const before = vector({ a: 'failed', b: 'passed', c: 'error', d: 'skipped', e: 'passed', f: 'xfail' });
    const after = vector({ a: 'passed', b: 'failed', c: 'xfail', d: 'passed', e: 'skipped', f: 'passed' });
    expect(turned(before, after, none)).toEqual({ green: ['a', 'c'], red: ['b'], appeared: [], gone: [] });
  });
  it('does not count a test that came or went, but where its file could not be loaded', () => {
    const broken = vector({ 't.py': 'error', 'u.py::x': 'passed' });
    const whole = vector({ 't.py::a': 'passed', 't.py::b': 'failed', 'u.py::y': 'passed' });
    expect(turned(broken, whole, none)).toEqual({
      green: ['t.py::a'],
      red: [],
      appeared: ['u.py::y'],
      gone: ['t.py', 'u.py::x'],
    });
    expect(turned(whole, broken, none)).toMatchObject({ green: [], red: ['t.py::a'] });
    const unloaded = vector({ 'm.test_x (unittest.loader._FailedTest.m.test_x)': 'error' });
    expect(turned(unloaded, vector({ 'test_a (m.test_x.C.test_a)': 'passed' }), none).green).toEqual(['test_a (m.test_x.C.test_a)']);
  });
  it('counts a listed test that is missing as failed', () => {
    const lists = { failToPass: ['f'], passToPass: ['p'] };
    expect(turned(vector({ p: 'passed', other: 'failed' }), vector({ f: 'passed', other: 'passed' }), lists)).toEqual({
      green: ['f'],
      red: ['p'],
      appeared: [],
      gone: [],
    });
    expect(turned(vector({ f: 'passed', p: 'passed' }), vector({ f: 'skipped', p: 'skipped' }), lists)).toMatchObject({ red: ['f'] });
  });

  const results = fc.dictionary(
    fc.constantFrom('a', 'b', 'c', '__proto__'),
    fc.constantFrom('passed', 'failed', 'error', 'skipped', 'xfail'),
  );
  it('is undone by going back, and adds up', () => {
    fc.assert(
      fc.property(results, results, fc.boolean(), (x, y, listed) => {
        const lists = listed ? { failToPass: ['a', 'b'], passToPass: ['c', '__proto__'] } : none;
        const [a, b] = [vector(x), vector(y)];
        const [there, back] = [turned(a, b, lists), turned(b, a, lists)];
        expect([...there.green].sort()).toEqual([...back.red].sort());
        expect([...there.appeared].sort()).toEqual([...back.gone].sort());
        expect(turned(a, a, lists)).toEqual({ green: [], red: [], appeared: [], gone: [] });
      }),
    );
  });
});
