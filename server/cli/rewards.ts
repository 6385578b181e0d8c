/** `turnpike rewards check` and `turnpike rewards example`. */
import { readFile } from 'node:fs/promises';
import { codeOf } from '../engine/index';
import { exampleModule, exampleYaml, parseConfig, rewardsJsonSchema } from '../reward/index';
import { EXIT } from './exit';

/** @returns 0 when the configuration is good, 1 when it has errors, 2 when it can't be read */
export async function rewardsCheck(file: string): Promise<number> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    process.stderr.write(`${file}: can't be read (${codeOf(error) ?? String(error)}).\n`);
    return EXIT.unread;
  }
  const { problems } = parseConfig(text);
  for (const p of problems) process.stdout.write(`${file}:${p.line}:${p.column}: ${p.severity}: ${p.message}\n`);
  const errors = problems.filter((p) => p.severity === 'error').length;
  if (errors === 0)
    process.stdout.write(
      `${file}: ${problems.length === 0 ? 'no problems' : `no errors, ${problems.length} warning${problems.length === 1 ? '' : 's'}`}\n`,
    );
  return errors === 0 ? EXIT.read : EXIT.configurationErrors;
}

export function rewardsExample(flags: { readonly module?: true; readonly schema?: true }): void {
  const text =
    flags.schema === true ? `${JSON.stringify(rewardsJsonSchema(), null, 2)}\n` : flags.module === true ? exampleModule() : exampleYaml();
  process.stdout.write(text);
}
