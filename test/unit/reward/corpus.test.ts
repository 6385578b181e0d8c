import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createEngine } from '../../../server/engine/index';
import { accumulate, turnArithmetic } from '../../../server/reward/index';

const CORPUS = resolve(process.env['TURNPIKE_CORPUS'] ?? '../shared/corpus');
const engine = createEngine({ rewardsFile: null, reportFile: null, mutedRules: [], trust: { all: false, hashes: [] }, roots: [CORPUS] });
afterAll(() => engine.dispose());

interface Row {
  readonly format: string;
  readonly file: string;
  readonly outcome: string | null;
}
const rows = readFileSync(join(CORPUS, 'MANIFEST.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row)
  .filter(
    (row) =>
      (row.format === 'swe-agent' || row.format === 'mini-swe-agent') &&
      !row.outcome?.startsWith('MALFORMED') &&
      existsSync(join(CORPUS, row.file)),
  );

it(
  'G-RA speaks on every real file: the gate is decided as soon as the episode ended, and every turn adds up',
  { timeout: 120_000 },
  async () => {
    expect(rows.length).toBeGreaterThan(60);
    const doubts: string[] = [];
    for (const row of rows) {
      const result = await engine.open(join(CORPUS, row.file));
      if (!('opened' in result)) {
        doubts.push(`${row.file}: not read`);
        continue;
      }
      for (const { rollout, outcome, scores, accumulation } of result.opened.rollouts) {
        const state = accumulation.levels[0]?.gate?.state;
        const expected =
          outcome.exitStatus === null ? 'pending' : outcome.classes.every((one) => one === 'fails' || one === 'passes') ? 'open' : 'shut';
        if (state !== expected) doubts.push(`${row.file}: gate ${String(state)}, outcome ${outcome.classes.join('|')}`);
        rollout.turns.forEach((turn, t) => {
          const { terms, raw, paid } = turnArithmetic(scores, accumulation, t);
          const sum = terms.reduce((total, term) => total + (term.contribution ?? 0), 0);
          if (raw.state === 'scored' && Math.abs(raw.value - sum) > 1e-12)
            doubts.push(`${row.file}: turn ${t} adds up to ${sum}, not ${raw.value}`);
          if (turn.synthetic && raw.state === 'scored') doubts.push(`${row.file}: turn ${t} is the runner's and earns ${raw.value}`);
          if (state === 'shut' && raw.state === 'scored' && !(paid.state === 'scored' && paid.value === 0))
            doubts.push(`${row.file}: turn ${t} is paid behind a shut gate`);
          if (turn.kind === 'action' && turn.executed && raw.state === 'scored' && (raw.value > 0.2 + 1e-12 || raw.value < -0.1 - 1e-12))
            doubts.push(`${row.file}: turn ${t} earns ${raw.value}`);
        });
        const direct = accumulate(scores, { thresholds: { outcome: -Infinity } });
        if (state !== 'pending') expect(direct.paid).toEqual(direct.raw);
      }
    }
    expect(doubts).toEqual([]);
  },
);
