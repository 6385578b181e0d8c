import { act } from '../host';
import { gradePath } from '../chart/Lanes';
import { findingsByTurn } from '../model/store';
import { select } from '../model/navigate';

/** Findings that rest on a turn. A click shows the exact evidence in the readable document. */
export function FindingList({ turn, attempt }: { readonly turn: number; readonly attempt: number }) {
  const list = findingsByTurn.value.get(turn) ?? [];
  if (list.length === 0) return null;
  return (
    <ul class="findings" aria-label={`Findings of turn ${turn + 1}`}>
      {list.map((finding) => {
        const here = finding.evidence.filter((e) => e.turn === turn);
        const evidence = here.length > 0 ? here : finding.evidence.slice(0, 1);
        const others = finding.turns.filter((t) => t !== turn);
        return (
          <li key={finding.id} data-rule={finding.rule}>
            <svg width="12" height="12" aria-hidden="true">
              <path class={`finding-mark grade-${finding.grade}`} d={gradePath(finding.grade, 6, 6)} />
            </svg>{' '}
            <strong>
              {finding.rule} {finding.title}
            </strong>{' '}
            <span class="quiet">{finding.grade}</span>
            <p>{finding.message}</p>
            <p class="finding-tools">
              {evidence.map(({ turn: t, field, start, end }) => (
                <button
                  key={`${start}`}
                  type="button"
                  class="link"
                  data-testid="evidence"
                  onClick={() => act({ kind: 'openReadable', attempt, turn: t, field, span: { start, end } })}
                >
                  Show the evidence in the {field}
                  {t !== turn && ` of turn ${t + 1}`}
                </button>
              ))}
              {others.slice(0, 12).map((t) => (
                <button key={t} type="button" class="link" onClick={() => select(t)}>
                  turn {t + 1}
                </button>
              ))}
              {others.length > 12 && <span class="quiet">and {others.length - 12} more turns</span>}
              <button type="button" class="link" onClick={() => act({ kind: 'muteRule', rule: finding.rule })}>
                Mute {finding.rule}
              </button>
            </p>
          </li>
        );
      })}
    </ul>
  );
}
