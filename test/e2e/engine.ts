import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureImage, startEngine } from '../../tools/lib/engine.mjs';

/** A real container engine for a test file, with what the episodes of marshmallow-1867 are replayed with. */
export interface ReplayGround {
  /** `unix:///…` */
  readonly host: string;
  /** Has marshmallow's dependencies, and not marshmallow. */
  readonly bare: string;
  /** Has it installed as the recorded runs had. */
  readonly installed: string;
  /** A bare clone, and the commit that the episodes started from. */
  readonly clone: string;
  readonly commit: string;
  close(): Promise<void>;
}

/** TURNPIKE_TEST_ENGINE names an engine that runs already; else one is started, and ended with the test file. */
export async function openGround(): Promise<ReplayGround> {
  const running = process.env['TURNPIKE_TEST_ENGINE'];
  const engine =
    running === undefined ? await startEngine() : { host: running, socket: running.replace('unix://', ''), stop: () => Promise.resolve() };
  const folder = mkdtempSync(join(tmpdir(), 'tp-clone-'));
  const corpus = process.env['TURNPIKE_CORPUS'] ?? '../shared/corpus';
  const repositories = resolve(process.env['TURNPIKE_REPLAY'] ?? join(corpus, '../replay'));
  execFileSync('tar', ['-xzf', join(repositories, 'marshmallow.git.tar.gz'), '-C', folder]);
  return {
    host: engine.host,
    bare: await ensureImage(engine.socket, 'turnpike-test:marshmallow'),
    installed: await ensureImage(engine.socket, 'turnpike-test:installed'),
    clone: join(folder, 'marshmallow.git'),
    commit: 'bfd2593d',
    close: async () => {
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
