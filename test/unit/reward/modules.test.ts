import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModuleProcess } from '../../../server/engine/module-process';
import { moduleHash, runModules, type ModuleContext } from '../../../server/engine/modules';
import {
  exampleModule,
  exampleYaml,
  failed,
  parseConfig,
  scored,
  scoreRollout,
  unscored,
  type ModuleScores,
  type Score,
} from '../../../server/reward/index';
import { outcomeOf } from './tables';
import { episodeOf, rolloutOf, sideOf, turn } from './rollouts';

let folder: string;
let script: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'turnpike-modules-'));
  script = join(folder, 'module-child.cjs');
  buildSync({
    entryPoints: ['server/engine/module-child.ts'],
    outfile: script,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'silent',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rollout = rolloutOf([
  turn(0),
  turn(1, { actionText: 'cat x', returnCode: 1 }),
  turn(2),
  turn(3, { kind: 'autosubmission', executed: false, synthetic: true }),
]);
const episode = episodeOf(rollout);
const outcome = outcomeOf('fails', 'passes');

function write(source: string): {
  readonly config: NonNullable<ReturnType<typeof parseConfig>['config']>;
  readonly path: string;
  readonly hash: string;
} {
  writeFileSync(join(folder, 'my_reward.mjs'), source);
  const { config } = parseConfig('version: 1\nlevels:\n  - id: own\n    functions: [{ module: ./my_reward.mjs }]\n');
  return { config: config!, path: join(folder, 'turnpike.rewards.yaml'), hash: moduleHash(Buffer.from(source)) };
}

async function run(source: string, parts: Partial<ModuleContext> = {}): Promise<ModuleScores> {
  const loaded = write(source);
  const results = await runModules(loaded, rollout, {
    trust: { all: false, hashes: [loaded.hash] },
    text: async (one, field) => `${field} of ${one.index}`,
    childScript: script,
    episode,
    outcome,
    ...parts,
  });
  expect([...results.keys()]).toEqual(['./my_reward.mjs']);
  return results.get('./my_reward.mjs')!;
}
const errorOf = (score: Score | undefined): string => (score?.state === 'failed' ? score.error : `not failed: ${JSON.stringify(score)}`);
const turns = (result: ModuleScores): readonly Score[] => (result.scope === 'turn' ? result.scores : []);

describe('an own module that was allowed', () => {
  it('scores turns from their texts and facts', async () => {
    const scores = turns(
      await run(`export default (turn, episode) => {
      if (turn.action !== 'action of ' + turn.index || turn.thought !== 'thought of ' + turn.index) throw new Error('texts');
      if (episode.turns.length !== 4 || episode.instance !== 'demo__demo-1' || episode.outcome.join() !== 'fails,passes' || episode.model !== 'some-model') throw new Error('episode');
      return turn.returnCode === 1 ? -1 : turn.tool === 'bash' ? turn.index : undefined;
    }`),
    );
    expect(scores).toEqual([scored(0), scored(-1), scored(2), unscored('not asked for')]);
  });

  it('scores the episode when it says so', async () => {
    expect(await run(`export const scope = 'episode'; export default (turn, episode) => episode.turns.length + turn.index`)).toEqual({
      scope: 'episode',
      score: scored(7),
    });
  });

  it('may be asynchronous', async () => {
    expect(
      turns(await run('export default async (turn) => { await new Promise((r) => setTimeout(r, 5)); return 0.5; }')).slice(0, 3),
    ).toEqual([scored(0.5), scored(0.5), scored(0.5)]);
  });

  it('runs the example as printed, together with the configuration as printed', async () => {
    writeFileSync(join(folder, 'my_reward.mjs'), exampleModule());
    const { config } = parseConfig(exampleYaml());
    const modules = await runModules({ config: config!, path: join(folder, 'turnpike.rewards.yaml') }, rollout, {
      trust: { all: true, hashes: [] },
      text: async () => 'short',
      childScript: script,
    });
    const table = scoreRollout({ episode, rollout, outcome, side: sideOf(), replay: null }, config!, modules);
    const own = table.levels[1]!.turns.at(-1)!;
    expect(own).toMatchObject({ function: 'small steps', weight: 0.02, states: [0, 0, 0, 1], values: [1, 1, 1, 0] });
    expect(own.reasons).toEqual(['written by the runner, not by the policy: earns nothing']);
  });

  it('sees nothing of the environment', async () => {
    process.env['TURNPIKE_TEST_SECRET'] = 'hidden';
    try {
      expect(
        turns(
          await run(
            `export default () => Object.keys(process.env).filter((k) => k !== 'NODE_CHANNEL_FD' && k !== 'NODE_CHANNEL_SERIALIZATION_MODE').length`,
          ),
        )[0],
      ).toEqual(scored(0));
    } finally {
      delete process.env['TURNPIKE_TEST_SECRET'];
    }
  });
});

describe('a module costs only itself', () => {
  it('where it throws', async () => {
    const scores = turns(await run(`export default (turn) => { if (turn.index === 1) throw new TypeError('no such thing'); return 1; }`));
    expect(scores.slice(0, 3)).toEqual([scored(1), failed('TypeError: no such thing'), scored(1)]);
  });

  it('where it gives nonsense', async () => {
    const say = async (value: string): Promise<Score> => turns(await run(`export default () => (${value})`))[0]!;
    expect(await say('NaN')).toEqual(failed('the module gave NaN; it should give a finite number, or null for no score'));
    expect(errorOf(await say('-Infinity'))).toContain('-Infinity');
    expect(await say('"1"')).toEqual(failed('the module gave a text; it should give a number, or null for no score'));
    expect(errorOf(await say('[]'))).toContain('a list');
    expect(errorOf(await say('1e12'))).toContain('±1e9');
    expect(await say('null')).toEqual(unscored('the module gave no score'));
    expect(await say('undefined')).toEqual(unscored('the module gave no score'));
    expect(await say('-0')).toEqual(scored(0));
    expect(errorOf(await say('() => 1'))).toContain('a function');
  });

  it('where it exits: the next turn gets a new process', async () => {
    const scores = turns(await run('export default (turn) => (turn.index === 1 ? process.exit(3) : 1)'));
    expect(scores.slice(0, 3)).toEqual([scored(1), failed('./my_reward.mjs ended its process here (exit code 3)'), scored(1)]);
  });

  it('where it breaks outside a call', async () => {
    const scores = turns(
      await run('export default (turn) => (turn.index === 1 ? new Promise(() => setTimeout(() => { throw new Error("late"); }, 1)) : 1)'),
    );
    expect(scores.slice(0, 3)).toEqual([scored(1), failed('Error: late'), scored(1)]);
  });

  it('where it hangs', async () => {
    const start = performance.now();
    const scores = turns(await run('export default (turn) => { if (turn.index === 1) for (;;); return 1; }', { timeLimitMs: 1500 }));
    expect(scores.slice(0, 3)).toEqual([
      scored(1),
      failed('./my_reward.mjs was stopped here: it took longer than 1.5 s for the episode'),
      failed('not run: ./my_reward.mjs had used up its 1.5 s for the episode'),
    ]);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('where it never answers', async () => {
    expect(errorOf(turns(await run('export default () => new Promise(() => {})', { timeLimitMs: 300 }))[0])).toContain('was stopped here');
  });

  it('where it can not be loaded', async () => {
    const load = async (source: string): Promise<Score> => turns(await run(source, { timeLimitMs: 1500 }))[0]!;
    expect(errorOf(await load('export default ('))).toMatch(/can't be used: SyntaxError/);
    expect(errorOf(await load('export const score = 1'))).toContain('no `export default function score');
    expect(errorOf(await load('export default 3'))).toContain('no `export default function score');
    expect(errorOf(await load('export const scope = "step"; export default () => 1'))).toContain('"turn" or "episode"');
    expect(errorOf(await load('throw new Error("at once")'))).toContain('Error: at once');
    expect(errorOf(await load('process.exit(4)'))).toContain('ended its process while it was loaded (exit code 4)');
    expect(errorOf(await load('for (;;);'))).toContain('took longer than 1.5 s to load');
    expect(errorOf(await load('import "./other.mjs"; export default () => 1'))).toContain("can't be used");
  });

  it('where it sends messages of its own', async () => {
    for (const forged of [
      "{ t: 'score', position: 2, number: '99' }",
      "{ t: 'done' }",
      "{ t: 'exit', how: {} }",
      "'x'",
      'null',
      "{ t: 'score', position: 0, threw: {} }",
    ]) {
      const scores = turns(await run(`export default () => { process.send(${forged}); return 1; }`));
      expect(scores).toHaveLength(4);
      expect(scores[0]!.state).toBe('failed');
      for (const one of scores) expect(Object.values(one).every((part) => typeof part === 'string' || typeof part === 'number')).toBe(true);
    }
    expect(turns(await run(`process.send({ t: 'done' }); export default () => 1`))[0]!.state).toBe('failed');
  });
});

describe('a module that was not allowed', () => {
  it('is unscored with that reason, and never runs', async () => {
    const mark = join(folder, 'ran');
    const source = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(mark)}, ''); export default () => 1`;
    const result = await run(source, { trust: { all: false, hashes: [] } });
    expect(turns(result)[0]).toEqual(
      unscored(
        'own module ./my_reward.mjs was not allowed to run; allow it with "Turnpike: Allow Own Reward Modules…", or --trust on the command line',
      ),
    );
    const { existsSync } = await import('node:fs');
    expect(existsSync(mark)).toBe(false);
  });

  it('counts as another one after a single changed byte', async () => {
    const { hash } = write('export default () => 1');
    expect(turns(await run('export default () => 2', { trust: { all: false, hashes: [hash] } }))[0]!.state).toBe('unscored');
  });

  it('keeps its scope in the table', async () => {
    expect(await run(`export const scope = 'episode';\nexport default () => 1`, { trust: { all: false, hashes: [] } })).toMatchObject({
      scope: 'episode',
      score: { state: 'unscored' },
    });
  });
});

describe('runModules', () => {
  it('says where a missing module was looked for', async () => {
    const loaded = write('');
    rmSync(join(folder, 'my_reward.mjs'));
    const results = await runModules(loaded, rollout, { trust: { all: true, hashes: [] }, text: async () => '', childScript: script });
    expect(turns(results.get('./my_reward.mjs')!)[0]).toEqual(
      failed("can't read ./my_reward.mjs (ENOENT): its path is relative to the configuration"),
    );
  });

  it('stops at once when nobody waits any more', async () => {
    const abort = new AbortController();
    const pending = run('export default () => { for (;;); }', { signal: abort.signal, timeLimitMs: 20_000 });
    setTimeout(() => abort.abort(new Error('nobody waits')), 300);
    const start = performance.now();
    await expect(pending).rejects.toThrow('nobody waits');
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('leaves no process behind that never returns, even when the server is gone', async () => {
    const orphan = new ModuleProcess(script, folder);
    expect(await orphan.next(20_000)).toEqual({ t: 'ready' });
    await orphan.send({ t: 'load', source: 'for (;;);', killAfterMs: 300 });
    expect(await orphan.next(20_000)).toEqual({ t: 'exit', how: 'signal SIGKILL' });
  });

  it('asks for no text while no module may run', async () => {
    let asked = 0;
    await run('export default () => 1', { trust: { all: false, hashes: [] }, text: async () => `${++asked}` });
    expect(asked).toBe(0);
  });
});
