/**
 * Golden transcripts: a real child `turnpike lsp --stdio` over real files, the conversation compared letter by letter.
 * After a wanted change: `npx vitest run --project integration test/integration/lsp -u`, and read the difference.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CLIENT_COMMANDS } from '../../../server/language/commands';
import type { EpisodeView } from '../../../server/protocol/index';
import { Client, RICH, ROOT, uriOf, type Said } from './client';
import { transcript } from './transcript';

const SOURCE = join(ROOT, 'test/fixtures/lsp/empty-patch.DERIVED.traj');
let folder: string;
let episode: string;
let uri: string;
let client: Client;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'turnpike-lsp-')));
  mkdirSync(join(folder, '.git'));
  episode = join(folder, 'a.traj');
  copyFileSync(SOURCE, episode);
  uri = uriOf(episode);
});
afterEach(() => {
  client.child.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** The conversation, without what changes with each release, and without the status, which tells how slow the machine is. */
async function golden(name: string, keep: (said: Said) => boolean = () => true): Promise<void> {
  const said = client.said
    .filter((s) => s.method !== 'turnpike/status' && keep(s))
    .map((s): Said => (s.method === 'initialize' ? { ...s, body: withoutVersions(s.body) } : s));
  await expect(transcript(said, { '<folder>': folder, '<repository>': ROOT })).toMatchFileSnapshot(`./${name}.txt`);
  expect(client.stderr.join('')).toBe('');
}

const withoutVersions = (body: unknown): unknown =>
  JSON.parse(
    JSON.stringify(body)
      .replace(/"version":"[^"]*"/, '"version":"…"')
      .replace(/"processId":\d+/, '"processId":0'),
  );
const readable = (page = 0): string => `turnpike:${uri.slice('file://'.length)}.turnpike-episode?attempt%3D0%26page%3D${page}`;
const document = (of: string) => ({ textDocument: { uri: of } });

describe('golden transcripts', () => {
  test('the inspector opens an episode', async () => {
    client = await Client.start({ capabilities: RICH, root: folder });
    await client.request('turnpike/open', { uri });
    await client.request('turnpike/rows', { uri, from: 2, to: 4 });
    await client.request('turnpike/turn', { uri, index: 2 });
    await client.request('turnpike/turn', { uri, index: 1, limit: 20 });
    await client.request('turnpike/seen', { uri, index: 1 });
    await client.request('turnpike/text', { uri, what: 'problemStatement' });
    await client.request('turnpike/text', { uri, what: 'submission' });
    await client.request('turnpike/text', { uri, what: 'configuration' });
    await client.request('turnpike/find', { uri, query: 'REPRODUCE.py', limit: 2 });
    await client.request('turnpike/locate', { uri, turn: 2, field: 'action' });
    await client.request('turnpike/turnAt', { uri: readable(), line: 45 });
    await client.request('turnpike/turnAt', { uri: readable(), line: 0 });
    await client.request('turnpike/summaries', { uris: [uri, uriOf(join(folder, 'missing.traj'))] });
    await client.request('turnpike/close', { uri });
    expect(await client.stop()).toBe(0);
    await golden('inspector');
  });

  test('an editor shows a readable document', async () => {
    client = await Client.start({ capabilities: RICH, root: folder, initializationOptions: { commands: Object.values(CLIENT_COMMANDS) } });
    await client.request('turnpike/readable', { uri, page: 0 });
    await client.request('textDocument/codeLens', document(readable()));
    await client.request('textDocument/inlayHint', {
      ...document(readable()),
      range: { start: { line: 0, character: 0 }, end: { line: 50, character: 0 } },
    });
    const report = await client.request<{ resultId: string; items: { range: object }[] }>('textDocument/diagnostic', document(readable()));
    await client.request('textDocument/diagnostic', { ...document(readable()), previousResultId: report.resultId });
    await client.request('textDocument/codeAction', {
      ...document(readable()),
      range: report.items[0]!.range,
      context: { diagnostics: report.items },
    });
    await client.request('textDocument/hover', { ...document(readable()), position: { line: 2, character: 3 } });
    await client.request('textDocument/documentSymbol', document(readable()));
    await client.request('textDocument/foldingRange', document(readable()));
    await client.request('textDocument/documentLink', document(readable()));
    expect(await client.stop()).toBe(0);
    await golden('readable');
  });

  test('an editor colours what programs printed in colour', async () => {
    const escape = '\u001b';
    const step = {
      action: 'pytest --color=yes',
      observation: `${escape}[1mtest session${escape}[0m\n${escape}[32m.${escape}[31mF\r\nE${escape}[0m assert\n${escape}[38;5;3mwarned${escape}[m`,
      response: 'Run it.',
      thought: 'Run it.',
      state: '{}',
    };
    writeFileSync(episode, JSON.stringify({ trajectory: [step], history: [], info: { exit_status: 'submitted', submission: '' } }));
    client = await Client.start({ capabilities: RICH, root: folder });
    await client.request('turnpike/readable', { uri, page: 0 });
    await client.request('textDocument/semanticTokens/full', document(readable()));
    await client.request('textDocument/semanticTokens/range', {
      ...document(readable()),
      range: { start: { line: 9, character: 0 }, end: { line: 10, character: 0 } },
    });
    await client.request('textDocument/semanticTokens/full', document(uri));
    expect(await client.stop()).toBe(0);
    await golden('colours', ({ method }) => method !== 'initialize');
  });

  test('a client that can do nothing gets the raw file, and pushed diagnostics', async () => {
    client = await Client.start({ root: folder });
    const pushed = client.next('textDocument/publishDiagnostics');
    await client.notify('textDocument/didOpen', {
      textDocument: { uri, languageId: 'json', version: 1, text: '{"not": "what is on disk"}' },
    });
    await pushed;
    await client.request('textDocument/codeLens', document(uri));
    await client.request('textDocument/documentSymbol', document(uri));
    await client.request('textDocument/foldingRange', document(uri));
    await client.request('textDocument/hover', { ...document(uri), position: { line: 15, character: 8 } });
    await client.request('textDocument/documentLink', document(uri));
    await client.request('textDocument/codeAction', {
      ...document(uri),
      range: { start: { line: 48, character: 20 }, end: { line: 48, character: 20 } },
      context: { diagnostics: [] },
    });
    await client.request('workspace/executeCommand', { command: 'turnpike.server.explain', arguments: [{ uri, attempt: 0, turn: 2 }] });
    const quiet = client.next('textDocument/publishDiagnostics');
    await client.request('workspace/executeCommand', { command: 'turnpike.server.mute', arguments: [{ rule: 'H22' }] });
    await quiet;
    await client.notify('textDocument/didChange', { textDocument: { uri, version: 2 }, contentChanges: [{ text: 'ignored' }] });
    const cleared = client.next('textDocument/publishDiagnostics');
    await client.notify('textDocument/didClose', document(uri));
    await cleared;
    expect(await client.stop()).toBe(0);
    await golden('foreign', ({ method }) => !/^turnpike\/(changed|status)$/.test(method));
  });

  test('a reward configuration is edited', async () => {
    client = await Client.start({ capabilities: { ...RICH, textDocument: { ...RICH.textDocument, diagnostic: undefined } }, root: folder });
    const config = uriOf(join(folder, 'turnpike.rewards.yaml'));
    const totals = async (): Promise<unknown> => {
      const { view } = await client.request<{ view: EpisodeView }>('turnpike/open', { uri });
      return {
        source: view.config.source,
        levels: view.config.levels.map((l) => [l.id, l.gate?.threshold]),
        problems: view.config.problems.length,
        broken: view.config.broken,
      };
    };
    const told: unknown[] = [await totals()];
    const text =
      'version: 1\nlevels:\n  - id: outcome\n    functions:\n      - id: outcome\n    gate: { threshold: 0, op: ">=" }\n  - id: steps\n    functions:\n      - id: action_format\n';
    let changed = client.next('turnpike/changed');
    let pushed = client.next('textDocument/publishDiagnostics');
    await client.notify('textDocument/didOpen', { textDocument: { uri: config, languageId: 'yaml', version: 1, text } });
    await Promise.all([changed, pushed]);
    told.push(await totals());
    await client.request('textDocument/hover', { ...document(config), position: { line: 5, character: 5 } });
    await client.request('textDocument/completion', { ...document(config), position: { line: 8, character: 12 } });
    // `0` becomes `-1` in place, never saved.
    changed = client.next('turnpike/changed');
    pushed = client.next('textDocument/publishDiagnostics');
    await client.notify('textDocument/didChange', {
      textDocument: { uri: config, version: 2 },
      contentChanges: [{ range: { start: { line: 5, character: 23 }, end: { line: 5, character: 24 } }, text: '-1' }],
    });
    await Promise.all([changed, pushed]);
    told.push(await totals());
    pushed = client.next('textDocument/publishDiagnostics');
    await client.notify('textDocument/didChange', {
      textDocument: { uri: config, version: 3 },
      contentChanges: [{ text: text.replace('id: action_format', 'id: acton_format') }],
    });
    await pushed;
    told.push(await totals());
    changed = client.next('turnpike/changed');
    await client.notify('textDocument/didClose', document(config));
    await changed;
    told.push(await totals());
    expect(await client.stop()).toBe(0);
    expect(told.map((t) => JSON.stringify(t).replaceAll(folder, '<folder>'))).toMatchInlineSnapshot(`
      [
        "{"source":"default","levels":[["outcome",0],["steps",null]],"problems":0}",
        "{"source":"<folder>/turnpike.rewards.yaml","levels":[["outcome",0],["steps",null]],"problems":0}",
        "{"source":"<folder>/turnpike.rewards.yaml","levels":[["outcome",-1],["steps",null]],"problems":0}",
        "{"source":"<folder>/turnpike.rewards.yaml","levels":[["outcome",-1],["steps",null]],"problems":2,"broken":{"line":9,"message":"There is no reward function \\"acton_format\\". Did you mean \\"action_format\\"?"}}",
        "{"source":"default","levels":[["outcome",0],["steps",null]],"problems":0}",
      ]
    `);
    // When episodes are rewarded again while the typing goes on, the number of times is no promise.
    await golden('rewards', ({ method }) => !/^turnpike\/(changed|status|open)$/.test(method));
  });

  test('a folder is compared, with progress', async () => {
    mkdirSync(join(folder, 'runs/attempt_0'), { recursive: true });
    copyFileSync(SOURCE, join(folder, 'runs/b.traj'));
    copyFileSync(SOURCE, join(folder, 'runs/attempt_0/b.traj'));
    writeFileSync(join(folder, 'runs/c.traj'), '{"trajectory": [');
    writeFileSync(join(folder, 'runs/notes.json'), '{}');
    client = await Client.start({ capabilities: RICH, root: folder });
    await client.request('turnpike/folder', { uri: uriOf(folder), workDoneToken: 'folder-1' });
    expect(await client.stop()).toBe(0);
    await golden('folder', ({ method, body }) => method !== '$/progress' || (body as { value: { kind: string } }).value.kind !== 'report');
    const reported = client.said
      .filter((s) => s.method === '$/progress')
      .map((s) => (s.body as { token: string; value: { kind: string } }).value.kind);
    expect(reported[0]).toBe('begin');
    expect(reported).toContain('report');
    expect(reported.at(-1)).toBe('end');
  });
});

test('the transcripts name no place of the machine that made them', () => {
  for (const name of ['inspector', 'readable', 'colours', 'foreign', 'rewards', 'folder']) {
    expect(readFileSync(join(import.meta.dirname, `${name}.txt`), 'utf8')).not.toMatch(/\/tmp\/|\/work\/|\/home\/|%2Ftmp%2F|turnpike-lsp-/);
  }
});
