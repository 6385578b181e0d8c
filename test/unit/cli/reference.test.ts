import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inspectReference } from '../../../server/cli/reference';

test('docs/inspect-json.md is what the schema says', () => {
  expect(readFileSync('docs/inspect-json.md', 'utf8')).toBe(inspectReference());
});
