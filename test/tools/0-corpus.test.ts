import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandSetOf } from '../../server/replay/runtime/commands-0';
import { installed, plainPath } from './0-commands';
import { verdicts, type Verdict } from './0-corpus';

const CORPUS = resolve(process.env['TURNPIKE_CORPUS'] ?? '../shared/corpus');
interface Miss {
  readonly file: string;
  readonly turn: number;
  readonly why: string;
}
interface Trajectory {
  readonly trajectory: readonly {
    readonly action: string;
    readonly observation: string | null;
    readonly state: unknown;
    readonly execution_time?: number;
  }[];
  readonly history: readonly { readonly role: string; readonly content: string }[];
}
interface Found extends Verdict {
  readonly file: string;
  readonly action: string;
}

const explained = JSON.parse(readFileSync('test/fixtures/tools-0/misses.json', 'utf8')) as readonly Miss[];

function episodes(): { file: string; data: Trajectory }[] {
  return readFileSync(join(CORPUS, 'MANIFEST.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { file: string }).file)
    .filter((file) => file.startsWith('swe-agent/') && file.endsWith('.traj') && !file.includes('/malformed/'))
    .map((file) => ({ file, data: JSON.parse(readFileSync(join(CORPUS, file), 'utf8')) as Trajectory }))
    .filter(({ data }) => typeof (data.trajectory as Trajectory['trajectory'] | undefined)?.[0]?.state === 'string');
}

const folderOf = (state: unknown): string => /"working_dir": "([^"]+)"/.exec(typeof state === 'string' ? state : '')?.[1] ?? '/';

describe('recorded 0.x turns whose inputs were all shown before', () => {
  const found: Found[] = [];

  beforeAll(async () => {
    const base = await plainPath();
    const folders = [base];
    for (const { file, data } of episodes()) {
      const steps = data.trajectory.map(({ action, observation, state }) => ({
        action,
        observation: observation ?? '',
        folder: folderOf(state),
      }));
      const prompt = data.history.find(({ role }) => role === 'system')?.content ?? null;
      const set = commandSetOf({
        version: data.trajectory[0]?.execution_time === undefined ? '0.2-0.6' : '0.7',
        prompt,
        configuration: null,
        actions: steps.map(({ action }) => action),
        observations: steps.map(({ observation }) => observation),
        whole: steps.some(({ action, observation }) => observation.endsWith('\n') && !/^\s*submit\b/m.test(action)),
      });
      const commands = await installed(set);
      folders.push(commands.folder);
      for (const verdict of await verdicts(steps, set, commands, base))
        found.push({ ...verdict, file, action: steps[verdict.turn]!.action });
    }
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }, 300_000);

  const distinct = (): Found[] => {
    const seen = new Map<string, Found>();
    for (const each of found) if (each.equal !== null) seen.set(`${each.action.trim()}\0${each.recorded}`, each);
    return [...seen.values()];
  };
  const missing = (): Found[] => distinct().filter(({ equal }) => equal === false);

  afterAll(() => {
    const counts = (turns: readonly Found[]): string => `${turns.filter(({ equal }) => equal).length} of ${turns.length}`;
    const others = distinct().filter(({ command }) => command !== 'create');
    console.log(
      `0.x turns fully visible: ${found.filter(({ equal }) => equal !== null).length}, distinct ${distinct().length}: equal ${counts(distinct())}; other than create: ${counts(others)}; not fully visible: ${found.filter(({ equal }) => equal === null).length}`,
    );
  });

  it('are enough to say something', () => {
    expect(distinct().length).toBeGreaterThanOrEqual(30);
    expect(distinct().filter(({ command }) => command !== 'create').length).toBeGreaterThanOrEqual(20);
  });

  it('print what was recorded, or it is explained why not', () => {
    const open = missing().filter(({ file, turn }) => !explained.some((miss) => file.includes(miss.file) && miss.turn === turn));
    expect(open.map(({ file, turn, action, recorded, ours }) => ({ file, turn, action, recorded, ours }))).toEqual([]);
    expect(missing().length / distinct().length).toBeLessThanOrEqual(0.02);
  });

  it('has no explanation that nothing needs', () => {
    for (const miss of explained)
      expect(
        missing().some(({ file, turn }) => file.includes(miss.file) && turn === miss.turn),
        miss.why,
      ).toBe(true);
  });
});
