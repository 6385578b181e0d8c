import { announce, firstFinding, nextDivergence, nextEdit, nextError, select, submission } from '../model/navigate';
import { divergedTurns, replayLane } from '../model/replay';
import { moveHit, setQuery } from '../model/find';
import {
  FILTERS,
  fates,
  filter,
  find,
  findAt,
  findingsByTurn,
  helpOpen,
  kinds,
  turn,
  view,
  visibleTurns,
  type Filter,
} from '../model/store';
import { count, plural } from '../model/format';

const WITH: Record<Filter, string> = { masked: 'a masked reward', finding: 'a finding', error: 'an error', edit: 'an edit' };

function Filters() {
  const acc = fates.value;
  const amount: Record<Filter, number> = {
    masked: acc?.masked ?? 0,
    finding: findingsByTurn.value.size,
    error: kinds.value.errors.size,
    edit: kinds.value.edits.size,
  };
  const toggle = (name: Filter): void => {
    filter.value = filter.peek().includes(name) ? filter.peek().filter((other) => other !== name) : [...filter.peek(), name];
    announce(`${plural(visibleTurns.peek().length, 'turn')} shown.`);
  };
  return (
    <div class="group" role="group" aria-label="Show only turns with">
      <span class="group-name quiet" aria-hidden="true">
        turns
      </span>
      {FILTERS.map((name) => (
        <button
          key={name}
          type="button"
          class="chip"
          aria-pressed={filter.value.includes(name)}
          title={`${plural(amount[name], 'turn')} with ${WITH[name]}: show only such turns`}
          onClick={() => toggle(name)}
        >
          {name} <span class="num">{count(amount[name])}</span>
        </button>
      ))}
    </div>
  );
}

function FindBox() {
  const { hits, total, capped, busy, error, query } = find.value;
  const status =
    error ??
    (query === ''
      ? ''
      : busy
        ? 'searching …'
        : total === 0
          ? 'no hits'
          : `${count(findAt.value + 1)} of ${count(total)}${capped ? `, first ${count(hits.length)} kept` : ''}`);
  return (
    <div class="group find" role="search">
      <input
        id="find-box"
        type="search"
        placeholder="Find in turns"
        aria-label="Find in turns"
        onInput={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') moveHit(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape') {
            event.currentTarget.value = '';
            setQuery('');
            document.getElementById('turn-list')?.focus();
          } else return;
          event.preventDefault();
        }}
      />
      <button type="button" class="chip" aria-label="Previous hit" disabled={hits.length === 0} onClick={() => moveHit(-1)}>
        ↑
      </button>
      <button type="button" class="chip" aria-label="Next hit" disabled={hits.length === 0} onClick={() => moveHit(1)}>
        ↓
      </button>
      <span class="quiet find-status" data-testid="find-status">
        {status}
      </span>
    </div>
  );
}

function GoTo() {
  const total = view.value?.turnCount ?? 0;
  return (
    <label class="group goto">
      turn{' '}
      <input
        id="goto-box"
        type="text"
        inputMode="numeric"
        size={5}
        value={turn.value + 1}
        onChange={(event) => {
          const n = Number(event.currentTarget.value);
          if (Number.isInteger(n) && n >= 1 && n <= total) select(n - 1);
          else {
            announce(`There is no turn ${event.currentTarget.value}: this episode has ${plural(total, 'turn')}.`);
            event.currentTarget.value = String(turn.peek() + 1);
          }
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== 'Escape') return;
          if (event.key === 'Escape') event.currentTarget.value = String(turn.peek() + 1);
          event.currentTarget.blur();
          document.getElementById('turn-list')?.focus();
        }}
      />{' '}
      of {count(total)}
    </label>
  );
}

export function Toolbar() {
  return (
    <div class="toolbar" role="group" aria-label="Turn tools">
      <Filters />
      <div class="group" role="group" aria-label="Jump to">
        <button type="button" class="chip" onClick={firstFinding} disabled={findingsByTurn.value.size === 0}>
          First finding
        </button>
        <button type="button" class="chip" onClick={nextError} disabled={kinds.value.errors.size === 0} aria-keyshortcuts="e">
          Next error
        </button>
        <button type="button" class="chip" onClick={nextEdit} disabled={kinds.value.edits.size === 0} aria-keyshortcuts="d">
          Next edit
        </button>
        {replayLane.value && (
          <button
            type="button"
            class="chip"
            onClick={nextDivergence}
            disabled={divergedTurns.value.length === 0}
            aria-keyshortcuts="r"
            title={divergedTurns.value.length === 0 ? 'The replay diverged nowhere' : undefined}
          >
            Next divergence
          </button>
        )}
        <button type="button" class="chip" onClick={submission} aria-keyshortcuts="s">
          Submission
        </button>
      </div>
      <FindBox />
      <GoTo />
      <button type="button" class="chip" aria-label="Keys" aria-keyshortcuts="?" onClick={() => (helpOpen.value = true)}>
        ?
      </button>
    </div>
  );
}
