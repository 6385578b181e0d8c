/** The folder table: every episode of a folder side by side, with the rates above it. */
import { render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { FolderRow, FolderView } from '../../server/protocol/index';
import { outcome, reward, score } from '../words';
import type { FromFolderPage, ToFolderPage } from './folder-messages';
import { type Column, type Order, filterRows, sortRows, toCsv, unread } from './folder-table';
import './folder.css';

interface State {
  readonly uri: string;
  readonly order: Order;
  readonly filter: string;
  readonly outcome: string;
}
declare function acquireVsCodeApi(): { postMessage(m: FromFolderPage): void; getState(): unknown; setState(s: State): void };
const api = acquireVsCodeApi();
const saved = (api.getState() ?? {}) as Partial<State>;

/** Rows drawn at once; the rest is one press away. */
const FIRST = 500;

const TITLES: Readonly<Record<Column, { readonly title: string; readonly hint: string; readonly number: boolean }>> = {
  instance: { title: 'Task', hint: 'Task id, else the path', number: false },
  outcome: { title: 'Outcome', hint: 'no submit < empty patch < fails tests < passes tests', number: false },
  dra: { title: 'D-RA', hint: 'Direct accumulation: every step reward and the outcome', number: true },
  gra: { title: 'G-RA', hint: 'Gated accumulation: step rewards count only where the gate is open', number: true },
  paidShare: { title: 'Paid, %', hint: 'Share of the step rewards, by size, that the gate paid', number: true },
  findings: { title: 'Findings', hint: 'Number of suspected reward hacks', number: true },
  turns: { title: 'Turns', hint: 'Number of turns', number: true },
  cost: { title: 'Cost, $', hint: 'Model cost as the runner recorded it', number: true },
};
const COLUMN_LIST = Object.entries(TITLES) as [Column, (typeof TITLES)[Column]][];

const percent = (v: number | null): string => (v === null ? '–' : `${(v * 100).toFixed(1)} %`);
const points = (v: number | null): string => (v === null ? '–' : `${v < 0 ? '−' : v > 0 ? '+' : ''}${Math.abs(v * 100).toFixed(1)}`);
const left = (of: number, leftOut: number): string => `of ${of}${leftOut > 0 ? `, ${leftOut} not known` : ''}`;

const relative = (path: string, folder: string): string =>
  path.startsWith(folder) ? path.slice(folder.length).replace(/^[\\/]/, '') : path;

interface Stat {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly hint: string;
}

/** The figures over the table, in their order. */
function statsOf({ rates, gap, dra, gra, inversions }: FolderView): readonly Stat[] {
  const rate = (name: string, { value, of, leftOut }: FolderView['rates']['completion'], hint: string): Stat => ({
    name,
    value: percent(value),
    note: left(of, leftOut),
    hint,
  });
  const mean = (name: string, { mean: value, of, leftOut }: FolderView['dra'], hint: string): Stat => ({
    name,
    value: value === null ? '–' : reward(value),
    note: left(of, leftOut),
    hint,
  });
  const { pairs } = inversions;
  return [
    rate('Completion CR', rates.completion, 'Episodes that submitted'),
    rate('Modification MR', rates.modification, 'Episodes whose submission changes a file'),
    rate('Resolution RR', rates.resolution, 'Episodes whose tests pass'),
    {
      name: 'CR − MR',
      value: points(gap),
      note: 'points, over episodes where both are known',
      hint: 'A wide gap means submitting without having changed anything',
    },
    mean('D-RA mean', dra, 'Mean of the ungated totals that are known'),
    mean('G-RA mean', gra, 'Mean of the gated totals that are known'),
    {
      name: 'Rank inversions',
      value: pairs === 0 ? '–' : `${inversions.dra} → ${inversions.gra}`,
      note: pairs === 0 ? 'no two rollouts of one task differ in outcome' : `D-RA → G-RA, of ${pairs} ${pairs === 1 ? 'pair' : 'pairs'}`,
      hint: 'Pairs of one task in which the better outcome got the lower total',
    },
  ];
}

function Stats({ view }: { view: FolderView }) {
  return (
    <dl class="stats">
      {statsOf(view).map(({ name, value, note, hint }) => (
        <div key={name} class="stat" title={hint}>
          <dt>{name}</dt>
          <dd>
            <strong>{value}</strong> <span class="note">{note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Row({ row, folder }: { row: FolderRow; folder: string }) {
  const bounds = row.totals.bounds;
  const name = row.instance ?? row.path.split(/[\\/]/).at(-1) ?? row.path;
  const why = (s: FolderRow['totals']['dra']): string => (s.state === 'unscored' ? s.reason : s.state === 'failed' ? s.error : '');
  return (
    <tr>
      <td class="task">
        <button type="button" class="link" title={row.path} onClick={() => api.postMessage({ t: 'open', uri: row.uri })}>
          {name}
          {row.attempt !== null && <span class="note"> attempt {row.attempt + 1}</span>}
        </button>
        <div class="note path">{relative(row.path, folder)}</div>
        {row.problem !== null && <div class="problem">{row.problem}</div>}
      </td>
      <td title={outcome(row.outcome)}>
        {outcome(row.outcome)}
        {row.exitStatus !== null && row.exitStatus !== 'submitted' && <span class="note"> {row.exitStatus}</span>}
        {row.state === 'running' && <span class="note"> running</span>}
      </td>
      <td class="n" title={why(row.totals.dra)}>
        {score(row.totals.dra, bounds?.dra)}
      </td>
      <td class="n" title={why(row.totals.gra)}>
        {score(row.totals.gra, bounds?.gra)}
      </td>
      <td class="n">{row.paidShare === null ? '–' : (row.paidShare * 100).toFixed(0)}</td>
      <td class="n">{unread(row) ? '–' : row.findings.toLocaleString('en-US')}</td>
      <td class="n">{unread(row) ? '–' : row.turns.toLocaleString('en-US')}</td>
      <td class="n">{row.cost === null ? '–' : row.cost.toFixed(2)}</td>
    </tr>
  );
}

function Arrow({ order, column }: { order: Order; column: Column }) {
  return (
    <span aria-hidden="true" class="arrow">
      {order.column !== column ? '' : order.descending ? '↓' : '↑'}
    </span>
  );
}

function Table({ uri, view }: { uri: string; view: FolderView }) {
  const kept = saved.uri === uri ? saved : {};
  const [order, setOrder] = useState<Order>(kept.order ?? { column: 'instance', descending: false });
  const [filter, setFilter] = useState(kept.filter ?? '');
  const [only, setOnly] = useState(kept.outcome ?? '');
  const [all, setAll] = useState(false);
  useEffect(() => api.setState({ uri, order, filter, outcome: only }), [uri, order, filter, only]);
  const rows = useMemo(() => sortRows(filterRows(view.rows, filter, only), order), [view, filter, only, order]);
  const outcomes = useMemo(() => [...new Set(view.rows.map((r) => r.outcome))].sort(), [view]);
  const shown = all ? rows : rows.slice(0, FIRST);
  const by = (column: Column): void =>
    setOrder({ column, descending: order.column === column ? !order.descending : TITLES[column].number });
  return (
    <>
      <div class="bar">
        <label>
          <span class="hidden">Filter by task, path, outcome or exit status</span>
          <input
            type="search"
            placeholder="Filter by task, path, outcome or exit status"
            value={filter}
            onInput={(e) => setFilter(e.currentTarget.value)}
          />
        </label>
        <label>
          <span class="hidden">Outcome</span>
          <select value={only} onChange={(e) => setOnly(e.currentTarget.value)}>
            <option value="">All outcomes</option>
            {outcomes.map((o) => (
              <option key={o} value={o}>
                {outcome(o)}
              </option>
            ))}
          </select>
        </label>
        <span role="status" class="note">
          {rows.length === view.rows.length
            ? `${rows.length} ${rows.length === 1 ? 'episode' : 'episodes'}`
            : `${rows.length} of ${view.rows.length} episodes`}
          {view.leftOut > 0 &&
            `; first ${view.rows.length.toLocaleString('en-US')} of ${(view.rows.length + view.leftOut).toLocaleString('en-US')} files read`}
        </span>
        <span class="space" />
        <button type="button" onClick={() => api.postMessage({ t: 'csv', text: toCsv(rows) })}>
          Save as CSV
        </button>
        <button type="button" class="secondary" onClick={() => api.postMessage({ t: 'refresh' })}>
          Read Again
        </button>
      </div>
      <div class="scroll">
        <table>
          <caption class="hidden">Episodes of {view.folder}</caption>
          <thead>
            <tr>
              {COLUMN_LIST.map(([column, { title, hint, number }]) => (
                <th
                  key={column}
                  scope="col"
                  class={number ? 'n' : ''}
                  aria-sort={order.column !== column ? 'none' : order.descending ? 'descending' : 'ascending'}
                >
                  <button type="button" class="head" title={hint} onClick={() => by(column)}>
                    {number && <Arrow order={order} column={column} />}
                    {title}
                    {!number && <Arrow order={order} column={column} />}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row key={`${row.uri}#${row.attempt ?? ''}`} row={row} folder={view.folder} />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && (
          <p class="empty">{view.rows.length === 0 ? 'This folder holds no episode.' : 'No episode matches the filter.'}</p>
        )}
        {shown.length < rows.length && (
          <p class="empty">
            First {shown.length.toLocaleString('en-US')} of {rows.length.toLocaleString('en-US')}.{' '}
            <button type="button" class="link" onClick={() => setAll(true)}>
              Show all
            </button>
          </p>
        )}
      </div>
    </>
  );
}

function App() {
  const [shown, setShown] = useState<{ readonly uri: string; readonly view: FolderView } | null>(null);
  const [progress, setProgress] = useState('');
  const [problem, setProblem] = useState('');
  useEffect(() => {
    const take = ({ data }: MessageEvent<ToFolderPage>): void => {
      if (data.t === 'progress') setProgress(data.message);
      if (data.t === 'problem') setProblem(data.message);
      if (data.t === 'view') {
        setShown({ uri: data.uri, view: data.view });
        setProgress('');
        setProblem('');
      }
    };
    window.addEventListener('message', take);
    api.postMessage({ t: 'ready' });
    return () => window.removeEventListener('message', take);
  }, []);
  return (
    <main>
      {shown && <h1>{shown.view.folder}</h1>}
      {problem !== '' && (
        <p role="alert">
          {problem}{' '}
          <button type="button" class="link" onClick={() => api.postMessage({ t: 'refresh' })}>
            Read again
          </button>
        </p>
      )}
      {shown === null && problem === '' && (
        <p role="status" class="wait">
          {progress === '' ? 'Reading the episodes of this folder…' : progress}
        </p>
      )}
      {shown && <Stats view={shown.view} />}
      {shown && <Table key={shown.uri} uri={shown.uri} view={shown.view} />}
    </main>
  );
}

const root = document.getElementById('app');
if (root) render(<App />, root);
