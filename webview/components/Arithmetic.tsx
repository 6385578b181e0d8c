import type { Term } from '../../server/reward/arithmetic';
import { exactReward, level, reward } from '../model/format';
import { series } from '../model/store';
import { exactTitle, type TurnFacts } from '../model/turn-facts';
import { slotClass } from '../chart/SvgMarks';

function TermRow({ term, gate }: { readonly term: Term; readonly gate: string | null }) {
  const { score, contribution, fate, scope } = term;
  const slot = series.value.find((one) => one.level === term.level && one.id === term.function)?.slot ?? 0;
  return (
    <tr data-function={term.function} data-fate={fate}>
      <th scope="row">
        <svg width="9" height="9" class={slotClass(slot)} aria-hidden="true">
          <rect width="9" height="9" fill="currentColor" />
        </svg>{' '}
        {term.label}
      </th>
      {score.state === 'scored' && contribution !== null ? (
        <>
          <td class="num" title={exactReward(score.value)}>
            {reward(score.value)}
          </td>
          <td class="num times">× {level(term.weight)}</td>
          <td class="num" title={exactReward(contribution)}>
            = {fate === 'masked' ? <s>{reward(contribution)}</s> : reward(contribution)}
          </td>
          <td class="why">
            {fate === 'masked'
              ? gate === null
                ? 'masked'
                : `masked by ${gate}`
              : fate === 'undecided'
                ? 'undecided'
                : scope === 'episode'
                  ? 'for the whole episode'
                  : ''}
          </td>
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
export function Arithmetic({ facts, compact = false }: { readonly facts: TurnFacts; readonly compact?: boolean }) {
  const { terms, raw, paid, lane, undecided, leftOut, turn } = facts;
  if (terms.length === 0) return <p class="quiet">No reward function scores turns in this configuration.</p>;
  return (
    <table class={compact ? 'arithmetic compact' : 'arithmetic'} aria-label={`Reward of turn ${turn + 1}`}>
      <tbody>
        {terms.map((term) => (
          <TermRow key={`${term.level} ${term.function}`} term={term} gate={compact ? null : lane.reason} />
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
          <td class="num" title={exactTitle(paid)}>
            {undecided ? '?' : paid.state === 'scored' ? `= ${reward(paid.value)}` : paid.state === 'failed' ? 'failed' : '–'}
          </td>
          <td class="why">
            {lane.reason ? `${lane.word === 'shut' ? 'masked by' : `gate ${lane.word}:`} ${lane.reason}` : 'no gate above'}
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
