import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ChangedFile, EnvironmentChange, TestStatus, TurnReplay } from '../../server/protocol/index';
import { plural } from '../model/format';
import { visible } from '../text/runs';

const SHOWN = 12;

interface ListProps<T> {
  readonly items: readonly T[];
  /** As it stands in a sentence: `file`. */
  readonly what: string;
  readonly children: (item: T) => ComponentChildren;
}

/** The first of many, and all of them when asked for. */
function Capped<T>({ items, what, children }: ListProps<T>) {
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, SHOWN);
  return (
    <ul class="replay-list">
      {shown.map((item, i) => (
        <li key={i}>{children(item)}</li>
      ))}
      {items.length > shown.length && (
        <li>
          <button type="button" class="link" onClick={() => setAll(true)}>
            Show all {plural(items.length, what)}
          </button>
        </li>
      )}
    </ul>
  );
}

const LETTER = { added: 'A', modified: 'M', deleted: 'D' } as const;

export function ChangedFiles({ files }: { readonly files: readonly ChangedFile[] }) {
  return (
    <Capped items={files} what="file">
      {({ path, status }) => (
        <span class={`git-${status}`}>
          <abbr title={status} aria-hidden="true">
            {LETTER[status]}
          </abbr>{' '}
          <code>{status === 'deleted' ? <s>{visible(path)}</s> : visible(path)}</code>
          <span class="sr-only"> {status}</span>
        </span>
      )}
    </Capped>
  );
}

export function Environment({ changes }: { readonly changes: readonly EnvironmentChange[] }) {
  return (
    <Capped items={changes} what="variable">
      {({ name, value }) => (
        <code>
          {value === null ? (
            <>
              {visible(name)} <span class="quiet">unset</span>
            </>
          ) : (
            <>
              {visible(name)}={visible(value.length > 400 ? `${value.slice(0, 400)}…` : value)}
            </>
          )}
        </code>
      )}
    </Capped>
  );
}

export type TurnedTest = TurnReplay['tests'][number];
const GREEN: ReadonlySet<TestStatus | null> = new Set(['passed', 'xfail']);
/** Whether a test turned green or red; null: it changed without either (skipped, first seen failing). */
export function directionOf({ before, after }: TurnedTest): 'green' | 'red' | null {
  if (GREEN.has(after) && !GREEN.has(before)) return 'green';
  if (GREEN.has(before) && !GREEN.has(after)) return 'red';
  return null;
}

export function TurnedTests({ tests }: { readonly tests: readonly TurnedTest[] }) {
  const rank = (test: TurnedTest): number => ['red', 'green', null].indexOf(directionOf(test));
  const sorted = [...tests].sort((a, b) => rank(a) - rank(b));
  return (
    <Capped items={sorted} what="test">
      {(test) => {
        const direction = directionOf(test);
        return (
          <span data-direction={direction ?? 'other'}>
            <span class={direction === null ? 'quiet' : `tests-${direction}`}>
              {test.before ?? 'not there'} → {test.after ?? 'not there'}
            </span>{' '}
            <code>{visible(test.name)}</code>
          </span>
        );
      }}
    </Capped>
  );
}
