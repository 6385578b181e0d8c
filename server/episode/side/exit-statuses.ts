/**
 * Exit statuses of a batch: SWE-agent's `run_batch_exit_statuses.yaml`, mini-swe-agent's `exit_statuses_<time>.yaml`.
 * The batch file adds statuses that no trajectory holds: `skipped (<previous>)`, `Uncaught <Exception>`.
 *
 * @source formats.md §1.6, §1.8, §2.1
 */
import { parse } from 'yaml';
import { complaint, members, otherKind, parsed, strings, type Parsed } from './result';

/** Exit status by instance id. */
export function parseExitStatuses(text: string): Parsed<ReadonlyMap<string, string>> {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 100, logLevel: 'error' });
  } catch (error) {
    const line = (error as { linePos?: readonly [{ readonly line: number }] } | null)?.linePos?.[0].line;
    return complaint(line === undefined ? 'it is no valid YAML' : `it is no valid YAML (line ${line.toLocaleString('en')})`);
  }
  const top = members(value);
  if (!top.has('instances_by_exit_status')) return otherKind;
  const statuses = new Map<string, string>();
  for (const [status, ids] of members(top.get('instances_by_exit_status'))) {
    for (const id of strings(ids)) statuses.set(id, status);
  }
  return parsed(statuses);
}

/** The time in `exit_statuses_<time>.yaml`, in seconds; null: another name. */
export function exitStatusesTime(fileName: string): number | null {
  const time = /^exit_statuses_(\d{1,12}(?:\.\d{1,12})?)\.ya?ml$/.exec(fileName)?.[1];
  return time === undefined ? null : Number(time);
}
