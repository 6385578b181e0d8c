import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { decode, type Turn } from '../../../server/episode/index';
import { NO_SETTINGS, readClient, readSettings } from '../../../server/language/client';
import { FIELDS } from '../../../server/language/readable';
import { find } from '../../../server/language/requests/find';
import { paidShare, withoutAttemptCopies } from '../../../server/language/requests/folder';
import { messageText, seenAt } from '../../../server/language/requests/seen';
import { turnDetail, turnRows, wholeText } from '../../../server/language/requests/turns';
import { episodeView, isError, turnMarks } from '../../../server/language/requests/view';
import { namesTrajectory, walk } from '../../../server/language/walk';
import { escapeMarkdown, shorten, signed } from '../../../server/language/words';
import { SCORED, UNDECIDED, UNSCORED, type Accumulation } from '../../../server/reward/index';
import { buildTurn } from '../hack/build';
import { CORPUS, model } from './open';

const corpus = (path: string): string => join(CORPUS, path);
const PWN = corpus('swe-agent/mit__SWE-agent/demo__ctf_pwn_warmup__19496ddc.traj');
const DJANGO = corpus('swe-agent/mit__SE-Agent/claude_12__iteration_1__django__django-10999__django__django-10999__766707.traj');
const MINI = corpus('mini-swe-agent/mit__gruckion-gemini3/django__django-16255.traj.json');
const ATIF = corpus('atif/mit__CodeTracer-kimi/caffe-cifar-10__incQ5z3/agent/trajectory.json');

const folder = mkdtempSync(join(tmpdir(), 'turnpike-requests-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('what the model saw', () => {
  test('is the query of the turn, message by message, each with its bytes', async () => {
    const episode = await model(DJANGO);
    const turn = episode.turns[2]!;
    const { messages, source, total, note } = await seenAt(episode, 2, { limit: 1_000_000 });
    const query = JSON.parse(decode(await episode.opened.bytes(turn.query!), 'json').text) as {
      role: string;
      is_demo?: boolean;
      content: string | { text: string }[];
    }[];
    expect(source).toBe('query');
    expect([messages.length, total, note]).toEqual([query.length, query.length, null]);
    for (const [i, message] of messages.entries()) {
      const recorded = query[i]!;
      const text = typeof recorded.content === 'string' ? recorded.content : recorded.content.map((part) => part.text).join('\n');
      expect(message.role).toBe(recorded.role);
      expect(message.text.includes(text)).toBe(true);
      expect(message.demonstration).toBe(recorded.is_demo === true);
      expect(JSON.parse(decode(await episode.opened.bytes(message.span), 'json').text)).toEqual(recorded);
    }
    expect(messages.filter((m) => m.demonstration).length).toBeGreaterThan(10);
  });

  test.each([
    ['SWE-agent 0.7', PWN],
    ['mini-swe-agent', MINI],
    ['ATIF', ATIF],
  ])('without a query it is what stood before the answer: %s', async (_, path) => {
    const episode = await model(path);
    for (const index of [0, 1, episode.turns.length - 1]) {
      const turn = episode.turns[index]!;
      const { messages, source, total } = await seenAt(episode, index, { limit: 1_000_000 });
      expect(source).toBe('history');
      expect(messages.length).toBe(Math.min(total, 200));
      const spans = await episode.history();
      const answer = decode(await episode.opened.bytes(spans[total]!), 'json').text;
      // The message that follows is the answer that became this turn.
      expect(JSON.stringify(answer)).toContain(
        JSON.stringify(JSON.stringify(turn.actionText.trim().split('\n')[0]!).slice(1, -1)).slice(1, -1),
      );
      expect(messages.some((m) => m.span.start === spans[total]!.start)).toBe(false);
    }
  });

  test('text parts are joined, images named, reasoning, tool calls and ATIF results kept', () => {
    expect(messageText({ content: [{ type: 'text', text: 'a' }, { type: 'image_url' }, 'b', null] })).toBe('a\n[image]\nb\n');
    expect(
      messageText({
        content: null,
        thinking_blocks: [{ thinking: 'hm' }],
        tool_calls: [{ function: { name: 'bash', arguments: '{"command":"ls"}' } }],
      }),
    ).toBe('hm\nbash({"command":"ls"})');
    expect(
      messageText({
        message: 'm',
        tool_calls: [{ function_name: 'f', arguments: { x: 1 } }],
        observation: { results: [{ content: 'out' }] },
      }),
    ).toBe('m\nf({"x":1})\nout');
    expect(messageText({})).toBe('');
    expect(messageText({ content: { odd: true } })).toBe('{"odd":true}');
  });
});

describe('turns and texts', () => {
  test('a turn’s pieces are the bytes that they name', async () => {
    const episode = await model(DJANGO);
    for (const index of episode.turns.keys()) {
      const detail = await turnDetail(episode, index, 1_000_000);
      expect(detail.line).toBeGreaterThan(1);
      for (const field of FIELDS)
        for (const piece of detail.fields[field])
          expect(piece.text).toBe(decode(await episode.opened.bytes(piece.span), piece.encoding).text);
    }
    const short = await turnDetail(episode, 0, 10);
    expect(short.fields.action[0]?.text.length).toBeLessThanOrEqual(10);
    expect(short.fields.action[0]?.wholeLength).toBe(episode.turns[0]!.lengths.action);
    await expect(turnDetail(episode, 99, 10)).rejects.toThrow('There is no turn 100');
  });

  test('the state is found beside a query', async () => {
    expect(JSON.parse((await turnDetail(await model(DJANGO), 1, 10_000)).state!)).toHaveProperty('working_dir');
    expect(JSON.parse((await turnDetail(await model(PWN), 1, 10_000)).state!)).toHaveProperty('working_dir');
  });

  test('rows are cut to what there is', async () => {
    const episode = await model(MINI);
    expect(turnRows(episode, 0, 1e9)).toHaveLength(17);
    expect(turnRows(episode, 15, 20).map((r) => r.index)).toEqual([15, 16]);
    expect(turnRows(episode, 20, 10)).toEqual([]);
    for (const row of turnRows(episode, 0, 17)) expect(row.action.length).toBeLessThanOrEqual(200);
  });

  test('whole texts', async () => {
    const episode = await model(corpus('swe-agent/mit__SWE-agent/demo__mm1867-function_calling__install-1__869aa18f.traj'));
    expect((await wholeText(episode, 'submission'))?.text).toMatch(/^\s*diff --git /);
    expect((await wholeText(episode, 'problemStatement'))?.wholeLength).toBeNull();
  });
});

describe('search', () => {
  test('finds every occurrence that a plain search of the texts finds, where it says', async () => {
    const episode = await model(DJANGO);
    const query = 'Django';
    const { hits, total, capped } = await find(episode, query, 5000);
    expect(capped).toBe(false);
    let expected = 0;
    for (const [i, turn] of episode.turns.entries()) {
      for (const field of FIELDS) {
        const text = (await Promise.all(turn[field].map(async (p) => (await episode.opened.text(p)).text))).join('');
        const here = hits.filter((h) => h.turn === i && h.field === field);
        for (const hit of here) expect(text.slice(hit.offset, hit.offset + hit.length).toLowerCase()).toBe('django');
        expect(here).toHaveLength(text.toLowerCase().split('django').length - 1);
        expected += here.length;
      }
    }
    expect(total).toBe(expected);
    expect(total).toBeGreaterThan(20);
    const few = await find(episode, query, 3);
    expect([few.hits.length, few.total, few.capped]).toEqual([3, total, true]);
  });

  test('takes its query literally, and an empty one for nothing', async () => {
    const episode = await model(DJANGO);
    expect((await find(episode, '.*', 10)).hits.every((h) => h.length === 2)).toBe(true);
    expect(await find(episode, '', 10)).toEqual({ hits: [], total: 0, capped: false });
    expect((await find(episode, '(', 1)).hits[0]?.excerpt).toContain('(');
    const aborted = new AbortController();
    aborted.abort();
    await expect(find(episode, 'x', 10, aborted.signal)).rejects.toThrow();
  });
});

describe('the view', () => {
  test('carries what the rollout says, and marks by turn', async () => {
    const episode = await model(corpus('derived/retry-agent-2-attempts.sphinx-8551.DERIVED.traj'), 1);
    const view = episodeView(episode, 'file:///asked.traj');
    expect(view.uri).toBe('file:///asked.traj');
    expect(view.attempts.map((a) => [a.attempt, a.turnCount])).toEqual([
      [0, 19],
      [1, 30],
    ]);
    expect(view.attempts.filter((a) => a.best)).toHaveLength(1);
    expect([view.attempt, view.turnCount, view.scores.turnCount]).toEqual([1, 30, 30]);
    expect(view.marks.edits).toEqual(episode.turns.flatMap((t, i) => (t.edits ? [i] : [])));
  });

  test('an error is a turn on which something went wrong', () => {
    const turn = buildTurn(0, { action: 'ls' });
    expect(isError(turn)).toBe(false);
    const wrong: Partial<Turn>[] = [{ error: 'recorded' }, { error: 'observed' }, { problem: 'x' }];
    for (const change of wrong) expect(isError({ ...turn, ...change })).toBe(true);
  });

  test('the errors that only the observation tells are marked apart', () => {
    const marks = turnMarks([
      buildTurn(0, { action: 'ls' }),
      { ...buildTurn(1, { action: 'ls' }), error: 'recorded' },
      { ...buildTurn(2, { action: 'ls' }), error: 'observed' },
    ]);
    expect([marks.errors, marks.observedErrors]).toEqual([[1, 2], [2]]);
  });
});

describe('folders', () => {
  test('trajectories are known by name', () => {
    for (const name of ['a.traj', 'a.traj.json', 'trajectory.json', 'trajectory-1.json', 'A.TRAJ'])
      expect(namesTrajectory(name)).toBe(true);
    for (const name of ['a.json', 'trajectory.txt', 'traj', 'a.traj.bak', 'preds.json']) expect(namesTrajectory(name)).toBe(false);
  });

  test('a walk is ordered, stays out of packages, and follows no link', async () => {
    for (const path of ['b/x', 'a', 'node_modules/p', '.git']) mkdirSync(join(folder, path), { recursive: true });
    for (const path of ['b/x/2.traj', 'b/1.traj', 'a/trajectory.json', 'node_modules/p/no.traj', '.git/no.traj', 'top.traj'])
      writeFileSync(join(folder, path), '{}');
    const found = await walk(folder);
    expect(found.files).toEqual(['a/trajectory.json', 'b/1.traj', 'b/x/2.traj', 'top.traj'].map((p) => join(folder, p)));
    expect([found.leftOut, found.endedEarly]).toEqual([0, false]);
    expect((await walk(join(folder, 'missing'))).files).toEqual([]);
  });

  test('an attempt that RetryAgent also wrote on its own counts once', () => {
    expect(withoutAttemptCopies(['/r/i/attempt_0/i.traj', '/r/i/attempt_1/i.traj', '/r/i/i.traj', '/r/j/attempt_0/j.traj'])).toEqual([
      '/r/i/i.traj',
      '/r/j/attempt_0/j.traj',
    ]);
  });

  test('the paid share is of what was scored', () => {
    const of = (raw: number[], rawState: number[], paid: number[], paidState: number[]): number | null =>
      paidShare({
        raw: Float64Array.from(raw),
        rawState: Uint8Array.from(rawState),
        paid: Float64Array.from(paid),
        paidState: Uint8Array.from(paidState),
      } as unknown as Accumulation);
    expect(of([1, -1, 5], [SCORED, SCORED, UNSCORED], [1, 0, 0], [SCORED, SCORED, UNSCORED])).toBe(0.5);
    expect(of([1, 1], [SCORED, SCORED], [1, 0], [SCORED, UNDECIDED])).toBe(0.5);
    expect(of([0], [SCORED], [0], [SCORED])).toBeNull();
    expect(of([], [], [], [])).toBeNull();
  });
});

describe('what a client says of itself', () => {
  test('settings are taken as far as they are well-formed', () => {
    expect(readSettings(undefined)).toEqual(NO_SETTINGS);
    expect(readSettings('x')).toEqual(NO_SETTINGS);
    expect(readSettings({ mutedRules: ['H22'], trusted: 'yes', rewardsFile: 7, other: 1 })).toEqual({
      ...NO_SETTINGS,
      mutedRules: ['H22'],
    });
    expect(readSettings({ trusted: true }, { ...NO_SETTINGS, mutedRules: ['H23'] })).toEqual({
      ...NO_SETTINGS,
      trusted: true,
      mutedRules: ['H23'],
    });
    expect(readSettings(JSON.parse('{"__proto__": {"trusted": true}}')).trusted).toBe(false);
  });

  test('only the commands that it has are named', () => {
    const client = (initializationOptions: unknown) =>
      readClient({ processId: null, rootUri: null, capabilities: {}, initializationOptions });
    expect(client(undefined).commands.has('explain')).toBe(false);
    expect(client({ commands: ['turnpike.explainTurn'] }).commands.has('explain')).toBe(true);
    expect(client({ commands: ['turnpike.explainTurn'] }).commands.has('raw')).toBe(false);
    expect(client({ ...NO_SETTINGS }).commands.has('raw')).toBe(true);
    expect(client({ mutedRules: [] }).commands.has('raw')).toBe(false);
  });
});

describe('words', () => {
  test('rewards have a sign, two decimals and a true minus', () => {
    expect([0.1, -0.5, 0, -0.001, 1, 12.345].map(signed)).toEqual(['+0.10', '−0.50', '0.00', '0.00', '+1.00', '+12.35']);
  });
  test('a cut text ends in an ellipsis, never in half a character', () => {
    expect(shorten('abcdef', 4)).toBe('abc…');
    expect(shorten('ab😀def', 4)).toBe('ab…');
    expect(shorten('abc', 3)).toBe('abc');
  });
  test('Markdown is escaped', () => {
    expect(escapeMarkdown('a|b <i> [x](y) `c`\n# d')).toBe('a\\|b &lt;i&gt; \\[x\\]\\(y\\) \\`c\\` \\# d');
  });
});
