/** Colours of a terminal, as far as an editor shows them: the six hues of the foreground, plain and bright as one. */

export const HUES = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan'] as const;
export type Hue = (typeof HUES)[number];

/** UTF-16 units `[start, end)` of a shown text in one hue. */
export interface Ink {
  readonly start: number;
  readonly end: number;
  readonly hue: Hue;
}

/** Inks of one text; what comes after them stays uncoloured. A program may colour every letter. */
export const INKS_AT_MOST = 20_000;

// eslint-disable-next-line no-control-regex -- what ANSI is made of
const SGR = /^(?:\u001b\[|\u009b)([\d;:]*)m$/;

/** Follows the colour through a text's escapes (ECMA-48 SGR; codes 30–37, 90–97, `38;5;1…15`, 39 and 0). */
export class Pen {
  private readonly inks: Ink[] = [];
  private hue: Hue | null = null;
  private from = 0;

  /** @param at offset in the shown text at which the escape stood */
  take(escape: string, at: number): void {
    const codes = SGR.exec(escape)?.[1];
    if (codes === undefined) return;
    const hue = after(this.hue, codes);
    if (hue === this.hue) return;
    this.put(at);
    this.hue = hue;
    this.from = at;
  }

  /** @param length of the whole shown text */
  end(length: number): readonly Ink[] {
    this.put(length);
    return this.inks;
  }

  private put(end: number): void {
    if (this.hue === null || end <= this.from || this.inks.length >= INKS_AT_MOST) return;
    this.inks.push({ start: this.from, end, hue: this.hue });
  }
}

/** The hue after the codes of an escape; black, white, grey and what the palette has beyond 16 are none. */
function after(before: Hue | null, codes: string): Hue | null {
  let hue = before;
  const list = codes.split(/[;:]/).map(Number);
  for (let i = 0; i < list.length; i++) {
    const code = list[i] ?? 0;
    if (code === 0 || code === 39) hue = null;
    else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) hue = HUES[(code % 10) - 1] ?? null;
    else if (code === 38 || code === 48) {
      const palette = list[i + 1] === 5;
      const of = list[i + 2] ?? 0;
      if (code === 38) hue = palette && of < 16 ? (HUES[(of % 8) - 1] ?? null) : null;
      i += palette ? 2 : 4;
    }
  }
  return hue;
}
