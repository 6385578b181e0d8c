import type { ComponentChildren } from 'preact';
import type { EpisodeView } from '../../server/protocol/index';
import type { Accumulation, Score } from '../../server/reward/types';
import { act } from '../host';
import { switchAttempt } from '../model/client';
import { baseName, count, duration, exactReward, money, plural, reward, score, short } from '../model/format';
import { fates, findings, reading, view } from '../model/store';
import { firstFinding } from '../model/navigate';
import { ReplayFact } from './ReplayFact';

const CLASS_WORDS = { no_submit: 'no submit', empty_patch: 'empty patch', fails: 'fails tests', passes: 'passes tests' } as const;

export function outcomeWords(current: EpisodeView): string {
  const { classes } = current.head.outcome;
  if (classes.length === 0) return 'outcome pending';
  if (classes.length > 1) return 'needs tests: fails or passes';
  return classes[0] ? CLASS_WORDS[classes[0]] : 'outcome pending';
}

function Fact({
  name,
  title,
  children,
  id,
}: {
  readonly name?: string;
  readonly title?: string | undefined;
  readonly children: ComponentChildren;
  readonly id?: string;
}) {
  return (
    <span class="fact" title={title} data-fact={id}>
      {name !== undefined && <span class="fact-name">{name} </span>}
      <span class="fact-value">{children}</span>
    </span>
  );
}

interface TotalProps {
  readonly name: string;
  readonly id: string;
  readonly total: Score;
  readonly bounds: readonly [number, number] | null;
  /** Says why there is no number; else only on hover. */
  readonly spoken?: boolean;
}

function Total({ name, id, total, bounds, spoken = false }: TotalProps) {
  if (total.state !== 'scored' && bounds) {
    return (
      <Fact name={name} id={id} title={total.state === 'unscored' ? total.reason : total.error}>
        <span class="total">{reward(bounds[0])}</span> if it fails … <span class="total">{reward(bounds[1])}</span> if it passes
      </Fact>
    );
  }
  const title = total.state === 'scored' ? exactReward(total.value) : total.state === 'failed' ? total.error : total.reason;
  return (
    <Fact name={name} id={id} title={title}>
      <span class="total">{score(total)}</span>
      {total.state !== 'scored' && spoken && <span class="quiet"> {title}</span>}
    </Fact>
  );
}

function Attempts({ current }: { readonly current: EpisodeView }) {
  const { attempts, attempt } = current;
  if (attempts.length < 2) return null;
  return (
    <label class="attempts">
      attempt{' '}
      <select value={attempt} onChange={(event) => switchAttempt(Number(event.currentTarget.value))}>
        {attempts.map((one) => (
          <option key={one.attempt} value={one.attempt}>
            {one.attempt + 1}
            {one.best ? ' (chosen)' : ''} · {plural(one.turnCount, 'turn')}
            {one.exitStatus ? ` · ${one.exitStatus}` : ''}
          </option>
        ))}
      </select>{' '}
      of {attempts.length}
    </label>
  );
}

const STATE_TITLE = {
  finished: 'The episode ended.',
  unfinished: 'No exit status is recorded: the run stopped before it ended, or the file was cut.',
  running: 'The file is still growing. What you see follows it.',
} as const;

function Identity({ current }: { readonly current: EpisodeView }) {
  const { head, state, format, version } = current;
  return (
    <div class="identity">
      <h1 title={current.path}>{head.instance ?? baseName(current.path)}</h1>
      <Attempts current={current} />
      {head.model && <span class="quiet long">{head.model}</span>}
      <span class="quiet">{version.toLowerCase().startsWith(format) ? version : `${format} ${version}`}</span>
      <span class="grow" />
      <span class={`state state-${state}`} title={STATE_TITLE[state]}>
        {state === 'running' ? 'live' : state}
      </span>
      {head.exitStatus && <span class="exit">{head.exitStatus}</span>}
      <strong class="outcome-words">{outcomeWords(current)}</strong>
      <span class="quiet long" title={head.outcome.source}>
        {head.outcome.source.includes('/') ? (
          <button type="button" class="link" onClick={() => act({ kind: 'openPath', path: head.outcome.source })}>
            {baseName(head.outcome.source)}
          </button>
        ) : (
          `from ${head.outcome.source}`
        )}
      </span>
      {reading.value !== null && <span role="status">{reading.value} …</span>}
    </div>
  );
}

function Facts({ current, acc }: { readonly current: EpisodeView; readonly acc: Accumulation }) {
  const { head, config } = current;
  const { totals } = acc;
  const list = findings.value;
  const strong = list.filter((f) => f.grade !== 'weak').length;
  return (
    <div class="facts">
      <Total name="G-RA" id="gra" total={totals.gra} bounds={totals.bounds?.gra ?? null} />
      <Total name="D-RA" id="dra" total={totals.dra} bounds={totals.bounds?.dra ?? null} />
      <Total name="outcome" id="outcome" total={acc.outcome} bounds={totals.bounds?.outcomeOnly ?? null} spoken />
      <Fact name="masked" id="masked" title="Turns with a score that a shut gate holds back, of all turns">
        {count(acc.masked)} of {count(current.turnCount)}
      </Fact>
      {acc.undecided > 0 && <Fact name="undecided">{count(acc.undecided)}</Fact>}
      {totals.leftOut > 0 && (
        <Fact name="left out" id="leftOut" title="Scores that could not be had and are in no sum. Missing is not zero; each turn says why.">
          {plural(totals.leftOut, 'score')}
        </Fact>
      )}
      <Fact id="findings" title="One finding may speak of several turns">
        {list.length === 0 ? (
          'no findings'
        ) : (
          <button type="button" class="link" onClick={firstFinding}>
            {plural(list.length, 'finding')}
            {strong > 0 ? ` (${count(strong)} strong)` : ''}
          </button>
        )}
      </Fact>
      <ReplayFact current={current} />
      {head.tests && (
        <Fact name="tests" title="FAIL_TO_PASS and PASS_TO_PASS passed">{`${head.tests.failToPass} · ${head.tests.passToPass}`}</Fact>
      )}
      <Fact name="turns" id="turns">
        {count(current.turnCount)}
      </Fact>
      {head.cost !== null && (
        <Fact name="cost" title={head.apiCalls === null ? undefined : plural(head.apiCalls, 'model call')}>
          {money(head.cost)}
        </Fact>
      )}
      {head.tokens && (head.tokens.input !== null || head.tokens.output !== null) && (
        <Fact name="tokens" title={`${head.tokens.input ?? 'unknown'} in, ${head.tokens.output ?? 'unknown'} out`}>
          {head.tokens.input === null ? '–' : short(head.tokens.input)} in · {head.tokens.output === null ? '–' : short(head.tokens.output)}{' '}
          out
        </Fact>
      )}
      {head.seconds !== null && <Fact name="time">{duration(head.seconds)}</Fact>}
      <Fact name="rewards" id="config" title={config.source === 'default' ? 'Built-in configuration; its numbers are ours' : config.source}>
        <button type="button" class="link" onClick={() => act({ kind: 'openConfig' })}>
          {config.source === 'default' ? 'default configuration' : baseName(config.source)}
        </button>
        {config.broken && <span title="Rewards of the last version that could be read"> · line {config.broken.line} can’t be read</span>}
      </Fact>
    </div>
  );
}

export function Header() {
  const current = view.value;
  const acc = fates.value;
  if (!current || !acc) return null;
  return (
    <header class="header">
      <Identity current={current} />
      <Facts current={current} acc={acc} />
    </header>
  );
}
