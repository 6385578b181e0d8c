/** What a command did to the exported variables, from what the shell says of them (`export -p`). */
import type { EnvironmentChange } from './types';

/** Set by every command, or ours. */
const LEFT_OUT = /^(?:_|OLDPWD|PWD|SHLVL|LAST_ACTION|TURNPIKE_\w+)$/;

/** `declare -x NAME="value"`, as bash prints; a value may have several lines. */
export function exportedOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/^(?:declare -\w*x\w*|export) ([A-Za-z_]\w*)(?:="((?:[^"\\]|\\[^])*)"|='([^']*)')?$/gm)) {
    if (LEFT_OUT.test(name!)) continue;
    found.set(name!, (value ?? '').replace(/\\([\\"$`])/g, '$1'));
  }
  return found;
}

/** Null on either side: not known, so nothing is said. */
export function environmentChanges(before: string | null, after: string | null): EnvironmentChange[] {
  if (before === null || after === null || before === after) return [];
  const [old, now] = [exportedOf(before), exportedOf(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.filter((name) => old.get(name) !== now.get(name)).map((name) => ({ name, value: now.get(name) ?? null }));
}
