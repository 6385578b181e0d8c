import type { ReplayView } from '../../server/protocol/index';
import { plural } from '../model/format';
import { select } from '../model/navigate';
import { replayFacts } from '../model/replay';
import { ago } from '../model/replay-words';
import { view } from '../model/store';
import { visible } from '../text/runs';

function titleOf({ firstDivergence, submission }: ReplayView): string {
  if (firstDivergence !== null) return `The replay diverged at turn ${firstDivergence + 1}`;
  return submission === 'different' ? 'The replayed submission differs from the recorded one' : 'Notes on the replay';
}

/** Why the replay went another way, and what was wrong with it: one line, and all of it when opened. */
export function ReplayNotes() {
  const facts = replayFacts.value;
  if (!facts) return null;
  const { causes, problems, submission, image, engine, at } = facts;
  const notes = causes.length + problems.length + (submission === 'different' ? 1 : 0);
  if (notes === 0) return null;
  const first = causes[0] ? `Likely cause: ${causes[0].sentence}` : problems[0];
  const turns = view.value?.turnCount ?? 0;
  return (
    <details class="notice replay-notes" data-testid="replay-notes">
      <summary>
        {titleOf(facts)}
        {notes > 1 && ` (${plural(notes, 'note')})`}
        {first !== undefined && <span class="replay-first">. {visible(first)}</span>}
      </summary>
      <ul>
        {causes.map(({ sentence, turn }, i) => (
          <li key={`cause ${i}`}>
            <span class="severity">Likely cause</span> {visible(sentence)}{' '}
            {turn !== null && turn >= 0 && turn < turns && (
              <button type="button" class="link" onClick={() => select(turn)}>
                turn {turn + 1}
              </button>
            )}
          </li>
        ))}
        {problems.map((problem, i) => (
          <li key={`problem ${i}`}>
            <span class="severity">Note</span> {visible(problem)}
          </li>
        ))}
        {submission === 'different' && (
          <li>
            <span class="severity">Submission</span> The replay submitted another patch than the recorded one.
          </li>
        )}
        <li class="quiet">
          <time dateTime={new Date(at).toISOString()} title={new Date(at).toLocaleString('en')}>
            {ago(at)}
          </time>
          , in {visible(image.name)} ({visible(image.source)}), {visible(engine.name)} {visible(engine.version)}
        </li>
      </ul>
    </details>
  );
}
