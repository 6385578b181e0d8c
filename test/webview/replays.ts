/** Made-up replays for the page's tests: every mark, class and list that a real one can have, at any length. */
import type { ReplayMark, ReplayProgress, ReplayView, TurnReplay } from '../../server/protocol/index';
import type { Fixture } from './episodes';

export interface ReplayOptions {
  /** The first turn that diverges; null: none does. */
  readonly diverges: number | null;
  readonly tests?: boolean;
  /** Minutes since it ran. */
  readonly minutes?: number;
  /** In place of the made-up texts, for hostile contents. */
  readonly text?: string;
}

type DivergenceClass = keyof ReplayView['counts'];

const classOf = (t: number, { diverges }: ReplayOptions): DivergenceClass =>
  t === diverges ? 'value' : t % 13 === 11 ? 'unrecorded' : t % 5 === 3 ? 'noise' : 'equal';

export function markOf(made: Fixture, t: number, options: ReplayOptions): ReplayMark {
  if (made.view.marks.notExecuted.includes(t)) return 'not_executed';
  if (t === options.diverges) return 'diverged';
  if (options.diverges !== null && t > options.diverges) return 'untrusted';
  const found = classOf(t, options);
  return found === 'noise' || found === 'unrecorded' ? found : 'equal';
}

const testsOf = (t: number) => ({ green: t % 6 === 3 ? 3 : 0, red: t % 9 === 3 ? 1 : 0, passed: 28, collected: 31 });

function viewOf(made: Fixture, options: ReplayOptions): ReplayView {
  const { turnCount } = made.view;
  const all = Array.from({ length: turnCount }, (_, t) => t);
  const marks = all.map((t) => markOf(made, t, options));
  const counts: Partial<Record<DivergenceClass, number>> = {};
  for (const t of all) if (marks[t] !== 'not_executed') counts[classOf(t, options)] = (counts[classOf(t, options)] ?? 0) + 1;
  const { text, diverges, tests = false, minutes = 3 } = options;
  return {
    marks,
    counts,
    firstDivergence: diverges,
    submission: diverges === null ? 'equal' : 'different',
    image: {
      name: text ?? 'swebench/sweb.eval.x86_64.django_1776_django-16255:latest',
      id: `sha256:${'3f'.repeat(32)}`,
      source: text ?? 'SWE-bench’s name for the task',
    },
    engine: { name: 'Docker Engine', version: '27.1.1' },
    causes:
      diverges === null
        ? []
        : [
            {
              kind: 'network',
              turn: Math.max(0, diverges - 1),
              sentence: text ?? 'pip could not reach a package index: the container has no network, the recorded run had one.',
            },
            { kind: 'environment', turn: diverges, sentence: text ?? 'The image has pytest 8.3.2, the recorded run had 7.4.0.' },
          ],
    problems: diverges === null ? [] : [text ?? 'SWE-agent ran a command a second time here that the file does not hold.'],
    at: Date.now() - minutes * 60_000,
    tests: tests ? all.map((t) => (marks[t] === 'not_executed' ? null : testsOf(t))) : null,
  };
}

const RECORDED =
  'tests/test_decimal.py F.                                            [100%]\n\n=================================== FAILURES ===================================\nE       AssertionError: 344 != 343\n1 failed, 30 passed in 0.42s';

function turnOf(made: Fixture, t: number, options: ReplayOptions): TurnReplay | null {
  const mark = markOf(made, t, options);
  if (mark === 'not_executed') return null;
  const found = classOf(t, options);
  const { text } = options;
  const recorded = found === 'unrecorded' ? null : (text ?? RECORDED);
  const replayed =
    found === 'value' ? (text === undefined ? RECORDED.replace('344 != 343', '343 !=\t343 ') : `${text} `) : (text ?? RECORDED);
  const line = 4;
  const { green, red } = testsOf(t);
  return {
    facts: {
      index: t,
      executed: true,
      printed: replayed.length,
      exitCode: found === 'value' ? 1 : 0,
      durationMs: 380,
      cwd: text ?? '/testbed',
      timedOut: false,
      tree: '9d2f'.repeat(10),
      changedFiles:
        t % 3 === 0
          ? [
              { path: text ?? 'django/contrib/sitemaps/__init__.py', status: 'modified' },
              { path: text ?? 'reproduce.py', status: 'added' },
              { path: text ?? 'tests/old_test.py', status: 'deleted' },
            ]
          : [],
      environment:
        t % 3 === 0
          ? [
              { name: text ?? 'DJANGO_SETTINGS_MODULE', value: text ?? 'tests.settings' },
              { name: 'PYTHONPATH', value: null },
            ]
          : [],
      divergence: {
        class: found,
        noise: found === 'noise' ? ['durations', 'temp-names'] : [],
        first:
          found === 'value'
            ? {
                line: text === undefined ? line : 1,
                recorded: recorded?.split('\n')[text === undefined ? line - 1 : 0] ?? null,
                replayed: replayed.split('\n')[text === undefined ? line - 1 : 0] ?? null,
              }
            : null,
        reason: text ?? null,
      },
      trusted: options.diverges === null || t <= options.diverges,
      problem: text ?? (t === options.diverges ? 'The turn reached the limit of 4 GiB of memory; its largest process was ended.' : null),
    },
    recorded,
    replayed,
    tests: options.tests
      ? [
          ...Array.from({ length: green }, (_, i) => ({
            name: text ?? `tests/test_decimal.py::test_${i}`,
            before: 'failed' as const,
            after: 'passed' as const,
          })),
          ...Array.from({ length: red }, () => ({
            name: text ?? 'tests/test_sitemaps.py::test_empty',
            before: 'passed' as const,
            after: 'error' as const,
          })),
        ]
      : [],
  };
}

/** The episode, replayed. */
export function replayed(made: Fixture, options: ReplayOptions): Fixture {
  return {
    ...made,
    view: { ...made.view, revision: made.view.revision + 1, replay: viewOf(made, options) },
    replayTurn: (t) => turnOf(made, t, options),
  };
}

/** What the server says of a running replay after `done` turns. */
export function progressOf(made: Fixture, done: number, options: ReplayOptions, given: Partial<ReplayProgress> = {}): ReplayProgress {
  return {
    uri: made.view.uri,
    attempt: made.view.attempt,
    phase: 'running',
    done,
    of: made.view.turnCount,
    secondsLeft: 40,
    message: '',
    turn: done > 0 ? { index: done - 1, mark: markOf(made, done - 1, options) } : null,
    ...given,
  };
}
