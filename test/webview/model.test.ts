/** The page's pure parts: bins, lanes, words, highlighting, diffs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accumulate } from '../../server/reward/arithmetic';
import { binsOf, reachOf, thin } from '../../webview/chart/bins';
import { HEIGHTS, frameOf, turnAtX, xOf, yScales } from '../../webview/chart/geometry';
import { gateRuns, laneMarks } from '../../webview/chart/lane-marks';
import { pictureOf } from '../../webview/chart/marks';
import { zoomedAround } from '../../webview/chart/pointer';
import { count, duration, level, money, reward } from '../../webview/model/format';
import { flips, gateReason } from '../../webview/model/gate';
import { seriesOf } from '../../webview/model/series';
import { ansiRuns } from '../../webview/text/ansi';
import { diffFiles } from '../../webview/text/diff';
import { highlight } from '../../webview/text/highlight';
import { chunks } from '../../webview/text/TextBlock';
import { fixture } from './episodes';

describe('bins', () => {
  const made = fixture({ turns: 10_000, outcome: ['fails'] });
  const acc = accumulate(made.view.scores);
  const series = seriesOf(made.view.scores);

  test('no extreme and no turn is lost, whatever the window', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9_000 }),
        fc.integer({ min: 10, max: 1_000 }),
        fc.integer({ min: 2, max: 60 }),
        (from, size, perBin) => {
          const bins = binsOf(series, acc, from, from + size, perBin);
          expect(bins[0]?.from).toBeLessThanOrEqual(from);
          expect(bins.at(-1)?.to).toBeGreaterThanOrEqual(from + size);
          for (const bin of bins) {
            const raws = Array.from({ length: bin.to - bin.from }, (_, i) => bin.from + i)
              .filter((t) => acc.rawState[t] === 0)
              .map((t) => acc.raw[t] ?? 0);
            expect(bin.scored + bin.unscored + bin.failed).toBe(bin.to - bin.from);
            expect(bin.scored).toBe(raws.length);
            if (raws.length === 0) continue;
            expect([bin.min, bin.max]).toEqual([Math.min(...raws), Math.max(...raws)]);
            const [low, high] = reachOf(bin);
            expect(low).toBeLessThanOrEqual(bin.min);
            expect(high).toBeGreaterThanOrEqual(bin.max);
            expect(bin.segments.reduce((sum, s) => sum + s.value, 0)).toBeCloseTo(bin.mean, 10);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a thinned line keeps first, least, greatest and last of each bin', () => {
    const values = Float64Array.from([0, 5, -3, 1, 2, 2, 9, 1]);
    expect(thin(values, 0, 8, 4)).toEqual([
      [0, 0],
      [1, 5],
      [2, -3],
      [3, 1],
      [4, 2],
      [6, 9],
      [7, 1],
    ]);
  });

  test('every mark stands inside the picture', () => {
    for (const [turns, width, heights] of [
      [1, 360, HEIGHTS.low],
      [17, 360, HEIGHTS.low],
      [200, 1400, HEIGHTS.full],
      [10_000, 1400, HEIGHTS.full],
      [10_000, 3840, HEIGHTS.full],
    ] as const) {
      const one = fixture({ turns, outcome: ['empty_patch'] });
      const { marks } = pictureOf(seriesOf(one.view.scores), accumulate(one.view.scores), frameOf(0, turns, width, heights));
      for (const mark of marks) {
        expect(mark.x).toBeGreaterThanOrEqual(50);
        expect(mark.x + ('w' in mark ? mark.w : 0)).toBeLessThanOrEqual(width - 40);
        const y = mark.kind === 'whisker' ? mark.y1 : mark.y;
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThanOrEqual(heights.plot);
      }
    }
  });
});

describe('geometry', () => {
  test('bars and sums share their zero line', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1 }),
        fc.array(fc.double({ min: -500, max: 500, noNaN: true }), { minLength: 1 }),
        (bars, sums) => {
          const { bar, sum } = yScales(bars, sums, 160);
          expect(bar(0)).toBeCloseTo(sum(0), 3);
          for (const [scale, values] of [
            [bar, bars],
            [sum, sums],
          ] as const) {
            for (const value of values) {
              expect(scale(value)).toBeGreaterThanOrEqual(7);
              expect(scale(value)).toBeLessThanOrEqual(160);
            }
          }
        },
      ),
    );
  });

  test('a pixel and a turn find each other', () => {
    const frame = frameOf(40, 61, 1400);
    for (let t = 40; t < 61; t++) expect(turnAtX(frame, xOf(frame, t) + 1)).toBe(t);
    expect(turnAtX(frame, -100)).toBe(40);
    expect(turnAtX(frame, 9999)).toBe(60);
  });

  test('zooming keeps the turn under the pointer in the window and ends at all turns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 199 }), fc.constantFrom(0.5, 0.8, 1.25, 2), (anchor, factor) => {
        const window = zoomedAround(anchor + 0.5, 0, 200, factor, 200);
        if (factor > 1) expect(window).toBeNull();
        else if (window) {
          expect(window[0]).toBeLessThanOrEqual(anchor);
          expect(window[1]).toBeGreaterThan(anchor);
        }
      }),
    );
  });
});

describe('lanes', () => {
  test('the worst mark of a cell stands for all', () => {
    const frame = frameOf(0, 10_000, 1400);
    const marks = laneMarks(
      [
        [0, 1],
        [1, 3],
        [2, 2],
        [9_999, 1],
      ],
      frame,
    );
    expect(marks.map(({ turns, rank }) => ({ turns, rank }))).toEqual([
      { turns: [0, 1, 2], rank: 3 },
      { turns: [9_999], rank: 1 },
    ]);
  });

  test('gate runs cover the window without gap or overlap', () => {
    for (const outcome of [['empty_patch'], ['fails'], ['fails', 'passes']] as const) {
      const acc = accumulate(fixture({ turns: 200, outcome, threshold: 0.5 }).view.scores);
      const runs = gateRuns(acc, 0, 200);
      expect(runs[0]?.from).toBe(0);
      expect(runs.at(-1)?.to).toBe(200);
      runs.slice(1).forEach((run, i) => expect(run.from).toBe(runs[i]?.to));
      expect(new Set(runs.map((r) => r.word)).size).toBe(1);
    }
  });
});

describe('words', () => {
  test('numbers', () => {
    expect([0.1, -0.5, 0, -0, 0.004, -1e-9, 12.345].map(reward)).toEqual(['+0.10', '−0.50', '0.00', '0.00', '+0.004', '−1e-9', '+12.35']);
    expect([0, -0.5, 1.000001, 1 / 3, 1.4000000000000001, Number.MAX_VALUE, -Number.MAX_VALUE].map(level)).toEqual([
      '0.00',
      '−0.50',
      '1.000001',
      '0.333333',
      '1.40',
      '∞',
      '−∞',
    ]);
    expect([9999, 10_000].map(count)).toEqual(['9999', '10,000']);
    expect([0.42, 17.44, 200, 3900].map(duration)).toEqual(['0.42 s', '17.4 s', '3 min 20 s', '1 h 05 min']);
    expect([1.23, 0.0013, 0].map(money)).toEqual(['$1.23', '$0.0013', '$0.00']);
  });

  test('gates say which numbers they compare', () => {
    const { scores } = fixture({ turns: 17, outcome: ['empty_patch'] }).view;
    const [outcome] = accumulate(scores).levels;
    expect(outcome && gateReason(outcome)).toBe('outcome −0.50 < 0.00');
    expect(flips(accumulate(scores), accumulate(scores, { thresholds: { outcome: -0.5 } }))).toBe(
      'Gate outcome open at −0.50: 0 rewards masked.',
    );
    expect(flips(accumulate(scores), accumulate(scores, { thresholds: { outcome: 0.2 } }))).toBeNull();
  });
});

describe('texts', () => {
  const joined = (runs: readonly { readonly text: string }[]): string => runs.map((run) => run.text).join('');

  test('highlighting never changes a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.constantFrom('shellscript', 'python', 'json', 'diff', 'text'),
        (text, language) => {
          expect(joined(highlight(text, language))).toBe(text);
        },
      ),
    );
  });

  test('highlighting ends soon on texts made to stall it', () => {
    for (const text of [
      `"${'\\'.repeat(50_000)}`,
      '"""'.repeat(20_000),
      '$'.repeat(60_000),
      `${'-'.repeat(59_000)}x`,
      '{"a"'.repeat(15_000),
      ' #'.repeat(30_000),
      '1e'.repeat(30_000),
    ]) {
      for (const language of ['shellscript', 'python', 'json'] as const) {
        const from = performance.now();
        expect(joined(highlight(text, language)).length).toBe(text.length);
        expect(performance.now() - from).toBeLessThan(5_000);
      }
    }
  });

  test('blocks of lines lose nothing but the breaks between them', () => {
    const text = Array.from({ length: 3000 }, (_, i) => `line ${i} ${'x'.repeat(i % 90)}`).join('\n');
    const blocks = chunks([{ text, kind: null }]);
    expect(blocks.length).toBeGreaterThan(3);
    expect(blocks.map(joined).join('\n')).toBe(text);
  });

  test('colours become classes, everything else stays text', () => {
    expect(ansiRuns('\u001b[1;31mred\u001b[0m <b>')).toEqual([
      { text: 'red', kind: 'ansiBold ansiRed' },
      { text: ' <b>', kind: null },
    ]);
  });

  test('a diff is split at its files and keeps every line', () => {
    const text =
      'diff --git a/x.py b/x.py\nindex 1..2 100644\n--- a/x.py\n+++ b/x.py\n@@ -1,3 +1,3 @@\n a\n--- b\n+++ c\n d\ndiff --git a/new b/new\nnew file mode 100644\n--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+foo\n';
    const files = diffFiles(text);
    expect(files?.map(({ name, added, removed }) => ({ name, added, removed }))).toEqual([
      { name: 'x.py', added: 1, removed: 1 },
      { name: 'new', added: 1, removed: 0 },
    ]);
    expect(`${files?.flatMap((f) => f.lines.map((l) => l.text)).join('\n')}\n`).toBe(text);
    expect(diffFiles('no diff at all')).toBeNull();
  });
});
