/** Starts a real engine for the replay tests, and ends it by its own process. Where none can start, the suite fails. */
import type { TestProject } from 'vitest/node';
import { ensureImage, IMAGES, startEngine } from '../../tools/lib/engine.mjs';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the engine, and the test images by their short names. */
    engine: { readonly host: string; readonly images: Readonly<Record<string, string>> };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const engine = await startEngine();
  const images: Record<string, string> = {};
  for (const name of Object.keys(IMAGES)) images[name.split(':')[1]!] = await ensureImage(engine.socket, name);
  project.provide('engine', { host: engine.host, images });
  return engine.stop;
}
