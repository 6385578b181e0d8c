import { defineConfig } from 'vitest/config';

// `e2e`, `page` and `smoke` drive a real browser or editor: one file at a time, and time for a slow machine.
const driven = {
  fileParallelism: false,
  testTimeout: 180_000,
  hookTimeout: 240_000,
  retry: 0,
  pool: 'forks' as const,
  setupFiles: ['test/host/setup.ts'],
  expect: { poll: { timeout: 15_000 } },
};

/** ansi-output ships a UMD file under "type": "module" (tools/build.mjs has the same cure). */
const umd = {
  name: 'umd',
  enforce: 'pre' as const,
  transform: (code: string, id: string) =>
    id.includes('/ansi-output/dist/')
      ? `const module = { exports: {} }, exports = module.exports, require = () => ({});\n${code}\nexport const ANSIOutput = module.exports.ANSIOutput;`
      : undefined,
};

export default defineConfig({
  plugins: [umd],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    passWithNoTests: false,
    server: { deps: { inline: ['ansi-output'] } },
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx,mjs}'], testTimeout: 30_000, maxWorkers: 2 } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.{ts,mjs}'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      // SWE-agent's tools are Python and bash: they run here as they do in a container.
      {
        extends: true,
        test: { name: 'tools', include: ['test/tools/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 300_000, maxWorkers: 2 },
      },
      {
        extends: true,
        test: {
          name: 'replay',
          include: ['test/replay/**/*.test.ts'],
          globalSetup: ['test/replay/setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
        },
      },
      { extends: true, test: { name: 'page', include: ['test/webview/**/*.test.{ts,tsx,mjs}'], ...driven } },
      { extends: true, test: { name: 'smoke', include: ['test/smoke/**/*.test.{ts,mjs}'], ...driven } },
      { extends: true, test: { name: 'e2e', include: ['test/e2e/**/*.e2e.ts'], ...driven } },
    ],
  },
});
