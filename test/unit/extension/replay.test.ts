import { homedir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { preflightText } from '../../../extension/replay/preflight-text';
import { absolute, replaySettings, type Written } from '../../../extension/replay/settings';
import { isName, observationUri, parseObservationUri, parseStateUri, stateUri } from '../../../extension/replay/state-uri';
import { failureText, resultOf, tested } from '../../../extension/replay/test-results';
import { nextOf, oneLine, progressWords, replayWords, timeLeft } from '../../../extension/replay/words';
import { badge, summaryLine, summaryWords } from '../../../extension/words';
import type { EpisodeSummary, ReplayProgress } from '../../../server/protocol/index';

const WRITTEN: Written = { images: {}, repositories: {}, limits: {}, runtime: '', sweAgentTools: '', active: 2, tests: {} };

describe('settings of replays', () => {
  test('reach the server in the units that it counts in', () => {
    const limits = { memoryGiB: 0.5, cpus: 1.5, processes: 64, diskGiB: 2, actionSeconds: 0.25, totalSeconds: 60 };
    expect(replaySettings({ ...WRITTEN, limits }, null, null).limits).toEqual({
      memoryBytes: 2 ** 29,
      cpus: 1.5,
      pids: 64,
      diskBytes: 2 ** 31,
      actionMs: 250,
      totalMs: 60_000,
    });
  });
  test('have their paths made absolute', () => {
    expect(absolute('~/src/a', '/ws')).toBe(join(homedir(), 'src/a'));
    expect(absolute('clones/a', '/ws')).toBe('/ws/clones/a');
    expect(absolute('/a', '/ws')).toBe('/a');
    expect(absolute('a', null)).toBe('a');
    const repositories = { 'a__b-*': { directory: 'clones/b', commit: ' bfd2593d ' } };
    expect(replaySettings({ ...WRITTEN, repositories, sweAgentTools: 'swe' }, '/ws', '/st')).toMatchObject({
      repositories: { 'a__b-*': { directory: '/ws/clones/b', commit: 'bfd2593d' } },
      sweAgentTools: '/ws/swe',
      storage: '/st',
    });
  });
  test('keep the order of their patterns: the first that matches counts', () => {
    expect(Object.keys(replaySettings({ ...WRITTEN, images: { 'b*': 'x', 'a*': 'y' } }, null, null).images ?? {})).toEqual(['b*', 'a*']);
  });
  test('may hold anything: what is none is left out', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (a, b, c) => {
        const out = replaySettings(
          { images: a, repositories: b, limits: c, runtime: a, sweAgentTools: b, active: c, tests: b },
          '/ws',
          null,
        );
        for (const value of [...Object.values(out.images ?? {}), ...Object.values(out.tests ?? {})]) expect(value).not.toBe('');
        for (const value of Object.values(out.limits ?? {})) expect(value).toBeGreaterThan(0);
        expect(out.active).toBeGreaterThanOrEqual(1);
        expect(out.active).toBeLessThanOrEqual(16);
        expect(typeof out.runtime).toBe('string');
      }),
    );
  });
});

describe('addresses of states', () => {
  const place = fc.record({
    uri: fc.string({ unit: 'grapheme' }).map((s) => `file:///runs/${encodeURIComponent(s)}.traj`),
    attempt: fc.option(fc.nat(99)),
    turn: fc.integer({ min: -1, max: 100_000 }),
    path: fc.array(fc.string({ unit: 'grapheme', minLength: 1 }).filter(isName), { maxLength: 4 }).map((names) => names.join('/')),
  });
  test('lead back to the file and turn they were made of', () => {
    fc.assert(
      fc.property(place, (p) => {
        expect(parseStateUri(stateUri(p))).toEqual(p);
      }),
    );
  });
  test('of observations too', () => {
    fc.assert(
      fc.property(place, fc.constantFrom('recorded' as const, 'replayed' as const), ({ uri, attempt, turn }, side) => {
        const p = { uri, attempt, turn: Math.max(0, turn), side };
        expect(parseObservationUri(observationUri(p))).toEqual(p);
      }),
    );
  });
  test.each([
    'turnpike-state://turn-7/../../etc/passwd?file=file:///a.traj',
    'turnpike-state://turn-7/a//b?file=file:///a.traj',
    'turnpike-state://turn-7/./a?file=file:///a.traj',
    'turnpike-state://turn-7/%2e%2e/a?file=file:///a.traj',
    'turnpike-state://turn-7/a%00b?file=file:///a.traj',
    'turnpike-state://turn-0/a?file=file:///a.traj',
    'turnpike-state://turn-x/a?file=file:///a.traj',
    'turnpike-state://turn-7/a?file=http://host/a.traj',
    'turnpike-state://turn-7/a',
    'turnpike://turn-7/a?file=file:///a.traj',
  ])('%s is none', (text) => {
    expect(parseStateUri(text)).toBeNull();
  });
});

const progress = (p: Partial<ReplayProgress>): ReplayProgress => ({
  uri: 'file:///a.traj',
  attempt: 0,
  phase: 'running',
  done: 0,
  of: 17,
  secondsLeft: null,
  message: '',
  turn: null,
  ...p,
});

describe('words on replays', () => {
  test('say how far it is', () => {
    expect(progressWords(progress({ done: 6, secondsLeft: 34, message: 'Turn 6: equal' }))).toBe('turn 7 of 17 · about 30 s left');
    expect(progressWords(progress({ done: 17 }))).toBe('turn 17 of 17');
    expect(progressWords(progress({ phase: 'waiting', message: 'Waiting: 1 replay before this one' }))).toBe(
      'Waiting: 1 replay before this one',
    );
    expect(progressWords(progress({ phase: 'pulling', done: 1_200_000_000, of: 2_000_000_000, message: '3 of 9 layers' }))).toBe(
      '1,200 of 2,000 MB · 3 of 9 layers',
    );
    expect([3, 12, 88, 100, 3600].map(timeLeft)).toEqual([
      'a few seconds left',
      'about 10 s left',
      'about 90 s left',
      'about 2 min left',
      'about 60 min left',
    ]);
  });
  test('count what could be compared, and nothing else', () => {
    const marks = ['equal', 'noise', 'not_executed', 'unrecorded', 'diverged', 'untrusted', 'not_replayed'] as const;
    expect(replayWords({ marks, firstDivergence: 4 })).toBe('2 of 4 turns as recorded, diverged at turn 5');
    expect(replayWords({ marks: ['equal'], firstDivergence: null })).toBe('1 of 1 turn as recorded');
  });
  test('hold nothing that a terminal or a label would obey', () => {
    expect(oneLine('  a\u001b[31mred\u0007\r\nb\u202e ')).toBe('a [31mred b');
    expect(oneLine('x'.repeat(200))).toHaveLength(120);
  });
  test('find the next divergence, around the end too', () => {
    const marks = ['equal', 'diverged', 'equal', 'diverged'] as const;
    expect([null, 0, 1, 2, 3].map((after) => nextOf(marks, 'diverged', after))).toEqual([1, 1, 3, 3, 1]);
    expect(nextOf(['equal'], 'diverged', null)).toBeNull();
  });
  test('say what a replay needs', () => {
    const text = preflightText('a.traj', {
      engine: 'unix:///run/docker.sock',
      runtime: 'swe-agent-1',
      image: null,
      wanted: ['a:latest', 'b:latest'],
      obstacles: [{ turn: 3, reason: 'pip needs a network' }],
      problems: ['Ignored files are not covered.'],
    });
    expect(text).toContain('✓ engine   unix:///run/docker.sock');
    expect(text).toContain('✗ image    none of a:latest, b:latest');
    expect(text).toContain('1 turn can’t come out the same:\n  turn 4  pip needs a network');
  });
});

describe('turns as tests', () => {
  test('pass where they came out the same, fail where they really diverged, and are skipped where nothing can be said', () => {
    expect((['equal', 'noise', 'diverged', 'untrusted', 'unrecorded', 'not_executed', 'not_replayed'] as const).map(resultOf)).toEqual([
      'passed',
      'passed',
      'failed',
      'skipped',
      'skipped',
      'skipped',
      'skipped',
    ]);
    expect(tested({ marks: ['equal', 'not_executed', 'untrusted'] })).toEqual([0, 2]);
  });
  test('say why they failed', () => {
    expect(failureText(6, { class: 'exit_status', reason: 'Recorded 0, replayed 1.', first: null }, null)).toBe(
      'Turn 7 diverged: another exit code. Recorded 0, replayed 1.',
    );
    expect(failureText(6, { class: 'value', reason: null, first: { line: 3 } }, 'The network is off.')).toBe(
      'Turn 7 diverged: another observation, first in line 3. The network is off.',
    );
  });
});

describe('marks of replayed episodes', () => {
  const summary: EpisodeSummary = {
    uri: 'file:///a.traj',
    path: '/a.traj',
    instance: 'a',
    format: 'swe-agent',
    exitStatus: 'submitted',
    outcome: 'submitted',
    dra: { state: 'scored', value: 1 },
    gra: { state: 'scored', value: 1 },
    graBounds: null,
    findings: 1,
    turns: 11,
    state: 'finished',
    problem: null,
  };
  const same = { at: 0, same: 11, compared: 11, firstDivergence: null, size: 1, mtime: 1 };
  const other = { ...same, same: 4, firstDivergence: 4 };
  test('stand at the end of the line', () => {
    expect(summaryLine(summary)).toBe('+1.00 · ▲1 · untested');
    expect(summaryLine(summary, same)).toBe('+1.00 · ▲1 · untested · =');
    expect(summaryLine(summary, other)).toBe('+1.00 · ▲1 · untested · ≠5');
    expect(summaryWords(summary, other)).toContain('replayed, diverged at turn 5');
  });
  test('take the room that a badge has, two characters in all', () => {
    expect(badge(summary, other)).toEqual({
      text: '▲≠',
      tooltip: 'submitted, needs tests, 1 suspected hack, replayed, diverged at turn 5',
    });
    expect(badge({ ...summary, outcome: 'passes' }, other)?.text).toBe('✓▲');
    expect(badge({ ...summary, findings: 0 }, same)?.text).toBe('=');
    expect(badge({ ...summary, findings: 0 })).toBeNull();
  });
});
