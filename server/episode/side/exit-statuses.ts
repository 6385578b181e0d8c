/**
 * Exit statuses of a batch: SWE-agent's `run_batch_exit_statuses.yaml`, mini-swe-agent's `exit_statuses_<time>.yaml`.
 * The batch file adds statuses that no trajectory holds: `skipped (<previous>)`, `Uncaught <Exception>`.
 *
 * @source formats.md §1.6, §1.8, §2.1
 */
import { members, otherKind, parsed, strings, type Parsed } from './result';
import { parseYaml } from './yaml';

/** Exit status by instance id. */
export function parseExitStatuses(text: string): Parsed<ReadonlyMap<string, string>> {
  const yaml = parseYaml(text);
  if (yaml.facts === null) return { facts: null, complaint: yaml.complaint };
  const top = members(yaml.facts.value);
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
