/** Own reward modules: read, checked against what was allowed, and run in a process of their own. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Episode, Field, Rollout, Turn } from '../episode/index';
import {
  failed,
  moduleScore,
  unscored,
  type FunctionConfig,
  type ModuleScores,
  type Outcome,
  type RewardConfig,
  type Score,
} from '../reward/index';
import type { ModuleEpisode, ModuleTurn } from './module-messages';
import { ModuleProcess, type Answer } from './module-process';
import type { EngineOptions } from './types';

/** Time that a module may spend on one rollout, its loading included. */
export const MODULE_TIME_LIMIT_MS = 5000;
/** Texts are handed over up to this length. */
export const MODULE_TEXT_LIMIT = 1_000_000;
const MODULE_SIZE_LIMIT = 1_000_000;
/** A process that ends itself is started again for the next turn, this often. */
const RESTARTS = 10;
const START_MS = 30_000;
/** A process whose server is gone, and that never returns from the module, kills itself after this. */
const ORPHAN_MS = 120_000;

export interface ModuleContext {
  readonly trust: EngineOptions['trust'];
  /** The whole text of a turn's field. */
  readonly text: (turn: Turn, field: Field) => Promise<string>;
  readonly episode?: Episode;
  readonly outcome?: Outcome;
  readonly signal?: AbortSignal;
  /** Default {@link MODULE_TIME_LIMIT_MS}. */
  readonly timeLimitMs?: number;
  /** The bundle of module-child.ts; default: beside the server. */
  readonly childScript?: string;
}

/** The hash by which a module is allowed: SHA-256 of its bytes, as lower-case hexadecimal. */
export const moduleHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Runs the own modules of a configuration on a rollout, one after the other. Whatever a module does costs only its own
 * scores.
 *
 * @returns scores by the function's name in the configuration
 * @throws when `signal` aborts
 */
export async function runModules(
  loaded: { readonly config: RewardConfig; readonly path: string | null },
  rollout: Rollout,
  context: ModuleContext,
): Promise<Map<string, ModuleScores>> {
  const results = new Map<string, ModuleScores>();
  const functions = loaded.config.levels.flatMap((level) => level.functions.filter((one) => one.module !== null));
  if (functions.length === 0) return results;
  const turns = new Lazy(() => readTurns(rollout, context));
  for (const one of functions) {
    context.signal?.throwIfAborted();
    results.set(one.name, await scoreWith(one, loaded.path, rollout, context, turns));
  }
  return results;
}

/** Texts are read only once a module may really run, and once for all of them. */
class Lazy<T> {
  private value: Promise<T> | null = null;
  constructor(private readonly make: () => Promise<T>) {}
  get(): Promise<T> {
    return (this.value ??= this.make());
  }
}

async function readTurns(rollout: Rollout, { text, signal }: ModuleContext): Promise<ModuleTurn[]> {
  const turns: ModuleTurn[] = [];
  for (const turn of rollout.turns) {
    signal?.throwIfAborted();
    const [thought, action, observation] = await Promise.all(
      (['thought', 'action', 'observation'] as const).map(async (field) => (await text(turn, field)).slice(0, MODULE_TEXT_LIMIT)),
    );
    const { index, kind, executed, seconds, returnCode, tool } = turn;
    turns.push({
      index,
      kind,
      executed,
      thought: thought ?? '',
      action: action ?? '',
      observation: observation ?? '',
      seconds,
      returnCode,
      tool: tool?.name ?? null,
    });
  }
  return turns;
}

/** The scope that a module declares, told from its text: it may not run yet, and its place in the table depends on it. */
const declaredScope = (source: string): 'turn' | 'episode' =>
  /^\s*export\s+const\s+scope\s*=\s*(['"`])episode\1/m.test(source) ? 'episode' : 'turn';

const everywhere = (scope: 'turn' | 'episode', rollout: Rollout, score: Score): ModuleScores =>
  scope === 'episode' ? { scope, score } : { scope, scores: rollout.turns.map(() => score) };

async function scoreWith(
  one: FunctionConfig,
  configPath: string | null,
  rollout: Rollout,
  context: ModuleContext,
  turns: Lazy<ModuleTurn[]>,
): Promise<ModuleScores> {
  const name = one.module ?? '';
  if (configPath === null) return everywhere('turn', rollout, failed(`${name} has no configuration file to stand beside`));
  const path = resolve(dirname(configPath), name);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    return everywhere('turn', rollout, failed(`can't read ${name} (${code}): its path is relative to the configuration`));
  }
  if (bytes.length > MODULE_SIZE_LIMIT)
    return everywhere(
      'turn',
      rollout,
      failed(`${name} has ${bytes.length.toLocaleString('en')} bytes; a module has at most ${MODULE_SIZE_LIMIT.toLocaleString('en')}`),
    );
  const source = new TextDecoder().decode(bytes);
  const scope = declaredScope(source);
  if (!context.trust.all && !context.trust.hashes.includes(moduleHash(bytes)))
    return everywhere(
      scope,
      rollout,
      unscored(
        `own module ${name} was not allowed to run; allow it with "Turnpike: Allow Own Reward Modules…", or --trust on the command line`,
      ),
    );
  const script = context.childScript ?? childScript();
  if (script === null)
    return everywhere(
      scope,
      rollout,
      failed(`own modules can't run: module-child.cjs is missing beside the server; \`npm run build\` makes it`),
    );
  return new ModuleRun(name, source, scope, script, dirname(path), rollout, context).scores(await turns.get());
}

/** Beside the bundled server; from sources, where the build puts it. */
function childScript(): string | null {
  const candidates = ['./module-child.cjs', '../../dist/module-child.cjs'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return candidates.find((path) => existsSync(path)) ?? null;
}

/** A module on a rollout, over as many processes as it takes. */
class ModuleRun {
  private left: number;
  private readonly limit: number;

  constructor(
    private readonly name: string,
    private readonly source: string,
    private scope: 'turn' | 'episode',
    private readonly script: string,
    private readonly folder: string,
    private readonly rollout: Rollout,
    private readonly context: ModuleContext,
  ) {
    this.left = this.limit = context.timeLimitMs ?? MODULE_TIME_LIMIT_MS;
  }

  async scores(turns: readonly ModuleTurn[]): Promise<ModuleScores> {
    const scores = new Map<number, Score>();
    let positions: number[] | null = null;
    let end: Score | null = null;
    for (let start = 0; end === null; start++) {
      if (start > RESTARTS) {
        end = failed(`not run: ${this.name} had ended its process ${start} times by then`);
        break;
      }
      const process = new ModuleProcess(this.script, this.folder);
      const abort = (): void => process.kill();
      this.context.signal?.addEventListener('abort', abort);
      try {
        const problem = await this.load(process);
        if (problem) {
          end = problem;
          break;
        }
        positions ??= this.scope === 'episode' ? [turns.length - 1] : this.toScore();
        const todo: number[] = positions.filter((position) => !scores.has(position));
        const handed = await within(START_MS, this.hand(process, turns, todo));
        end = handed
          ? await this.collect(process, todo, scores)
          : failed(`${this.name} blocked its process before it was asked for a score`);
      } finally {
        this.context.signal?.removeEventListener('abort', abort);
        process.kill();
      }
      this.context.signal?.throwIfAborted();
      if (positions.every((position) => scores.has(position))) break;
    }
    const rest = end ?? unscored('not asked for');
    if (this.scope === 'episode') return { scope: 'episode', score: scores.get(turns.length - 1) ?? rest };
    return { scope: 'turn', scores: turns.map((_, t) => scores.get(t) ?? rest) };
  }

  /** Positions of the turns that may earn more than their format score. */
  private toScore(): number[] {
    return this.rollout.turns.flatMap((turn, t) =>
      turn.synthetic || turn.kind === 'unparsable' || turn.kind === 'blocked' || turn.kind === 'syntax_error' ? [] : [t],
    );
  }

  /** Only the module's own time counts, not that of starting processes and handing texts over. */
  private async timed(process: ModuleProcess): Promise<Answer> {
    const before = performance.now();
    const answer = await process.next(this.left);
    this.left -= performance.now() - before;
    this.context.signal?.throwIfAborted();
    return answer;
  }

  private readonly seconds = (): string => `${(this.limit / 1000).toLocaleString('en')} s`;

  private async load(process: ModuleProcess): Promise<Score | null> {
    const ready = await process.next(START_MS);
    this.context.signal?.throwIfAborted();
    if (ready.t !== 'ready') return failed(`the process for own modules did not start${ready.t === 'exit' ? ` (${ready.how})` : ''}`);
    await process.send({ t: 'load', source: this.source, killAfterMs: ORPHAN_MS });
    const loaded = await this.timed(process);
    switch (loaded.t) {
      case 'loaded':
        this.scope = loaded.scope;
        return null;
      case 'broke':
        return failed(`${this.name} can't be used: ${loaded.message}`);
      case 'exit':
        return failed(`${this.name} ended its process while it was loaded (${loaded.how})`);
      case 'timeout':
        return failed(`${this.name} took longer than ${this.seconds()} to load, and was stopped`);
      default:
        return failed(`${this.name} sent a message of its own while it was loaded`);
    }
  }

  private async hand(process: ModuleProcess, turns: readonly ModuleTurn[], positions: readonly number[]): Promise<void> {
    const { episode, outcome } = this.context;
    const facts: ModuleEpisode = {
      instance: episode?.instance ?? null,
      model: this.rollout.model,
      exitStatus: outcome?.exitStatus ?? this.rollout.exitStatus,
      outcome: outcome?.classes ?? [],
    };
    await process.send({ t: 'episode', episode: facts });
    for (const turn of turns) await process.send({ t: 'turn', turn });
    await process.send({ t: 'run', positions });
  }

  /** Takes scores until the process is done or gone. @returns what the turns that were never reached get, or null: go on */
  private async collect(process: ModuleProcess, todo: readonly number[], scores: Map<number, Score>): Promise<Score | null> {
    for (const position of todo) {
      const answer = await this.timed(process);
      switch (answer.t) {
        case 'score':
          scores.set(position, answer.position === position ? scoreOf(answer) : failed(`${this.name} sent a message of its own`));
          break;
        case 'exit':
          scores.set(position, failed(`${this.name} ended its process here (${answer.how})`));
          return null;
        case 'broke':
          scores.set(position, failed(answer.message));
          return null;
        case 'timeout':
          scores.set(position, failed(`${this.name} was stopped here: it took longer than ${this.seconds()} for the episode`));
          return failed(`not run: ${this.name} had used up its ${this.seconds()} for the episode`);
        default:
          scores.set(position, failed(`${this.name} sent a message of its own`));
          return null;
      }
    }
    return null;
  }
}

/** @returns whether the work was done in time */
async function within(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}

function scoreOf(answer: Extract<Answer, { t: 'score' }>): Score {
  if ('threw' in answer) return failed(answer.threw);
  if ('wrong' in answer) return failed(`the module gave ${answer.wrong}; it should give a number, or null for no score`);
  return moduleScore(answer.number === null ? null : Number(answer.number));
}
