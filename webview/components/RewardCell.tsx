import { UNDECIDED, type Accumulation } from '../../server/reward/types';
import { reward } from '../model/format';
import { exactTitle, rawScore, turnGate, turnSentence } from '../model/turn-facts';

/** A turn's reward in a list: paid, struck through with its blocker, undecided, missing, or failed. */
export function RewardCell({ acc, turn }: { readonly acc: Accumulation; readonly turn: number }) {
  const raw = rawScore(acc, turn);
  if (raw.state !== 'scored') {
    return (
      <span class={`reward reward-${raw.state}`} title={exactTitle(raw)}>
        {raw.state === 'failed' ? '!' : '–'}
      </span>
    );
  }
  const gate = turnGate(acc, turn);
  if (gate.word === 'shut') {
    const paid = acc.paid[turn] ?? 0;
    return (
      <span class="reward reward-masked" title={turnSentence(acc, turn)}>
        <s>{reward(raw.value)}</s> {paid !== 0 && reward(paid)}
        <span class="blocker">{gate.level?.id}</span>
      </span>
    );
  }
  const undecided = acc.paidState[turn] === UNDECIDED;
  return (
    <span class={undecided ? 'reward reward-undecided' : 'reward'} title={turnSentence(acc, turn)}>
      {reward(raw.value)}
      {undecided && <span class="blocker">{gate.word}</span>}
    </span>
  );
}
