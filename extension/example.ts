/**
 * The example configuration with what goes beyond the default commented out, own modules first of all: a file that was
 * just created rewards as before, and shows how more would be named.
 */
export function asDefault(yaml: string): string {
  let inside: number | null = null;
  return yaml
    .split('\n')
    .map((line) => {
      const indent = line.search(/\S/);
      if (inside !== null && (indent === -1 || indent <= inside)) inside = null;
      if (/^\s*- (module:|id: novelty\b)/.test(line)) inside = indent;
      return inside === null ? line : `${' '.repeat(inside)}# ${line.slice(inside)}`;
    })
    .join('\n');
}
