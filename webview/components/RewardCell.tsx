import { reward } from '../model/format';
import { factsAt } from '../model/store';
import { exactTitle, turnSentence } from '../model/turn-facts';

/** A turn's reward in a list: paid, struck through with its blocker, undecided, missing, or failed. */
export function RewardCell({ index }: { readonly index: number }) {
  const facts = factsAt(index);
  if (!facts) return null;
  const { raw, paid, lane, undecided } = facts;
  if (raw.state !== 'scored') {
    return (
      <span class={`reward reward-${raw.state}`} title={exactTitle(raw)}>
        {raw.state === 'failed' ? '!' : '–'}
      </span>
    );
  }
  if (lane.word === 'shut') {
    return (
      <span class="reward reward-masked" title={turnSentence(facts)}>
        <s>{reward(raw.value)}</s> {paid.state === 'scored' && paid.value !== 0 && reward(paid.value)}
        <span class="sr-only"> masked by </span>
        <span class="blocker">{lane.level?.id}</span>
      </span>
    );
  }
  return (
    <span class={undecided ? 'reward reward-undecided' : 'reward'} title={turnSentence(facts)}>
      {reward(raw.value)}
      {undecided && <span class="blocker">{lane.word}</span>}
    </span>
  );
}
