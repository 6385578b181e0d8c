/**
 * Predictions: what an agent handed in, by instance. SWE-agent 1.x writes `<iid>.pred` and `preds.json`, 0.x
 * `all_preds.jsonl`, mini-swe-agent `preds.json`; the SWE-bench harness takes an object keyed by id, an array, or lines.
 *
 * @source formats.md §1.8, §2.1, §3.1
 */
import { asString, complaint, members, otherKind, parseJson, parsed, type Parsed } from './result';

export interface Prediction {
  readonly instance: string;
  /** `model_name_or_path`; SWE-agent 1.x writes the name of the output folder here. */
  readonly model: string | null;
  /** The patch; `""` where the file holds null or an empty one. */
  readonly patch: string;
}

/** All predictions of a file, by instance id (the last one where an id is repeated, as the harness keeps it). */
export function parsePredictions(text: string): Parsed<ReadonlyMap<string, Prediction>> {
  const whole = parseJson(text);
  if (whole.facts !== null) return collect(whole.facts.value);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < 2) return complaint(whole.complaint ?? 'it is no valid JSON');
  const values: unknown[] = [];
  for (const [index, line] of lines.entries()) {
    const one = parseJson(line);
    if (one.facts === null) {
      // A whole first line tells JSON Lines from a damaged JSON document.
      return index === 0
        ? complaint(whole.complaint ?? 'it is no valid JSON')
        : complaint(`line ${(index + 1).toLocaleString('en')} is no valid JSON`);
    }
    values.push(one.facts.value);
  }
  return collect(values);
}

function collect(value: unknown): Parsed<ReadonlyMap<string, Prediction>> {
  const found = new Map<string, Prediction>();
  const take = (entry: unknown, key: string | null): void => {
    const fields = members(entry);
    const instance = asString(fields.get('instance_id')) ?? key;
    if (instance === null || !fields.has('model_patch')) return;
    found.set(instance, {
      instance,
      model: asString(fields.get('model_name_or_path')),
      patch: asString(fields.get('model_patch')) ?? '',
    });
  };
  if (Array.isArray(value)) for (const entry of value) take(entry, null);
  else if (members(value).has('model_patch')) take(value, null);
  else for (const [key, entry] of members(value)) take(entry, key);
  return found.size > 0 ? parsed(found) : otherKind;
}
