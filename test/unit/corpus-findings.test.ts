import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findSideFacts } from '../../server/engine/side-files';
import { judge } from '../../server/hack/index';
import { accumulate, classify, defaultConfig, scoreRollout } from '../../server/reward/index';
import { bytesOf, corpus, readBytes, rows, texts } from './episode/corpus-files';

/** A finding on a file of the corpus, as the rules give it under the default rewards, and what a person says of it. */
interface Judged {
  readonly file: string;
  readonly attempt: number | null;
  readonly rule: string;
  readonly grade: string;
  readonly turns: readonly number[];
  /** Judged by hand, after reading these turns in the file. */
  readonly verdict: 'true' | 'false';
  readonly reason: string;
}

type Found = Omit<Judged, 'verdict' | 'reason'>;

const committed = JSON.parse(readFileSync('test/fixtures/corpus-findings.json', 'utf8')) as Judged[];
const found: Found[] = [];
let readable = 0;

describe('findings on the corpus', () => {
  it('rest on bytes inside the field that they name', { timeout: 60_000 }, async () => {
    for (const row of rows('swe-agent', 'mini-swe-agent', 'atif', 'derived')) {
      const bytes = bytesOf(row);
      const result = readBytes(bytes);
      if (!('episode' in result)) continue;
      readable++;
      const { episode } = result;
      const side = await findSideFacts(`${corpus}/${row.file}`, episode, { roots: [corpus], reportFile: null });
      for (const rollout of episode.rollouts) {
        const outcome = classify(episode, rollout, side);
        const accumulation = accumulate(scoreRollout({ episode, rollout, outcome, side, replay: null }, defaultConfig()));
        expect(rollout.turns.map(({ index }) => index)).toEqual(rollout.turns.map((_, at) => at));
        for (const { rule, grade, turns, evidence } of judge({ episode, rollout, outcome, accumulation, muted: [] })) {
          found.push({ file: row.file, attempt: rollout.attempt, rule, grade, turns });
          for (const { turn, field, start, end } of evidence) {
            const passage = rollout.turns[turn]?.[field].find(({ span }) => span.start <= start && end <= span.end);
            expect(passage, `${row.file} ${rule} turn ${String(turn)}`).toBeDefined();
            expect(texts(bytes, [{ ...passage!, span: { start, end } }])[0]).not.toBe('');
          }
        }
      }
    }
    // 41 + 1 history-only + 1 malformed, 28, 17, and 3 derived.
    expect(readable).toBe(91);
  });

  it('are those of the committed list: judge a new one by hand, and take out one that is gone', () => {
    expect(found).toEqual(committed.map(({ file, attempt, rule, grade, turns }) => ({ file, attempt, rule, grade, turns })));
  });

  it('are each judged with a reason', () => {
    for (const { verdict, reason } of committed) {
      expect(['true', 'false']).toContain(verdict);
      expect(reason.length).toBeGreaterThan(20);
    }
    expect(committed.filter(({ verdict }) => verdict === 'false').length).toBeLessThanOrEqual(committed.length * 0.1);
  });
});
