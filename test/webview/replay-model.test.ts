/** The pure parts of what the page says of replays: where lines differ, sums, times, marks, directions of tests. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { directionOf } from '../../webview/components/ReplayLists';
import { frameOf, heightsOf, laneTop } from '../../webview/chart/geometry';
import { MARK_ORDER, markRank, replayPath, testRank } from '../../webview/chart/replay-marks';
import { ago, progressWords, replayed as sentence, sumOf, testsWords, timeLeft, turned } from '../../webview/model/replay-words';
import { differing, linesBefore } from '../../webview/text/line-difference';
import { fixture } from './episodes';
import { markOf, progressOf, replayed } from './replays';

describe('where two lines differ', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\t', '😀', '👩‍🚀', 'é'), maxLength: 30 });

  test('the parts are the line, and what is common is common', () => {
    fc.assert(
      fc.property(line, line, (a, b) => {
        const [one, other] = [differing(a, b), differing(b, a)];
        expect(one.before + one.middle + one.after).toBe(a);
        expect([one.before, one.after]).toEqual([other.before, other.after]);
        // Never half a character.
        for (const part of [one.before, one.middle, one.after]) expect(part.isWellFormed()).toBe(true);
        if (a === b) expect(one.middle).toBe('');
        else expect(one.middle + other.middle).not.toBe('');
      }),
    );
  });

  test('a long line is cut around its difference, whole characters only', () => {
    const [before, after] = ['😀'.repeat(500), 'y'.repeat(5_000)];
    const parts = differing(`${before}1${after}`, `${before}2${after}`);
    expect(parts).toEqual({ before: '😀'.repeat(40), middle: '1', after: 'y'.repeat(80), alike: true, cutBefore: true, cutAfter: true });
    const whole = differing('x'.repeat(1_000_000), 'z');
    expect(whole.alike).toBe(false);
    expect([whole.middle.length, whole.after, whole.cutAfter]).toEqual([400, '', true]);
  });

  test('lines before it are given only where the text really has it there', () => {
    const text = 'one\r\ntwo\nthree\nfour';
    expect(linesBefore(text, 3, 'three', 2)).toEqual(['one', 'two']);
    expect(linesBefore(text, 1, 'one', 2)).toEqual([]);
    expect(linesBefore(text, 3, 'other', 2)).toEqual([]);
    expect(linesBefore(text, 5, null, 2)).toEqual(['three', 'four']);
    expect(linesBefore(null, 3, 'three', 2)).toEqual([]);
  });
});

describe('words', () => {
  const made = fixture({ turns: 17, outcome: ['fails'] });

  test('a sum counts marks: turns that are not trusted are not the same', () => {
    const view = replayed(made, { diverges: 9 }).view.replay;
    if (!view) throw new Error('no replay');
    expect(sumOf(view)).toEqual({ same: 9, of: 16, untrusted: 6, classes: '12 equal, 2 noise, 1 nothing to compare, 1 other text' });
    expect(sentence(view)).toBe('Replayed: 9 of 16 turns equal or noise, first divergence at turn 10.');
    expect(sentence({ ...view, marks: ['equal', 'not_executed', 'unrecorded'], firstDivergence: null })).toBe(
      'Replayed: 1 of 1 turn equal.',
    );
  });

  test('time left is coarse, and silent where it is not known', () => {
    expect([null, Number.NaN, -1, 0, 4, 5, 38, 61, 100, 3599, 5400].map(timeLeft)).toEqual([
      '',
      '',
      '',
      'a few seconds left',
      'a few seconds left',
      'about 5 s left',
      'about 40 s left',
      'about 1 min left',
      'about 2 min left',
      'about 60 min left',
      'about 1.5 h left',
    ]);
  });

  test('progress never counts beyond its end', () => {
    const at = (done: number) => progressWords(progressOf(made, done, { diverges: null }, { secondsLeft: null }));
    expect([at(0), at(16), at(17)]).toEqual(['Turn 1 of 17', 'Turn 17 of 17', 'Turn 17 of 17']);
  });

  test('when it was, and what tests did', () => {
    const now = Date.UTC(2026, 0, 10);
    expect([10_000, 180_000, 7_200_000, 86_400_000, 3 * 86_400_000].map((ms) => ago(now - ms, now))).toEqual([
      'just now',
      '3 minutes ago',
      '2 hours ago',
      'yesterday',
      '3 days ago',
    ]);
    expect(turned({ green: 12_000, red: 1 })).toBe('+12,000 −1');
    expect(testsWords({ green: 0, red: 2, passed: 3, collected: null })).toBe('3 pass, 2 tests turned red');
    expect(testsWords({ green: 0, red: 0, passed: 0, collected: 0 })).toContain('none found');
    expect(testsWords({ green: 0, red: 0, passed: 0, collected: 4 })).toBe('0 of 4 pass, none turned');
  });

  test('a test is green where it passes or fails as expected', () => {
    const direction = (before: Parameters<typeof directionOf>[0]['before'], after: Parameters<typeof directionOf>[0]['after']) =>
      directionOf({ name: 't', before, after });
    expect([direction('failed', 'passed'), direction(null, 'xfail'), direction('error', 'failed'), direction('skipped', null)]).toEqual([
      'green',
      'green',
      null,
      null,
    ]);
    expect([direction('passed', 'failed'), direction('passed', null), direction('xfail', 'passed')]).toEqual(['red', 'red', null]);
  });
});

describe('marks', () => {
  test('the worst is the most telling; what was not replayed has none', () => {
    expect(MARK_ORDER.map(markRank)).toEqual([1, 2, 3, 4, 5]);
    expect([markRank('not_executed'), markRank('not_replayed'), markRank(undefined)]).toEqual([0, 0, 0]);
    expect(new Set(MARK_ORDER.map((mark) => replayPath(mark, 0, 0))).size).toBe(MARK_ORDER.length);
    expect(Array.from({ length: 4 }, (_, i) => testRank({ green: i & 1, red: i >> 1, passed: 0, collected: null }))).toEqual([0, 1, 2, 3]);
    expect(markOf(fixture({ turns: 17, outcome: ['fails'] }), 13, { diverges: 9 })).toBe('not_executed');
  });

  test('lanes take room only where they are', () => {
    for (const size of ['full', 'low'] as const) {
      const [none, replay, tests] = [heightsOf(size, 'none'), heightsOf(size, 'replay'), heightsOf(size, 'tests')];
      expect([replay.chart - none.chart, tests.chart - none.chart]).toEqual([14, 28]);
      expect(heightsOf(size, 'tests')).toBe(tests);
      const frame = frameOf(0, 10, 800, tests);
      expect(laneTop(frame, 'tests') - laneTop(frame, 'replay')).toBe(14);
    }
    expect(heightsOf('folded', 'tests').lanes).toEqual(['gate']);
  });
});
