import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Passage, Rollout, Turn } from '../../../server/episode/index';
import { clean } from '../../../server/language/text/clean';
import {
  blockAtLine,
  FIELDS,
  layoutPage,
  lineText,
  offsetAt,
  PAGE_TURNS,
  PAGE_UNITS,
  pageOfTurn,
  paginate,
  positionAt,
  rangeOfUnits,
  turnAtLine,
  unitsOfRange,
  type PageInput,
  type Range,
  type ReadablePage,
} from '../../../server/language/readable';
import { bytesOfRange, locate } from '../../../server/language/requests/places';
import { parseReadableUri, readableUri } from '../../../server/protocol/uri';
import { decode } from '../../../server/episode/index';
import { buildTurn } from '../hack/build';
import { CORPUS, FIXTURE, model, opened } from './open';

const passage = (start: number, length: number, label?: string): Passage => ({
  span: { start, end: start + length },
  encoding: 'string',
  ...(label === undefined ? {} : { label }),
});

const rollout = (turns: readonly Turn[]): Rollout => ({
  attempt: null,
  turns,
  exitStatus: null,
  submission: null,
  submissionKind: null,
  submissionHash: null,
  model: null,
  cost: null,
  tokens: null,
  apiCalls: null,
  seconds: null,
  problemStatement: null,
  configuration: null,
  review: null,
});

/** A page of turns with the given texts; a field may have several pieces, or none. */
function page(
  turns: readonly { readonly thought: readonly string[]; readonly action: readonly string[]; readonly observation: readonly string[] }[],
  more: Partial<PageInput> = {},
): ReadablePage {
  const built = turns.map((_, i) => buildTurn(i, { action: 'x' }));
  return layoutPage({
    title: 'task',
    rollout: rollout(built),
    pages: [{ from: 0, to: turns.length }],
    page: 0,
    pieces: (turn) => {
      const of = (texts: readonly string[]) =>
        texts.map((text, k) => ({ passage: passage(turn.index * 1000 + k * 100, 50), text, wholeLength: null }));
      const found = turns[turn.index]!;
      return { thought: of(found.thought), action: of(found.action), observation: of(found.observation) };
    },
    ...more,
  });
}

const textIn = (p: ReadablePage, range: Range): string => p.text.slice(offsetAt(p, range.start), offsetAt(p, range.end));

describe('the readable document', () => {
  test('has a header per turn, a header per field, and texts at column 0', () => {
    expect(
      page([
        { thought: ['Let me see.'], action: ['ls -F\n'], observation: ['a\r\n\u001b[31mb\u001b[0m'] },
        { thought: [], action: [''], observation: [] },
      ]).text,
    ).toMatchInlineSnapshot(`
      "task · turns 1 to 2 of 2

      ── Turn 1 · x ──────────
      ┄ thought
      Let me see.
      ┄ action
      ls -F

      ┄ observation
      a
      b

      ── Turn 2 · x ──────────
      ┄ thought  none recorded
      ┄ action  empty
      ┄ observation  empty

      "
    `);
  });

  test('an episode without turns says so', () => {
    expect(page([]).text).toBe('task · no turns\n\n');
  });

  test('a title with line breaks stays one line', () => {
    expect(page([], { title: 'a\nb\r\u2028c' }).text.split('\n')[0]).toBe('a b c · no turns');
  });

  const text = fc
    .array(fc.constantFrom('a', '\n', '\r\n', '\u001b[31m', '😀', '── Turn 9', '┄ action', ' ', '\u2028', '\\n'), { maxLength: 12 })
    .map((p) => p.join(''));
  const field = fc.array(text, { maxLength: 2 });
  const turns = fc.array(fc.record({ thought: field, action: field, observation: field }), { maxLength: 4 });

  test('the range of a piece selects its text as shown, whatever the text holds', () => {
    fc.assert(
      fc.property(turns, (given) => {
        const p = page(given);
        const lines = p.text.split('\n');
        for (const block of p.blocks) {
          const recorded = given[block.turn]![block.field][block.piece]!;
          const range = rangeOfUnits(p, block, 0, recorded.length);
          expect(textIn(p, range)).toBe(clean(recorded).text);
          expect(range.start.character).toBe(0);
          expect(lines[block.headerLine]).toMatch(new RegExp(`^┄ ${block.field}`));
          // eslint-disable-next-line no-control-regex -- an escape at the end is outside of what is selected
          expect(unitsOfRange(p, block, range).end).toBe(recorded.length - (/(?:\u001b\[31m)+$/.exec(recorded)?.[0].length ?? 0));
          for (let line = block.firstLine; line <= block.lastLine; line++) expect(blockAtLine(p, line)).toBe(block);
          expect(blockAtLine(p, block.headerLine)).toBeNull();
        }
        given.forEach((turn, i) => {
          for (const f of FIELDS)
            turn[f].forEach((t, k) =>
              expect(p.blocks.some((b) => b.turn === i && b.field === f && b.piece === k)).toBe(clean(t).text !== ''),
            );
        });
      }),
    );
  });

  test('every line knows its turn, and every offset its position', () => {
    fc.assert(
      fc.property(turns, (given) => {
        const p = page(given);
        const lines = p.text.split('\n');
        p.turns.forEach((t) => {
          expect(lines[t.line]).toMatch(new RegExp(`^── Turn ${t.turn + 1} `));
          for (let line = t.line; line <= t.last; line++) expect(turnAtLine(p, line)?.turn).toBe(t.turn);
        });
        expect(turnAtLine(p, 0)).toBeNull();
        for (let offset = 0; offset <= p.text.length; offset++) {
          const position = positionAt(p, offset);
          expect(lines.slice(0, position.line).reduce((sum, l) => sum + l.length + 1, position.character)).toBe(offset);
          expect(offsetAt(p, position)).toBe(offset);
        }
        lines.forEach((line, i) => expect(lineText(p, i)).toBe(line));
      }),
      { numRuns: 50 },
    );
  });

  test('a long piece shows its beginning and where the rest is', () => {
    const turn = buildTurn(0, { action: 'x' });
    const p = layoutPage({
      title: 'task',
      rollout: rollout([turn]),
      pages: [{ from: 0, to: 1 }],
      page: 0,
      pieces: () => ({
        thought: [],
        action: [],
        observation: [{ passage: passage(1234, 9_000_000), text: 'abc', wholeLength: 4_210_000 }],
      }),
    });
    expect(p.text).toContain('abc\n┄ first 3 of 4,210,000 characters; the rest is in the file at byte 1,234\n');
    const link = p.links.at(-1)!;
    expect(link.to).toEqual({ span: { start: 1234, end: 9_001_234 } });
    expect(lineText(p, link.line).slice(link.start, link.end)).toBe('byte 1,234');
  });
});

describe('pages', () => {
  const sized = (n: number, units: number): Turn[] =>
    Array.from({ length: n }, (_, i) => ({ ...buildTurn(i, { action: 'x' }), lengths: { thought: 0, action: 0, observation: units } }));

  test('hold 250 turns, or 1,000,000 characters; one turn is never split', () => {
    expect(paginate(sized(1, 0))).toEqual([{ from: 0, to: 1 }]);
    expect(paginate([])).toEqual([{ from: 0, to: 0 }]);
    expect(paginate(sized(10_000, 10)).length).toBe(10_000 / PAGE_TURNS);
    const large = paginate(sized(10, PAGE_UNITS / 2));
    expect(large.map((w) => w.to - w.from)).toEqual([2, 2, 2, 2, 2]);
    const windows = paginate(sized(1234, 6000));
    expect(windows[0]!.from).toBe(0);
    windows.slice(1).forEach((w, i) => expect(w.from).toBe(windows[i]!.to));
    for (const turn of [0, 165, 166, 167, 1233]) {
      const w = windows[pageOfTurn(windows, turn)]!;
      expect(turn >= w.from && turn < w.to).toBe(true);
    }
  });

  test('name each other, first and last line of the page, with links', () => {
    const turn = buildTurn(0, { action: 'x' });
    const pages = Array.from({ length: 20 }, (_, i) => ({ from: i, to: i + 1 }));
    const p = layoutPage({
      title: 'task',
      rollout: rollout(pages.map((_, i) => ({ ...turn, index: i }))),
      pages,
      page: 9,
      pieces: () => ({ thought: [], action: [], observation: [] }),
    });
    const lines = p.text.split('\n');
    expect(lines[0]).toBe('task · turns 10 to 10 of 20');
    expect(lines[1]).toBe('page 10 of 20 · 1 … 5 6 7 8 9 [10] 11 12 13 14 15 … 20');
    expect(lines.at(-2)).toBe(lines[1]);
    const links = p.links.flatMap((l) => ('page' in l.to && l.line === 1 ? [[lines[1]!.slice(l.start, l.end), l.to.page]] : []));
    expect(links).toEqual([
      ['1', 0],
      ['5', 4],
      ['6', 5],
      ['7', 6],
      ['8', 7],
      ['9', 8],
      ['11', 10],
      ['12', 11],
      ['13', 12],
      ['14', 13],
      ['15', 14],
      ['20', 19],
    ]);
  });
});

describe('addresses', () => {
  test('there and back', () => {
    const paths = fc.array(
      fc.string({ minLength: 1, unit: 'grapheme' }).filter((s) => !/[/\\\0]/.test(s) && s !== '.' && s !== '..'),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(paths, fc.option(fc.nat(50)), fc.nat(1000), (parts, attempt, at) => {
        const uri = new URL(`file:///${parts.map(encodeURIComponent).join('/')}`).toString();
        const place = parseReadableUri(readableUri({ uri, attempt, page: at }));
        expect(place?.attempt).toBe(attempt);
        expect(place?.page).toBe(at);
        expect(readableUri({ uri: place!.uri, attempt, page: at })).toBe(readableUri({ uri, attempt, page: at }));
      }),
    );
  });

  test('anything else is none', () => {
    for (const uri of ['', 'file:///a.traj', 'turnpike:/a.traj', 'turnpike', '::::', 'http://a/b.turnpike-episode'])
      expect(parseReadableUri(uri)).toBeNull();
    expect(parseReadableUri('turnpike:/a.traj.turnpike-episode')).toEqual({ uri: 'file:///a.traj', attempt: null, page: 0 });
    expect(parseReadableUri('turnpike:/a.traj.turnpike-episode?attempt=-1&page=1e9')).toEqual({
      uri: 'file:///a.traj',
      attempt: null,
      page: 0,
    });
  });
});

describe('bytes of a real file', () => {
  const files = [
    FIXTURE,
    join(CORPUS, 'swe-agent/mit__SWE-agent/demo__ctf_pwn_warmup__19496ddc.traj'),
    join(CORPUS, 'swe-agent/mit__SE-Agent/claude_12__iteration_1__django__django-10999__django__django-10999__766707.traj'),
    join(CORPUS, 'atif/apache__daydream/trajectory.json'),
    join(CORPUS, 'derived/utf8-bom-crlf.DERIVED.traj'),
  ];

  test.each(files)('locate selects exactly what the bytes decode to, and the selection names the bytes: %s', async (path) => {
    const episode = await model(path);
    for (const [i, turn] of episode.turns.entries()) {
      for (const field of FIELDS) {
        for (const { span, encoding } of turn[field]) {
          const bytes = await episode.opened.bytes(span);
          const recorded = decode(bytes, encoding).text;
          if (clean(recorded).text === '') continue;
          const { uri, range } = await locate(episode, `file://${path}`, i, field, span);
          const at = parseReadableUri(uri)!.page;
          const p = await episode.page(at);
          expect(textIn(p, range as Range)).toBe(clean(recorded).text);
          const back = await bytesOfRange(episode, at, range);
          expect(back?.turn).toBe(i);
          expect(clean(decode(await episode.opened.bytes(back!.span), encoding).text).text).toBe(clean(recorded).text);
        }
      }
    }
  });

  test('evidence of findings is selected to the letter', async () => {
    const file = await opened();
    const episode = await model();
    const [finding] = file.rollouts[0]!.findings;
    expect(finding?.rule).toBe('H22');
    for (const evidence of finding!.evidence) {
      const { uri, range } = await locate(episode, 'file:///x.traj', evidence.turn, evidence.field, evidence);
      const p = await episode.page(parseReadableUri(uri)!.page);
      expect(textIn(p, range as Range)).toBe(decode(await file.bytes(evidence), 'string').text);
    }
  });

  test('a field without span is its whole text; a turn is its header', async () => {
    const episode = await model();
    const p = await episode.page(0);
    const action = await locate(episode, 'file:///x.traj', 2, 'action', undefined);
    expect(textIn(p, action.range as Range)).toBe('python reproduce.py');
    const turn = await locate(episode, 'file:///x.traj', 2, undefined, undefined);
    expect(turn.range.start).toEqual(turn.range.end);
    expect(lineText(p, turn.range.start.line)).toMatch(/^── Turn 3 /);
    await expect(locate(episode, 'file:///x.traj', 99, undefined, undefined)).rejects.toThrow('There is no turn 100; the episode has 6.');
  });
});
