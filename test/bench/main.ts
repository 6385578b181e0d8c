import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { CACHE, OUT } from '../../tools/lib/paths.mjs';
import { generate07, generate11 } from './generate.mjs';
import { indexRow } from './index-row';
import { openRow } from './open-row';
import { gateAndScrollRows } from './page-rows';
import { replayRows } from './replay-rows';
import { requestsRow } from './requests-row';
import { stateRows } from './state-rows';
import { mb, print, type Row } from './table';

const folder = join(CACHE, 'bench');
mkdirSync(folder, { recursive: true });
const big = join(folder, 'big.traj');
const long = join(folder, 'long.traj');
if (!existsSync(big)) generate11(big, 100);
if (!existsSync(long)) generate07(long, 10_000);

const asked = process.argv.slice(2);
const wanted = (row: string): boolean => asked.length === 0 || asked.includes(row);
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${mb(totalmem())}, Node ${process.version}, load before ${loadavg()[0]?.toFixed(1)}`;
console.log(
  `${machine}\nbig.traj   SWE-agent 1.1 layout, ${mb(statSync(big).size)}\nlong.traj  SWE-agent 0.7 layout, 10,000 turns, ${mb(statSync(long).size)}`,
);

const rows: Row[] = [];
const add = (...more: readonly Row[]): void => {
  for (const row of more) print(row);
  rows.push(...more);
};
if (wanted('index')) add(await indexRow(big));
if (wanted('open')) add(await openRow(big));
if (wanted('requests')) add(await requestsRow(long));
if (wanted('gate') || wanted('scroll')) add(...(await gateAndScrollRows(long)));
if (wanted('replay')) add(...(await replayRows()));
if (wanted('states')) add(...(await stateRows()));

writeFileSync(join(OUT, 'bench.json'), JSON.stringify({ machine, rows }, null, 2));
const missed = rows.filter(({ met }) => met === false);
console.log(
  `\n${rows.length - missed.length} of ${rows.length} budgets met${missed.length > 0 ? `; missed: ${missed.map(({ row }) => row).join(', ')}` : ''}. All numbers: out/bench.json`,
);
