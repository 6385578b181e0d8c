/**
 * Our tools against recorded turns whose inputs the episode itself shows: files it created, or viewed whole, and what it
 * did to them since. Identical recordings count once; a turn that only creates a file is reported apart.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from './1-run';
import { MISSES } from './1-misses';
import { playable, type Played, type Step } from './1-visible';

const CORPUS = process.env.TURNPIKE_CORPUS ?? '../shared/corpus';
const FOLDER = join(CORPUS, 'swe-agent');

interface Result extends Played {
  readonly file: string;
  readonly got: string;
}

const episodes = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return episodes(path);
    return name.endsWith('.traj') ? [path] : [];
  });

function steps(path: string): Step[] {
  try {
    const { trajectory } = JSON.parse(readFileSync(path, 'utf8')) as { trajectory?: Step[] };
    // 0.x keeps its state as text.
    return Array.isArray(trajectory) && trajectory.some(({ state }) => typeof state === 'object') ? trajectory : [];
  } catch {
    return [];
  }
}

const results: Result[] = [];
let place: Workplace;

beforeAll(async () => {
  if (!existsSync(FOLDER)) throw new Error(`There is no corpus at ${CORPUS}: set TURNPIKE_CORPUS.`);
  place = await Workplace.make();
  const seen = new Set<string>();
  for (const path of episodes(FOLDER).sort())
    for (const turn of await playable(steps(path), place)) {
      const key = JSON.stringify([turn.action, turn.recorded, turn.input]);
      if (seen.has(key)) continue;
      seen.add(key);
      results.push({ ...turn, file: path.slice(FOLDER.length + 1) });
    }
}, 240_000);
afterAll(() => place.remove());

describe('recorded turns', () => {
  it('are printed the same', () => {
    const missed = results.filter(({ got, recorded }) => got !== recorded);
    const apart = results.filter(({ creates }) => !creates);
    const byTool = new Map<string, number>();
    for (const { tool } of results) byTool.set(tool, (byTool.get(tool) ?? 0) + 1);
    console.log(
      `SWE-agent 1.x: ${results.length} distinct turns with visible inputs, ${apart.length} of them more than a create; ` +
        `${results.length - missed.length} equal. ${[...byTool].map(([tool, count]) => `${tool} ${count}`).join(', ')}`,
    );
    expect(results.length).toBeGreaterThanOrEqual(25);
    const unexplained = missed.filter(({ file, index }) => !MISSES.some((miss) => file.includes(miss.file) && miss.turn === index));
    expect(unexplained.map(({ file, index, got, recorded }) => ({ file, index, got, recorded }))).toEqual([]);
    expect(missed.length / results.length).toBeLessThanOrEqual(0.02);
  });

  it('have no explanation that is not needed', () => {
    for (const miss of MISSES)
      expect(results.some(({ file, index, got, recorded }) => file.includes(miss.file) && index === miss.turn && got !== recorded)).toBe(
        true,
      );
  });
});
