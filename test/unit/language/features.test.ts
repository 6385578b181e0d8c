import { describe, expect, test } from 'vitest';
import { CLIENT_COMMANDS, Commands, SERVER_COMMANDS } from '../../../server/language/commands';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeActions } from '../../../server/language/features/actions';
import { codeLenses, TITLES_AT_ONCE } from '../../../server/language/features/code-lens';
import { diagnostics } from '../../../server/language/features/diagnostics';
import { foldingRanges } from '../../../server/language/features/folding';
import { hover } from '../../../server/language/features/hover';
import { inlayHints } from '../../../server/language/features/inlay-hints';
import { documentLinks } from '../../../server/language/features/links';
import { documentSymbols, flatSymbols } from '../../../server/language/features/symbols';
import { lineText, type ReadablePage } from '../../../server/language/readable';
import { explainTurn, explainTurnPlainly, hintText, lensTitle } from '../../../server/language/reward-text';
import { rawSheet, readableSheet, turnOfLine, turnsBetween, type Sheet } from '../../../server/language/sheet';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { FIXTURE, model, opened } from './open';

const URI = 'file:///runs/a.traj';
const ours = new Commands(new Set<string>(Object.values(CLIENT_COMMANDS)));
const foreign = new Commands(new Set());
const pageUri = (attempt: number, page: number): string => `page:${attempt}:${page}`;
const readable = async (): Promise<Sheet & { page: ReadablePage }> =>
  (await readableSheet(await model(), 0)) as Sheet & { page: ReadablePage };
const raw = async (): Promise<Sheet> => rawSheet(await opened());
const rawLines = readFileSync(FIXTURE, 'utf8').split('\n');
const everything = { start: { line: 0, character: 0 }, end: { line: 1e6, character: 0 } };

describe('lenses', () => {
  test('stand on turn headers and say what the gate did', async () => {
    const sheet = await readable();
    const [top, replay, first] = codeLenses(sheet, URI, ours, true);
    expect(top).toMatchObject({
      range: { start: { line: 0 } },
      command: {
        title: expect.stringMatching(/^G-RA −0\.50 · D-RA \+0\.30 · outcome −0\.50 · masked 6 of 6/) as string,
        command: 'turnpike.openInspector',
      },
    });
    expect(replay).toMatchObject({
      range: { start: { line: 0 } },
      command: { title: 'Replay 6 turns', command: 'turnpike.replay', arguments: [{ uri: URI, attempt: 0 }] },
    });
    expect(lineText(sheet.page, first!.range.start.line)).toMatch(/^── Turn 1 /);
    expect(first!.command).toEqual({
      title: '+0.15 → masked by outcome (−0.50 < 0.00) · 1 score left out',
      command: 'turnpike.explainTurn',
      arguments: [{ uri: URI, attempt: 0, turn: 0 }],
    });
    expect(codeLenses(sheet, URI, ours, true).at(-1)?.command?.title).toContain('▲ H22');
  });

  test('name only commands that the client or the server has', async () => {
    for (const sheet of [await readable(), await raw()]) {
      const named = new Set(codeLenses(sheet, URI, foreign, true).map((l) => l.command?.command));
      expect([...named]).toEqual([SERVER_COMMANDS.explain]);
    }
  });

  test('stand on the brace of each step in the raw file', async () => {
    for (const lens of codeLenses(await raw(), URI, foreign, true)) expect(rawLines[lens.range.start.line]).toMatch(/^ {4}\{$/);
  });

  test(`beyond ${TITLES_AT_ONCE} turns they wait to be resolved, where the client resolves`, async () => {
    const sheet = await readable();
    const many: Sheet = { ...sheet, turns: Array.from({ length: TITLES_AT_ONCE + 1 }, () => sheet.turns[0]!) };
    expect(codeLenses(many, URI, ours, true)[2]).toEqual({ range: expect.anything() as unknown, data: { uri: URI, attempt: 0, turn: 0 } });
    expect(codeLenses(many, URI, ours, false)[2]?.command?.title).toMatch(/^\+0\.15/);
  });
});

describe('hints', () => {
  test('stand at the end of the action’s header, or of the action in the raw file', async () => {
    const sheet = await readable();
    const hints = inlayHints(sheet, everything);
    expect(hints).toHaveLength(6);
    expect(hints[0]).toMatchObject({ label: ' +0.15 → 0.00', paddingLeft: true, tooltip: 'masked by outcome (−0.50 < 0.00)' });
    expect(lineText(sheet.page, hints[0]!.position.line)).toBe('┄ action  create');
    const inFile = inlayHints(await raw(), everything)[2]!;
    expect(inFile).toMatchObject({ label: ' +0.15 → 0.00 ', paddingLeft: true, paddingRight: true });
    expect(rawLines[inFile.position.line]!.slice(0, inFile.position.character)).toMatch(/"action": "python reproduce\.py$/);
  });

  test('only those that are shown', async () => {
    const sheet = await readable();
    const [first] = inlayHints(sheet, everything);
    expect(inlayHints(sheet, { start: first!.position, end: first!.position })).toEqual([first]);
    expect(inlayHints(sheet, { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } })).toEqual([]);
  });
});

describe('diagnostics', () => {
  test('squiggle the evidence and relate the rest of it', async () => {
    const sheet = await readable();
    const [found, ...rest] = diagnostics(sheet, { uri: 'doc:', pageUri, relatedInformation: true });
    expect(rest).toEqual([]);
    expect(found).toMatchObject({
      code: 'H22',
      source: 'turnpike',
      severity: 3,
      message: expect.stringMatching(/^▲ Submitted without a modification \(weak\): Turn 6 /) as string,
    });
    expect(lineText(sheet.page, found!.range.start.line)).toBe('edit 1475:1475');
    expect(lineText(sheet.page, found!.range.end.line)).toBe('end_of_edit');
    const [related] = found!.relatedInformation ?? [];
    expect(related?.location.uri).toBe('doc:');
    expect(lineText(sheet.page, related!.location.range.start.line)).toBe('submit');
  });

  test('in the raw file they squiggle the same bytes', async () => {
    const [found] = diagnostics(await raw(), { uri: URI, pageUri, relatedInformation: false });
    const { start, end } = found!.range;
    expect(start.line).toBe(end.line);
    expect(JSON.parse(`"${rawLines[start.line]!.slice(start.character, end.character)}"`)).toMatch(/^edit 1475:1475\n[^]*end_of_edit$/);
    expect(found!.relatedInformation).toBeUndefined();
  });

  test('what was suppressed is not told', async () => {
    const sheet = await readable();
    const { main } = sheet;
    const muted = { ...main.of, findings: main.of.findings.map((f) => ({ ...f, suppressed: true })) };
    const quiet = {
      ...sheet,
      main: Object.assign(Object.create(Object.getPrototypeOf(main) as object) as typeof main, main, { of: muted }),
    };
    expect(diagnostics(quiet, { uri: 'doc:', pageUri, relatedInformation: true })).toEqual([]);
  });
});

describe('hover', () => {
  test('shows the whole arithmetic on headers and evidence, and leaves the text alone', async () => {
    const sheet = await readable();
    const turn = sheet.turns[4]!;
    expect(hover(sheet, { line: turn.line, character: 3 }, true)?.contents).toEqual({
      kind: 'markdown',
      value: explainTurn(sheet.main, 4),
    });
    expect(hover(sheet, { line: turn.fields.action!.head, character: 0 }, true)).not.toBeNull();
    const evidence = hover(sheet, turn.fields.action!.text.start, true);
    expect(evidence?.range).toEqual(turn.fields.action!.text);
    expect(hover(sheet, turn.fields.observation!.text.start, true)).toBeNull();
    expect(hover(sheet, { line: 0, character: 0 }, true)).toBeNull();
  });

  test('the arithmetic adds up, gate, return-to-go, totals and what was left out', async () => {
    expect(explainTurnPlainly(await model(), 4)).toMatchInlineSnapshot(`
      "Turn 5 · +0.05 → masked by outcome (−0.50 < 0.00) · 1 score left out · ▲ H22

      level  function  score  × weight  =
      steps  Action format  +1.00  0.1  +0.10  masked by outcome
      steps  Scaffold use  −1.00  0.05  −0.05  masked by outcome

      Sum +0.05 · paid 0.00

      Gate of outcome: shut (−0.50 < 0.00)

      Return-to-go −0.50 with γ 1

      Episode: G-RA −0.50 · D-RA +0.30 · outcome −0.50 · masked 6 of 6 · 6 scores left out

      Left out:
      - Execution status: no exit code recorded; replay gives it

      ▲ H22 weak · Submitted without a modification: Turn 6 submits an empty patch although 3 turns edit files (the last is turn 5)."
    `);
  });

  test('hostile words stay words: no link, image, table cell or HTML comes out of them', async () => {
    const episode = await model();
    const hostile = '](command:evil) | <img src=x onerror=y> ![a](http://b) `c` **d**\n\n# e';
    const findings = episode.of.findings.map((f) => ({ ...f, title: hostile, message: hostile }));
    const copy = Object.assign(Object.create(Object.getPrototypeOf(episode) as object) as typeof episode, episode, {
      of: { ...episode.of, findings },
      findingIndex: null,
    });
    const markdown = explainTurn(copy, 4);
    expect(markdown).not.toMatch(/(?<!\\)\]\(|<img|(?<!\\)!\[|\n# e/);
    expect(markdown.split('\n').at(-1)).toContain('\\]\\(command\\:evil\\)');
  });
});

describe('outline, folds, links', () => {
  test('the outline names turns with their fields, each inside its turn', async () => {
    for (const sheet of [await readable(), await raw()]) {
      const symbols = documentSymbols(sheet);
      expect(symbols.map((s) => s.name).slice(0, 3)).toEqual([
        'Turn 1 · create reproduce.py',
        'Turn 2 · edit 1:1 …',
        'Turn 3 · python reproduce.py',
      ]);
      for (const symbol of symbols) {
        expect(symbol.children?.map((c) => c.name)).toEqual(
          symbol.name === 'Turn 6 · submit' && sheet.kind === 'raw' ? ['thought', 'action'] : ['thought', 'action', 'observation'],
        );
        for (const child of [symbol, ...(symbol.children ?? [])]) {
          expect(child.selectionRange.start.line).toBeGreaterThanOrEqual(child.range.start.line);
          expect(child.range.start.line).toBeGreaterThanOrEqual(symbol.range.start.line);
          expect(child.range.end.line).toBeLessThanOrEqual(symbol.range.end.line);
        }
      }
      expect(flatSymbols(sheet, URI)).toHaveLength(6);
    }
  });

  test('a folded turn says what it is: its heading carries the name of the outline', async () => {
    const sheet = await readable();
    const names = documentSymbols(sheet).map((s) => s.name);
    expect(sheet.turns.map((t) => lineText(sheet.page, t.line).replace(/ ─{2,10}$/, ''))).toEqual(names.map((name) => `── ${name}`));
    expect(names[4]).toBe('Turn 5 × error observed · edit 1475:1475 …');
  });

  test('long observations are regions; a cap keeps turns first', async () => {
    const sheet = await readable();
    const folds = foldingRanges(sheet, { limit: 1000, collapsedText: true });
    const regions = folds.filter((f) => f.kind === 'region');
    expect(regions).toHaveLength(1);
    expect(lineText(sheet.page, regions[0]!.startLine)).toMatch(/^┄ observation/);
    expect(regions[0]!.collapsedText).toMatch(/^┄ observation {2}\d+ lines$/);
    const few = foldingRanges(sheet, { limit: 6, collapsedText: false });
    expect(few.map((f) => f.startLine)).toEqual(sheet.turns.map((t) => t.line));
    expect(foldingRanges(sheet, { limit: 7, collapsedText: false }).filter((f) => f.kind === 'region')).toHaveLength(1);
  });

  test('links lead to the bytes, by command or by line', async () => {
    const sheet = await readable();
    const [first] = documentLinks(sheet, { uri: URI, commands: foreign, pageUri, positions: (await raw()).raw });
    expect(lineText(sheet.page, first!.range.start.line).slice(first!.range.start.character, first!.range.end.character)).toBe('Turn 1');
    const [, line, character] = /^file:\/\/\/runs\/a\.traj#L(\d+),(\d+)$/.exec(first!.target!)!;
    expect(rawLines[Number(line) - 1]!.slice(Number(character) - 1)).toBe('{');
    const [command] = documentLinks(sheet, { uri: URI, commands: ours, pageUri, positions: null });
    const [, name, argument] = /^command:([\w.]+)\?(.*)$/.exec(command!.target!)!;
    expect([name, JSON.parse(decodeURIComponent(argument!))]).toEqual(['turnpike.openRaw', [{ uri: URI, ...sheet.main.turns[0]!.span }]]);
    expect(documentLinks(await raw(), { uri: URI, commands: foreign, pageUri, positions: null })).toEqual([]);
    const back = documentLinks(await raw(), { uri: URI, commands: ours, pageUri, positions: null });
    expect(back).toHaveLength(6);
    expect(back[3]!.target).toContain('turnpike.openReadable');
  });
});

describe('actions', () => {
  test('mute the rule of a squiggle, open and explain the turn', async () => {
    const sheet = await readable();
    const shown = diagnostics(sheet, { uri: 'doc:', pageUri, relatedInformation: true });
    const range = shown[0]!.range;
    expect(codeActions(sheet, URI, range, shown, ours).map((a) => [a.title, a.kind, a.command?.command, a.command?.arguments])).toEqual([
      ['Mute rule H22', 'quickfix', 'turnpike.muteRule', [{ rule: 'H22' }]],
      ['Open turn 5 in the inspector', 'quickfix', 'turnpike.openInspector', [{ uri: URI, attempt: 0, turn: 4 }]],
      ['Explain the reward of turn 5', '', 'turnpike.explainTurn', [{ uri: URI, attempt: 0, turn: 4 }]],
    ]);
    expect(codeActions(sheet, URI, range, [], foreign).map((a) => a.command?.command)).toEqual([SERVER_COMMANDS.explain]);
    expect(codeActions(sheet, URI, { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, [], ours)).toEqual([]);
  });
});

describe('turns by line', () => {
  test('every line of the raw file between a step’s braces is that step', async () => {
    const sheet = await raw();
    for (const turn of sheet.turns)
      for (let line = turn.range.start.line; line <= turn.range.end.line; line++) expect(turnOfLine(sheet, line)?.turn).toBe(turn.turn);
    expect(turnOfLine(sheet, 0)).toBeNull();
    expect(turnOfLine(sheet, rawLines.length - 1)).toBeNull();
    expect(turnsBetween(sheet, sheet.turns[1]!.line, sheet.turns[2]!.line).map((t) => t.turn)).toEqual([1, 2]);
    expect(turnsBetween(sheet, 0, 1)).toEqual([]);
  });
});

test('a file of one line has its turns side by side', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-line-'));
  const path = join(folder, 'a.traj');
  const text = JSON.stringify(JSON.parse(readFileSync(FIXTURE, 'utf8')));
  writeFileSync(path, text);
  try {
    const sheet = await rawSheet(await opened(path));
    for (const turn of sheet.turns) {
      expect(text.slice(turn.range.start.character, turn.range.end.character)).toMatch(/^\{"action":.*\}$/s);
      expect(hover(sheet, { line: 0, character: turn.range.start.character + 5 }, false)?.contents).toMatchObject({
        value: expect.stringContaining(`Turn ${turn.turn + 1} `) as string,
      });
    }
    const [found] = diagnostics(sheet, { uri: URI, pageUri, relatedInformation: false });
    expect(text.slice(found!.range.start.character, found!.range.end.character)).toMatch(/^edit 1475:1475\\n/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a sheet is built once per revision', async () => {
  expect(await rawSheet(await opened())).toBe(await rawSheet(await opened()));
  expect(await readableSheet(await model(), 0)).toBe(await readableSheet(await model(), 0));
  expect(lensTitle(await model(), 0)).toContain(hintText(await model(), 0).split(' ')[0]!);
});
