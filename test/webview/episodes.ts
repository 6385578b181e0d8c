/** Typed made-up episodes for the page's tests: every state that a real one can have, at any length. */
import type { EpisodeView, Piece, SeenMessage, TurnDetail, TurnReplay, TurnRow } from '../../server/protocol/index';
import type { Finding, Grade } from '../../server/hack/types';
import {
  FAILED,
  SCORED,
  UNSCORED,
  type EpisodeScore,
  type LevelScores,
  type Outcome,
  type OutcomeClass,
  type TurnSeries,
} from '../../server/reward/types';
import { withoutAnsi } from '../../webview/text/ansi';

/** A small deterministic generator (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface EpisodeOptions {
  readonly turns: number;
  readonly outcome: readonly OutcomeClass[];
  readonly pending?: boolean;
  readonly seed?: number;
  readonly threshold?: number;
  readonly attempts?: number;
  readonly revision?: number;
  /** Text in place of the made-up ones, for hostile contents. */
  readonly text?: Partial<Record<'thought' | 'action' | 'observation', string>>;
  /** The top level's own function could not be scored. */
  readonly unknown?: boolean;
}

const OUTCOME_VALUE: Record<OutcomeClass, number> = { no_submit: -1, empty_patch: -0.5, fails: 0, passes: 1 };

const ACTIONS = [
  'ls -F',
  'open django/db/models/fields/__init__.py 2290',
  'grep -rn "def get_prep_value" --include=*.py django/db | head -20',
  'edit 12:14 <<\'EOF\'\nclass Field(RegisterLookupMixin):\n    """Base class for all field types"""\n    empty_strings_allowed = True\nEOF',
  'python reproduce.py',
  'python -m pytest tests/model_fields -q -x',
  'git diff && echo "done" # look at what changed',
  'submit',
];

function series(
  name: string,
  label: string,
  weight: number,
  turns: number,
  next: () => number,
  kind: 'always' | 'some' | 'rare',
): TurnSeries {
  const states: number[] = [];
  const values: number[] = [];
  const reasonIndex: number[] = [];
  for (let t = 0; t < turns; t++) {
    const dice = next();
    const state =
      kind === 'always'
        ? SCORED
        : kind === 'some'
          ? dice < 0.6
            ? SCORED
            : UNSCORED
          : dice < 0.08
            ? FAILED
            : dice < 0.5
              ? SCORED
              : UNSCORED;
    states.push(state);
    values.push(state === SCORED ? ([1, 1, 0, -1, 0.5, -0.3][Math.floor(next() * 6)] ?? 0) : 0);
    reasonIndex.push(state === SCORED ? -1 : state === FAILED ? 1 : 0);
  }
  return {
    function: name,
    label,
    weight,
    states,
    values,
    reasonIndex,
    reasons: ['no exit code recorded; replay gives it', 'my_reward.mjs threw: tokens is undefined'],
  };
}

function findingsOf(turns: number, next: () => number): Finding[] {
  const grades: Grade[] = ['weak', 'strong', 'proved'];
  const wanted = turns < 3 ? 0 : Math.max(3, Math.floor(turns / 40));
  return Array.from({ length: wanted }, (_, i) => {
    const at = Math.min(turns - 2, 2 + Math.floor(((i + next()) / wanted) * (turns - 3)));
    const grade = grades[i % 3] ?? 'weak';
    return {
      id: `H2${2 + (i % 4)}:${at}`,
      rule: `H2${2 + (i % 4)}`,
      title: ['Reads the graded tests', 'Repeats the same command', 'No progress', 'Writes a test runner that always passes'][i % 4] ?? '',
      message: `The same observation came back ${2 + i} times, from turn ${at + 1} on.`,
      grade,
      turns: [at, at + 1],
      evidence: [{ turn: at, field: 'observation' as const, start: 1000 * at + 700, end: 1000 * at + 712 }],
      suppressed: false,
    };
  });
}

export interface Fixture {
  readonly view: EpisodeView;
  readonly rows: (from: number, to: number) => readonly TurnRow[];
  readonly turn: (index: number, limit: number) => TurnDetail;
  readonly seen: (index: number) => readonly SeenMessage[];
  readonly text: (what: string) => Piece | null;
  /** Absent: it was not replayed. */
  readonly replayTurn?: (index: number) => TurnReplay | null;
}

const every = (turns: number, test: (t: number) => boolean): number[] => Array.from({ length: turns }, (_, t) => t).filter(test);

export function fixture(options: EpisodeOptions): Fixture {
  const {
    turns,
    outcome: classes,
    pending = false,
    seed = 7,
    threshold = 0,
    attempts = 1,
    revision = 1,
    text = {},
    unknown = false,
  } = options;
  const next = random(seed);
  const outcome: Outcome = { classes, exitStatus: pending ? null : 'submitted', source: 'exit status' };
  const episode: EpisodeScore = {
    function: 'outcome-class',
    label: 'outcome class',
    weight: 1,
    members: unknown
      ? [{ state: 'unscored', reason: 'needs tests' }]
      : classes.map((c) => ({ state: 'scored' as const, value: OUTCOME_VALUE[c] })),
  };
  const levels: LevelScores[] = [
    { id: 'outcome', gate: { threshold, op: '>=' }, maskNegative: true, turns: [], episode: [episode] },
    {
      id: 'steps',
      gate: null,
      maskNegative: true,
      turns: [
        series('action-format', 'action format', 0.1, turns, next, 'always'),
        series('scaffold-use', 'scaffold use', 0.1, turns, next, 'some'),
        series('execution', 'execution', 0.2, turns, next, 'rare'),
      ],
      episode: [],
    },
  ];
  // Some turns say nothing at all: missing is not zero.
  const silent = new Set(every(turns, (t) => t % 11 === 7));
  for (const one of levels[1]?.turns ?? []) {
    for (const t of silent) {
      (one.states as number[])[t] = UNSCORED;
      (one.values as number[])[t] = 0;
      (one.reasonIndex as number[])[t] = 0;
    }
  }
  const action = (t: number): string =>
    text.action ?? (t === turns - 1 && turns > 1 ? 'submit' : (ACTIONS[(t * 5 + seed) % (ACTIONS.length - 1)] ?? 'ls'));
  const thought = (t: number): string =>
    text.thought ?? `The traceback points at get_prep_value; let me look at line ${2290 + t} before I change anything.`;
  const observation = (t: number): string =>
    text.observation ??
    (t % 4 === 1
      ? '\u001b[1m============ test session starts ============\u001b[0m\ncollected 31 items\n\n\u001b[32m.....................\u001b[0m\u001b[31mF\u001b[0m........\n\u001b[31mFAILED\u001b[0m tests/model_fields/test_decimal.py::test_nan - AssertionError: 344 != 343\n'
      : `[File: django/db/models/fields/__init__.py (2789 lines total)]\n(2290 more lines above)\n${2290 + t}:    def get_prep_value(self, value):\n${2291 + t}:        value = super().get_prep_value(value)\n`);
  const marks = {
    errors: every(turns, (t) => t % 9 === 4),
    observedErrors: every(turns, (t) => t % 18 === 4),
    edits: every(turns, (t) => action(t).startsWith('edit')),
    tests: every(turns, (t) => action(t).includes('pytest')),
    submits: every(turns, (t) => action(t) === 'submit'),
    synthetic: [],
    notExecuted: every(turns, (t) => t % 27 === 13),
  };
  const span = (t: number, from = 0, to = 999) => ({ start: 1000 * t + from, end: 1000 * t + to });
  const piece = (value: string, t: number, limit: number, label: string | null = null): Piece => ({
    text: value.slice(0, limit),
    span: span(t, 600, 600 + value.length),
    encoding: 'string',
    label,
    wholeLength: value.length > limit ? value.length : null,
  });
  return {
    view: {
      uri: 'file:///episodes/django__django-16255.traj',
      path: '/episodes/django__django-16255.traj',
      revision,
      format: 'swe-agent',
      version: '1.1.0',
      state: pending ? 'running' : 'finished',
      attempt: 0,
      attempts: Array.from({ length: attempts }, (_, i) => ({
        attempt: i,
        best: i === 0,
        turnCount: turns,
        exitStatus: 'submitted',
        review: null,
      })),
      head: {
        instance: 'django__django-16255',
        model: 'claude-3-5-sonnet-20241022',
        exitStatus: pending ? null : 'submitted',
        outcome,
        cost: 1.23,
        tokens: { input: 412_300, output: 8_120 },
        apiCalls: turns,
        seconds: 214,
        hasProblemStatement: true,
        hasConfiguration: true,
        submissionKind: 'diff',
        tests: null,
      },
      turnCount: turns,
      marks,
      scores: { turnCount: turns, levels, outcome, discount: 1, pending },
      config: {
        source: 'default',
        levels: levels.map((l) => ({
          id: l.id,
          gate: l.gate,
          functions: [
            ...l.episode.map((f) => ({
              id: f.function,
              label: f.label,
              weight: f.weight,
              scope: 'episode' as const,
              summary: 'How the episode ended',
            })),
            ...l.turns.map((f) => ({
              id: f.function,
              label: f.label,
              weight: f.weight,
              scope: 'turn' as const,
              summary: `Scores ${f.label}`,
            })),
          ],
        })),
        problems: [],
      },
      findings: findingsOf(turns, next),
      problems: [],
      otherReports: [],
      replay: null,
      unmatchedReports: [],
    },
    rows: (from, to) =>
      Array.from({ length: Math.max(0, Math.min(to, turns) - from) }, (_, i): TurnRow => {
        const t = from + i;
        return {
          index: t,
          kind: 'action',
          executed: t % 27 !== 13,
          synthetic: false,
          action: action(t).slice(0, 200),
          thought: thought(t).slice(0, 200),
          observation: withoutAnsi(observation(t)).slice(0, 400),
          seconds: 0.42,
          returnCode: t % 9 === 4 ? 1 : null,
          problem: null,
        };
      }),
    turn: (t, limit) => ({
      index: t,
      kind: 'action',
      executed: t % 27 !== 13,
      synthetic: false,
      fields: {
        thought: [piece(thought(t), t, limit)],
        action: [piece(action(t), t, limit)],
        observation: [piece(observation(t), t, limit)],
      },
      language: 'shellscript',
      seconds: 0.42,
      cost: 0.013,
      tokens: { input: 9120, output: 211 },
      returnCode: t % 9 === 4 ? 1 : null,
      state: '{"open_file": "django/db/models/fields/__init__.py", "working_dir": "/django"}',
      hasQuery: true,
      span: span(t),
      line: 12 + t * 40,
      problem: null,
    }),
    seen: (t) => [
      {
        role: 'system',
        text: 'SETTING: You are an autonomous programmer.',
        wholeLength: null,
        demonstration: false,
        clipped: false,
        span: span(0),
      },
      {
        role: 'user',
        text: 'Here is a demonstration of how to accomplish this task.',
        wholeLength: null,
        demonstration: true,
        clipped: false,
        span: span(0),
      },
      ...Array.from({ length: t }, (_, i): SeenMessage => ({
        role: i % 2 ? 'user' : 'assistant',
        text: i < t - 5 ? 'Old environment output: (4 lines omitted)' : observation(i),
        wholeLength: null,
        demonstration: false,
        clipped: i < t - 5 && i % 2 === 1,
        span: span(i),
      })),
    ],
    text: (what) => {
      if (what === 'submission')
        return piece(
          'diff --git a/django/contrib/sitemaps/__init__.py b/django/contrib/sitemaps/__init__.py\nindex 3d276b60d4..f1dc6ff01e 100644\n--- a/django/contrib/sitemaps/__init__.py\n+++ b/django/contrib/sitemaps/__init__.py\n@@ -167,7 +167,7 @@ def get_latest_lastmod(self):\n             return None\n         if callable(self.lastmod):\n             try:\n-                return max([self.lastmod(item) for item in self.items()])\n+                return max([self.lastmod(item) for item in self.items()], default=None)\n             except TypeError:\n                 return None\n         else:\ndiff --git a/reproduce.py b/reproduce.py\nnew file mode 100644\nindex 0000000000..257cc5642c\n--- /dev/null\n+++ b/reproduce.py\n@@ -0,0 +1 @@\n+foo\n',
          0,
          1e9,
        );
      if (what === 'problemStatement')
        return piece(
          'Sitemaps without items raise ValueError on callable lastmod\n\nDescription\n\nWhen sitemap contains not items, but supports returning lastmod for an item, it fails with a ValueError.',
          0,
          1e9,
        );
      return piece(
        '{"agent": {"model": {"name": "claude-3-5-sonnet-20241022"}, "history_processors": [{"type": "cache_control"}]}}',
        0,
        1e9,
      );
    },
  };
}
