import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT, manifest } from '../../tools/lib/paths.mjs';
import { generate07, generate11 } from '../bench/generate.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tp-tools-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tool = (name: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(ROOT, 'tools', name), ...args],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, INIT_CWD: folder } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

test('npm start names a file that does not exist, where the user is', async () => {
  const { code, stderr } = await tool('start.mjs', '--no-open', 'gone.traj');
  expect(code).toBe(1);
  expect(stderr.trim()).toBe(`${join(folder, 'gone.traj')} does not exist.`);
});

test.each([
  [['--open'], 'npm start does not know --open. Usage: npm start -- [FILE] [--no-open]'],
  [['a.traj', 'b.traj'], 'npm start opens one file. Usage: npm start -- [FILE] [--no-open]'],
])('npm start %j says how it is used', async (args, sentence) => {
  const { code, stderr } = await tool('start.mjs', ...args);
  expect(code).toBe(1);
  expect(stderr.trim()).toBe(sentence);
});

test('npm test with an unknown suite names the suites and counts a failure', async () => {
  const { code, stdout, stderr } = await tool('test.mjs', 'units');
  expect(code).toBe(1);
  expect(stderr).toContain(
    'There is no suite units. The suites are typecheck, lint, format, unit, integration, tools, replay, page, smoke, e2e.',
  );
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('0 passed, 1 failed, 0 skipped');
});

/** As Python's json.dumps(…, indent=2) writes it. */
const asWritten = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

test('the bench writes its 1.1 episode as SWE-agent does: every query holds all messages before it', () => {
  const file = join(folder, 'big.traj');
  const { turns, bytes } = generate11(file, 1);
  const text = readFileSync(file, 'utf8');
  const episode = JSON.parse(text) as {
    trajectory: { query: unknown[]; observation: string }[];
    history: unknown[];
    info: { swe_agent_version: string };
  };
  expect(text).toBe(asWritten(episode));
  expect(bytes).toBe(text.length);
  expect(bytes).toBeGreaterThan(900_000);
  expect(episode.trajectory).toHaveLength(turns);
  episode.trajectory.forEach(({ query }, i) => expect(query).toEqual(episode.history.slice(0, 2 + 2 * i)));
  expect(episode.info.swe_agent_version).toBe('1.1.0');
});

test('the bench writes its 0.7 episode as SWE-agent does: no query, state as a string', () => {
  const file = join(folder, 'long.traj');
  generate07(file, 50);
  const text = readFileSync(file, 'utf8');
  const episode = JSON.parse(text) as { trajectory: Record<string, unknown>[]; environment: string };
  expect(text).toBe(asWritten(episode));
  expect(episode.trajectory).toHaveLength(50);
  expect(Object.keys(episode.trajectory[0] ?? {})).toEqual(['action', 'observation', 'response', 'state', 'thought', 'execution_time']);
  expect(episode.environment).toBe('swe_main');
});

test('the version stands in the changelog', () => {
  expect(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')).toContain(`\n## ${manifest().version}\n`);
});
