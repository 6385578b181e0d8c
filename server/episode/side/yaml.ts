import { parse } from 'yaml';
import { complaint, parsed, type Parsed } from './result';

/** YAML with few aliases, so that a small file can't grow into a large value. */
export function parseYaml(text: string): Parsed<{ readonly value: unknown }> {
  try {
    return parsed({ value: parse(text, { maxAliasCount: 100, logLevel: 'error' }) as unknown });
  } catch (error) {
    const line = (error as { linePos?: readonly [{ readonly line: number }] } | null)?.linePos?.[0].line;
    return complaint(line === undefined ? 'it is no valid YAML' : `it is no valid YAML (line ${line.toLocaleString('en')})`);
  }
}
