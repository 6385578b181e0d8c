/// <reference lib="dom" />
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { parseDocument } from 'yaml';
import { ROOT } from '../../tools/lib/paths.mjs';

export const CLI = join(ROOT, 'dist/turnpike.cjs');
export const SAMPLES = join(ROOT, 'extension/samples');
/** A real SWE-agent episode of 11 turns that submitted a patch; no tests are known. */
export const SAMPLE = join(SAMPLES, 'marshmallow-1867.traj');
/** The same with an empty patch: the gate is shut. */
export const SHUT = join(SAMPLES, 'marshmallow-1867.empty-patch.traj');

export type Score =
  | { readonly state: 'scored'; readonly value: number }
  | { readonly state: 'unscored'; readonly reason: string }
  | { readonly state: 'failed'; readonly error: string };
/** The part of `turnpike.inspect/1` that is compared. */
export interface Inspected {
  readonly schema: string;
  readonly state: string;
  readonly outcome: { readonly class: string | null; readonly score: Score };
  readonly rewards: {
    readonly levels: readonly {
      readonly id: string;
      readonly value: Score;
      readonly gate: { readonly threshold: number; readonly state: string } | null;
    }[];
    readonly totals: {
      readonly dra: Score;
      readonly gra: Score;
      readonly outcomeOnly: Score;
      readonly bounds?: Readonly<Record<'dra' | 'gra' | 'outcomeOnly', readonly [number, number]>> | null;
    };
    readonly turns: readonly {
      readonly index: number;
      readonly functions: Readonly<Record<string, Score>>;
      readonly raw: Score;
      readonly paid: Score;
      readonly gate: { readonly open: boolean | null; readonly blockedBy: string | null };
      readonly returnToGo: Score;
    }[];
  };
  readonly findings: readonly {
    readonly rule: string;
    readonly grade: string;
    readonly turns: readonly number[];
    readonly evidence: readonly { readonly turn: number; readonly field: string; readonly start: number; readonly end: number }[];
  }[];
}

/** What the command line says of a file. */
export function inspect(file: string, ...more: readonly string[]): Inspected {
  return JSON.parse(
    execFileSync(process.execPath, [CLI, 'inspect', file, '--json', ...more], { encoding: 'utf8', maxBuffer: 1 << 28 }),
  ) as Inspected;
}

/** The built-in configuration as a file, with other numbers. */
export function rewards(
  change: { readonly threshold?: number; readonly weight?: { readonly id: string; readonly value: number } } = {},
): string {
  const document = parseDocument(execFileSync(process.execPath, [CLI, 'rewards', 'example'], { encoding: 'utf8' }));
  const steps = document.toJS() as { levels: { functions: { id?: string; module?: string }[] }[] };
  const functions = steps.levels[1]?.functions ?? [];
  if (change.weight) {
    const at = functions.findIndex((f) => f.id === change.weight?.id);
    expect(at, `the example has ${change.weight.id}`).toBeGreaterThanOrEqual(0);
    document.setIn(['levels', 1, 'functions', at, 'weight'], change.weight.value);
  }
  // The example shows more than the default has: a novelty discount and an own module.
  for (let at = functions.length - 1; at >= 0; at--)
    if (functions[at]?.module !== undefined || functions[at]?.id === 'novelty') document.deleteIn(['levels', 1, 'functions', at]);
  if (change.threshold !== undefined) document.setIn(['levels', 0, 'gate', 'threshold'], change.threshold);
  return document.toString();
}

/** {@link inspect} under the built-in configuration with another threshold. */
export function inspectAt(file: string, threshold: number): Inspected {
  const folder = mkdtempSync(join(tmpdir(), 'tp-rewards-'));
  try {
    const config = join(folder, 'turnpike.rewards.yaml');
    writeFileSync(config, rewards({ threshold }));
    return inspect(file, '--rewards', config);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Cell {
  readonly state: string;
  readonly value: number | null;
}
interface Twin {
  readonly turns: readonly {
    readonly index: number;
    readonly raw: Cell;
    readonly paid: Cell;
    readonly returnToGo: Cell;
    readonly blockedBy: string;
    readonly gate: string;
    readonly functions: Readonly<Record<string, Cell>>;
  }[];
  readonly totals: Readonly<Record<string, Cell & { readonly low: number | null; readonly high: number | null }>>;
}

/** Opens the table twin of the page and reads every number in it. */
export async function readTwin(page: FrameLocator): Promise<Twin> {
  const tab = page.getByRole('tab', { name: 'Table' });
  if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  const table = page.getByTestId('table-twin');
  await table.waitFor();
  return await table.evaluate((element): Twin => {
    const number = (text: string | null): number | null => (text === null ? null : Number(text));
    const cell = (e: Element | null): Cell => ({
      state: e?.getAttribute('data-state') ?? 'absent',
      value: number(e?.getAttribute('data-value') ?? null),
    });
    const turns = [...element.querySelectorAll('tbody tr')].map((row) => ({
      index: Number(row.getAttribute('data-turn')),
      raw: cell(row.querySelector('[data-col=raw]')),
      paid: cell(row.querySelector('[data-col=paid]')),
      returnToGo: cell(row.querySelector('[data-col=returnToGo]')),
      blockedBy: row.querySelector('[data-col=blockedBy]')?.textContent ?? '',
      gate: row.querySelector('[data-col=gate]')?.textContent ?? '',
      functions: Object.fromEntries(
        [...row.querySelectorAll('[data-col^="function:"]')].map((e) => [
          (e.getAttribute('data-col') ?? '').slice('function:'.length),
          cell(e),
        ]),
      ),
    }));
    const totals = Object.fromEntries(
      [...element.querySelectorAll('[data-total]')].map((e) => [
        e.getAttribute('data-total') ?? '',
        { ...cell(e), low: number(e.getAttribute('data-low')), high: number(e.getAttribute('data-high')) },
      ]),
    );
    return { turns, totals };
  });
}

const cellOf = (score: Score): Cell => ({ state: score.state, value: score.state === 'scored' ? score.value : null });

/** The page's table and the command line's JSON say the same, turn by turn: raw, paid, blocker, return-to-go, totals. */
export function expectSame(twin: Twin, json: Inspected): void {
  expect(twin.turns.map((t) => t.index)).toEqual(json.rewards.turns.map((t) => t.index));
  for (const [i, turn] of json.rewards.turns.entries()) {
    const row = twin.turns[i];
    expect({
      index: row?.index,
      raw: row?.raw,
      paid: row?.paid,
      returnToGo: row?.returnToGo,
      blockedBy: row?.blockedBy,
      functions: row?.functions,
    }).toEqual({
      index: turn.index,
      raw: cellOf(turn.raw),
      paid: cellOf(turn.paid),
      returnToGo: cellOf(turn.returnToGo),
      blockedBy: turn.gate.blockedBy ?? '',
      functions: Object.fromEntries(Object.entries(turn.functions).map(([id, score]) => [id, cellOf(score)])),
    });
  }
  for (const name of ['dra', 'gra', 'outcomeOnly'] as const) {
    const bounds = json.rewards.totals.bounds?.[name] ?? null;
    expect({ name, ...twin.totals[name] }).toEqual({
      name,
      ...cellOf(json.rewards.totals[name]),
      low: bounds?.[0] ?? null,
      high: bounds?.[1] ?? null,
    });
  }
}

/** Types a threshold into the page's box for a level. */
export async function setThreshold(page: FrameLocator, level: string, value: number): Promise<void> {
  const box = page.getByTestId(`threshold-value-${level}`);
  await box.fill(String(value));
  await box.press('Enter');
  await box.blur();
}

/** What the page says in one fact of its header. */
export const fact = (page: FrameLocator, id: string) => page.locator(`[data-fact="${id}"] .fact-value`);

/** An episode of any length, made by rule of the sample: its steps in turn, the last one (the submission) last. */
export function episodeOf(turns: number): string {
  const episode = JSON.parse(readFileSync(SAMPLE, 'utf8')) as { trajectory: unknown[]; history: unknown[] };
  const steps = episode.trajectory;
  const last = steps.at(-1);
  const before = steps.slice(0, -1);
  episode.trajectory = [...Array.from({ length: turns - 1 }, (_, i) => before[i % before.length]), last];
  return JSON.stringify(episode, null, 2);
}

/** What is selected in the text editor that has the focus, by way of the clipboard. */
export async function selectedText(page: Page): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(() => navigator.clipboard.writeText('nothing was copied'));
  await page.keyboard.press('Control+C');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).not.toBe('nothing was copied');
  return await page.evaluate(() => navigator.clipboard.readText());
}
