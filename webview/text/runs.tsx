/** Text as structured runs. Nothing here ever becomes markup: every run is a text node. */
import type { ComponentChildren } from 'preact';

export interface Run {
  readonly text: string;
  /** Class names, from our own fixed set. */
  readonly kind: string | null;
  readonly style?: Readonly<Record<string, string>>;
}

// Control characters and bidirectional marks change what a reader sees around them: they are shown by their code.
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\r(?!\n)/gu;

const codeOf = (character: string): string => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** A text node, with hidden characters made visible. The character itself stays, so that a copy is exact. */
export function visible(text: string): ComponentChildren {
  HIDDEN.lastIndex = 0;
  if (!HIDDEN.test(text)) return text;
  HIDDEN.lastIndex = 0;
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > from) parts.push(text.slice(from, match.index));
    parts.push(
      <span key={match.index} class="hidden-character" data-code={codeOf(match[0])}>
        {match[0]}
      </span>,
    );
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

export function Runs({ runs }: { readonly runs: readonly Run[] }) {
  return (
    <>
      {runs.map((run, i) =>
        run.kind === null && !run.style ? (
          <span key={i}>{visible(run.text)}</span>
        ) : (
          <span key={i} class={run.kind ?? undefined} style={run.style}>
            {visible(run.text)}
          </span>
        ),
      )}
    </>
  );
}
