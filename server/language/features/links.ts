/** Links from a readable document to bytes of its file and to its other pages, and from the raw text to the turn. */
import type { DocumentLink } from 'vscode-languageserver/node';
import { CLIENT_COMMANDS, Commands } from '../commands';
import type { Sheet } from '../sheet';
import type { Positions } from '../text/offsets';
import { grouped } from '../words';

export interface LinkContext {
  /** The trajectory file. */
  readonly uri: string;
  readonly commands: Commands;
  readonly pageUri: (attempt: number, page: number) => string;
  /** Positions in the raw file, for links by line: needed where the client can't open bytes by command. */
  readonly positions: Positions | null;
}

export function documentLinks(sheet: Sheet, { uri, commands, pageUri, positions }: LinkContext): DocumentLink[] {
  if (sheet.page === null) return commands.has('readable') ? rawLinks(sheet, uri) : [];
  return sheet.page.links.map(({ line, start, end, to }): DocumentLink => {
    const range = { start: { line, character: start }, end: { line, character: end } };
    if ('page' in to) return { range, target: pageUri(sheet.main.attempt, to.page), tooltip: `Go to page ${to.page + 1}` };
    if (commands.has('raw'))
      return {
        range,
        target: Commands.address(CLIENT_COMMANDS.raw, { uri, start: to.span.start, end: to.span.end }),
        tooltip: `Show byte ${grouped(to.span.start)} of the file`,
      };
    if (positions === null) return { range, target: uri };
    const place = positions.at(to.span.start);
    return { range, target: `${uri}#L${place.line + 1},${place.character + 1}`, tooltip: `Line ${place.line + 1} of the file` };
  });
}

/** The first character of each turn's JSON leads to the turn in the readable document. */
function rawLinks(sheet: Sheet, uri: string): DocumentLink[] {
  return sheet.turns.map(({ model, turn, range }) => ({
    range: { start: range.start, end: { line: range.start.line, character: range.start.character + 1 } },
    target: Commands.address(CLIENT_COMMANDS.readable, { uri, attempt: model.attempt, turn }),
    tooltip: `Turn ${turn + 1} in the readable document`,
  }));
}
