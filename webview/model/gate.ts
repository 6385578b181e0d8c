/** What the gates say, in words. */
import type { Accumulation, LevelResult } from '../../server/reward/types';
import { level } from './format';

/** What a level's own gate compares: `−0.50`, or the reason why nothing can be compared. */
export function levelValue(result: LevelResult): string {
  if (result.value.state === 'scored') return level(result.value.value);
  return result.value.state === 'failed' ? 'failed' : 'unknown';
}

/** `outcome −0.50 < 0.00`: why the gate is as it is. */
export function gateReason(result: LevelResult): string {
  const { gate } = result;
  if (!gate) return `${result.id} has no gate`;
  const threshold = level(gate.threshold);
  const shut = gate.op === '>=' ? '<' : '≤';
  const known = result.value.state === 'scored';
  const open = gate.op === '>=' ? '≥' : '>';
  switch (gate.state) {
    case 'open':
      return known ? `${result.id} ${levelValue(result)} ${open} ${threshold}` : `${result.id} ${open} ${threshold} whatever the tests say`;
    case 'shut':
      return known ? `${result.id} ${levelValue(result)} ${shut} ${threshold}` : `${result.id} ${shut} ${threshold} whatever the tests say`;
    case 'pending':
      return `${result.id} is decided when the episode ends`;
    case 'unknown':
      return result.value.state === 'unscored'
        ? `${result.id} ${result.value.reason}`
        : result.value.state === 'failed'
          ? `${result.id} failed: ${result.value.error}`
          : `${result.id} unknown`;
    case 'none':
      return `${result.id} has no gate`;
  }
}

/** What a change of gates did, in one sentence for the status line; null when no gate moved. */
export function flips(before: Accumulation, after: Accumulation): string | null {
  const parts: string[] = [];
  after.levels.forEach((result, i) => {
    const was = before.levels[i]?.gate?.state;
    const is = result.gate?.state;
    if (!is || is === was) return;
    const threshold = result.gate ? level(result.gate.threshold) : '';
    if (is === 'shut')
      parts.push(`Gate ${result.id} shut at ${threshold}: ${after.masked} ${after.masked === 1 ? 'reward' : 'rewards'} masked.`);
    else if (is === 'open')
      parts.push(`Gate ${result.id} open at ${threshold}: ${after.masked} ${after.masked === 1 ? 'reward' : 'rewards'} masked.`);
    else parts.push(`Gate ${result.id} ${is} at ${threshold}.`);
  });
  return parts.length > 0 ? parts.join(' ') : null;
}
