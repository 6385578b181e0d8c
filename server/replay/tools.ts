/** Where the tools of a scaffold lie that are not part of an image. */
import { join } from 'node:path';
import type { ToolFolders } from './runtime/runtime';

/**
 * Ours, beside the bundled program. `checkout`: a clone of SWE-agent at the recorded version, whose own tools run instead.
 */
export function toolFolders(checkout: string | null = null): ToolFolders {
  if (checkout !== null) return { bundles: join(checkout, 'tools'), commands: join(checkout, 'config/commands') };
  const ours = join(__dirname, 'tools');
  return { bundles: join(ours, 'bundles'), commands: join(ours, 'commands') };
}
