/**
 * One rollout of an open file with all that editor requests need, derived once per revision.
 *
 * The engine gives a new {@link OpenedRollout} for each re-read and re-reward, so everything here hangs on that object
 * and is forgotten with it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Field, Passage, Span, Turn } from '../episode/index';
import type { Opened, OpenedRollout } from '../engine/index';
import type { Finding } from '../hack/index';
import { turnArithmetic, type TurnArithmetic } from '../reward/index';
import { FIELDS, layoutPage, paginate, PIECE_UNITS, type ReadablePage, type RecordedPiece, type TurnWindow } from './readable';
import { elementSpans } from './text/json-spans';
import { readPassages } from './text/passages';

/** Laid-out pages are kept up to this many UTF-16 units of text per rollout: all of 10,000 turns, as a rule. */
const UNITS_KEPT = 32_000_000;

/** Left to requests between two pages that are laid out ahead. */
const WARM_PAUSE_MS = 10;

const FORMAT_NAMES = { 'swe-agent': 'SWE-agent', 'mini-swe-agent': 'mini-swe-agent', atif: 'ATIF' } as const;

export class EpisodeModel {
  private static readonly known = new WeakMap<OpenedRollout, EpisodeModel>();

  /** @returns null where the file has no such rollout */
  static of(opened: Opened, attempt: number): EpisodeModel | null {
    const rollout = opened.rollouts[attempt];
    if (rollout === undefined) return null;
    let model = EpisodeModel.known.get(rollout);
    if (model === undefined) EpisodeModel.known.set(rollout, (model = new EpisodeModel(opened, rollout, attempt)));
    return model;
  }

  private pageWindows: readonly TurnWindow[] | null = null;
  private readonly pagesLaidOut = new Map<number, Promise<ReadablePage>>();
  private warming = false;
  private readonly unitsKept = new Map<number, number>();
  private findingIndex: ReadonlyMap<number, readonly Finding[]> | null = null;
  private readonly arithmetics = new Map<number, TurnArithmetic>();
  private historySpans: Promise<readonly Span[]> | null = null;

  private constructor(
    readonly opened: Opened,
    readonly of: OpenedRollout,
    readonly attempt: number,
  ) {}

  get turns(): readonly Turn[] {
    return this.of.rollout.turns;
  }

  /** Task and attempt, as a title. May hold hostile text: one line, but neither Markdown nor HTML. */
  get title(): string {
    const { episode, side, path } = this.opened;
    const name = side.instance ?? episode.instance ?? path.split(/[\\/]/).at(-1) ?? path;
    const attempt = this.opened.rollouts.length > 1 ? ` · attempt ${this.attempt + 1} of ${this.opened.rollouts.length}` : '';
    return `${name}${attempt} · ${FORMAT_NAMES[episode.format]} ${episode.version}`;
  }

  /** Findings that are not suppressed, by each turn they name. */
  findingsOf(turn: number): readonly Finding[] {
    if (this.findingIndex === null) {
      const index = new Map<number, Finding[]>();
      for (const finding of this.of.findings) {
        if (finding.suppressed) continue;
        for (const t of finding.turns) {
          const list = index.get(t);
          if (list === undefined) index.set(t, [finding]);
          else list.push(finding);
        }
      }
      this.findingIndex = index;
    }
    return this.findingIndex.get(turn) ?? [];
  }

  arithmetic(turn: number): TurnArithmetic {
    let found = this.arithmetics.get(turn);
    if (found === undefined) this.arithmetics.set(turn, (found = turnArithmetic(this.of.scores, this.of.accumulation, turn)));
    return found;
  }

  get windows(): readonly TurnWindow[] {
    return (this.pageWindows ??= paginate(this.turns));
  }

  /** A laid-out page; the last one where there are fewer. */
  page(wanted: number): Promise<ReadablePage> {
    const page = Math.max(0, Math.min(wanted, this.windows.length - 1));
    const known = this.pagesLaidOut.get(page);
    if (known !== undefined) {
      this.pagesLaidOut.delete(page);
      this.pagesLaidOut.set(page, known);
      return known;
    }
    const laidOut = this.layOut(page);
    this.pagesLaidOut.set(page, laidOut);
    laidOut.then(
      ({ text }) => {
        this.unitsKept.set(page, text.length);
        this.forgetPages(page);
        // A file that changes meanwhile ends it: the next revision has a model of its own.
        void this.warm(page).catch(() => undefined);
      },
      () => this.pagesLaidOut.delete(page),
    );
    return laidOut;
  }

  /** Drops the pages that nobody asked for the longest, but not `newest`. */
  private forgetPages(newest: number): void {
    let units = [...this.unitsKept.values()].reduce((a, b) => a + b, 0);
    for (const old of [...this.pagesLaidOut.keys()]) {
      if (units <= UNITS_KEPT) return;
      if (old === newest) continue;
      this.pagesLaidOut.delete(old);
      units -= this.unitsKept.get(old) ?? 0;
      this.unitsKept.delete(old);
    }
  }

  /**
   * Lays out the other pages of a document that somebody reads, nearest first, a page at a time between requests, so
   * that going to any turn is quick. As many as are kept.
   */
  private async warm(first: number): Promise<void> {
    if (this.warming) return;
    this.warming = true;
    const others = this.windows.map((_, page) => page).sort((a, b) => Math.abs(a - first) - Math.abs(b - first));
    let units = 0;
    for (const page of others) {
      await pause(WARM_PAUSE_MS, undefined, { ref: false });
      units += (await this.page(page)).text.length;
      if (units > UNITS_KEPT) return;
    }
  }

  private async layOut(page: number): Promise<ReadablePage> {
    const window = this.windows[page] ?? { from: 0, to: 0 };
    const slots: { readonly turn: number; readonly field: Field; readonly passage: Passage }[] = [];
    for (const turn of this.turns.slice(window.from, window.to)) {
      for (const field of FIELDS) for (const passage of turn[field]) slots.push({ turn: turn.index, field, passage });
    }
    const texts = await readPassages(
      (span) => this.opened.bytes(span),
      slots.map((s) => s.passage),
    );
    const pieces = new Map<string, RecordedPiece[]>();
    slots.forEach(({ turn, field, passage }, i) => {
      const text = texts[i] ?? '';
      const piece =
        text.length > PIECE_UNITS
          ? { passage, text: wholeUnits(text, PIECE_UNITS), wholeLength: text.length }
          : { passage, text, wholeLength: null };
      const key = `${turn}:${field}`;
      const list = pieces.get(key);
      if (list === undefined) pieces.set(key, [piece]);
      else list.push(piece);
    });
    const of = (turn: Turn, field: Field): RecordedPiece[] => pieces.get(`${turn.index}:${field}`) ?? [];
    return layoutPage({
      title: this.title,
      rollout: this.of.rollout,
      pages: this.windows,
      page,
      pieces: (turn) => ({ thought: of(turn, 'thought'), action: of(turn, 'action'), observation: of(turn, 'observation') }),
    });
  }

  /** Where the messages of the run's list stand in the file; empty where it has none. */
  history(): Promise<readonly Span[]> {
    this.historySpans ??= (async () => {
      const span = this.of.rollout.history;
      if (span === undefined || span === null) return [];
      return elementSpans(await this.opened.bytes(span)).map(({ start, end }) => ({ start: start + span.start, end: end + span.start }));
    })();
    return this.historySpans;
  }
}

/** The first `limit` units, without half a surrogate pair. */
export function wholeUnits(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, (last & 0xfc00) === 0xd800 ? limit - 1 : limit);
}
