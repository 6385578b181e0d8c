/**
 * The example configuration with its own modules commented out: a file that was just created works as it stands, and
 * shows how a module would be named.
 */
export function withoutModules(yaml: string): string {
  let inside: number | null = null;
  return yaml
    .split('\n')
    .map((line) => {
      const indent = line.search(/\S/);
      if (inside !== null && (indent === -1 || indent <= inside)) inside = null;
      if (/^\s*- module:/.test(line)) inside = indent;
      return inside === null ? line : `${' '.repeat(inside)}# ${line.slice(inside)}`;
    })
    .join('\n');
}
