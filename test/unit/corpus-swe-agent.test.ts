import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodePassage, type Episode, type Passage, type Rollout, type Turn } from '../../server/episode/index';
import { readBytes } from './episode/helpers';

const CORPUS = resolve(process.env['TURNPIKE_CORPUS'] ?? '../shared/corpus');

interface Row {
  readonly format: string;
  readonly file: string;
  readonly turns: number | string;
  readonly outcome: string;
  readonly variant: string;
}

/** Rows of the MANIFEST that a file does not open as, each with the bytes that prove why. */
const EXCEPTIONS: ReadonlyMap<
  string,
  { readonly turns: number; readonly outcome: string | null; readonly proof: string; readonly why: string }
> = new Map([
  [
    'swe-agent/malformed/demo__ctf_crypto_BabyEncryption__e340ab91.traj',
    {
      turns: 9,
      outcome: null,
      proof: '"response": The changes have not been applied correctly',
      why: 'Broken JSON: a text without quotes at line 70. Nine whole turns stand before it; the exit status comes after it.',
    },
  ],
]);

type Step = Readonly<Record<string, unknown>>;

const manifest = existsSync(join(CORPUS, 'MANIFEST.jsonl')) ? readFileSync(join(CORPUS, 'MANIFEST.jsonl'), 'utf8').trim().split('\n') : [];
const rows = manifest.map((line) => JSON.parse(line) as Row).filter(({ format }) => format === 'swe-agent');

function open(file: string): { bytes: Buffer; episode: Episode } {
  const bytes = readFileSync(join(CORPUS, file));
  const { episode } = readBytes(bytes);
  if (episode === undefined) throw new Error(`${file} is no episode`);
  return { bytes, episode };
}

function textOf(bytes: Buffer, passages: readonly Passage[]): string {
  return passages.map(({ span, encoding }) => decodePassage(bytes.subarray(span.start, span.end), encoding)).join('\n');
}

/** The recorded text of a field: null and the empty string show nothing. */
function recorded(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function compare(bytes: Buffer, turns: readonly Turn[], steps: readonly Step[]): void {
  expect(turns).toHaveLength(steps.length);
  steps.forEach((step, i) => {
    const turn = turns[i]!;
    expect(turn.index).toBe(i);
    for (const field of ['thought', 'action', 'observation'] as const) {
      const passages = turn[field].filter(({ label }) => label !== 'response');
      expect(textOf(bytes, passages), `${field} of turn ${i}`).toBe(recorded(step[field]));
      expect(turn.lengths[field]).toBe(recorded(step[field]).length);
      for (const { span, encoding } of passages) {
        // The bytes between the literal's quotes, nothing less and nothing more.
        expect(encoding).toBe('string');
        expect(JSON.parse(bytes.toString('utf8', span.start - 1, span.end + 1))).toBe(step[field]);
      }
    }
    expect(JSON.parse(bytes.toString('utf8', turn.span.start, turn.span.end))).toEqual(step);
    expect(turn.observationHash === null).toBe(typeof step['observation'] !== 'string');
    if (turn.query !== null) {
      const query: unknown = JSON.parse(bytes.toString('utf8', turn.query.start, turn.query.end));
      expect(query).toEqual(step['query'] ?? steps[i - 1]!['messages']);
    } else {
      expect(step['query']).toBeUndefined();
    }
    if (typeof step['execution_time'] === 'number') {
      const state = step['state'];
      const set =
        typeof state === 'string'
          ? state.trim() !== '' && state.trim() !== '{}'
          : state !== null && Object.keys(state as object).length > 0;
      const action = String(step['action']);
      const formula = action !== '' && (step['execution_time'] > 0 || set) && action.trim() !== 'exit';
      expect(turn.executed, `executed of turn ${i}`).toBe(formula);
    }
  });
}

function compareRun(bytes: Buffer, rollout: Rollout, run: Readonly<Record<string, unknown>>): void {
  compare(bytes, rollout.turns, run['trajectory'] as Step[]);
  const info = run['info'] as {
    exit_status?: string | null;
    submission?: string | null;
    model_stats?: { instance_cost?: number; api_calls?: number };
  };
  expect(rollout.exitStatus).toBe(info.exit_status ?? null);
  expect(rollout.submission === null ? null : textOf(bytes, [rollout.submission])).toBe(info.submission ?? null);
  expect(rollout.cost).toBe(info.model_stats?.instance_cost ?? null);
  expect(rollout.apiCalls).toBe(info.model_stats?.api_calls ?? null);
}

describe('the corpus is here', () => {
  it('with its 43 SWE-agent files', () => {
    expect(rows).toHaveLength(43);
  });
});

describe.each(rows)('$file', ({ file, turns, outcome }) => {
  const exception = EXCEPTIONS.get(file);
  const expected = exception ?? { turns: Number(turns), outcome: outcome === 'None' ? null : outcome.replace(/\?$/, '') };

  it('opens as its MANIFEST row says', () => {
    const { bytes, episode } = open(file);
    const rollout = episode.rollouts[episode.best]!;
    expect(episode.format).toBe('swe-agent');
    expect(episode.rollouts).toHaveLength(1);
    expect(rollout.turns).toHaveLength(expected.turns);
    expect(rollout.exitStatus).toBe(expected.outcome);
    expect(episode.finished).toBe(expected.outcome !== null);
    if (exception === undefined) expect(episode.problems).toEqual([]);
    else expect(bytes.includes(exception.proof)).toBe(true);
  });

  if (exception !== undefined) return;

  it('has the fields, spans and facts that JSON.parse of the whole file gives', () => {
    const { bytes, episode } = open(file);
    const value = JSON.parse(bytes.toString('utf8')) as Readonly<Record<string, unknown>>;
    const rollout = episode.rollouts[0]!;
    if (value['trajectory'] !== undefined) {
      compareRun(bytes, rollout, value);
      return;
    }
    const history = value['history'] as { role: string; thought: string; action: string; content: string }[];
    const assistants = history.flatMap((item, i) => (item.role === 'assistant' ? [{ ...item, observation: history[i + 1]!.content }] : []));
    rollout.turns.forEach((turn, i) => {
      expect(textOf(bytes, turn.thought)).toBe(assistants[i]!.thought);
      expect(textOf(bytes, turn.action)).toBe(assistants[i]!.action);
      expect(textOf(bytes, turn.observation)).toBe(assistants[i]!.observation);
      expect(turn.executed).toBe(true);
    });
  });
});

describe('the malformed file', () => {
  it('shows the turns before the damage, each as an outside parser reads its bytes, and names line 70', () => {
    const { bytes, episode } = open('swe-agent/malformed/demo__ctf_crypto_BabyEncryption__e340ab91.traj');
    const { turns } = episode.rollouts[0]!;
    compare(
      bytes,
      turns,
      turns.map(({ span }) => JSON.parse(bytes.toString('utf8', span.start, span.end)) as Step),
    );
    expect(episode.problems).toMatchObject([{ severity: 'error', line: 70, byte: 13_517, turn: 9 }]);
    expect(episode.problems[0]!.message).toMatch(
      /^Line 70, byte 13,517: .*The 9 whole turns before it are shown, and totals cover only these\.$/,
    );
  });
});

describe('derived files', () => {
  it('a RetryAgent file: each attempt is a rollout, the copied best counted once', () => {
    const { bytes, episode } = open('derived/retry-agent-2-attempts.sphinx-8551.DERIVED.traj');
    const value = JSON.parse(bytes.toString('utf8')) as {
      attempts: Readonly<Record<string, unknown>>[];
      info: { best_attempt_idx: number; exit_status: string };
    };
    expect(episode.rollouts).toHaveLength(value.attempts.length);
    expect(episode.best).toBe(value.info.best_attempt_idx);
    expect(episode.finished).toBe(true);
    expect(episode.rollouts[episode.best]!.exitStatus).toBe(value.info.exit_status);
    value.attempts.forEach((attempt, i) => {
      expect(episode.rollouts[i]!.attempt).toBe(i);
      compareRun(bytes, episode.rollouts[i]!, attempt);
    });
    const kinds = episode.rollouts.flatMap(({ turns }) =>
      turns.filter(({ executed }) => !executed).map(({ kind, synthetic }) => `${kind}${synthetic ? ' (synthetic)' : ''}`),
    );
    expect(new Set(kinds)).toEqual(new Set(['unparsable', 'autosubmission (synthetic)']));
  });

  it('a file cut in the middle of a write: the whole turns, as the genuine file has them', () => {
    const { bytes, episode } = open('derived/truncated-mid-write.DERIVED.traj');
    const { turns } = episode.rollouts[0]!;
    expect(turns.length).toBeGreaterThan(5);
    compare(
      bytes,
      turns,
      turns.map(({ span }) => JSON.parse(bytes.toString('utf8', span.start, span.end)) as Step),
    );
    expect(episode.finished).toBe(false);
    expect(episode.problems).toMatchObject([{ severity: 'error', byte: bytes.length, line: 6565, turn: turns.length }]);
  });

  it('a file with a BOM and CRLF: the same turns as without', () => {
    const { bytes, episode } = open('derived/utf8-bom-crlf.DERIVED.traj');
    const value = JSON.parse(bytes.toString('utf8').slice(1)) as Readonly<Record<string, unknown>>;
    expect(episode.problems).toEqual([]);
    compareRun(bytes, episode.rollouts[0]!, value);
  });
});

describe('facts told from real observations', () => {
  const all = rows.flatMap(({ file }) => {
    const { bytes, episode } = open(file);
    return episode.rollouts.flatMap(({ turns }) => turns.map((turn) => ({ file, turn, observation: textOf(bytes, turn.observation) })));
  });

  it('every timeout message is a timeout, and nothing else is', () => {
    const told = all.filter(({ turn }) => turn.timedOut);
    expect(told).toHaveLength(4);
    for (const { observation } of told) expect(observation.trim()).toBe('EXECUTION TIMED OUT');
  });

  it('refused edits, wrong paths and unknown commands are tool errors', () => {
    const refused = all.filter(({ observation }) =>
      observation.trimStart().startsWith('Your proposed edit has introduced new syntax error(s)'),
    );
    expect(refused.length).toBeGreaterThan(10);
    for (const { turn } of refused) expect(turn.toolError).toMatch(/^Your proposed edit/);
    const heads = new Set(
      all.flatMap(({ turn }) => (turn.toolError === null ? [] : [turn.toolError.replace(/\d+|\/\S+|(?<=path )\S+/g, '#')])),
    );
    expect([...heads].sort()).toMatchSnapshot();
  });

  it('the last executed action of a submitted run submits', () => {
    for (const { file } of rows) {
      const { episode } = open(file);
      const rollout = episode.rollouts[episode.best]!;
      if (rollout.exitStatus !== 'submitted') continue;
      const submitting = rollout.turns.filter(({ submits }) => submits);
      expect(submitting.length, file).toBeGreaterThan(0);
    }
  });
});
