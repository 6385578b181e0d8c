// The import walls bite: for each, a file that breaks it is reported, and one that keeps it is not.
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../tools/lib/paths.mjs';

// The project's own configuration; only the rules that need types are off, since these files exist in no program.
const eslint = new ESLint({ cwd: ROOT, overrideConfig: [tseslint.configs.disableTypeChecked] });

async function reported(filePath, code) {
  const [result] = await eslint.lintText(`${code}\n`, { filePath });
  expect(result, `${filePath} is ignored`).toBeDefined();
  const fatal = result.messages.filter((message) => message.fatal);
  expect(fatal, JSON.stringify(fatal)).toEqual([]);
  return result.messages
    .filter(({ ruleId }) => ruleId === 'no-restricted-imports' || ruleId === 'no-restricted-syntax')
    .map(({ message }) => message);
}

const broken = [
  ['server/engine/x.ts', "import { window } from 'vscode'; export { window };"],
  ['webview/x.tsx', "import { window } from 'vscode'; export { window };"],
  ['test/unit/x.test.ts', "import { window } from 'vscode'; export { window };"],
  ['server/engine/x.ts', "import { createConnection } from 'vscode-languageserver/node'; export { createConnection };"],
  ['server/cli/x.ts', "import { createConnection } from 'vscode-languageserver/node'; export { createConnection };"],
  ['server/cli/x.ts', "export const load = () => import('vscode-languageserver/node');"],
  ['extension/x.ts', "import { createConnection } from 'vscode-languageserver/node'; export { createConnection };"],
  ['server/language/x.ts', "import { LanguageClient } from 'vscode-languageclient/node'; export { LanguageClient };"],
  ['server/engine/x.ts', "import Docker from 'dockerode'; export { Docker };"],
  ['server/replay/x.ts', "import { InferenceSession } from 'onnxruntime-node'; export { InferenceSession };"],
  ['server/model/x.ts', "import Docker from 'dockerode'; export { Docker };"],
  ['extension/x.ts', "import { DebugSession } from '@vscode/debugadapter'; export { DebugSession };"],
  ['server/episode/x.ts', "import { readFileSync } from 'node:fs'; export { readFileSync };"],
  ['server/episode/readers/x.ts', "import { readFile } from 'node:fs/promises'; export { readFile };"],
  ['server/reward/functions/x.ts', "import { join } from 'node:path'; export { join };"],
  ['server/hack/x.ts', "import { spawn } from 'child_process'; export { spawn };"],
  ['server/episode/x.ts', "import type { Score } from '../reward/index'; export type { Score };"],
  ['server/episode/readers/x.ts', "import type { Score } from '../../reward/index'; export type { Score };"],
  ['server/reward/x.ts', "import type { Finding } from '../hack/index'; export type { Finding };"],
  ['server/reward/x.ts', "import type { EpisodeView } from '../protocol/index'; export type { EpisodeView };"],
  ['server/hack/rules/x.ts', "import { createEngine } from '../../engine/index'; export { createEngine };"],
  ['server/engine/x.ts', "import { serve } from '../language/index'; export { serve };"],
  ['server/language/x.ts', "import { inspect } from '../cli/index'; export { inspect };"],
  ['server/engine/x.ts', "import { scan } from '../episode/scan'; export { scan };"],
  ['server/language/features/x.ts', "import { open } from '../../engine/open'; export { open };"],
  ['server/engine/x.ts', "import { activate } from '../../extension/main'; export { activate };"],
  ['extension/x.ts', "import { createEngine } from '../server/engine/index'; export { createEngine };"],
  ['extension/views/x.ts', "import type { Turn } from '../../server/episode/index'; export type { Turn };"],
  ['webview/x.tsx', "import { createEngine } from '../server/engine/index'; export { createEngine };"],
  ['webview/parts/x.tsx', "import { registry } from '../../server/reward/registry'; export { registry };"],
  ['webview/x.tsx', "import { join } from 'node:path'; export { join };"],
];

const kept = [
  ['extension/x.ts', "import { window } from 'vscode'; export { window };"],
  [
    'extension/x.ts',
    "import { methods } from '../server/protocol/index'; import { LanguageClient } from 'vscode-languageclient/node'; export { methods, LanguageClient };",
  ],
  [
    'server/language/x.ts',
    "import { createConnection } from 'vscode-languageserver/node'; import { createEngine } from '../engine/index'; export { createConnection, createEngine };",
  ],
  ['server/main.ts', "import { createConnection } from 'vscode-languageserver/node'; export { createConnection };"],
  [
    'server/engine/x.ts',
    "import { readFileSync } from 'node:fs'; import type { Episode } from '../episode/index'; export { readFileSync }; export type { Episode };",
  ],
  [
    'server/episode/readers/x.ts',
    "import { createHash } from 'node:crypto'; import type { Turn } from '../types'; export { createHash }; export type { Turn };",
  ],
  [
    'server/hack/rules/x.ts',
    "import type { Score } from '../../reward/index'; import type { Turn } from '../../episode/index'; export type { Score, Turn };",
  ],
  [
    'webview/parts/x.tsx',
    "import { accumulate } from '../../server/reward/arithmetic'; import type { EpisodeView } from '../../server/protocol/index'; export { accumulate }; export type { EpisodeView };",
  ],
];

describe('import walls', () => {
  test.each(broken)('%s is reported: %s', async (file, code) => {
    expect(await reported(file, code)).not.toEqual([]);
  });
  test.each(kept)('%s is fine: %s', async (file, code) => {
    expect(await reported(file, code)).toEqual([]);
  });
  test('the message says which wall and why', async () => {
    const [message] = await reported('server/episode/x.ts', "import type { Score } from '../reward/index'; export type { Score };");
    expect(message).toContain('nothing downstream is known upstream');
  });
});
