import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DIST, OUT, ROOT } from '../../tools/lib/paths.mjs';
import { mb, median, ms, type Row } from './table';

const ROUNDS = 5;
interface Measured {
  readonly ms: number;
  /** Peak RSS of the process in bytes. */
  readonly peak: number;
  readonly bytesMs?: number;
  readonly bareMs?: number;
}

const PEERS = ['JSON.parse', 'jsonc-parser visit', 'jsonc-parser parseTree', 'stream-json'];

function child(...args: string[]): Measured {
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured;
}

/** Each reading in a fresh process, from a path to a result; the readers take turns, so that a slow moment hits all. */
export async function indexRow(file: string): Promise<Row> {
  const size = statSync(file).size;
  const ours: Measured[] = [];
  const peers = new Map<string, Measured[]>(PEERS.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(child(join(OUT, 'bench/index-child.cjs'), file, DIST));
    for (const [name, runs] of peers) {
      // the two slow ones once: seconds each, and no verdict hangs on them
      if (round > 0 && name !== 'JSON.parse' && name !== 'jsonc-parser visit') continue;
      runs.push(child(join(ROOT, 'test/bench/parse-child.mjs'), name, file));
    }
  }
  const time = median(ours.map((run) => run.ms));
  const peak = Math.max(...ours.map((run) => run.peak));
  const parse = peers.get('JSON.parse') ?? [];
  const whole = median(parse.map((run) => run.ms));
  const bytes = median(parse.map((run) => run.bytesMs ?? Number.NaN));
  const bare = median(parse.map((run) => run.bareMs ?? Number.NaN));
  const lines = [...peers].map(([name, runs]) => {
    const at = median(runs.map((run) => run.ms));
    return `${name}: ${ms(at)}, peak ${mb(Math.max(...runs.map((run) => run.peak)))}; the index takes ${(time / at).toFixed(2)} × its time`;
  });
  return {
    row: 'index a 100 MB .traj',
    budget: '≤ 0.6 × the time of JSON.parse on the same bytes, peak RSS ≤ 2 × file',
    met: time <= 0.6 * whole && peak <= 2 * size,
    measured: `${ms(time)} = ${(time / whole).toFixed(2)} × JSON.parse; peak RSS ${mb(peak)} = ${(peak / size).toFixed(2)} × file`,
    notes: [
      `from a path to a result, each in a fresh process, median of ${ROUNDS}: reading the file is in both, the start of the worker in ours`,
      `JSON.parse from bytes in memory ${ms(bytes)} (the whole way to the index is ${(time / bytes).toFixed(2)} ×), from a decoded string ${ms(bare)} (${(time / bare).toFixed(2)} ×)`,
      ...lines,
    ],
    data: { size, ours, peers: Object.fromEntries(peers) },
  };
}
