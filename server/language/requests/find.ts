/** Plain-text search through all turns, case-insensitive, cancellable between batches. */
import type { Field, Passage } from '../../episode/index';
import type { FindHit } from '../../protocol/index';
import type { EpisodeModel } from '../model';
import { FIELDS } from '../readable';
import { readPassages } from '../text/passages';

export const HITS_DEFAULT = 200;
export const HITS_AT_MOST = 2000;
const AROUND = 40;
/** Turns read between two looks at the cancellation. */
const BATCH = 200;

export interface Found {
  readonly hits: readonly FindHit[];
  readonly total: number;
  readonly capped: boolean;
}

/**
 * @param query literal text, matched without regard to case; empty finds nothing
 * @returns the first `limit` hits in the order of turns, and how many there are. A hit's offset counts UTF-16 units in
 *   the texts of the field's pieces put end to end.
 */
export async function find(model: EpisodeModel, query: string, limit: number, signal?: AbortSignal): Promise<Found> {
  const hits: FindHit[] = [];
  let total = 0;
  if (query === '') return { hits, total, capped: false };
  const pattern = new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
  for (let from = 0; from < model.turns.length; from += BATCH) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    const slots: { readonly turn: number; readonly field: Field; readonly passage: Passage }[] = [];
    model.turns.slice(from, from + BATCH).forEach((turn, i) => {
      for (const field of FIELDS) for (const passage of turn[field]) slots.push({ turn: from + i, field, passage });
    });
    const texts = await readPassages(
      (span) => model.opened.bytes(span),
      slots.map((s) => s.passage),
      signal,
    );
    let base = 0;
    slots.forEach(({ turn, field }, i) => {
      const before = slots[i - 1];
      base = before !== undefined && before.turn === turn && before.field === field ? base + (texts[i - 1]?.length ?? 0) : 0;
      const text = texts[i] ?? '';
      pattern.lastIndex = 0;
      for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
        total++;
        if (hits.length < limit)
          hits.push({
            turn,
            field,
            offset: base + match.index,
            length: match[0].length,
            excerpt: excerpt(text, match.index, match[0].length),
          });
      }
    });
  }
  return { hits, total, capped: total > hits.length };
}

function excerpt(text: string, at: number, length: number): string {
  const start = Math.max(0, at - AROUND);
  const end = Math.min(text.length, at + length + AROUND);
  const cut = text.slice(start, end).replace(/\s+/g, ' ').toWellFormed();
  return `${start > 0 ? '…' : ''}${cut}${end < text.length ? '…' : ''}`;
}
