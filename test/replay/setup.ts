/**
 * Starts a real engine for the replay tests, and ends it by its own process. Where none can start, the suite fails.
 * TURNPIKE_TEST_ENGINE names one that runs already (`unix:///…`, of tools/lib/engine.mjs): it is used and left running.
 */
import type { TestProject } from 'vitest/node';
import { ensureImage, IMAGES, startEngine } from '../../tools/lib/engine.mjs';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the engine, and the test images by their short names. */
    engine: { readonly host: string; readonly images: Readonly<Record<string, string>> };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = process.env['TURNPIKE_TEST_ENGINE'];
  const engine =
    running === undefined ? await startEngine() : { host: running, socket: running.replace('unix://', ''), stop: () => Promise.resolve() };
  const images: Record<string, string> = {};
  for (const name of Object.keys(IMAGES)) images[name.split(':')[1]!] = await ensureImage(engine.socket, name);
  project.provide('engine', { host: engine.host, images });
  return engine.stop;
}
