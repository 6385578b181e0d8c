import type { EpisodeView, ReplayProgress, ReplayView } from '../../server/protocol/index';
import { act } from '../host';
import { count, plural } from '../model/format';
import { select } from '../model/navigate';
import { replayFacts, replayable, replaying } from '../model/replay';
import { ago, progressWords, sameWords, sumOf } from '../model/replay-words';
import { visible } from '../text/runs';

/** Of a size that does not change with what it says: the header must not move while turns go by. */
function Running({ progress }: { readonly progress: ReplayProgress }) {
  const { phase, done, of, message } = progress;
  const counted = of > 0 && (phase === 'running' || phase === 'pulling');
  const words = progressWords(progress);
  return (
    <span class="replay-running" data-phase={phase}>
      <span class="fact-name">replay</span>
      <span
        class="bar"
        role="progressbar"
        aria-label="Replay"
        aria-valuemin={0}
        aria-valuemax={counted ? of : undefined}
        aria-valuenow={counted ? Math.min(done, of) : undefined}
        aria-valuetext={words}
      >
        {counted && <i style={{ width: `${Math.min(100, (done / of) * 100)}%` }} />}
      </span>
      <span class="replay-words" title={message} data-testid="replay-progress">
        {visible(words)}
      </span>
      <button type="button" class="link" onClick={() => act({ kind: 'cancelReplay' })}>
        Cancel
      </button>
    </span>
  );
}

const whereOf = ({ image, engine, at }: ReplayView): string =>
  `Replayed in ${image.name} (${image.source}) by ${engine.name} ${engine.version}, ${ago(at)}`;

function Result({ facts }: { readonly facts: ReplayView }) {
  const { same, of, untrusted, classes } = sumOf(facts);
  const { firstDivergence } = facts;
  return (
    <span class="fact-value">
      <span
        title={[classes, untrusted > 0 ? `${plural(untrusted, 'turn')} not trusted` : '', whereOf(facts)]
          .filter((line) => line !== '')
          .join('\n')}
      >
        {count(same)}/{count(of)} {sameWords(facts)}
      </span>
      {firstDivergence !== null && (
        <>
          {' · '}
          <button
            type="button"
            class="link diverged"
            title="Show where the replay first went another way"
            onClick={() => select(firstDivergence)}
          >
            <span aria-hidden="true">≠</span>
            <span class="sr-only">first divergence</span> at turn {count(firstDivergence + 1)}
          </button>
        </>
      )}
    </span>
  );
}

/** The episode's replay in the header: the way to start it, where it is, what it said. */
export function ReplayFact({ current }: { readonly current: EpisodeView }) {
  const progress = replaying.value;
  const facts = replayFacts.value;
  const turns = replayable.value;
  const { attempt } = current;
  return (
    <span class="fact replay-fact" data-fact="replay">
      {progress ? (
        <Running progress={progress} />
      ) : (
        <>
          {facts ? (
            <>
              <span class="fact-name">replay </span>
              <Result facts={facts} />
              {' · '}
              <button type="button" class="link" title={whereOf(facts)} onClick={() => act({ kind: 'replay', attempt, again: true })}>
                Replay again
              </button>
            </>
          ) : (
            <button
              type="button"
              class="chip"
              disabled={turns <= 0}
              title="Runs the recorded commands again in a container and compares what they print"
              onClick={() => act({ kind: 'replay', attempt, again: false })}
            >
              {turns > 0 ? `Replay ${plural(turns, 'turn')}` : 'No turn to replay'}
            </button>
          )}
        </>
      )}
    </span>
  );
}
