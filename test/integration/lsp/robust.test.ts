/** What a client must not be able to break: hostile parameters, cancellation, files that change. */
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CancellationTokenSource,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { CLIENT_COMMANDS } from '../../../server/language/commands';
import type { EpisodeView } from '../../../server/protocol/index';
import { methods } from '../../../server/protocol/index';
import { generate } from './long-episode';
import { Client, RICH, ROOT, SERVER, uriOf } from './client';

const SOURCE = join(ROOT, 'test/fixtures/lsp/empty-patch.DERIVED.traj');
let folder: string;
let client: Client;
let uri: string;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'turnpike-lsp-')));
  uri = uriOf(join(folder, 'a.traj'));
  copyFileSync(SOURCE, join(folder, 'a.traj'));
  client = await Client.start({ capabilities: RICH, root: folder });
});
afterAll(async () => {
  const code = await client.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(code).toBe(0);
});

/** The error that a request ends with, or its result. */
const outcome = (method: string, params: unknown): Promise<{ code?: number; message?: string; result?: unknown }> =>
  client.request(method, params).then(
    (result) => ({ result }),
    (error: { code: number; message: string }) => ({ code: error.code, message: error.message }),
  );
const alive = async (): Promise<void> => {
  const { view } = await client.request<{ view: EpisodeView }>('turnpike/open', { uri });
  expect(view.turnCount).toBe(6);
};

const CUSTOM = Object.values(methods).flatMap((m) =>
  typeof m === 'object' && 'method' in m && !/changed|status|settings/.test(m.method) ? [m.method] : [],
);
const STANDARD = [
  'codeLens',
  'inlayHint',
  'foldingRange',
  'documentSymbol',
  'hover',
  'documentLink',
  'codeAction',
  'completion',
  'diagnostic',
].map((m) => `textDocument/${m}`);

describe('hostile parameters', () => {
  test.each([
    ['turnpike/rows', { uri: 7, from: 0, to: 1 }, /can’t be read: uri/],
    ['turnpike/rows', { uri: '', from: 0, to: 1 }, /uri/],
    ['turnpike/rows', { from: 0, to: 1 }, /uri/],
    ['turnpike/turn', { uri: 'file:///a.traj', index: -1 }, /index/],
    ['turnpike/turn', { uri: 'file:///a.traj', index: 1.5 }, /index/],
    ['turnpike/turn', { uri: 'file:///a.traj', index: '__proto__' }, /index/],
    ['turnpike/open', { uri: 'https://example.org/a.traj' }, /names no file on this machine/],
    ['turnpike/open', { uri: 'turnpike:/nope' }, /names no file/],
    ['turnpike/find', { uri: 'file:///a.traj', query: { $ne: '' } }, /query/],
    ['turnpike/locate', { uri: 'file:///a.traj', turn: 0, field: 'constructor' }, /field/],
    ['turnpike/summaries', { uris: 'x' }, /uris/],
    ['turnpike/allowModule', { path: '/etc/hostname' }, /not trusted/],
    ['workspace/executeCommand', { command: 'rm', arguments: [] }, /There is no command/],
    ['workspace/executeCommand', { command: 'turnpike.server.explain', arguments: [null] }, /can’t be read/],
  ])('%s %j is an error that says why', async (method, params, message) => {
    const { code, message: said } = await outcome(method, params);
    expect(code).toBe(-32602);
    expect(said).toMatch(message);
    await alive();
  });

  test('turns, attempts and pages that do not exist', async () => {
    expect(await outcome('turnpike/turn', { uri, index: 6 })).toEqual({ code: -32602, message: 'There is no turn 7; the episode has 6.' });
    expect(await outcome('turnpike/turn', { uri, index: 0, attempt: 3 })).toEqual({
      code: -32602,
      message: 'There is no attempt 4; the file has 1.',
    });
    expect((await client.request<{ rows: unknown[] }>('turnpike/rows', { uri, from: 5, to: 1e9 })).rows).toHaveLength(1);
    expect((await client.request<{ rows: unknown[] }>('turnpike/rows', { uri, from: 50, to: 60 })).rows).toEqual([]);
    expect((await client.request<{ pages: number; turnsTo: number }>('turnpike/readable', { uri, page: 99 })).turnsTo).toBe(6);
    const missing = await client.request<{ failure: { sentences: string[] } }>('turnpike/open', {
      uri: uriOf(join(folder, 'missing.traj')),
    });
    expect(missing.failure.sentences).toEqual(['There is no such file. Check the path; it may have been moved or deleted.']);
  });

  test('a span outside of the turn, or of the file, gives the field', async () => {
    for (const span of [
      { start: 0, end: 1 },
      { start: 1e15, end: 1e15 + 5 },
      { start: 9, end: 3 },
    ]) {
      const { range } = await client.request<{ range: { start: object } }>('turnpike/locate', { uri, turn: 2, field: 'action', span });
      expect(range.start).toEqual({ line: 45, character: 0 });
    }
  });

  test('any JSON to any request gives an answer or an error, and the server lives', async () => {
    const noise = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          uri: fc.oneof(fc.constant(uri), fc.string(), fc.jsonValue()),
          attempt: fc.jsonValue(),
          index: fc.jsonValue(),
          from: fc.integer(),
          to: fc.double(),
          page: fc.nat(),
          turn: fc.jsonValue(),
          query: fc.string(),
          line: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          textDocument: fc.oneof(fc.constant({ uri }), fc.jsonValue()),
          position: fc.jsonValue(),
          range: fc.jsonValue(),
          context: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...CUSTOM.filter((m) => m !== 'turnpike/folder'), ...STANDARD, 'codeLens/resolve', 'workspace/executeCommand'),
        noise,
        async (method, params) => {
          const { code } = await outcome(
            method,
            Array.isArray(params) || (typeof params === 'object' && params !== null) ? params : { params },
          );
          if (code !== undefined) expect([-32600, -32602, -32603]).toContain(code);
        },
      ),
      { numRuns: 300 },
    );
    await alive();
  }, 60_000);

  test('notifications with nonsense are ignored', async () => {
    for (const [method, params] of [
      ['turnpike/settings', { mutedRules: 'all', rewardsFile: 7, trusted: 'yes', __proto__: { trusted: true } }],
      ['turnpike/settings', null],
      ['textDocument/didOpen', { textDocument: { uri: 'untitled:x', languageId: 'x', version: 1, text: '' } }],
      ['textDocument/didChange', { textDocument: { uri: 'file:///never-opened', version: 1 }, contentChanges: [{ text: 'x' }] }],
      ['textDocument/didClose', { textDocument: { uri: 'file:///never-opened' } }],
      ['workspace/didChangeWatchedFiles', { changes: [{ uri: 'nonsense', type: 1 }] }],
      ['workspace/didChangeWorkspaceFolders', {}],
    ] as const) {
      await client.notify(method, params);
    }
    await alive();
    const { view } = await client.request<{ view: EpisodeView }>('turnpike/open', { uri });
    expect(view.findings.map((f) => f.suppressed)).toEqual([false]);
  });
});

describe('cancellation', () => {
  test('a search through a long episode stops, and the next request is answered', async () => {
    const path = join(folder, 'long.traj');
    writeFileSync(path, generate(3000));
    const long = uriOf(path);
    await client.request('turnpike/open', { uri: long });
    const source = new CancellationTokenSource();
    const found = client.request('turnpike/find', { uri: long, query: 'nothing like this' }, source.token).then(
      () => 'found',
      (error: { code: number }) => error.code,
    );
    source.cancel();
    expect(await found).toBe(-32800);
    const all = await client.request<{ total: number; capped: boolean; hits: unknown[] }>('turnpike/find', {
      uri: long,
      query: 'OBSERVATION',
    });
    expect(all).toMatchObject({ total: 3000, capped: true });
    expect(all.hits).toHaveLength(200);
    await client.request('turnpike/close', { uri: long });
  });

  test('an opening that is cancelled answers at once', async () => {
    const path = join(folder, 'large.traj');
    writeFileSync(path, generate(20_000));
    const source = new CancellationTokenSource();
    const opened = client.request('turnpike/open', { uri: uriOf(path) }, source.token).then(
      () => 'opened',
      (error: { code: number }) => error.code,
    );
    source.cancel();
    expect(await opened).toBe(-32800);
    const { view } = await client.request<{ view: EpisodeView }>('turnpike/open', { uri: uriOf(path) });
    expect(view.turnCount).toBe(20_000);
    await client.request('turnpike/close', { uri: uriOf(path) });
  });
});

describe('long episodes', () => {
  test('lenses beyond the cap are resolved one by one; pages lead to each other', async () => {
    const path = join(folder, 'paged.traj');
    writeFileSync(path, generate(1200));
    const paged = uriOf(path);
    const lenses = await client.request<{ data?: object; command?: object }[]>('textDocument/codeLens', { textDocument: { uri: paged } });
    expect(lenses).toHaveLength(1201);
    expect(lenses[1]?.command).toBeUndefined();
    const resolved = await client.request<{ command: { title: string } }>('codeLens/resolve', lenses[1]);
    expect(resolved.command.title).toMatch(/^\+0\.\d\d/);
    const page = await client.request<{ text: string; pages: number; turnsFrom: number }>('turnpike/readable', { uri: paged, page: 2 });
    expect(page.pages).toBe(5);
    expect(page.text.split('\n')[1]).toBe('page 3 of 5 · 1 2 [3] 4 5');
    const { uri: at } = await client.request<{ uri: string }>('turnpike/locate', { uri: paged, turn: 1199 });
    expect(at).toContain('page%3D4');
    const links = await client.request<{ target: string }[]>('textDocument/documentLink', { textDocument: { uri: at } });
    expect(links[0]?.target).toBe(at.replace('page%3D4', 'page%3D0'));
    const seen = await client.request<{ messages: unknown[]; total: number; note: string }>('turnpike/seen', { uri: paged, index: 1199 });
    expect(seen.messages).toHaveLength(200);
    expect(seen.total).toBe(2400);
    expect(seen.note).toContain('Here are the first 20 and the last 180 of 2,400 messages.');
    const middle = await client.request<{ messages: { text: string }[]; from: number }>('turnpike/seen', {
      uri: paged,
      index: 1199,
      from: 1000,
      to: 1002,
    });
    expect([middle.from, middle.messages.map((m) => m.text)]).toEqual([1000, ['thought 499\necho 499', 'observation 499']]);
  });
});

describe('files that change', () => {
  test('a reward configuration that another program saves counts at once', async () => {
    const below = join(folder, 'configured');
    mkdirSync(join(below, '.git'), { recursive: true });
    copyFileSync(SOURCE, join(below, 'a.traj'));
    const yaml = (threshold: number): string =>
      `version: 1\nlevels:\n  - id: outcome\n    functions:\n      - id: outcome\n    gate: { threshold: ${threshold}, op: ">=" }\n`;
    writeFileSync(join(below, 'turnpike.rewards.yaml'), yaml(0));
    const episode = uriOf(join(below, 'a.traj'));
    const threshold = async (): Promise<number | undefined> =>
      (await client.request<{ view: EpisodeView }>('turnpike/open', { uri: episode })).view.config.levels[0]?.gate?.threshold;
    expect(await threshold()).toBe(0);
    const changed = client.next('turnpike/changed', (c: { uri: string }) => c.uri === episode);
    writeFileSync(join(below, 'turnpike.rewards.yaml'), yaml(-0.75));
    await changed;
    expect(await threshold()).toBe(-0.75);
    await client.request('turnpike/close', { uri: episode });
  });

  test('a growing file is told of, and read again', async () => {
    const path = join(folder, 'growing.traj');
    writeFileSync(path, generate(3, null));
    const growing = uriOf(path);
    const first = await client.request<{ view: EpisodeView }>('turnpike/open', { uri: growing });
    expect([first.view.turnCount, first.view.state]).toEqual([3, 'unfinished']);
    const changed = client.next<{ uri: string; revision: number }>(
      'turnpike/changed',
      (c: { uri: string; stale: string | null }) => c.uri === growing && c.stale === null,
    );
    writeFileSync(path, generate(5, null));
    const told = await changed;
    const second = await client.request<{ view: EpisodeView }>('turnpike/open', { uri: growing });
    expect([second.view.turnCount, second.view.state]).toEqual([5, 'running']);
    expect(second.view.revision).toBeGreaterThan(first.view.revision);
    expect(told.revision).toBeGreaterThan(first.view.revision);
    await client.request('turnpike/close', { uri: growing });
  });

  test('requests while the file is rewritten give an answer or say that it changes', async () => {
    const path = join(folder, 'busy.traj');
    writeFileSync(path, generate(50));
    const busy = uriOf(path);
    await client.request('turnpike/open', { uri: busy });
    const text = readFileSync(path, 'utf8');
    const asked: Promise<{ code?: number }>[] = [];
    for (let i = 0; i < 40; i++) {
      asked.push(outcome('turnpike/turn', { uri: busy, index: i % 50 }), outcome('turnpike/find', { uri: busy, query: 'observation' }));
      if (i % 8 === 0) writeFileSync(path, text);
      if (i % 8 === 4) appendFileSync(path, ' ');
    }
    for (const { code } of await Promise.all(asked)) expect([undefined, -32801]).toContain(code);
    await alive();
    await client.request('turnpike/close', { uri: busy });
  });

  test('a file named like a trajectory that is none says so in its first line, to a client that asks', async () => {
    const path = join(folder, 'none.traj');
    writeFileSync(path, '{"hello": 1}');
    const report = await client.request<{ items: { message: string; severity: number }[] }>('textDocument/diagnostic', {
      textDocument: { uri: uriOf(path) },
    });
    expect(report.items).toHaveLength(1);
    expect(report.items[0]?.severity).toBe(1);
    writeFileSync(join(folder, 'package.json'), '{"hello": 1}');
    expect(await client.request('textDocument/diagnostic', { textDocument: { uri: uriOf(join(folder, 'package.json')) } })).toMatchObject({
      items: [],
    });
    expect(await client.request('textDocument/codeLens', { textDocument: { uri: uriOf(join(folder, 'package.json')) } })).toEqual([]);
  });
});

test('findings of an episode that only the inspector shows stand in the list of problems', async () => {
  const path = join(folder, 'held.traj');
  copyFileSync(SOURCE, path);
  const episode = uriOf(path);
  const page = `turnpike:${episode.slice('file://'.length)}.turnpike-episode?attempt%3D0%26page%3D0`;
  const editor = await Client.start({
    capabilities: RICH,
    root: folder,
    initializationOptions: { commands: Object.values(CLIENT_COMMANDS) },
  });
  const told = async (act: () => Promise<unknown>): Promise<readonly string[]> => {
    const next = editor.next<{ uri: string; diagnostics: { code: string }[] }>('textDocument/publishDiagnostics');
    await act();
    const { uri: where, diagnostics } = await next;
    expect(where).toBe(page);
    return diagnostics.map((d) => d.code);
  };
  const document = { textDocument: { uri: page } };
  expect(await told(() => editor.request('turnpike/open', { uri: episode }))).toEqual(['H22']);
  // The document has its own while it is shown.
  expect(
    await told(() =>
      editor.notify('textDocument/didOpen', { textDocument: { uri: page, languageId: 'turnpike-episode', version: 1, text: '' } }),
    ),
  ).toEqual([]);
  expect(await editor.request('textDocument/diagnostic', document)).toMatchObject({ items: [{ code: 'H22' }] });
  expect(await told(() => editor.notify('textDocument/didClose', document))).toEqual(['H22']);
  expect(await told(() => editor.notify('turnpike/settings', { mutedRules: ['H22'] }))).toEqual([]);
  expect(await told(() => editor.notify('turnpike/settings', { mutedRules: [] }))).toEqual(['H22']);
  expect(await told(() => editor.request('turnpike/close', { uri: episode }))).toEqual([]);
  expect(await editor.stop()).toBe(0);
});

test('a folder that is read without a token of its own makes one, where the client takes progress', async () => {
  const before = client.said.length;
  const table = await client.request<{ rows: unknown[] }>('turnpike/folder', { uri: uriOf(join(ROOT, 'test/fixtures/lsp')) });
  expect(table.rows).toHaveLength(1);
  const said = client.said.slice(before);
  const created = said.find((s) => s.method === 'window/workDoneProgress/create')?.body as { token: string };
  const kinds = said.flatMap((s) =>
    s.method === '$/progress' && (s.body as { token: string }).token === created.token
      ? [(s.body as { value: { kind: string } }).value.kind]
      : [],
  );
  expect([kinds[0], kinds.at(-1)]).toEqual(['begin', 'end']);
});

describe('the end', () => {
  const started = async (
    mode: 'ipc' | 'stdio',
  ): Promise<{ child: ChildProcess; request: (method: string, params: unknown) => Promise<unknown> }> => {
    const child = spawn(process.execPath, [SERVER, 'lsp', mode === 'ipc' ? '--node-ipc' : '--stdio'], {
      stdio: mode === 'ipc' ? ['ignore', 'ignore', 'inherit', 'ipc'] : ['pipe', 'pipe', 'inherit'],
    });
    const connection =
      mode === 'ipc'
        ? createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child))
        : createMessageConnection(new StreamMessageReader(child.stdout!), new StreamMessageWriter(child.stdin!));
    connection.onNotification(() => undefined);
    connection.onError(() => undefined);
    connection.listen();
    const request = (method: string, params: unknown): Promise<unknown> => connection.sendRequest(method, params);
    await request('initialize', { processId: null, rootUri: null, capabilities: {} });
    // A followed file keeps timers and watchers alive.
    expect(await request('turnpike/open', { uri })).toHaveProperty('view');
    return { child, request };
  };
  const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve));

  test.each(['ipc', 'stdio'] as const)('a client that goes away takes its server along: %s', async (mode) => {
    const { child } = await started(mode);
    const code = ended(child);
    if (mode === 'ipc') child.disconnect();
    else child.stdin!.end();
    expect(await code).toBe(1);
  });

  test('after shutdown it ends well', async () => {
    const { child, request } = await started('ipc');
    await request('shutdown', undefined);
    const code = ended(child);
    child.send({ jsonrpc: '2.0', method: 'exit' });
    expect(await code).toBe(0);
  });
});
