import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepLink, parseDeepLink } from '../../../extension/deep-link';
import { asDefault } from '../../../extension/example';
import { group } from '../../../extension/grouping';
import { launchers } from '../../../extension/launchers';
import { pageHtml } from '../../../extension/page-html';
import { positionAt, rangeOf } from '../../../extension/raw';
import { badge, reward, score, summaryLine, summaryWords } from '../../../extension/words';
import type { EpisodeSummary } from '../../../server/protocol/index';

describe('deep links', () => {
  test('lead back to the place they were made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.option(fc.nat(1000)), fc.option(fc.nat(100_000)), (name, attempt, turn) => {
        const place = { path: `/runs/${name}.traj`, attempt, turn };
        const url = new URL(deepLink('vscode', place));
        expect(parseDeepLink(url.pathname, url.search.slice(1))).toEqual(place);
      }),
    );
  });
  test('count turns from 1, as a person does', () => {
    expect(deepLink('vscode', { path: '/a b.traj', attempt: 0, turn: 16 })).toBe(
      'vscode://turnpike.turnpike/open?path=%2Fa%20b.traj&attempt=1&turn=17',
    );
  });
  test.each([
    ['/run', 'path=/a.traj'],
    ['/open', ''],
    ['/open', 'path=a.traj'],
    ['/open', 'path=/etc/passwd'],
    ['/open', 'path=/a.traj&turn=0'],
    ['/open', 'path=/a.traj&turn=1e9999'],
    ['/open', 'path=/a.traj&attempt=x'],
  ])('%s?%s is refused with a sentence', (path, query) => {
    expect(parseDeepLink(path, query)).toHaveProperty('problem', expect.stringMatching(/\.$|….$/));
  });
});

describe('the page’s policy', () => {
  const html = pageHtml(
    { title: '<img src=x onerror=alert(1)>', scripts: ['https://x/a.js'], styles: ['https://x/a.css'], source: 'https://x' },
    'abc',
  );
  test('runs own scripts only and connects nowhere', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'") ?? '';
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'nonce-abc'",
      'style-src https://x',
      'font-src https://x data:',
      'img-src https://x',
      "connect-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(html).not.toContain('unsafe');
    expect(html).not.toContain('<img');
  });
  test('has another nonce each time', () => {
    const parts = { title: 't', scripts: [], styles: [], source: 's' };
    expect(pageHtml(parts)).not.toBe(pageHtml(parts));
  });
});

describe('episodes by folder', () => {
  const paths = (list: readonly string[]) => list.map((path) => ({ key: `file:///${path}`, path }));
  test('a batch run has an instance per folder, attempts are its rollouts', () => {
    const groups = group(
      paths([
        'runs/gpt/django__django-10/django__django-10.traj',
        'runs/gpt/django__django-9/django__django-9.traj',
        'runs/gpt/django__django-9/attempt_1/django__django-9.traj',
        'runs/mini/a/a.traj.json',
        'harbor/trial-1/agent/trajectory.json',
        'loose.traj',
      ]),
    );
    expect(groups.map((g) => [g.folder, g.count, g.instances.map((i) => [i.instance, i.files.length])])).toEqual([
      ['.', 1, [['loose', 1]]],
      ['harbor', 1, [['trial-1', 1]]],
      [
        'runs/gpt',
        3,
        [
          ['django__django-9', 2],
          ['django__django-10', 1],
        ],
      ],
      ['runs/mini', 1, [['a', 1]]],
    ]);
  });
  test('keeps names that an object would mistake', () => {
    expect(group(paths(['__proto__/constructor.traj']))).toMatchObject([{ folder: '__proto__', instances: [{ instance: 'constructor' }] }]);
  });
});

describe('positions of bytes', () => {
  test('equal those of the decoded text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'é', '漢', '😀', '\n', '\r\n')), fc.nat(), (parts, at) => {
        const cut = at % (parts.length + 1);
        const before = parts.slice(0, cut).join('');
        const lines = before.split('\n');
        const offset = Buffer.byteLength(before);
        expect(positionAt(Buffer.from(parts.join('')), offset)).toEqual({ line: lines.length - 1, character: (lines.at(-1) ?? '').length });
      }),
    );
  });
  test('leave a BOM uncounted', () => {
    expect(positionAt(Buffer.from('\ufeffab'), 4)).toEqual({ line: 0, character: 1 });
  });
  test('a file above the limit gets a sentence', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'tp-raw-'));
    try {
      writeFileSync(join(dir, 'a'), 'one\ntwo\n');
      expect(await rangeOf(join(dir, 'a'), { start: 4, end: 7 }, 100)).toEqual({
        start: { line: 1, character: 0 },
        end: { line: 1, character: 3 },
      });
      expect(await rangeOf(join(dir, 'a'), { start: 4, end: 7 }, 5)).toHaveProperty('problem');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('words', () => {
  test('rewards have a sign and two decimals, zero has none', () => {
    expect([0.1, -0.5, 0, -0.001, 12.345].map(reward)).toEqual(['+0.10', '−0.50', '0.00', '0.00', '+12.35']);
    expect(score(null)).toBe('–');
    expect(score({ state: 'unscored', reason: 'x' }, [-0.2, 1])).toBe('−0.20 … +1.00');
  });
  const summary: EpisodeSummary = {
    uri: 'file:///a',
    path: '/a',
    instance: null,
    format: 'swe-agent',
    exitStatus: 'submitted',
    outcome: 'fails',
    dra: null,
    gra: { state: 'scored', value: 0.4 },
    graBounds: null,
    findings: 1,
    turns: 17,
    state: 'finished',
    problem: null,
  };
  test('an episode in one line', () => {
    expect(summaryLine(summary)).toBe('+0.40 · ▲1 · fails');
    expect(summaryLine({ ...summary, findings: 0, outcome: 'no_submit', exitStatus: 'exit_cost' })).toBe('+0.40 · no submit · exit_cost');
    const open = { ...summary, outcome: 'submitted', gra: { state: 'unscored', reason: 'needs tests' }, graBounds: [0.15, 1.15] } as const;
    expect(summaryLine(open)).toBe('+0.15…+1.15 · ▲1 · untested');
    expect(summaryLine({ ...summary, outcome: null, gra: null, findings: 0, state: 'running', exitStatus: null })).toBe(
      '– · pending · running',
    );
    expect(summaryLine({ ...summary, turns: 0, problem: 'The file is empty.' })).toBe('The file is empty.');
  });
  test('the same line in full, as it is read aloud', () => {
    expect(summaryWords(summary)).toBe('G-RA +0.40, 1 finding, fails tests, 17 turns');
    expect(summaryWords({ ...summary, turns: 0, problem: 'The file is empty.' })).toBe('The file is empty.');
  });
  test('a badge has at most two characters and never speaks of what is not read', () => {
    expect(badge(summary)).toEqual({ text: '✗▲', tooltip: 'fails tests, 1 suspected hack' });
    expect(badge({ ...summary, outcome: 'submitted', findings: 0 })).toBeNull();
    expect(badge({ ...summary, format: null })).toBeNull();
  });
});

describe('the terminal command', () => {
  test('passes its arguments untouched, whatever the folder is called', () => {
    const dir = mkdtempSync(join(tmpdir(), "tp-it's $(x) "));
    try {
      const cli = join(dir, 'cli.cjs');
      writeFileSync(cli, 'process.stdout.write(JSON.stringify([process.env.ELECTRON_RUN_AS_NODE, ...process.argv.slice(2)]))');
      const program = join(dir, 'turnpike');
      writeFileSync(program, launchers(process.execPath, cli).posix);
      chmodSync(program, 0o755);
      expect(JSON.parse(execFileSync(program, ['inspect', 'a b.traj', '$(y)'], { encoding: 'utf8' }))).toEqual([
        '1',
        'inspect',
        'a b.traj',
        '$(y)',
      ]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('a new reward configuration', () => {
  test('leaves what the default does not pay in a comment', () => {
    expect(asDefault('levels:\n  - functions:\n      - id: novelty\n        weight: 0.02\n      - id: b\n')).toBe(
      'levels:\n  - functions:\n      # - id: novelty\n      #   weight: 0.02\n      - id: b\n',
    );
  });

  test('names its own module in a comment only', () => {
    const yaml = 'levels:\n  - functions:\n      - id: a\n      - module: ./m.mjs\n        weight: 1\n\n      - id: b\n';
    expect(asDefault(yaml)).toBe(
      'levels:\n  - functions:\n      - id: a\n      # - module: ./m.mjs\n      #   weight: 1\n\n      - id: b\n',
    );
  });
});
