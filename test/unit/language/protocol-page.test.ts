/** docs/protocol.md says what server/protocol says: it names every message, and carries the hash of the types. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CLIENT_COMMANDS, SERVER_COMMANDS } from '../../../server/language/commands';
import { methods, replayMethods } from '../../../server/protocol/index';

const ROOT = join(import.meta.dirname, '../../..');
/** Both modules have a `turn` and a `folder`. */
const prefixed = Object.fromEntries(Object.entries(replayMethods).map(([name, value]) => [`replay ${name}`, value]));
const page = readFileSync(join(ROOT, 'docs/protocol.md'), 'utf8');

/** Layout and comments may change freely; the hash is of what is left. */
function typesHash(): string {
  const folder = join(ROOT, 'server/protocol');
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    const source = readFileSync(join(folder, name), 'utf8')
      .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
      .replace(/\s+|[,;](?=\s*[}\])])/g, '');
    hash.update(`${name}\n${source}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

test('the page was looked at since the types last changed', () => {
  const carried = /<!-- types: (\S+) -->/.exec(page)?.[1];
  expect(carried, `Read docs/protocol.md against server/protocol, mend it, and put ${typesHash()} into its “types” comment.`).toBe(
    typesHash(),
  );
});

test('the page names every message and every command', () => {
  const named = Object.values({ ...methods, ...prefixed }).flatMap((m) => (typeof m === 'object' && 'method' in m ? [m.method] : []));
  expect(named.length).toBeGreaterThan(14);
  for (const method of [...named, ...Object.values(CLIENT_COMMANDS), ...Object.values(SERVER_COMMANDS)])
    expect(page).toContain(`\`${method}\``);
});

test('every message of the page exists', () => {
  const named = new Set(
    Object.values({ ...methods, ...prefixed }).flatMap((m) => (typeof m === 'object' && 'method' in m ? [m.method] : [])),
  );
  for (const [, method] of page.matchAll(/`(turnpike\/[a-zA-Z/]+)`/g)) expect(named).toContain(method);
});
