import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../fixtures/tools-0/cases.mjs';
import { inParallel, runCase, type Outcome, type Tools } from '../fixtures/tools-0/driver.mjs';
import { commandSetOf, type CommandSet } from '../../server/replay/runtime/commands-0';
import { installed, plainPath } from './0-commands';

/** Of the releases before 0.6.1 only `edit` prints something else. */
const RELEASES = {
  'v0.1.0': { version: '0.2-0.6', whole: true, commands: 2 },
  'v0.6.1': { version: '0.2-0.6', whole: false, commands: 18 },
  'v0.7.0': { version: '0.7', whole: false, commands: 20 },
} as const;
const evidence = ({ version, whole }: { version: string; whole: boolean }, config: string) => ({
  version,
  whole,
  prompt: null,
  configuration: config === 'cursors' ? 'default_sys-env_cursors_window100' : 'default',
  actions: config === 'flag' ? ["submit 'flag{a}'"] : [],
  observations: [],
});
const withForfeit = (set: CommandSet): CommandSet => ({ ...set, commandFiles: [...set.commandFiles, 'forfeit.sh'] });

describe.each(Object.entries(RELEASES))("our 0.x commands against SWE-agent's own scripts at %s", (tag, release) => {
  const recorded = JSON.parse(readFileSync(`test/fixtures/tools-0/${tag}.json`, 'utf8')) as {
    about: { tag: string };
    outcomes: Record<string, Outcome>;
  };
  const wanted = cases.filter(({ config, name }) => `${config} ${name}` in recorded.outcomes);
  const replayed = new Map<string, Outcome>();
  const folders: string[] = [];

  beforeAll(async () => {
    const base = await plainPath();
    folders.push(base);
    const tools = new Map<string, Tools>();
    for (const config of ['window', 'cursors', 'flag']) {
      const set = withForfeit(commandSetOf(evidence(release, config)));
      const { folder, source } = await installed(set);
      folders.push(folder);
      tools.set(config, { folder, source, programs: {}, variables: set.variables, state: set.state, base });
    }
    const outcomes = await inParallel(wanted, 2, (wish) => runCase(wish, tools.get(wish.config)!));
    wanted.forEach(({ config, name }, at) => replayed.set(`${config} ${name}`, outcomes[at]!));
  }, 300_000);

  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  it('covers every case that was recorded, at least twenty for each command', () => {
    expect(wanted).toHaveLength(Object.keys(recorded.outcomes).length);
    expect(recorded.about.tag).toBe(tag);
    const counts = new Map<string, number>();
    for (const { command, config } of wanted) counts.set(`${command}, ${config}`, (counts.get(`${command}, ${config}`) ?? 0) + 1);
    for (const [command, count] of counts) expect(count, command).toBeGreaterThanOrEqual(20);
    expect(counts.size).toBe(release.commands);
  });

  const commands = [...new Set(wanted.map(({ command, config }) => `${command} · ${config}`))];
  it.each(commands)('prints, writes and remembers the same: %s', (which) => {
    const own = wanted.filter(({ command, config }) => `${command} · ${config}` === which);
    expect(own.length).toBeGreaterThan(0);
    for (const { config, name } of own) expect(replayed.get(`${config} ${name}`), name).toEqual(recorded.outcomes[`${config} ${name}`]);
  });
});
