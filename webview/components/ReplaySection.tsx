import type { ComponentChildren } from 'preact';
import { replayMethods, type ReplayMark, type TurnDetail, type TurnReplay } from '../../server/protocol/index';
import { act } from '../host';
import { useAnswer } from '../model/detail';
import { duration, plural } from '../model/format';
import { select } from '../model/navigate';
import { isUntrusted, markAt, replayFacts, replayLane, replaying, testsAt } from '../model/replay';
import { CLASS_WORD, MARK_WORD, distrust, testsWords } from '../model/replay-words';
import { view } from '../model/store';
import { visible } from '../text/runs';
import { FirstDifferenceView } from './FirstDifference';
import { ChangedFiles, Environment, TurnedTests } from './ReplayLists';
import { ReplaySign } from './ReplaySign';

type Facts = TurnReplay['facts'];

/** `noise: durations, temp names`: the class, and what it took to see the two as the same. */
function classWords(mark: ReplayMark, facts: Facts | null): string {
  const divergence = facts?.divergence;
  if (!divergence || mark === 'equal' || mark === 'unrecorded') return MARK_WORD[mark];
  const noise = divergence.noise.length > 0 ? `: ${divergence.noise.map((id) => id.replaceAll('-', ' ')).join(', ')}` : '';
  if (mark === 'noise') return `${MARK_WORD[mark]}${noise}`;
  return `${MARK_WORD[mark]}: ${CLASS_WORD[divergence.class]}${divergence.class === 'noise' ? noise : ''}`;
}

function Row({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd data-row={name}>{children}</dd>
    </>
  );
}

function exitWords(recorded: number | null, replayed: number): ComponentChildren {
  if (recorded === null) return replayed;
  if (recorded === replayed) return `${replayed}, as recorded`;
  return (
    <strong class="severity error">
      recorded {recorded}, replayed {replayed}
    </strong>
  );
}

function FactList({ answer, detail }: { readonly answer: TurnReplay; readonly detail: TurnDetail | null }) {
  const { facts, tests } = answer;
  const { exitCode, durationMs, cwd, environment, changedFiles, tree } = facts;
  const seconds = detail?.seconds ?? null;
  const sum = testsAt(facts.index);
  return (
    <dl class="replay-facts">
      {exitCode !== null && <Row name="exit code">{exitWords(detail?.returnCode ?? null, exitCode)}</Row>}
      {durationMs !== null && (
        <Row name="duration">
          <span class="num">
            {duration(durationMs / 1000)}
            {seconds !== null && <span class="quiet"> · recorded {duration(seconds)}</span>}
          </span>
        </Row>
      )}
      {cwd !== null && (
        <Row name="folder">
          <code>{visible(cwd)}</code>
        </Row>
      )}
      {environment.length > 0 && (
        <Row name="environment">
          <Environment changes={environment} />
        </Row>
      )}
      {facts.executed && (
        <Row name="files">
          {changedFiles.length > 0 ? (
            <ChangedFiles files={changedFiles} />
          ) : (
            <span class="quiet">{tree === null ? 'not known: no git repository' : 'none changed'}</span>
          )}
        </Row>
      )}
      {sum && (
        <Row name="tests">
          <span class="num">{testsWords(sum)}</span>
          {tests.length > 0 && <TurnedTests tests={tests} />}
        </Row>
      )}
    </dl>
  );
}

function Tools({ answer, attempt, index }: { readonly answer: TurnReplay; readonly attempt: number; readonly index: number }) {
  const { recorded, replayed, facts } = answer;
  const stateless = facts.tree === null;
  const why = stateless ? 'No state of the repository is known after this turn' : undefined;
  const { changedFiles } = facts;
  return (
    <div class="tools" role="group" aria-label={`Replay of turn ${index + 1}: compare and open`}>
      <button
        type="button"
        class="link"
        disabled={recorded === null || replayed === null}
        title={recorded === null ? 'The file holds no observation of this turn' : 'Recorded and replayed observation, side by side'}
        onClick={() => act({ kind: 'diffObservation', attempt, turn: index })}
      >
        Compare observations
      </button>
      <button
        type="button"
        class="link"
        disabled={stateless || changedFiles.length === 0}
        title={why ?? (changedFiles.length === 0 ? 'This turn changed no file' : plural(changedFiles.length, 'file'))}
        onClick={() => act({ kind: 'diffStates', attempt, from: index - 1, to: index })}
      >
        Changes of this turn
      </button>
      <button
        type="button"
        class="link"
        disabled={stateless}
        title={why ?? 'The repository as it was after this turn'}
        onClick={() => act({ kind: 'browseState', attempt, turn: index })}
      >
        Browse repository
      </button>
      <button
        type="button"
        class="link"
        disabled={!facts.executed}
        title="A terminal in a container with the state after this turn"
        onClick={() => act({ kind: 'openTerminal', attempt, turn: index })}
      >
        Open terminal here
      </button>
    </div>
  );
}

function Distrust({ index }: { readonly index: number }) {
  const first = replayLane.value?.firstDivergence ?? null;
  if (!isUntrusted(index)) return null;
  return (
    <p class="distrust">
      {distrust(index, first)}{' '}
      {first !== null && first < index && (
        <button type="button" class="link" onClick={() => select(first)}>
          Show turn {first + 1}
        </button>
      )}
    </p>
  );
}

const NOTHING: Partial<Record<ReplayMark, string>> = {
  not_executed: 'The recorded run did not execute this turn, so it was not replayed.',
  not_replayed: 'The replay ended before this turn.',
};

/** What the replay of the current turn showed. */
export function ReplaySection({ index, detail }: { readonly index: number; readonly detail: TurnDetail | null }) {
  const current = view.value;
  const mark = markAt(index);
  const facts = replayFacts.value;
  const ran = mark !== null && NOTHING[mark] === undefined;
  const wanted = current && facts && ran ? { uri: current.uri, attempt: current.attempt, index } : null;
  const { value: answer, error, slow, retry } = useAnswer(replayMethods.turn, wanted);
  if (!current || mark === null) return null;
  const divergence = answer?.facts.divergence ?? null;
  return (
    <section class={isUntrusted(index) ? 'replay-section untrusted' : 'replay-section'} data-testid="replay-section" data-mark={mark}>
      <h3>
        Replay <ReplaySign mark={mark} spoken={false} /> <span class="replay-class">{classWords(mark, answer?.facts ?? null)}</span>
      </h3>
      <Distrust index={index} />
      {NOTHING[mark] !== undefined && <p class="quiet">{NOTHING[mark]}</p>}
      {divergence?.reason && divergence.class !== 'unrecorded' && <p>{visible(divergence.reason)}</p>}
      {divergence?.class === 'unrecorded' && <p class="quiet">The file holds no observation of this turn to compare with.</p>}
      {divergence?.first && answer && <FirstDifferenceView first={divergence.first} recorded={answer.recorded} />}
      {answer?.facts.problem && <p class="notice">{visible(answer.facts.problem)}</p>}
      {answer && <FactList answer={answer} detail={detail} />}
      {answer && <Tools answer={answer} attempt={current.attempt} index={index} />}
      {replaying.value && !facts && <p class="quiet">Its facts are here when the replay ends.</p>}
      {slow && (
        <p class="quiet" role="status">
          Reading the replay of turn {index + 1} …
        </p>
      )}
      {error !== null && (
        <p class="notice" role="alert">
          The replay of turn {index + 1} could not be read: {error}{' '}
          <button type="button" class="link" onClick={retry}>
            Ask again
          </button>
        </p>
      )}
    </section>
  );
}
