/**
 * SWE-agent 0.x writes one `args.yaml` per folder of runs: the command line with all defaults. It alone names the model;
 * predictions hold the name of the run's folder.
 *
 * @source formats.md §1.8
 */
import { asString, members, otherKind, parsed, type Parsed } from './result';
import { parseYaml } from './yaml';

/** The model's name. Files of other programs with this name are passed over in silence. */
export function parseRunArguments(text: string): Parsed<string> {
  const yaml = parseYaml(text);
  if (yaml.facts === null) return { facts: null, complaint: yaml.complaint };
  const model = asString(members(members(members(yaml.facts.value).get('agent')).get('model')).get('model_name'));
  return model === null ? otherKind : parsed(model);
}
