/** What an engine is and what it can hold a container to. */
import type { Connection } from './connect';

export interface EngineDescription {
  readonly name: string;
  readonly version: string;
  readonly storage: string;
  /** What it can't limit or confine, each in a few words; empty: nothing is missing. */
  readonly lacks: readonly string[];
  /** Container runtimes besides the default (`runsc`). */
  readonly runtimes: readonly string[];
}

interface Info {
  readonly Driver?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly MemoryLimit?: boolean;
  readonly PidsLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly Runtimes?: Readonly<Record<string, unknown>> | null;
}

export async function describeEngine({ docker }: Connection): Promise<EngineDescription> {
  const [version, info] = await Promise.all([docker.version(), docker.info() as Promise<Info>]);
  const confined = info.SecurityOptions?.some((option) => option.includes('seccomp')) === true;
  const lacks = [
    info.MemoryLimit === false ? 'memory limits' : null,
    info.PidsLimit === false ? 'process limits' : null,
    info.CpuCfsQuota === false ? 'processor limits' : null,
    confined ? null : 'seccomp',
  ].filter((lack) => lack !== null);
  return {
    name: version.Platform?.Name || 'Docker',
    version: version.Version,
    storage: info.Driver ?? 'unknown',
    lacks,
    runtimes: Object.keys(info.Runtimes ?? {}).filter((name) => !/runc|^io\.containerd\./.test(name)),
  };
}
