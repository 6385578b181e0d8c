import type { ComponentChildren } from 'preact';
import type { TurnReplay } from '../../server/protocol/index';
import { count } from '../model/format';
import { differing, linesBefore } from '../text/line-difference';
import { visible } from '../text/runs';

type First = NonNullable<NonNullable<TurnReplay['facts']['divergence']>['first']>;

/** Blanks that a reader could not tell apart, with a sign painted over them: the text itself stays, so that a copy is exact. */
function spaced(text: string, all: boolean): ComponentChildren {
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const match of text.matchAll(all ? /[\t \u00a0]/g : /[\t\u00a0]/g)) {
    parts.push(visible(text.slice(from, match.index)));
    parts.push(
      <span key={match.index} class="blank" data-sign={match[0] === '\t' ? '→' : match[0] === ' ' ? '·' : '⍽'}>
        {match[0]}
      </span>,
    );
    from = match.index + match[0].length;
  }
  parts.push(visible(text.slice(from)));
  return parts;
}

/** In a longer difference the blanks are not what a reader looks for. */
const BLANKS_AT_MOST = 24;

const trailing = (text: string): readonly [string, string] => {
  const kept = text.trimEnd();
  return [kept, text.slice(kept.length)];
};

function Line({
  side,
  text,
  other,
}: {
  readonly side: 'recorded' | 'replayed';
  readonly text: string | null;
  readonly other: string | null;
}) {
  const parts = text === null ? null : differing(text, other ?? '');
  const [kept, end] = trailing(parts?.after ?? '');
  const middle = parts && spaced(parts.middle, parts.alike && parts.middle.length <= BLANKS_AT_MOST);
  return (
    <span class={`diff-line ${side === 'recorded' ? 'diff-removed' : 'diff-added'}`} data-side={side}>
      <span class="diff-side">
        {side} {side === 'recorded' ? '−' : '+'}{' '}
      </span>
      {parts === null ? (
        <em>the text ended before this line</em>
      ) : (
        <span class="diff-words">
          {parts.cutBefore && '…'}
          {spaced(parts.before, false)}
          {parts.middle !== '' && (parts.alike ? <mark>{middle}</mark> : middle)}
          {spaced(kept, false)}
          {spaced(end, true)}
          {parts.cutAfter && '…'}
        </span>
      )}
      {'\n'}
    </span>
  );
}

/** The first line that differs, with the lines before it, as a diff that says which side is which. */
export function FirstDifferenceView({ first, recorded }: { readonly first: First; readonly recorded: string | null }) {
  const context = linesBefore(recorded, first.line, first.recorded, 2);
  return (
    <figure class="first-difference" data-testid="first-difference">
      <figcaption class="quiet">First difference, line {count(first.line)}</figcaption>
      <pre class="text diff" dir="ltr">
        <div class="diff-lines">
          {context.map((line, i) => (
            <span key={i} class="diff-line quiet">
              <span class="diff-side"> </span>
              <span class="diff-words">{visible(line)}</span>
              {'\n'}
            </span>
          ))}
          <Line side="recorded" text={first.recorded} other={first.replayed} />
          <Line side="replayed" text={first.replayed} other={first.recorded} />
        </div>
      </pre>
    </figure>
  );
}
