import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { rewardsReference } from '../../../server/reward/config/reference';
import { FUNCTIONS, exampleModule, exampleYaml } from '../../../server/reward/index';

const page = fileURLToPath(new URL('../../../docs/rewards.md', import.meta.url));

it('docs/rewards.md is what the generator prints', async () => {
  const printed = await format(rewardsReference(), { ...(await resolveConfig(page)), filepath: page });
  expect(readFileSync(page, 'utf8')).toBe(printed);
});

it('every function has its formula, range, inputs and source in the page', () => {
  const text = readFileSync(page, 'utf8');
  for (const one of FUNCTIONS) {
    const section = text.slice(text.indexOf(`### \`${one.id}\``));
    for (const part of [one.summary, one.formula, one.range, one.inputs, one.source]) expect(section).toContain(part);
    for (const option of Object.keys(one.options.shape)) expect(section).toContain(`\`${option}\``);
  }
});

it('shows the example and the own module exactly as the command line prints them', () => {
  const text = readFileSync(page, 'utf8');
  expect(text).toContain(exampleYaml());
  expect(text).toContain(exampleModule());
});
