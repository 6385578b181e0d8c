import type { Cause } from '../types';
import { turnName, type FindCauses } from './cause';

/** Names and versions as interpreters, pytest's header, pip and packages print them. The first group names, the second counts. */
const NAMED: readonly RegExp[] = [
  /\b([Pp]ython)[- /](\d+\.\d+(?:\.\d+)?)\b/g,
  /\b(pytest|pluggy|py|[Dd]jango|[Nn]um[Pp]y|node|npm|git|pip|bash|gcc|GNU bash,)(?: version|-|==| v| )(\d+(?:\.\d+)+)/g,
  /^([A-Za-z][\w.-]{0,60})==(\d+(?:\.\d+)*(?:[a-z]\w*)?)$/gm,
  /\bplugins: ([\w-]+?)-(\d+(?:\.\d+)+)/g,
  /\b([A-Za-z][\w]{1,60})-(\d+(?:\.\d+)+)\.(?:dist|egg)-info\b/g,
  /^([A-Za-z][\w.-]{0,60}) {2,}(\d+(?:\.\d+)+)\s*$/gm,
  /^Name: ([\w.-]+)\nVersion: (\S+)$/gm,
];
const MOST = 4;

function versionsIn(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const pattern of NAMED)
    for (const [, name, version] of text.matchAll(pattern)) {
      const key = name!.toLowerCase().replaceAll('_', '-');
      if (!found.has(key)) found.set(key, version!);
    }
  return found;
}

/** Both texts of a turn name the same program or package, in other versions. */
export const versions: FindCauses = ({ turns }) => {
  const causes: Cause[] = [];
  const told = new Set<string>();
  for (const { index, recorded, replayed, trusted } of turns) {
    if (recorded === null || !trusted || recorded === replayed) continue;
    const [before, after] = [versionsIn(recorded), versionsIn(replayed)];
    for (const [name, version] of before) {
      const other = after.get(name);
      if (other === undefined || other === version || told.has(name)) continue;
      told.add(name);
      const sentence = `The recorded run had ${name} ${version}, the replay ${other} (${turnName(index)}).`;
      causes.push({ kind: 'environment', turn: index, sentence });
    }
  }
  return causes.slice(0, MOST);
};
