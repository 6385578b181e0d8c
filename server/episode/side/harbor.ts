/**
 * Files of a Harbor trial folder: `verifier/reward.txt`, `verifier/reward.json`, `result.json`.
 *
 * @source formats.md §2.6
 */
import { asNumber, asString, complaint, members, otherKind, parseJson, parsed, type Parsed } from './result';

/** A number alone, as `verifier/reward.txt` holds it. */
export function parseRewardText(text: string): Parsed<number> {
  const body = text.replace(/^\uFEFF/, '').trim();
  if (body === '') return complaint('it is empty');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(body)) return complaint('it holds no number');
  const value = Number(body);
  return Number.isFinite(value) ? parsed(value) : complaint('its number is too large');
}

/** A number, `{reward: number}` or an object with one number: `verifier/reward.json`. */
export function parseRewardJson(text: string): Parsed<number> {
  const json = parseJson(text);
  if (json.facts === null) return { facts: null, complaint: json.complaint };
  const value = rewardOf(json.facts.value);
  return value === null ? complaint('it holds no single reward') : parsed(value);
}

function rewardOf(value: unknown): number | null {
  const plain = asNumber(value);
  if (plain !== null) return plain;
  const fields = members(value);
  const named = asNumber(fields.get('reward'));
  if (named !== null) return named;
  // Several rewards without one called `reward`: which one counts is not ours to choose.
  return fields.size === 1 ? asNumber([...fields.values()][0]) : null;
}

/** What a trial's `result.json` tells. */
export interface TrialResult {
  readonly task: string | null;
  readonly model: string | null;
  /** Reward as the verifier gave it; null: it gave none. */
  readonly reward: number | null;
  /** The exception that ended the trial, by its type; null: none. */
  readonly exception: string | null;
}

export function parseTrialResult(text: string): Parsed<TrialResult> {
  const json = parseJson(text);
  if (json.facts === null) return { facts: null, complaint: json.complaint };
  const top = members(json.facts.value);
  if (!top.has('trial_name') || !(top.has('task_id') || top.has('agent_info'))) return otherKind;
  const agent = members(members(top.get('config')).get('agent'));
  const modelInfo = members(members(top.get('agent_info')).get('model_info'));
  const verifier = members(top.get('verifier_result'));
  return parsed({
    task: asString(top.get('task_name')),
    model: asString(modelInfo.get('name')) ?? asString(agent.get('model_name')),
    reward: rewardOf(verifier.get('rewards')) ?? asNumber(verifier.get('reward')),
    exception: asString(members(top.get('exception_info')).get('exception_type')),
  });
}
