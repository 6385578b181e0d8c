import { UNDECIDED, type Accumulation } from '../../server/reward/types';
import { exactReward, level, reward } from '../model/format';
import { series } from '../model/store';
import { exactTitle, rawScore, termsAt, turnGate, type Term } from '../model/turn-facts';
import { slotClass } from '../chart/SvgMarks';

function TermRow({ term, gate }: { readonly term: Term; readonly gate: string | null }) {
  const { series: one, score, weighted, fate } = term;
  return (
    <tr data-function={one.id} data-fate={fate}>
      <th scope="row">
        <svg width="9" height="9" class={slotClass(one.slot)} aria-hidden="true">
          <rect width="9" height="9" fill="currentColor" />
        </svg>{' '}
        {one.label}
      </th>
      {score.state === 'scored' ? (
        <>
          <td class="num" title={exactReward(score.value)}>
            {reward(score.value)}
          </td>
          <td class="num times">× {level(one.weight)}</td>
          <td class="num" title={exactReward(weighted)}>
            = {fate === 'masked' ? <s>{reward(weighted)}</s> : reward(weighted)}
          </td>
          <td class="why">{fate === 'masked' ? `masked by ${gate ?? 'a gate'}` : fate === 'undecided' ? 'undecided' : one.episode ? 'for the whole episode' : ''}</td>
        </>
      ) : (
        <>
          <td class="num">{score.state === 'failed' ? 'failed' : '–'}</td>
          <td />
          <td />
          <td class="why">{exactTitle(score)}</td>
        </>
      )}
    </tr>
  );
}

/** A turn's reward, term by term: function × weight = value, their sum, and what the gate did with it. */
export function Arithmetic({ acc, turn, compact = false }: { readonly acc: Accumulation; readonly turn: number; readonly compact?: boolean }) {
  const terms = termsAt(series.value, acc, turn);
  const gate = turnGate(acc, turn);
  const raw = rawScore(acc, turn);
  const paid = acc.paid[turn] ?? 0;
  const undecided = acc.paidState[turn] === UNDECIDED;
  const leftOut = acc.leftOut[turn] ?? 0;
  if (terms.length === 0) return <p class="quiet">No reward function scores turns in this configuration.</p>;
  return (
    <table class={compact ? 'arithmetic compact' : 'arithmetic'} aria-label={`Reward of turn ${turn + 1}`}>
      <tbody>
        {terms.map((term) => (
          <TermRow key={`${term.series.level} ${term.series.id}`} term={term} gate={gate.reason} />
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">raw</th>
          <td colSpan={2} />
          <td class="num" title={exactTitle(raw)}>
            {raw.state === 'scored' ? `= ${reward(raw.value)}` : raw.state === 'failed' ? 'failed' : '–'}
          </td>
          <td class="why">{leftOut > 0 ? `${leftOut} left out` : ''}</td>
        </tr>
        <tr>
          <th scope="row">paid</th>
          <td colSpan={2} />
          <td class="num" title={raw.state === 'scored' && !undecided ? exactReward(paid) : undefined}>
            {raw.state !== 'scored' ? '–' : undecided ? '?' : `= ${reward(paid)}`}
          </td>
          <td class="why">{gate.reason ? `${gate.word === 'shut' ? 'masked by' : `gate ${gate.word}:`} ${gate.reason}` : 'no gate above'}</td>
        </tr>
      </tfoot>
    </table>
  );
}
