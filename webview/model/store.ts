/** The page's state. Data comes from the server, navigation from the reader; only the latter is kept over a reload. */
import { batch, computed, signal } from '@preact/signals';
import type { Accumulation } from '../../server/reward/types';
import type { EpisodeView, FindHit, OpenFailure } from '../../server/protocol/index';
import { fatesUnder, nextFlip, withThresholds } from './gated';
import { seriesOf, type Series } from './series';
import type { Finding, Grade } from './types';
import { factsOf, type TurnFacts } from './turn-facts';

export const TABS = ['turns', 'problem', 'submission', 'seen', 'configuration', 'table'] as const;
export type Tab = (typeof TABS)[number];
export const FILTERS = ['masked', 'finding', 'error', 'edit'] as const;
export type Filter = (typeof FILTERS)[number];

export const uri = signal<string | null>(null);
export const sample = signal(false);
export const view = signal<EpisodeView | null>(null);
export const failure = signal<OpenFailure | null>(null);
/** Why what is shown may be older than the file. */
export const stale = signal<string | null>(null);
/** What is being read, once it takes long enough to say so. */
export const reading = signal<string | null>(null);

export const attempt = signal<number | null>(null);
export const turn = signal(0);
export const tab = signal<Tab>('turns');
export const thresholds = signal<Readonly<Record<string, number>>>({});
export const filter = signal<readonly Filter[]>([]);
/** Turns in the chart's window, `[from, to)`; null: all. */
export const zoom = signal<readonly [number, number] | null>(null);
/** Turn under the pointer in the chart. */
export const hover = signal<number | null>(null);
/** The chart is folded to its gate lane. */
export const folded = signal(false);
export const helpOpen = signal(false);
/** Said to screen readers, politely. */
export const announcement = signal('');

export interface FindState {
  readonly query: string;
  readonly hits: readonly FindHit[];
  readonly total: number;
  readonly capped: boolean;
  readonly busy: boolean;
  readonly error: string | null;
}
export const NO_FIND: FindState = { query: '', hits: [], total: 0, capped: false, busy: false, error: null };
export const find = signal<FindState>(NO_FIND);
/** Index into `find.hits`; −1: none chosen. */
export const findAt = signal(-1);

/** What was paid and masked: the same object until a gate flips. Its thresholds may be older than the reader's. */
export const fates = computed<Accumulation | null>(() => (view.value ? fatesUnder(view.value.scores, thresholds.value) : null));
/** The same with the thresholds as they are now, for what shows them. */
export const accumulation = computed<Accumulation | null>(() =>
  view.value && fates.value ? withThresholds(fates.value, view.value.scores, thresholds.value) : null,
);
/** Where masking would begin, while nothing is masked; null where it can't. */
export const flipAhead = computed(() => (view.value && fates.value?.masked === 0 ? nextFlip(view.value.scores, thresholds.value) : null));
/** Arithmetic and gate of a turn under the present thresholds. */
export const factsAt = (index: number): TurnFacts | null =>
  view.value && accumulation.value && index < view.value.turnCount ? factsOf(view.value.scores, accumulation.value, index) : null;
export const series = computed<readonly Series[]>(() => (view.value ? seriesOf(view.value.scores) : []));

const GRADE_RANK: Record<Grade, number> = { weak: 1, strong: 2, proved: 3 };
export const gradeRank = (grade: Grade): number => GRADE_RANK[grade];
export const RANK_GRADE: readonly (Grade | null)[] = [null, 'weak', 'strong', 'proved'];

export const findings = computed<readonly Finding[]>(() => view.value?.findings.filter((f) => !f.suppressed) ?? []);
export const findingsByTurn = computed<ReadonlyMap<number, readonly Finding[]>>(() => {
  const map = new Map<number, Finding[]>();
  for (const finding of findings.value) {
    for (const t of new Set(finding.turns)) {
      const list = map.get(t);
      if (list) list.push(finding);
      else map.set(t, [finding]);
    }
  }
  return map;
});
/** Turns with a finding, ascending. */
export const findingTurns = computed(() => [...findingsByTurn.value.keys()].sort((a, b) => a - b));

export interface KindSets {
  readonly errors: ReadonlySet<number>;
  readonly observedErrors: ReadonlySet<number>;
  readonly edits: ReadonlySet<number>;
  readonly submits: ReadonlySet<number>;
  readonly tests: ReadonlySet<number>;
  readonly notExecuted: ReadonlySet<number>;
  readonly synthetic: ReadonlySet<number>;
}
export const kinds = computed<KindSets>(() => {
  const marks = view.value?.marks;
  return {
    errors: new Set(marks?.errors),
    observedErrors: new Set(marks?.observedErrors),
    edits: new Set(marks?.edits),
    submits: new Set(marks?.submits),
    tests: new Set(marks?.tests),
    notExecuted: new Set(marks?.notExecuted),
    synthetic: new Set(marks?.synthetic),
  };
});

const all = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);
const allTurns = computed(() => all(view.value?.turnCount ?? 0));

/** Turns that pass the filters (any of those set), ascending. */
export const visibleTurns = computed<readonly number[]>(() => {
  const active = filter.value;
  if (active.length === 0) return allTurns.value;
  const tests: ((t: number) => boolean)[] = active.map((name) => {
    switch (name) {
      case 'masked': {
        const acc = fates.value;
        return (t) => (acc?.blockedBy[t] ?? -1) >= 0;
      }
      case 'finding':
        return (t) => findingsByTurn.value.has(t);
      case 'error':
        return (t) => kinds.value.errors.has(t);
      case 'edit':
        return (t) => kinds.value.edits.has(t);
    }
  });
  return allTurns.value.filter((t) => tests.some((test) => test(t)));
});

/** Takes a new view of the file, keeping the reader's place. A view older than the one shown is dropped. */
export function show(next: EpisodeView): boolean {
  const before = view.peek();
  if (before && before.uri === next.uri && before.attempt === next.attempt && next.revision < before.revision) return false;
  batch(() => {
    view.value = next;
    // A threshold that the configuration has caught up with is tried no longer: it would hold against the next edit.
    const gates = new Map(next.scores.levels.map((l) => [l.id, l.gate?.threshold]));
    const tried = Object.entries(thresholds.peek());
    const left = tried.filter(([id, threshold]) => gates.get(id) !== threshold);
    if (left.length < tried.length) thresholds.value = Object.fromEntries(left);
    failure.value = null;
    stale.value = null;
    attempt.value = next.attempt;
    const last = Math.max(0, next.turnCount - 1);
    if (turn.peek() > last) turn.value = last;
    const range = zoom.peek();
    if (range && (before?.attempt !== next.attempt || range[0] >= next.turnCount)) zoom.value = null;
  });
  return true;
}
