/** Colours on a terminal, plain text when piped (`NO_COLOR` and `FORCE_COLOR` are obeyed). */
const CODES = { bold: [1, 22], dim: [2, 22], strike: [9, 29], red: [31, 39], green: [32, 39], yellow: [33, 39], blue: [34, 39] } as const;

export type Paint = (style: keyof typeof CODES, text: string) => string;

export function painter(stream: NodeJS.WriteStream): Paint {
  const forced = process.env['FORCE_COLOR'];
  const colours =
    forced !== undefined ? forced !== '0' : stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  if (!colours) return (_style, text) => text;
  return (style, text) => {
    const [on, off] = CODES[style];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  };
}
