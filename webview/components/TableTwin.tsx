import { useState } from 'preact/hooks';
import type { Score } from '../../server/reward/types';
import { count, exactReward, level, plural, reward, score } from '../model/format';
import { select } from '../model/navigate';
import { hasTests, markAt, replayLane, testsAt } from '../model/replay';
import { MARK_WORD, turned } from '../model/replay-words';
import { accumulation, factsAt, findingsByTurn, kinds, series, turn, view } from '../model/store';
import { exactTitle } from '../model/turn-facts';
import { OBSERVED_ERROR } from './Badges';
import type { Series } from '../model/series';

const PAGE = 500;

function ScoreCell({ col, value }: { readonly col: string; readonly value: Score | null }) {
  if (value === null) return <td class="num" data-col={col} data-state="none" />;
  return (
    <td
      class="num"
      data-col={col}
      data-state={value.state}
      data-value={value.state === 'scored' ? value.value : undefined}
      title={value.state === 'scored' ? exactReward(value.value) : exactTitle(value)}
    >
      {score(value)}
    </td>
  );
}

function kindWords(index: number): string {
  const { errors, observedErrors, edits, submits, tests, synthetic, notExecuted } = kinds.value;
  const words = [
    errors.has(index) ? (observedErrors.has(index) ? OBSERVED_ERROR : 'error') : null,
    edits.has(index) ? 'edit' : null,
    submits.has(index) ? 'submit' : null,
    tests.has(index) ? 'tests' : null,
    synthetic.has(index) ? 'synthetic' : notExecuted.has(index) ? 'not executed' : null,
  ].filter((word) => word !== null);
  return words.join(', ') || 'action';
}

/** Which columns a replay adds. */
const replayColumns = () => ({ replay: replayLane.value !== null, tests: hasTests.value });

function Row({ index, all }: { readonly index: number; readonly all: readonly Series[] }) {
  const facts = factsAt(index);
  if (!facts) return null;
  const { lane: gate, raw, paid, returnToGo, gate: verdict } = facts;
  const { replay, tests } = replayColumns();
  const mark = markAt(index);
  const turns = testsAt(index);
  return (
    <tr data-turn={index} aria-current={turn.value === index ? 'true' : undefined}>
      <th scope="row" class="num" data-col="index" data-value={index}>
        <button type="button" class="link" onClick={() => select(index)}>
          {index + 1}
        </button>
      </th>
      <td data-col="kind">{kindWords(index)}</td>
      {all.map((one) => (
        <ScoreCell key={`${one.level} ${one.id}`} col={`function:${one.id}`} value={one.score(index)} />
      ))}
      <ScoreCell col="raw" value={raw} />
      <ScoreCell col="paid" value={paid} />
      <td data-col="gate" title={gate.reason ?? undefined}>
        {gate.word}
      </td>
      <td data-col="blockedBy">{verdict.blockedBy ?? ''}</td>
      <ScoreCell col="returnToGo" value={returnToGo} />
      {replay && (
        <td data-col="replay" data-mark={mark ?? undefined}>
          {mark === null ? '' : MARK_WORD[mark]}
        </td>
      )}
      {tests && (
        <td class="num" data-col="tests">
          {turns ? turned(turns) : ''}
        </td>
      )}
      <td data-col="findings">{(findingsByTurn.value.get(index) ?? []).map((f) => `${f.rule} ${f.grade}`).join(', ')}</td>
    </tr>
  );
}

function TotalRow({
  name,
  id,
  total,
  bounds,
  columns,
}: {
  readonly name: string;
  readonly id: string;
  readonly total: Score;
  readonly bounds: readonly [number, number] | null;
  readonly columns: number;
}) {
  return (
    <tr>
      <th scope="row" colSpan={2}>
        {name}
      </th>
      <td
        colSpan={columns - 2}
        data-total={id}
        data-state={total.state}
        data-value={total.state === 'scored' ? total.value : undefined}
        data-low={bounds?.[0]}
        data-high={bounds?.[1]}
        title={exactTitle(total)}
      >
        {total.state === 'scored'
          ? reward(total.value)
          : bounds
            ? `${reward(bounds[0])} if it fails, ${reward(bounds[1])} if it passes`
            : `${score(total)} ${exactTitle(total) ?? ''}`}
      </td>
    </tr>
  );
}

/** The chart as a table: every number in it, turn by turn. */
export function TableTwin() {
  const [page, setPage] = useState(0);
  const [everything, setEverything] = useState(false);
  const current = view.value;
  const acc = accumulation.value;
  if (!current || !acc) return null;
  const all = series.value;
  const { turnCount } = current;
  const paged = turnCount > PAGE && !everything;
  const pages = Math.ceil(turnCount / PAGE);
  const from = paged ? Math.min(page, pages - 1) * PAGE : 0;
  const to = paged ? Math.min(turnCount, from + PAGE) : turnCount;
  const { replay, tests } = replayColumns();
  const columns = 8 + all.length + (replay ? 1 : 0) + (tests ? 1 : 0);
  const { totals } = acc;
  return (
    <div class="whole">
      {turnCount > PAGE && (
        <div class="pager" role="group" aria-label="Pages of the table">
          <span>{paged ? `Turns ${count(from + 1)} to ${count(to)} of ${count(turnCount)}` : `All ${plural(turnCount, 'turn')}`}</span>
          {paged && (
            <>
              <button type="button" class="chip" disabled={from === 0} onClick={() => setPage(Math.max(0, page - 1))}>
                Previous {PAGE}
              </button>
              <button type="button" class="chip" disabled={to === turnCount} onClick={() => setPage(page + 1)}>
                Next {PAGE}
              </button>
            </>
          )}
          <button type="button" class="chip" data-testid="table-all" onClick={() => setEverything(!everything)}>
            {paged ? `Show all ${count(turnCount)}` : `Show ${PAGE} at a time`}
          </button>
        </div>
      )}
      <div class="table-scroll scroller" tabIndex={0} role="region" aria-label="Table of rewards">
        <table class="plain twin" data-testid="table-twin" data-revision={current.revision}>
          <caption class="sr-only">Rewards turn by turn, with what the gates paid</caption>
          <thead>
            <tr>
              <th scope="col" class="num">
                turn
              </th>
              <th scope="col">kind</th>
              {all.map((one) => (
                <th key={`${one.level} ${one.id}`} scope="col" class="num" data-function={one.id}>
                  {one.label} <span class="quiet">× {level(one.weight)}</span>
                </th>
              ))}
              <th scope="col" class="num">
                raw
              </th>
              <th scope="col" class="num">
                paid
              </th>
              <th scope="col">gate</th>
              <th scope="col">blocked by</th>
              <th scope="col" class="num">
                return to go
              </th>
              {replay && <th scope="col">replay</th>}
              {tests && (
                <th scope="col" class="num">
                  tests turned
                </th>
              )}
              <th scope="col">findings</th>
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: to - from }, (_, i) => (
              <Row key={from + i} index={from + i} all={all} />
            ))}
          </tbody>
          <tfoot>
            <TotalRow name="G-RA: Σ paid + outcome" id="gra" total={totals.gra} bounds={totals.bounds?.gra ?? null} columns={columns} />
            <TotalRow name="D-RA: Σ raw + outcome" id="dra" total={totals.dra} bounds={totals.bounds?.dra ?? null} columns={columns} />
            <TotalRow
              name="outcome only"
              id="outcomeOnly"
              total={totals.outcomeOnly}
              bounds={totals.bounds?.outcomeOnly ?? null}
              columns={columns}
            />
            <tr>
              <th scope="row" colSpan={2}>
                left out
              </th>
              <td colSpan={columns - 2} data-total="leftOut" data-value={totals.leftOut}>
                {plural(totals.leftOut, 'score')}
              </td>
            </tr>
          </tfoot>
        </table>
      </div>
    </div>
  );
}
