import { useState } from 'preact/hooks';
import type { ScoreTable } from '../../server/reward/types';
import { act } from '../host';
import { open } from '../model/client';
import { baseName, count, plural } from '../model/format';
import { select } from '../model/navigate';
import type { Problem } from '../model/types';
import { ReplayNotes } from './ReplayNotes';
import { attempt, failure, reading, sample, stale, uri, view } from '../model/store';

const SHOWN = 3;

function ProblemLine({ problem }: { readonly problem: Problem }) {
  const { message, severity, byte, turn } = problem;
  return (
    <li>
      <span class={`severity ${severity}`}>{severity === 'error' ? 'Damaged' : 'Note'}</span> {message}{' '}
      {turn !== null && turn < (view.value?.turnCount ?? 0) && (
        <button type="button" class="link" onClick={() => select(turn)}>
          turn {turn + 1}
        </button>
      )}{' '}
      {byte !== null && (
        <button type="button" class="link" onClick={() => act({ kind: 'openRaw', span: { start: byte, end: byte } })}>
          byte {count(byte)}
        </button>
      )}
    </li>
  );
}

function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  const [all, setAll] = useState(false);
  if (problems.length === 0) return null;
  const shown = all ? problems : problems.slice(0, SHOWN);
  return (
    <ul class="notice problems" aria-label="Problems of the file">
      {shown.map((problem, i) => (
        <ProblemLine key={i} problem={problem} />
      ))}
      {problems.length > shown.length && (
        <li>
          <button type="button" class="link" onClick={() => setAll(true)}>
            Show all {plural(problems.length, 'problem')}
          </button>
        </li>
      )}
    </ul>
  );
}

/** Own modules that wait to be allowed, in the server's words. */
function waitingModules(scores: ScoreTable): readonly string[] {
  const reasons = scores.levels.flatMap(({ turns, episode }) => [
    ...turns.flatMap((series) => series.reasons),
    ...episode.flatMap(({ members }) => members.flatMap((score) => (score.state === 'unscored' ? [score.reason] : []))),
  ]);
  return [...new Set(reasons.filter((reason) => /^own module .* not allowed to run/.test(reason)))];
}

function Modules({ scores }: { readonly scores: ScoreTable }) {
  const waiting = waitingModules(scores);
  if (waiting.length === 0) return null;
  return (
    <p class="notice">
      {waiting.map((reason) => `${reason.slice(0, 1).toUpperCase()}${reason.slice(1).split(';')[0]}.`).join(' ')} Its scores are left out
      until then.{' '}
      <button type="button" class="link" onClick={() => act({ kind: 'allowModules' })}>
        Allow own reward modules
      </button>
    </p>
  );
}

function Paths({ paths }: { readonly paths: readonly string[] }) {
  return (
    <>
      {paths.map((path, i) => (
        <>
          {i > 0 && ', '}
          <button key={path} type="button" class="link" title={path} onClick={() => act({ kind: 'openPath', path })}>
            {baseName(path)}
          </button>
        </>
      ))}
    </>
  );
}

/** What the reader should know about the file before the numbers: stale, damaged, graded elsewhere, asked for trust. */
export function Notices() {
  const current = view.value;
  const config = current?.config.problems ?? [];
  return (
    <>
      {stale.value !== null && (
        <p class="notice" role="status">
          What you see may be older than the file. {stale.value}{' '}
          <button type="button" class="link" onClick={() => void open(attempt.peek())}>
            Read it again
          </button>
        </p>
      )}
      {sample.value && <p class="notice">This is the sample episode. Open a .traj of yours to see its rewards.</p>}
      {config.length > 0 && (
        <p class="notice">
          {config.join(' ')}{' '}
          <button type="button" class="link" onClick={() => act({ kind: 'openConfig' })}>
            Open the reward configuration
          </button>
        </p>
      )}
      {current && current.otherReports.length > 0 && (
        <p class="notice">
          {current.otherReports.length === 1
            ? 'A report that graded another patch was found, and does not count: '
            : 'Reports that graded other patches were found, and do not count: '}
          <Paths paths={current.otherReports} />. To have another report count, name it with the command “Set Test Report of Episode”.
        </p>
      )}
      {current && current.unmatchedReports.length > 0 && (
        <p class="notice">
          {current.unmatchedReports.length === 1
            ? 'A report was found of which nothing tells the patch that it graded, so it does not count: '
            : 'Reports were found of which nothing tells the patch that they graded, so they do not count: '}
          <Paths paths={current.unmatchedReports} />. To have {current.unmatchedReports.length === 1 ? 'it' : 'one'} count, name it with the
          command “Set Test Report of Episode”.
        </p>
      )}
      {current && <Modules scores={current.scores} />}
      {current && <Problems problems={current.problems} />}
      <ReplayNotes />
    </>
  );
}

/** In place of the page: nothing to show yet, or nothing that can be shown. */
export function Standby() {
  const problem = failure.value;
  if (problem) {
    return (
      <main class="standby">
        <h1>{problem.recognised ? `${problem.recognised}: not yet readable` : 'This file could not be opened'}</h1>
        <div role="alert">
          {problem.sentences.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
        <p>
          <button type="button" class="button" onClick={() => void open(attempt.peek())}>
            Read it again
          </button>{' '}
          <button type="button" class="link" onClick={() => act({ kind: 'openRaw', span: { start: 0, end: 0 } })}>
            Show it as text
          </button>
        </p>
      </main>
    );
  }
  return (
    <main class="standby" aria-busy="true">
      {reading.value !== null && uri.value !== null && <p role="status">{reading.value} …</p>}
    </main>
  );
}
